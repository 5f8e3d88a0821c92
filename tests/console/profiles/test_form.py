"""The form without a screen: fields made from the schema, changes checked as a file would be."""

from pathlib import Path

import pytest

from console.profiles.form.editor import Editor, FormRow
from console.profiles.form.fields import FormField, Shape, fields_of, matches, section_names
from pipeline.errors import UnderstudyError
from profiles.editing.saving import settings_of
from profiles.profile import Profile
from profiles.reading import read_profile
from profiles.schema import fields_at, is_section
from profiles.store import ProfileStore
from tests.profiles.conftest import GOOD

SECTIONS = [name for name, field in fields_at(()).items() if is_section(field)]
EVERY = [field for section in SECTIONS for field in fields_of(section)]


class StubDesk:
    """Takes every change, and remembers its name."""

    def __init__(self, profile: Profile) -> None:
        self.profile, self.changes = profile, list[str]()
        self.busy = ""

    def change(self, what: str, profile: Profile) -> None:
        """Takes it."""
        if self.busy:
            raise UnderstudyError(self.busy)
        self.changes.append(what)
        self.profile = profile


@pytest.fixture
def mara(tmp_path: Path) -> Profile:
    folder = tmp_path / "mara"
    folder.mkdir()
    (folder / "profile.toml").write_text(GOOD)
    for name in ("portrait.png", "room.jpg"):
        (folder / name).touch()
    return read_profile(folder)


def form(profile: Profile) -> tuple[Editor, StubDesk]:
    desk = StubDesk(profile)
    return Editor(desk, lambda _: profile), desk


def field_at(path: str) -> FormField:
    return next(field for field in EVERY if field.path == path)


def row_at(editor: Editor, path: str) -> FormRow:
    return next(row for _, rows in editor.rows() for row in rows if row.field.path == path)


def test_every_setting_of_the_schema_has_a_field_with_a_meaning() -> None:
    assert {field.path for field in EVERY} == {f"{name}.{key}" for name in SECTIONS for key in fields_at((name,))}
    assert [field.path for field in EVERY if not field.meaning or not field.takes] == []


@pytest.mark.parametrize("field", EVERY, ids=lambda field: field.path)
def test_what_is_shown_can_be_typed_again(field: FormField) -> None:
    assert field.read(field.written(field.default)) == field.default


@pytest.mark.parametrize("field", [field for field in EVERY if field.stepped], ids=lambda field: field.path)
def test_keys_move_every_setting_within_its_limits_and_back(field: FormField) -> None:
    value = field.default
    for fine in (False, True):
        moved = field.moved(value, 1, fine=fine)
        back = field.moved(moved, -1, fine=fine)
        share = field.share(moved)
        assert share is None or 0.0 <= share <= 1.0
        if field.shape in (Shape.SWITCH, Shape.CHOICE):
            assert moved != value
            assert back == value
    far = field.moved(value, 1000)
    assert field.taken.most is None or (isinstance(far, int | float) and far <= field.taken.most)


def test_a_step_is_a_round_number_and_a_fine_one_a_tenth_of_it() -> None:
    size = field_at("face.size")
    assert (size.moved(1.0, 1), size.moved(1.0, -1, fine=True)) == (1.02, 0.998)
    assert field_at("face.opacity").moved(0.85, -1) == 0.85


def test_the_form_shows_an_engines_settings_only_where_it_is_used(mara: Profile) -> None:
    shown = section_names(mara)
    assert {"face", "voice", "background", "output", "sync", "disclosure", "tracking", "masks"} <= set(shown)
    assert not {"dfm", "embedding", "rvc", "consent", "reference"} & set(shown)


def test_the_consent_and_an_off_for_the_label_are_not_in_the_form(mara: Profile) -> None:
    editor, _ = form(mara)
    paths = {row.field.path for _, rows in editor.rows() for row in rows}
    assert not any(path.startswith("consent") for path in paths)
    assert {path for path in paths if path.startswith("disclosure")} == {
        "disclosure.corner", "disclosure.size", "disclosure.language"
    }  # fmt: skip


