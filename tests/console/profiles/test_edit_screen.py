"""The form on the screen: every key of it, beside the live picture."""

from pathlib import Path

import pytest
from textual.widgets import Input

from console.beside.line_question import LineQuestion
from console.profiles.form.edit_keys import EDIT_BINDINGS, LIST_BINDINGS
from console.profiles.form.edit_screen import EditScreen
from console.screens.question import Question
from pipeline.telemetry import State
from tests.console.fake_app import dashboard_of, text_of
from tests.console.profiles.stage import REMARK, SIZES, done, on_stage, words


@pytest.mark.parametrize("size", SIZES)
async def test_the_form_stands_beside_the_live_picture(tmp_path: Path, size: tuple[int, int]) -> None:
    async with on_stage(tmp_path, size=size) as (app, pilot, _):
        await pilot.press("e")
        await pilot.pause()
        text = text_of(app)
        assert isinstance(app.screen, EditScreen)
        assert "EDIT Ada · as saved" in text
        assert "FACE" in text
        assert "‹ photo ›" in text
        assert "ON AIR" in text
        assert "face.engine: " in text


@pytest.mark.parametrize("size", SIZES)
async def test_steps_take_effect_at_once_and_are_undone_and_done_again(tmp_path: Path, size: tuple[int, int]) -> None:
    async with on_stage(tmp_path, size=size) as (app, pilot, session):
        await pilot.press("e", "down", "down", "right", "right")
        assert session.profile.face.size == 1.14
        await pilot.press("shift+left")
        assert session.profile.face.size == 1.138
        await pilot.pause()
        assert "1.138" in text_of(app)
        assert "1 not saved" in text_of(app)
        await pilot.press("u")
        assert session.profile.face.size == 1.1, "quick steps of one setting are one change"
        await pilot.press("U")
        assert session.profile.face.size == 1.138
        await pilot.press("delete")
        assert session.profile.face.size == 1.0


