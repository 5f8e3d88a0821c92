"""Reading `profile.toml`: what is good comes out whole, what is wrong is told all at once."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from profiles.errors import ProfileError
from profiles.profile import FailSafePolicy, Kind, Profile
from profiles.reading import named_files, read_profile
from profiles.schema import all_keys, nearest_key, wanted
from tests.profiles.conftest import GOOD, MakeProfile


def told(folder: Path) -> dict[str, str]:
    """Every problem of a profile, by key."""
    with pytest.raises(ProfileError) as caught:
        read_profile(folder)
    assert all(problem.file == folder / "profile.toml" for problem in caught.value.problems)
    return {problem.key: problem.text for problem in caught.value.problems}


def test_a_good_profile_is_read_with_its_defaults(make_profile: MakeProfile) -> None:
    folder = make_profile()
    profile = read_profile(folder)
    assert (profile.name, profile.title, profile.kind) == ("mara", "Mara", Kind.PERSONA)
    assert profile.face.size == 1.1
    assert profile.output.policy is FailSafePolicy.HOLD
    assert profile.resolve(profile.face.portrait) == folder / "portrait.png"
    assert named_files(profile) == {"face.portrait": folder / "portrait.png", "background.path": folder / "room.jpg"}


def test_everything_wrong_is_told_at_once(make_profile: MakeProfile) -> None:
    toml = """\
    title = 7
    titel = "Mara"
    kind = "robot"
    name = "other"

    [face]
    portrait = "nobody.png"
    sise = 1.0
    size = 3
    warp = "much"
    choice = "biggest"
    choice_id = 1.5
    opacity = true

    [background]
    colour = "red"
    path = ["a", "b"]

    [disclosure]
    corner = "middle"

    [vioce]
    median_f0_hz = 100

    [reference]
    voice = "voice.wav"
    """
    assert told(make_profile(toml=toml)) == {
        "title": "got 7, wanted a text of 1 to 40 printable characters",
        "titel": "unknown key; did you mean title?",
        "kind": 'got the text "robot", wanted "persona" or "person"',
        "name": "unknown key; a profile's name is its folder's, so take the line out",
        "face.portrait": 'there is no file "nobody.png" beside profile.toml; put it there or name another',
        "face.sise": "unknown key; did you mean face.size?",
        "face.size": "got 3, wanted a number from 0.8 to 1.25",
        "face.warp": 'got the text "much", wanted a number from 0 to 1',
        "face.choice": 'got the text "biggest", wanted "largest", "central" or "id"',
        "face.choice_id": "got 1.5, wanted a whole number of at least 0",
        "face.opacity": "got true, wanted a number from 0.85 to 1",
        "background.colour": 'got the text "red", wanted a text like "#2b3440"',
        "background.path": "got a list, wanted the name of a file, in quotes",
        "disclosure.corner": 'got the text "middle", wanted "top-right", "top-left", "bottom-right" or "bottom-left"',
        "vioce": "unknown key; did you mean voice?",
        "reference.voice": 'there is no file "voice.wav" beside profile.toml; put it there or name another',
    }


def test_an_empty_file_lacks_title_and_kind(make_profile: MakeProfile) -> None:
    problems = told(make_profile(toml=""))
    assert problems == {
        "title": "is missing; wanted a text of 1 to 40 printable characters",
        "kind": 'is missing; wanted "persona" or "person"',
    }


def test_files_that_are_meant_by_default_must_be_there(make_profile: MakeProfile) -> None:
    folder = make_profile()
    (folder / "room.jpg").unlink()
    (folder / "portrait.png").unlink()
    (folder / "portrait.png").mkdir()
    problems = told(folder)
    assert problems["face.portrait"] == 'got the folder "portrait.png", wanted a file'
    assert 'no file "room.jpg"' in problems["background.path"]


@pytest.mark.parametrize("kind", ["blur", "colour", "none"])
def test_a_background_without_a_picture_needs_no_file(make_profile: MakeProfile, kind: str) -> None:
    folder = make_profile(toml=GOOD.replace('path = "room.jpg"', f'kind = "{kind}"'))
    (folder / "room.jpg").unlink()
    assert "background.path" not in named_files(read_profile(folder))


def test_a_persona_declares_itself(make_profile: MakeProfile) -> None:
    assert list(told(make_profile(toml=GOOD.replace("Mara is synthetic.", "  ")))) == ["consent.declaration"]


def test_a_person_needs_no_declaration(make_profile: MakeProfile) -> None:
    assert read_profile(make_profile(toml='title = "P"\nkind = "person"\n')).kind is Kind.PERSON


def test_a_table_where_a_value_belongs_and_the_reverse(make_profile: MakeProfile) -> None:
    problems = told(make_profile(toml='title = "M"\nkind = "person"\nface = 3\n[background.path]\nx = 1\n'))
    assert problems == {
        "face": "got 3, wanted a table [face]",
        "background.path": "got a table, wanted the name of a file, in quotes",
    }


@pytest.mark.parametrize("opacity", ["0.0", "0", "0.84", "-1.0", "nan", "1.01"])
def test_no_profile_lets_the_actors_face_through(make_profile: MakeProfile, opacity: str) -> None:
    text = f"got {opacity}, wanted a number from 0.85 to 1"
    toml = GOOD.replace("size = 1.1", f"opacity = {opacity}\nwarp = 0.0") + '[output]\npolicy = "hold"\n'
    assert told(make_profile(toml=toml.replace('path = "room.jpg"', 'kind = "none"'))) == {"face.opacity": text}


def test_no_live_change_lets_the_actors_face_through(make_profile: MakeProfile) -> None:
    profile = read_profile(make_profile())
    assert profile.with_face(opacity=0.85, warp=0.0).face.opacity == 0.85
    with pytest.raises(ValidationError, match="greater than or equal to 0.85"):
        profile.with_face(opacity=0.0)


def test_a_date_is_no_text(make_profile: MakeProfile) -> None:
    assert told(make_profile(toml='title = 2026-11-20\nkind = "person"\n')) == {
        "title": "got the date 2026-11-20, wanted a text of 1 to 40 printable characters"
    }


@pytest.mark.parametrize(
    ("toml", "place"),
    [
        ('title = "M"\nkind "person"\n', "line 2, column 6"),
        ('title = "M', "line 1, column 11|end of the file"),
        ("[face\n", "line 1, column 6"),
        ('kind = "a"\nkind = "b"\n', "line 2, column 11"),
    ],
)
def test_broken_toml_tells_line_and_column(make_profile: MakeProfile, toml: str, place: str) -> None:
    ((key, text),) = told(make_profile(toml=toml)).items()
    assert re.fullmatch(place, key)
    assert text.startswith("is not TOML: ")


def test_bytes_that_are_no_text_tell_the_line(make_profile: MakeProfile) -> None:
    assert list(told(make_profile(toml=b'title = "M"\nkind = "\xff"\n'))) == ["line 2"]


def test_a_byte_order_mark_is_harmless(make_profile: MakeProfile) -> None:
    assert read_profile(make_profile(toml=b"\xef\xbb\xbf" + GOOD.encode())).title == "Mara"


def test_a_folder_without_a_file(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    assert "no such file" in told(tmp_path / "x")[""]


def test_a_huge_file_is_not_read(make_profile: MakeProfile) -> None:
    assert "too many" in told(make_profile(toml=b"#" * (1 << 20) + b"\n"))[""]


def test_a_folder_name_that_is_no_profile_name(make_profile: MakeProfile) -> None:
    assert 'the name "My Mara" can\'t be' in told(make_profile("My Mara"))[""]


def test_the_error_reads_as_one_line_for_each_problem(make_profile: MakeProfile) -> None:
    folder = make_profile(toml='kind = "persona"\n[face]\nsize = 9.0\n')
    with pytest.raises(ProfileError) as caught:
        read_profile(folder)
    file = folder / "profile.toml"
    assert str(caught.value).splitlines()[1] == f"{file}, face.size: got 9.0, wanted a number from 0.8 to 1.25"
    assert len(str(caught.value).splitlines()) == 3


def test_every_key_of_the_schema_says_what_it_takes() -> None:
    keys = all_keys()
    assert {"title", "kind", "face.size", "consent.record"} <= set(keys)
    assert not {"name", "folder"} & set(keys)
    assert all(wanted(key.split(".")) != "something else" for key in keys)


@pytest.mark.parametrize(
    ("unknown", "near"),
    [("face.colr", "face.colour"), ("portrait", "face.portrait"), ("backgroud", "background"), ("zzz", None)],
)
def test_the_nearest_key(unknown: str, near: str | None) -> None:
    assert nearest_key(unknown.split(".")) == near


@given(key=st.sampled_from([key for key in all_keys() if "." in key]), value=st.sampled_from([None, 5, "x", [], {}]))
def test_no_wrong_value_gets_through_or_crashes(
    tmp_path_factory: pytest.TempPathFactory, key: str, value: object
) -> None:
    folder = tmp_path_factory.mktemp("p") / "mara"
    folder.mkdir()
    section, name = key.split(".")
    text = {"x": '"x"', "5": "5", "[]": "[]", "{}": "{}"}.get(str(value), "nan")
    base = 'title = "M"\nkind = "person"\nface.engine = "photo"\nbackground.kind = "none"\n'
    base = "\n".join(line for line in base.splitlines() if not line.startswith(f"{key} ")) + "\n"
    (folder / "profile.toml").write_text(f"{base}{section}.{name} = {text}\n")
    (folder / "portrait.png").touch()
    try:
        profile = read_profile(folder)
    except ProfileError as error:
        assert {problem.key for problem in error.problems} <= {key, "background.path"}
    else:
        assert isinstance(profile, Profile)
        assert getattr(getattr(profile, section), name) in (value, Path(str(value)))
