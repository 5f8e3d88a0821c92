"""The people of `understudy profiles new`: the actor who is known by pictures, and others who wear a face."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from console.commands.brought import making
from tests.console.conftest import Run, put_picture
from tests.models.dfm import Tinting, tinting_dfm
from tests.models.swappers import Swap, arcface, swapper

NAMES = ("actor/me", "actor/p", "cast-2/anna", "cast-2/anna2")
"""Where pictures of people lie in a profile of theirs."""
Told = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def likenesses(fit_pictures: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any picture does, but one of two people."""
    monkeypatch.setattr(making, "likeness_reasons", lambda path: ("It shows 2 faces.",) * (path.stem == "two"))


@pytest.fixture
def new(run: Run, tmp_path: Path) -> Told:
    """Makes a persona with a portrait; pictures of several people lie beside it."""
    for grey, name in enumerate(("p", "me", "anna", "anna2", "two")):
        put_picture(tmp_path / f"{name}.png", grey)
    portrait = tmp_path / "p.png"
    return lambda *options: run("profiles", "new", "ada", "--kind", "persona", "--portrait", portrait, *options)


def shown(run: Run) -> dict[str, object]:
    """What the new profile says."""
    read: dict[str, object] = json.loads(run("profiles", "show", "ada", "--json")[1])
    return read


def test_people_go_into_a_profile_with_their_pictures(new: Told, run: Run, home: Path, tmp_path: Path) -> None:
    people = ["--actor", tmp_path / "me.png", "--actor", tmp_path / "p.png", "--cast", "ines=left", "--cast", "tomas=2"]
    anna = f"anselm={tmp_path / 'anna.png'},{tmp_path / 'anna2.png'}"
    status, out, err = new(*people, "--cast", anna, "--recogniser", arcface(tmp_path / "r.onnx"), "--link")
    assert (status, err) == (0, "")
    assert "  The actor is known by 2 pictures.\n" in out
    assert "  Cast: left wears ines.\n  Cast: face 2 wears tomas.\n  Cast: anna wears anselm.\n" in out
    profile, folder = shown(run), home / "profiles" / "ada"
    assert profile["tracking"]["actor"] == ["faces/actor/me.png", "faces/actor/p.png"]  # type: ignore[index]
    assert profile["tracking"]["recogniser"] == "models/r.onnx"  # type: ignore[index]
    assert profile["cast"] == [
        {"face": "left", "enrolled": [], "profile": "ines"},
        {"face": 2, "enrolled": [], "profile": "tomas"},
        {"face": None, "enrolled": ["faces/cast-2/anna.png", "faces/cast-2/anna2.png"], "profile": "anselm"},
    ]
    assert not (folder / "faces" / "actor" / "me.png").is_symlink()
    hashes = profile["hashes"]
    assert isinstance(hashes, dict)
    assert set(hashes) == {"models/r.onnx", *(f"faces/{name}.png" for name in NAMES)}
    assert hashes["faces/actor/me.png"] == hashlib.sha256((tmp_path / "me.png").read_bytes()).hexdigest()
    assert run("profiles", "check", "ada")[0] == 0
    put_picture(folder / "faces" / "cast-2" / "anna.png").write_bytes((tmp_path / "r.onnx").read_bytes())
    status, _, err = run("profiles", "check", "ada")
    assert (status, "hashes.faces/cast-2/anna.png: the file has changed" in err) == (1, True)


def test_a_recogniser_is_the_swappers_where_there_is_one(new: Told, run: Run, home: Path, tmp_path: Path) -> None:
    face, recogniser = swapper(tmp_path / "i.onnx", Swap("inswapper")), arcface(tmp_path / "r.onnx")
    assert new("--actor", tmp_path / "me.png", "--face-model", face, "--recogniser", recogniser)[0] == 0
    profile = shown(run)
    assert profile["embedding"]["recogniser"] == "models/r.onnx"  # type: ignore[index]
    assert profile["tracking"]["recogniser"] is None  # type: ignore[index]
    assert run("profiles", "remove", "ada", "--yes")[0] == 0
    trained = tinting_dfm(tmp_path / "f.dfm", Tinting(size=64))
    assert new("--actor", tmp_path / "me.png", "--face-model", trained, "--recogniser", recogniser)[0] == 0
    assert shown(run)["tracking"]["recogniser"] == "models/r.onnx"  # type: ignore[index]


def test_sides_need_no_recogniser(new: Told, run: Run) -> None:
    assert new("--cast", "ines=right")[0] == 0
    assert shown(run)["cast"] == [{"face": "right", "enrolled": [], "profile": "ines"}]