async def test_a_number_is_typed_and_one_out_of_range_is_told_beside_it(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as (app, pilot, session):
        await pilot.press("e", "down", "down", "9", "enter")
        await pilot.pause()
        assert "Got 9, wanted a number from 0.8 to 1.25." in text_of(app)
        assert session.profile.face.size == 1.1
        assert [call for call in session.calls if call.startswith(("adjust", "switch"))] == []
        await pilot.press("backspace", *"0.9", "enter")
        await pilot.pause()
        assert session.profile.face.size == 0.9
        assert "Got 9" not in text_of(app)
        assert isinstance(app.screen, EditScreen)


async def test_escape_leaves_an_entry_a_search_and_the_form_in_turn(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as (app, pilot, session):
        await pilot.press("e", "slash", *"opacity", "enter", "enter", "escape")
        await pilot.pause()
        assert "opacity" in text_of(app)
        assert "light wrap" not in text_of(app)
        assert app.screen.query_one("#form-search", Input).value == "opacity"
        await pilot.press("escape")
        await pilot.pause()
        assert "light wrap" in text_of(app) or "max yaw" in text_of(app)
        await pilot.press("escape")
        assert app.screen is dashboard_of(app)
        assert "adjust" not in session.calls


async def test_a_search_that_finds_nothing_says_so(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as (app, pilot, _):
        await pilot.press("e", "slash", *"zzz")
        await pilot.pause()
        assert "No setting has these words" in text_of(app)
        await pilot.press("enter", "right", "delete", "9")


async def test_choices_go_round_and_enter_takes_the_next(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as (_, pilot, session):
        await pilot.press("e", "slash", *"fail-safe", "enter")
        await pilot.press("slash", "escape")
        await pilot.press("slash", *"output.policy", "enter", "enter")
        assert session.profile.output.policy.value == "blur"
        await pilot.press("left", "left")
        assert session.profile.output.policy.value == "card"


async def test_the_opacity_never_goes_below_its_floor_and_the_label_has_no_off(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as (app, pilot, session):
        await pilot.press("e", "slash", *"face.opacity", "enter", *["left"] * 60)
        assert session.profile.face.opacity == 0.85
        await pilot.press("slash", *["backspace"] * 20, *"disclosure", "enter")
        await pilot.pause()
        assert "label" in text_of(app).casefold()
        assert "off" not in {row.text for row in app.screen._rows.values()}
        await pilot.press("escape", "slash", *["backspace"] * 20, *"declaration", "enter")
        await pilot.pause()
        assert "No setting has these words" in text_of(app)


async def test_space_and_panic_do_what_they_always_do(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as (_, pilot, session):
        await pilot.press("e", "space")
        assert session.state is State.PREVIEW
        await pilot.press("p")
        assert session.state is State.CARD


async def test_saving_asks_and_keeps_remarks(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as (app, pilot, _):
        file = tmp_path / "user" / "ada" / "profile.toml"
        before = file.read_text()
        await pilot.press("e", "down", "down", "right", "s")
        await pilot.pause()
        assert isinstance(app.screen, Question)
        assert "face.size = 1.12" in text_of(app)
        await pilot.press("enter")
        await done(app, pilot)
        assert file.read_text() == before, "the answer is no unless yes is chosen"
        await pilot.press("s", "y")
        await done(app, pilot)
        assert file.read_text() == before.replace("1.1", "1.12")
        assert REMARK in file.read_text()
        assert "as saved" in text_of(app)
        await pilot.press("s")
        assert isinstance(app.screen, EditScreen), "there is nothing to save any more"


async def test_a_shipped_profile_is_saved_under_another_name(tmp_path: Path) -> None:
    async with on_stage(tmp_path, name="mara") as (app, pilot, _):
        await pilot.press("e", "down", "down", "right", "s")
        await pilot.pause()
        assert isinstance(app.screen, LineQuestion)
        assert "ships with the program" in words(app)
        await pilot.press(*["backspace"] * 9, *"Ada!", "enter")
        await done(app, pilot)
        assert "can't be a profile's" in words(app)
        await pilot.press(*["backspace"] * 9, *"new", "enter")
        await done(app, pilot)
        assert "size = 1.12" in (tmp_path / "user" / "new" / "profile.toml").read_text()
        assert "New" in {row.title for row in app.desk.rows(None)}
        assert "size = 1.1\n" in (tmp_path / "shipped" / "mara" / "profile.toml").read_text()


async def test_save_as_and_leaving_it_changes_nothing(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as (app, pilot, _):
        await pilot.press("e", "S", "escape")
        await done(app, pilot)
        assert sorted(path.name for path in (tmp_path / "user").iterdir()) == ["ada", "ben", "dora"]


async def test_discarding_asks_and_can_be_undone(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as (app, pilot, session):
        await pilot.press("e", "down", "down", "right", "D", "n")
        assert session.profile.face.size == 1.12
        await pilot.press("D", "y")
        assert session.profile.face.size == 1.1
        await pilot.press("u")
        assert session.profile.face.size == 1.12


async def test_a_file_is_named_and_one_that_is_not_there_is_told(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as (app, pilot, session):
        (tmp_path / "user" / "ada" / "other.png").touch()
        await pilot.press("e", "down", "enter", *["backspace"] * 20, *"none.png", "enter")
        await pilot.pause()
        assert 'There is no file "none.png" beside profile.toml' in words(app)
        await pilot.press(*["backspace"] * 20, *"other.png", "enter")
        assert session.profile.face.portrait == Path("other.png")


async def test_a_profile_that_comes_in_is_shown_in_the_form(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as (app, pilot, _):
        app.desk.switch("ben")
        await pilot.press("e")
        await pilot.pause()
        assert "EDIT Ben" in text_of(app)
        await pilot.press("down", "down", "right")
        assert app.desk.profile.face.size == 1.12


async def test_a_click_marks_a_setting_and_does_what_enter_does(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as (app, pilot, session):
        await pilot.press("e")
        await pilot.pause()
        await pilot.click("#form-list", offset=(5, 1))
        await pilot.pause()
        assert session.profile.face.engine == "photo"
        assert "dfm.model: is missing" in words(app)


def test_every_key_of_the_form_says_what_it_does() -> None:
    assert [binding.key for binding in (*EDIT_BINDINGS, *LIST_BINDINGS) if not binding.tooltip or not binding.id] == []
