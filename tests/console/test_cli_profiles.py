"""`understudy profiles` from outside: listing, showing, making, checking and moving."""

import json
import zipfile
from pathlib import Path

import pytest

from console.commands.brought import making
from console.commands.targets import checking
from tests.console.conftest import Run, put_picture, put_profile
from tests.profiles.conftest import GOOD

PERSON = GOOD.replace('kind = "persona"', 'kind = "person"')


def good_portrait(monkeypatch: pytest.MonkeyPatch, *reasons: str) -> None:
    for place in (making, checking):
        monkeypatch.setattr(place, "portrait_reasons", lambda portrait: reasons)
    monkeypatch.setattr(checking, "build_findings", lambda profile, device: checking.Findings())


def test_list_has_own_and_built_in_ones(run: Run, home: Path) -> None:
    put_profile(home)
    rows = json.loads(run("profiles", "list", "--json")[1])
    assert rows[0] == {
        "name": "own",
        "title": "Mara",
        "kind": "persona",
        "folder": str(home / "profiles" / "own"),
        "builtin": False,
        "problems": [],
        "can_go_on_air": True,
        "engines": {"face": "photo", "voice": "timbre"},
    }
    assert {"mara", "anselm", "ines", "tomas"} <= {row["name"] for row in rows if row["builtin"]}


def test_list_marks_what_cannot_be_used(run: Run, home: Path) -> None:
    put_profile(home, "ill", "title = 3")
    (put_profile(home, "blind") / "portrait.png").write_bytes(b"no picture")
    put_profile(home, "jo", PERSON)
    told = {line.split()[0]: line for line in run("profiles", "list")[1].splitlines()}
    assert "understudy profiles check ill" in told["ill"]
    assert "understudy profiles check blind" in told["blind"]
    assert told["jo"].endswith("can't go on air: a real person without a verified consent record")
    assert told["mara"].endswith("built in")


