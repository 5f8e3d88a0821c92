"""Changed settings in a profile's file: what is written loads again as it was, and remarks stay."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.editing.saving import differences
from profiles.editing.toml_edit import Plain, edited, overlaid
from profiles.errors import ProfileError
from profiles.reading import profile_of, read_profile
from profiles.schema import fields_at, is_section, taken_at
from profiles.store import ProfileStore
from tests.profiles.conftest import GOOD, MakeProfile

REMARKED = """\
# Mine
title = "Mara"   # her name
kind = "persona"
voice.pitch_semitones = 1.5 # dotted

[face] # the face
size = 1.1 # larger

# before the room
[background]
kind = "blur"

[consent]
declaration = "Mara is synthetic."
"""
SPELLINGS = (REMARKED, GOOD.replace("size = 1.1", "size = 1.1 # larger"), GOOD.replace("\n", "\n# so\n\n"))


def values(path: tuple[str, str]) -> st.SearchStrategy[Any]:
    """Values that a setting takes, in steps as a screen makes them."""
    taken = taken_at(path)
    if taken.choices:
        return st.sampled_from(taken.choices)
    if bool in taken.kinds:
        return st.booleans()
    if taken.items is not None and taken.items.choices:
        return st.lists(st.sampled_from(taken.items.choices), min_size=1, max_size=4)
    if float in taken.kinds:
        return st.floats(taken.least, taken.most).map(lambda number: round(number, 6))
    if int in taken.kinds:
        return st.integers(int(taken.least or 0), int(taken.most or 9))
    return st.none()


PATHS = [
    (section, key)
    for section, field in fields_at(()).items()
    if is_section(field)
    for key in fields_at((section,))
    if key not in ("engine", "kind", "actor")
]


@given(st.data(), st.sampled_from(SPELLINGS))
def test_what_was_saved_loads_again_equal_and_says_no_more_than_it_has_to(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, text: str
) -> None:
    folder = tmp_path_factory.getbasetemp() / "mara"
    folder.mkdir(exist_ok=True)
    for name in ("portrait.png", "room.jpg"):
        (folder / name).touch()
    said = tomllib.loads(text)
    old = profile_of(said, folder, "mara")
    chosen = data.draw(st.lists(st.sampled_from(PATHS), max_size=6, unique=True))
    wanted: dict[str, Plain] = {}
    for path in chosen:
        value = data.draw(values(path))
        if value is not None:
            wanted[".".join(path)] = value
    new = profile_of(overlaid(said, wanted), folder, "mara")
    changes = differences(old, new)
    made = edited(text, changes)
    assert profile_of(tomllib.loads(made), folder, "mara") == new
    assert [line for line in remarks(text) if line not in remarks(made)] == []
    assert keys(tomllib.loads(made)) == keys(said) | changes.keys()


def remarks(text: str) -> list[str]:
    return [line.partition("#")[2] for line in text.splitlines() if "#" in line and '"#' not in line]


def keys(data: dict[str, Any]) -> set[str]:
    found = set[str]()
    for name, value in data.items():
        found |= {f"{name}.{key}" for key in value} if isinstance(value, dict) else {name}
    return found


def test_a_value_goes_back_to_its_default_where_it_stood_and_an_optional_one_goes(
    store: ProfileStore, make_profile: MakeProfile
) -> None:
    folder = make_profile(toml=GOOD + "\n[dfm]\ncoverage = 2.5 # wide\nmorph = 0.8\n")
    saved = store.save("mara", {"face.size": 1.0, "dfm.coverage": None})
    text = (folder / "profile.toml").read_text()
    assert "size = 1.0" in text
    assert "coverage" not in text
    assert "morph = 0.8" in text
    assert saved == store.load("mara")


def test_nothing_is_saved_that_would_not_load(store: ProfileStore, make_profile: MakeProfile) -> None:
    folder = make_profile()
    with pytest.raises(ProfileError, match=r"face\.opacity: got 0\.5, wanted a number from 0\.85 to 1"):
        store.save("mara", {"face.opacity": 0.5})
    with pytest.raises(ProfileError, match=r"disclosure\.off: unknown key"):
        store.save("mara", {"disclosure.off": True})
    assert (folder / "profile.toml").read_text() == GOOD
    assert [path.name for path in store.folder.iterdir()] == ["mara"]


def test_what_ships_is_saved_only_as_a_copy(store: ProfileStore, make_profile: MakeProfile) -> None:
    shipped = make_profile(place="shipped")
    with pytest.raises(ProfileError, match="ships with the program and stays as it is"):
        store.save("mara", {"face.size": 0.9})
    with pytest.raises(ProfileError, match="would be hidden by yours"):
        store.copy("mara", "mara", {})
    copy = store.copy("mara", "mara-2", {"face.size": 0.9, "title": "Mara too"})
    assert (copy.title, copy.face.size) == ("Mara too", 0.9)
    assert (copy.folder / "portrait.png").read_bytes() == b"portrait"
    assert (shipped / "profile.toml").read_text() == GOOD


def test_a_copy_keeps_links_and_leaves_out_what_is_hidden(
    store: ProfileStore, make_profile: MakeProfile, tmp_path: Path
) -> None:
    folder = make_profile(toml=GOOD + '\n[dfm]\nmodel = "models/a.dfm"\n')
    (tmp_path / "a.dfm").write_bytes(b"large")
    (folder / "models").mkdir()
    (folder / "models" / "a.dfm").symlink_to("../../../a.dfm")
    (folder / ".part").touch()
    copy = store.copy("mara", "ada", {})
    assert (copy.folder / "models" / "a.dfm").is_symlink()
    assert copy.resolve(Path("models/a.dfm")).read_bytes() == b"large"
    assert not (copy.folder / ".part").exists()


@pytest.mark.parametrize(
    ("name", "reason"),
    [("mara", "is there already"), ("Ada!", "can't be a profile's"), ("../up", "can't be a profile's")],
)
def test_a_copy_needs_a_name_of_its_own(store: ProfileStore, make_profile: MakeProfile, name: str, reason: str) -> None:
    make_profile()
    with pytest.raises(ProfileError, match=reason):
        store.copy("mara", name, {})
    assert [path.name for path in store.folder.iterdir()] == ["mara"]


def test_a_new_table_stands_apart_from_the_one_before(store: ProfileStore, make_profile: MakeProfile) -> None:
    folder = make_profile()
    store.save("mara", {"merge.blur": 0.2, "voice.breath": 0.25})
    assert "\n\n[merge]\nblur = 0.2\n\n[voice]\nbreath = 0.25\n" in (folder / "profile.toml").read_text()
    assert read_profile(folder).merge.blur == 0.2