def test_a_valid_change_is_taken_at_once_and_shown_as_unsaved(mara: Profile) -> None:
    editor, desk = form(mara)
    assert editor.step(field_at("face.size"), 1)
    assert desk.profile.face.size == 1.12
    assert desk.changes == ["face size"]
    assert row_at(editor, "face.size").changed
    assert editor.unsaved == {"face.size": 1.12}
    assert "as it was saved" in editor.discard()
    assert desk.profile == mara
    assert editor.unsaved == {}


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        ("face.opacity", "0.5", "Got 0.5, wanted a number from 0.85 to 1."),
        ("face.opacity", "much", 'Got the text "much", wanted a number from 0.85 to 1.'),
        ("face.opacity", "nan", "wanted a number from 0.85 to 1"),
        ("face.portrait", "none.png", 'There is no file "none.png" beside profile.toml; put it there or name another.'),
        ("background.colour", "blue", 'Got the text "blue", wanted a text like "#2b3440".'),
        ("restore.every", "2.5", 'Got the text "2.5", wanted a whole number from 1 to 30.'),
        ("voice.spectrum_db", "1, 2", "wanted a list of 22 values"),
        ("masks.parts", "skin, tail", 'wanted "skin"'),
        ("disclosure.size", "0", "wanted a number from 0.03 to 0.12"),
    ],
)
def test_an_invalid_one_is_told_beside_the_field_and_changes_nothing(
    mara: Profile, path: str, text: str, told: str
) -> None:
    editor, desk = form(mara)
    assert not editor.enter(field_at(path), text)
    assert told in row_at(editor, path).problem
    assert desk.profile is mara
    assert editor.enter(field_at(path), field_at(path).written(settings_of(mara)[path]))
    assert not row_at(editor, path).problem


def test_choosing_an_engine_that_lacks_its_model_says_so_and_shows_where_to_name_it(mara: Profile) -> None:
    editor, desk = form(mara)
    assert not editor.enter(field_at("face.engine"), "dfm")
    assert "dfm.model: is missing" in row_at(editor, "face.engine").problem
    (mara.folder / "a.dfm").touch()
    assert editor.enter(row_at(editor, "dfm.model").field, "a.dfm")
    assert editor.enter(field_at("face.engine"), "dfm")
    assert desk.profile.face.engine == "dfm"


def test_what_the_desk_refuses_is_told_beside_the_field(mara: Profile) -> None:
    editor, desk = form(mara)
    desk.busy = "Ben is about to come in; change it after that."
    assert not editor.step(field_at("face.warp"), 1)
    assert row_at(editor, "face.warp").problem == desk.busy


def test_a_setting_goes_back_to_its_default(mara: Profile) -> None:
    editor, desk = form(mara)
    assert editor.reset(field_at("face.size"))
    assert desk.profile.face.size == 1.0


def test_a_search_finds_settings_by_name_choice_and_meaning(mara: Profile) -> None:
    assert matches(field_at("face.occlusion"), "hands objects")
    assert matches(field_at("background.kind"), "blur")
    editor, _ = form(mara)
    assert {section for section, _ in editor.rows("opacity")} == {"face"}
    assert list(editor.rows("no such thing")) == []


def test_the_cast_stays_through_a_change(tmp_path: Path) -> None:
    store = ProfileStore((tmp_path, Path("profiles/builtin")))
    store.copy("mara", "one", {})
    file = tmp_path / "one" / "profile.toml"
    file.write_text(file.read_text() + '\n[[cast]]\nface = "left"\nprofile = "ines"\n')
    profile = store.load("one")
    editor, desk = form(profile)
    assert editor.step(field_at("face.size"), 1)
    assert [other.name for other in desk.profile.cast_profiles] == ["ines"]