def test_check_tells_that_a_good_profile_of_a_person_stays_off_air(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good_portrait(monkeypatch)
    put_profile(home, "jo", PERSON)
    status, output, _ = run("profiles", "check", "jo")
    assert (status, len(output.splitlines())) == (0, 1)
    assert output.startswith("jo: good, but it can't go on air: The profile jo is of a real person and has no verified")


def test_show_fills_in_the_defaults(run: Run, home: Path) -> None:
    put_profile(home)
    assert json.loads(run("profiles", "show", "own", "--json")[1])["face"]["warp"] == 0.35
    assert "  size = 1.1" in run("profiles", "show", "own")[1].splitlines()


def test_new_makes_a_person_unless_it_is_declared(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good_portrait(monkeypatch)
    portrait = put_picture(home / "p.png")
    status, _, errors = run("profiles", "new", "jo", "--portrait", portrait, "--background", portrait)
    assert (status, "--kind persona" in errors) == (0, True)
    assert run("profiles", "new", "zed", "--portrait", portrait, "--kind", "persona")[0] == 0
    kinds = {row["name"]: row["kind"] for row in json.loads(run("profiles", "list", "--json")[1])}
    assert (kinds["jo"], kinds["zed"]) == ("person", "persona")


def test_new_refuses_an_unfit_portrait(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good_portrait(monkeypatch, "There are two faces.", "It is blurred.")
    (home / "p.png").touch()
    status, _, errors = run("profiles", "new", "jo", "--portrait", home / "p.png")
    assert status == 1
    assert "There are two faces. It is blurred." in errors
    assert not (home / "profiles" / "jo").exists()


def test_new_tells_every_missing_file(run: Run, home: Path) -> None:
    status, _, errors = run("profiles", "new", "jo", "--portrait", home / "p.png", "--background", home / "b.png")
    assert status == 1
    assert errors.splitlines() == [
        f"--portrait: there is no file {home / 'p.png'}.",
        f"--background: there is no file {home / 'b.png'}.",
    ]


def test_check_tells_what_is_wrong_with_file_and_portrait(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good_portrait(monkeypatch, "There is no face.")
    put_profile(home, "own")
    put_profile(home, "ill", "title = 3")
    status, output, errors = run("profiles", "check", "own", "ill")
    assert status == 1
    assert output.splitlines() == ["own: 1 to put right", "ill: 2 to put right"]
    assert "portrait.png: There is no face." in errors


def test_check_of_what_is_good_is_status_0(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good_portrait(monkeypatch)
    put_profile(home)
    assert run("profiles", "check", "own")[:2] == (0, "own: good\n")


def test_export_and_import(run: Run, home: Path) -> None:
    folder = put_profile(home)
    archive = home / "own.zip"
    assert run("profiles", "export", "own", archive)[0] == 0
    assert run("profiles", "export", "own", archive)[0] == 1
    assert run("profiles", "export", "own", archive, "--force")[0] == 0
    assert run("profiles", "import", archive)[0] == 1
    (folder / "profile.toml").write_text("broken")
    assert run("profiles", "import", archive, "--force")[0] == 0
    assert (folder / "profile.toml").read_text() == GOOD


def test_import_of_a_harmful_archive(run: Run, home: Path) -> None:
    archive = home / "evil.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("../../evil", "x")
    status, _, errors = run("profiles", "import", archive)
    assert status == 1
    assert "leaves the folder" in errors


@pytest.mark.parametrize(
    ("name", "kind", "reason"),
    [("room.jpg", "image", "is no picture that can be read"), ("room.mp4", "video", "is no video that can be read")],
)
def test_a_room_that_a_run_would_refuse_is_not_good(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch, name: str, kind: str, reason: str
) -> None:
    good_portrait(monkeypatch)
    toml = GOOD.replace('path = "room.jpg"', f'kind = "{kind}"\npath = "{name}"')
    room = put_profile(home, "own", toml) / name
    room.write_bytes(b"x")
    status, output, errors = run("profiles", "check", "own")
    assert (status, output) == (1, "own: 1 to put right\n")
    assert f"{room} {reason}" in errors


def test_new_refuses_an_unfit_room(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good_portrait(monkeypatch)
    portrait, room = put_picture(home / "p.png"), home / "room.jpg"
    room.write_bytes(b"x")
    status, _, errors = run("profiles", "new", "jo", "--portrait", portrait, "--background", room)
    assert (status, len(errors.splitlines())) == (1, 1)
    assert f"{room} is no picture" in errors
    assert not (home / "profiles" / "jo").exists()


def test_a_shipped_name_is_taken_by_force_only(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good_portrait(monkeypatch)
    command = ("profiles", "new", "mara", "--portrait", put_picture(home / "p.png"), "--title", "Mine")
    status, _, errors = run(*command)
    assert (status, len(errors.splitlines())) == (1, 1)
    assert "called mara ships with the program" in errors
    assert run(*command, "--force")[0] == 0
    assert json.loads(run("profiles", "show", "mara", "--json")[1])["title"] == "Mine"


def test_one_bad_profile_leaves_the_others(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good_portrait(monkeypatch)
    put_profile(home, "ill", GOOD.replace("portrait.png", "p" * 300))
    put_profile(home, "odd", "x = " + "[" * 3000 + "]" * 3000)
    put_profile(home, "own")
    problems = {row["name"]: row["problems"] for row in json.loads(run("profiles", "list", "--json")[1])}
    assert [name for name, found in problems.items() if found] == ["ill", "odd"]
    assert run("profiles", "check", "ill", "odd", "own")[:2] == (
        1,
        "ill: 1 to put right\nodd: 1 to put right\nown: good\n",
    )


ESCAPE = "\x1b[2J"


def test_nothing_from_a_profile_reaches_the_terminal_raw(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good_portrait(monkeypatch, f"{ESCAPE} is in it.")
    put_profile(home, "own", GOOD.replace("Mara is synthetic.", "Mara\\u001b[2J\\u009b2J\\nis synthetic."))
    put_profile(home, f"o{ESCAPE}")
    put_profile(home, "ill", GOOD.replace("Mara", "M\\u001b[2J", 1) + '"\\u001b[2J" = 1\n')
    for command in (["list"], ["list", "--json"], ["show", "own"], ["show", "own", "--json"], ["check"]):
        _, output, errors = run("profiles", *command)
        assert {"\x1b", "\x9b"} & set(output + errors) == set(), command
    assert run("profiles", "show", "ill") == (
        1,
        "",
        f"{home / 'profiles' / 'ill' / 'profile.toml'}, consent.\\x1b[2J: unknown key; take it out.\n"
        f"{home / 'profiles' / 'ill' / 'profile.toml'}, title: "
        'got the text "M\\x1b[2J", wanted a text of 1 to 40 printable characters.\n',
    )


def test_a_foreign_file_name_reaches_the_terminal_as_text(run: Run, home: Path) -> None:
    archive = home / f"{ESCAPE}.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(f"mara/{ESCAPE}.png", b"x")
    status, output, errors = run("profiles", "import", archive)
    assert (status, output) == (1, "")
    assert "mara/\\x1b[2J.png: has a character in its name that is not printable" in errors
    assert "\x1b" not in errors


@pytest.mark.parametrize("archive", ["folder", "no.zip", "n" * 300])
def test_what_is_no_archive_is_one_sentence(run: Run, home: Path, archive: str) -> None:
    (home / "folder").mkdir()
    (home / "no.zip").write_bytes(b"no")
    status, _, errors = run("profiles", "import", home / archive)
    assert (status, len(errors.splitlines())) == (1, 1)
    assert f"{home / archive}" in errors
    assert "unexpected" not in errors