def test_what_is_wrong_with_people_is_told_at_once(new: Told, home: Path, tmp_path: Path) -> None:
    status, _, err = new("--actor", tmp_path / "me.png")
    assert (status, err) == (
        1,
        "--recogniser: is missing; people are known by their pictures by an ArcFace network.\n",
    )
    recogniser = ["--recogniser", arcface(tmp_path / "r.onnx")]
    people = ["--actor", tmp_path / "two.png", "--actor", tmp_path / "none.png"]
    (tmp_path / "other").mkdir()
    other = put_picture(tmp_path / "other" / "two.png", 200)
    cast = ["--cast", "nobody=left", "--cast", "./mara=right", "--cast", f"ines={other}"]
    status, _, err = new(*people, *cast, *recogniser)
    assert status == 1
    told = err.splitlines()
    assert told[0].startswith("--cast: There is no profile called nobody; there are ")
    assert told[1].startswith("--cast: got the folder ./mara, wanted a profile's name")
    assert told[2] == f"--actor: there is no file {tmp_path / 'none.png'}."
    assert told[3] == f"--actor: nobody can be known by {tmp_path / 'two.png'}: It shows 2 faces."
    assert told[4] == f"--cast: nobody can be known by {other}: It shows 2 faces."
    assert not (home / "profiles" / "ada").exists()
    told = "--cast: ines=1 and mara=01 are both for face 1; take one out.\n"
    assert new("--cast", "ines=1", "--cast", "mara=01") == (1, "", told)
    five = [text for number in range(5) for text in ("--cast", f"ines={number}")]
    assert new(*five) == (1, "", "--cast: is given 5 times, wanted at most 4; take some out.\n")
    assert new("--cast", "left")[0] == 2


@pytest.mark.parametrize("who", ["middle", "-1", "1,left", "LEFT", ","])
def test_who_is_neither_a_face_nor_a_picture_is_told_before_a_recogniser_is_asked_for(new: Told, who: str) -> None:
    told = f"--cast: got {who!r}, wanted left, right, a face's number or pictures of that person.\n"
    assert new("--cast", f"anselm={who}") == (1, "", told)


def test_a_profile_or_a_picture_that_is_not_there_is_told_before_a_recogniser_is_asked_for(new: Told) -> None:
    status, _, err = new("--cast", "left=anselm", "--cast", "ANSELM=anna.jpeg", "--actor", "self.png")
    told = err.splitlines()
    assert status == 1
    assert told[0].startswith("--cast: There is no profile called left; there are ")
    assert told[1].startswith("--cast: There is no profile called ANSELM; ")
    assert told[2].startswith("--cast: got 'anselm', wanted left, right, ")
    assert told[3:] == ["--actor: there is no file self.png.", "--cast: there is no file anna.jpeg."]


def test_people_who_were_added_by_hand_are_recorded(new: Told, run: Run, home: Path, tmp_path: Path) -> None:
    assert new()[0] == 0
    folder = home / "profiles" / "ada"
    for name in ("me", "anna"):
        (folder / f"{name}.png").write_bytes((tmp_path / f"{name}.png").read_bytes())
    arcface(folder / "r.onnx")
    with (folder / "profile.toml").open("a", encoding="utf-8") as file:
        file.write('[tracking]\nactor = ["me.png"]\nrecogniser = "r.onnx"\n')
        file.write('[[cast]]\nenrolled = ["anna.png"]\nprofile = "ines"\n')
    assert run("profiles", "record", "ada")[0] == 0
    hashes = shown(run)["hashes"]
    assert isinstance(hashes, dict)
    assert set(hashes) == {"me.png", "anna.png", "r.onnx"}
    assert run("profiles", "check", "ada")[0] == 0


def test_one_picture_is_not_of_two_people(new: Told, run: Run, home: Path, tmp_path: Path) -> None:
    recogniser = ["--recogniser", arcface(tmp_path / "r.onnx")]
    me, anna = tmp_path / "me.png", tmp_path / "anna.png"
    copy = tmp_path / "copy.png"
    copy.write_bytes(me.read_bytes())
    status, out, err = new("--actor", me, "--actor", copy, "--cast", f"anselm={copy}", *recogniser)
    told = f"{copy} is the same picture as {me} under --actor already; a picture is of one person, so name another one"
    assert (status, out, err) == (1, "", f"--cast: {told}.\n")
    twice = [f"anselm={anna}"] * 2
    status, _, err = new("--cast", twice[0], "--cast", twice[1], *recogniser)
    assert (status, f"--cast: {anna} stands under --cast already; " in err) == (1, True)
    assert new("--actor", me, "--actor", copy, "--cast", f"anselm={anna}", *recogniser)[0] == 0
    folder = home / "profiles" / "ada"
    (folder / "faces" / "cast-0" / "anna.png").write_bytes(me.read_bytes())
    assert run("profiles", "record", "ada")[0] == 0
    status, _, err = run("profiles", "check", "ada")
    place = f"  {folder / 'profile.toml'}, cast.0.enrolled: {folder / 'faces/cast-0/anna.png'}"
    other = folder / "faces" / "actor" / "me.png"
    assert (status, f"{place} is the same picture as {other} under tracking.actor already; " in err) == (1, True)


def test_two_people_may_have_pictures_of_one_name_and_commas_may_be_in_one(new: Told, run: Run, tmp_path: Path) -> None:
    recogniser = ["--recogniser", arcface(tmp_path / "r.onnx")]
    (tmp_path / "other").mkdir()
    other = put_picture(tmp_path / "other" / "me.png", 200)
    assert new("--actor", tmp_path / "me.png", "--cast", f"ines={other}", *recogniser)[0] == 0
    assert run("profiles", "remove", "ada", "--yes")[0] == 0
    status, _, err = new("--actor", tmp_path / "me.png", "--actor", other, *recogniser)
    assert (status, "have one name; rename one" in err) == (1, True)
    odd = put_picture(tmp_path / "anna, at home.png")
    assert new("--cast", f"ines={odd}", *recogniser)[0] == 0
    [entry] = shown(run)["cast"]  # type: ignore[misc,attr-defined]
    assert entry["enrolled"] == ["faces/cast-0/anna, at home.png"]
