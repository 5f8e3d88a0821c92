"""The command line from outside: exit status, what goes to which output, and what each command says."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from console.commands import profiles as profile_commands
from pipeline.inference.store import ModelStore
from tests.console.conftest import Run
from tests.profiles.conftest import GOOD


def put_profile(home: Path, name: str = "own", toml: str = GOOD) -> Path:
    folder = home / "profiles" / name
    folder.mkdir(parents=True)
    (folder / "profile.toml").write_text(toml)
    (folder / "portrait.png").write_bytes(b"portrait")
    (folder / "room.jpg").write_bytes(b"room")
    return folder


def good_portrait(monkeypatch: pytest.MonkeyPatch, *reasons: str) -> None:
    monkeypatch.setattr(profile_commands, "portrait_reasons", lambda portrait: reasons)


COMMANDS = [
    [],
    ["run"],
    ["render"],
    ["bench"],
    ["bench", "video"],
    ["doctor"],
    ["devices"],
    ["logs"],
    ["models"],
    *(["models", name] for name in ("pull", "list", "verify")),
    ["profiles"],
    *(["profiles", name] for name in ("list", "show", "new", "check", "export", "import")),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help(run: Run, command: list[str]) -> None:
    status, output, errors = run(*command, "--help")
    assert (status, errors) == (0, "")
    assert "Usage: understudy" in output


def test_the_options_of_the_contract_are_there(run: Run) -> None:
    _, output, _ = run("run", "--help")
    names = ("profile", "camera", "virtual-camera", "size", "fps", "pace", "seconds", "switch-at", "stats", "headless")
    assert [name for name in names if f"--{name}" not in output] == []


def test_help_is_quick_and_loads_no_heavy_library() -> None:
    code = (
        "import sys; from console.cli import main; main(['--help']); "
        "print(sorted({'cv2', 'textual', 'numpy', 'av', 'onnxruntime'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize(
    "arguments",
    [
        ["nothing"],
        ["run", "--bogus"],
        ["run", "--headless", "--size", "big"],
        ["run", "--headless", "--size", "0x10"],
        ["run", "--headless", "--fps", "0"],
        ["run", "--headless", "--rotate", "45"],
        ["run", "--headless", "--switch-at", "ines"],
        ["run", "--headless", "--switch-at", "-1:ines"],
        ["run", "--headless", "--switch-at", "nan:ines"],
        ["run", "--headless", "--pace", "fast"],
        ["run", "--seconds", "3"],
        ["--camera", "demo", "run", "--headless"],
        ["render", "only-one.mp4"],
        ["profiles", "new", "x"],
        ["profiles", "new", "x", "--portrait", "p.png", "--kind", "robot"],
    ],
    ids=" ".join,
)
def test_wrong_use_is_status_2_and_one_line(run: Run, arguments: list[str]) -> None:
    status, output, errors = run(*arguments)
    assert (status, output) == (2, "")
    assert len(errors.splitlines()) == 1


def test_the_version(run: Run) -> None:
    status, output, _ = run("--version")
    assert status == 0
    assert output.startswith("understudy 0.")


def test_the_console_without_a_terminal_is_refused_with_the_cure(run: Run) -> None:
    status, _, errors = run()
    assert status == 1
    assert "run --headless" in errors


def test_an_unknown_profile_is_status_1_and_named(run: Run, home: Path) -> None:
    put_profile(home, "mona")
    status, output, errors = run("run", "--headless", "--profile", "mono", "--camera", "demo")
    assert (status, output) == (1, "")
    assert errors == "There is no profile called mono; did you mean mona?\n"


def test_a_broken_profile_tells_every_problem_on_a_line(run: Run, home: Path) -> None:
    folder = put_profile(home, "own", GOOD.replace("1.1", "9.0").replace("room.jpg", "beach.jpg"))
    status, _, errors = run("run", "--headless", "--profile", "own")
    assert status == 1
    assert [line.split(": ")[0] for line in errors.splitlines()] == [
        f"{folder / 'profile.toml'}, background.path",
        f"{folder / 'profile.toml'}, face.size",
    ]


def test_figures_into_nowhere_are_refused_before_the_start(run: Run, home: Path) -> None:
    put_profile(home)
    status, _, errors = run("run", "--headless", "--profile", "own", "--stats", home / "no" / "s.json")
    assert status == 1
    assert "no such folder" in errors


def test_what_nobody_foresaw_is_one_sentence_and_a_traceback_in_the_log(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(store: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("profiles.store.ProfileStore.list", explode)
    status, _, errors = run("profiles", "list")
    assert status == 1
    assert "ZeroDivisionError: a bug" in errors
    assert "Traceback" not in errors
    _, log, _ = run("logs")
    assert "Traceback" in log


class TestProfiles:
    """`understudy profiles`."""

    def test_list_has_own_and_built_in_ones(self, run: Run, home: Path) -> None:
        put_profile(home)
        rows = json.loads(run("profiles", "list", "--json")[1])
        assert rows[0] == {
            "name": "own",
            "title": "Mara",
            "kind": "persona",
            "folder": str(home / "profiles" / "own"),
            "builtin": False,
            "problems": [],
        }
        assert {"mara", "anselm", "ines", "tomas"} <= {row["name"] for row in rows if row["builtin"]}

    def test_list_marks_what_cannot_be_used(self, run: Run, home: Path) -> None:
        put_profile(home, "ill", "title = 3")
        assert "understudy profiles check ill" in run("profiles", "list")[1]

    def test_show_fills_in_the_defaults(self, run: Run, home: Path) -> None:
        put_profile(home)
        assert json.loads(run("profiles", "show", "own", "--json")[1])["face"]["warp"] == 0.35
        assert "  size = 1.1" in run("profiles", "show", "own")[1].splitlines()

    def test_new_makes_a_person_unless_it_is_declared(
        self, run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        good_portrait(monkeypatch)
        portrait = home / "p.png"
        portrait.touch()
        status, _, errors = run("profiles", "new", "jo", "--portrait", portrait, "--background", portrait)
        assert (status, "--kind persona" in errors) == (0, True)
        assert run("profiles", "new", "zed", "--portrait", portrait, "--kind", "persona")[0] == 0
        kinds = {row["name"]: row["kind"] for row in json.loads(run("profiles", "list", "--json")[1])}
        assert (kinds["jo"], kinds["zed"]) == ("person", "persona")

    def test_new_refuses_an_unfit_portrait(self, run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        good_portrait(monkeypatch, "There are two faces.", "It is blurred.")
        (home / "p.png").touch()
        status, _, errors = run("profiles", "new", "jo", "--portrait", home / "p.png")
        assert status == 1
        assert "There are two faces. It is blurred." in errors
        assert not (home / "profiles" / "jo").exists()

    def test_new_tells_every_missing_file(self, run: Run, home: Path) -> None:
        status, _, errors = run("profiles", "new", "jo", "--portrait", home / "p.png", "--background", home / "b.png")
        assert status == 1
        assert errors.splitlines() == [
            f"--portrait: there is no file {home / 'p.png'}",
            f"--background: there is no file {home / 'b.png'}",
        ]

    def test_check_tells_what_is_wrong_with_file_and_portrait(
        self, run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        good_portrait(monkeypatch, "There is no face.")
        put_profile(home, "own")
        put_profile(home, "ill", "title = 3")
        status, output, errors = run("profiles", "check", "own", "ill")
        assert status == 1
        assert output.splitlines() == ["own: 1 to put right", "ill: 2 to put right"]
        assert "portrait.png: There is no face." in errors

    def test_check_of_what_is_good_is_status_0(self, run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        good_portrait(monkeypatch)
        put_profile(home)
        assert run("profiles", "check", "own")[:2] == (0, "own: good\n")

    def test_export_and_import(self, run: Run, home: Path) -> None:
        folder = put_profile(home)
        archive = home / "own.zip"
        assert run("profiles", "export", "own", archive)[0] == 0
        assert run("profiles", "export", "own", archive)[0] == 1
        assert run("profiles", "export", "own", archive, "--force")[0] == 0
        assert run("profiles", "import", archive)[0] == 1
        (folder / "profile.toml").write_text("broken")
        assert run("profiles", "import", archive, "--force")[0] == 0
        assert (folder / "profile.toml").read_text() == GOOD

    def test_import_of_a_harmful_archive(self, run: Run, home: Path) -> None:
        archive = home / "evil.zip"
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr("../../evil", "x")
        status, _, errors = run("profiles", "import", archive)
        assert status == 1
        assert "leaves the folder" in errors


class TestModels:
    """`understudy models`, without a registry."""

    def test_list_says_what_is_absent(self, run: Run) -> None:
        rows = json.loads(run("models", "list", "--json")[1])
        assert {"face-detection", "face-landmarks"} <= {row["name"] for row in rows}
        assert all("missing" in row["problem"] and row["licence"] == "Apache-2.0" for row in rows)
        assert run("models", "list")[1].count(" absent ") == len(rows)

    def test_verify_fails_and_says_the_cure(self, run: Run) -> None:
        status, _, errors = run("models", "verify")
        assert status == 1
        assert all("understudy models pull" in line for line in errors.splitlines())

    def test_pull_from_an_empty_folder_says_what_it_lacks(self, run: Run, home: Path) -> None:
        status, _, errors = run("models", "pull", "--from", home)
        assert status == 1
        assert "face_landmark.tflite" in errors

    def test_a_wrong_file_names_file_wanted_and_got(self, run: Run, home: Path) -> None:
        stick = home / "stick"
        stick.mkdir()
        for entry in ModelStore().entries():
            (stick / entry.file).write_bytes(b"not a network")
        status, _, errors = run("models", "pull", "--from", stick)
        assert status == 1
        assert f"{stick}/" in errors
        assert "wanted" in errors
        assert "got" in errors


class TestLogs:
    """`understudy logs`."""

    def test_no_log_yet(self, run: Run) -> None:
        status, output, errors = run("logs")
        assert (status, output) == (0, "")
        assert "no log yet" in errors

    def test_lines(self, run: Run, home: Path) -> None:
        from console.logs import log_file

        log_file().parent.mkdir(parents=True)
        log_file().write_text("".join(f"line {number}\n" for number in range(200)))
        assert run("logs", "--lines", "2")[1] == "line 198\nline 199\n"
        assert len(run("logs")[1].splitlines()) == 50


def test_devices_are_listed_for_people_and_scripts(run: Run) -> None:
    assert set(json.loads(run("devices", "--json")[1])) == {"cameras", "virtual_cameras"}
    assert "Virtual cameras" in run("devices")[1]


def test_a_reader_that_goes_away_is_no_traceback(home: Path) -> None:
    command = f"{sys.executable} -m console profiles list --json | head -c 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert "Traceback" not in done.stderr
