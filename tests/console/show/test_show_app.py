"""A show on the screen: its keys, the line of the next cue, and the list of all of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from console.app import UnderstudyApp
from console.show.cue_line import CueLine, cue_line
from console.show.cue_screen import CueScreen
from console.show.cues import Cue, CueBackground, Show
from console.show.rundown import ShowView
from tests.console.fake_app import dashboard_of, text_of
from tests.console.fake_session import FakeSession
from tests.console.profiles.stage import SIZES, done, on_stage, words

STAGE = CueBackground(kind="colour", colour="#101010")
CUES = (
    Cue(profile="ben", note="Welcome", seconds=42),
    Cue(profile="ada", note="enters from the left"),
    Cue(profile="ada", background=STAGE),
    Cue(profile="dora", note="never"),
    Cue(profile="mara", seconds=5, auto=True),
    Cue(profile="ben"),
)


@asynccontextmanager
async def playing(
    tmp_path: Path, size: tuple[int, int] = SIZES[0], cues: tuple[Cue, ...] = CUES
) -> AsyncIterator[tuple[UnderstudyApp, Pilot[int], FakeSession]]:
    """The app with a show."""
    show = Show(cue=cues)
    async with on_stage(tmp_path, size=size, around=lambda same: replace(same, show=show)) as (app, pilot, session):
        await done(app, pilot)
        yield app, pilot, session


async def test_the_next_cue_is_always_made_ready_beforehand(tmp_path: Path) -> None:
    async with playing(tmp_path) as (app, pilot, session):
        assert session.calls[-1] == "prepare ben"
        await pilot.press("n")
        await done(app, pilot)
        assert session.calls[-2:] == ["switch ben", "prepare ada"]
        await pilot.press("n")
        await done(app, pilot)
        assert session.calls[-2:] == ["switch ada", "prepare ada"], "the next one is before another room"


async def test_a_cue_brings_its_room_and_the_next_one_the_profiles_own_again(tmp_path: Path) -> None:
    async with playing(tmp_path, cues=(CUES[2], CUES[1], CUES[0])) as (app, pilot, session):
        await pilot.press("n")
        await done(app, pilot)
        assert session.profile.background.colour == "#101010"
        assert session.profile.background.kind == "colour"
        await pilot.press("right_square_bracket", "n")
        await done(app, pilot)
        assert session.profile.background.kind == "image"
        assert session.profile.face.size == 1.11, "what was adjusted stays"


async def test_n_and_shift_n_stop_at_the_ends(tmp_path: Path) -> None:
    async with playing(tmp_path, cues=CUES[:2]) as (app, pilot, session):
        await pilot.press("N")
        await done(app, pilot)
        assert session.profile.name == "ada"
        await pilot.press("n", "n", "n")
        await done(app, pilot)
        assert session.profile.name == "ada"
        await pilot.press("N")
        await done(app, pilot)
        assert session.profile.name == "ben"


async def test_nothing_comes_by_itself_unless_the_cue_says_so(tmp_path: Path) -> None:
    cues = (replace_auto(CUES[0], False), CUES[1])
    async with playing(tmp_path, cues=cues) as (app, pilot, session):
        await pilot.press("n")
        session.let_pass(100.0)
        app.show_all()
        await done(app, pilot)
        assert session.profile.name == "ben"
        assert "0:58 over" in dashboard_of(app).query_one(CueLine).text


async def test_a_cue_that_says_so_is_followed_by_the_next_once(tmp_path: Path) -> None:
    async with playing(tmp_path, cues=(replace_auto(CUES[0], True), CUES[1], CUES[4])) as (app, pilot, session):
        await pilot.press("n")
        session.let_pass(41.0)
        app.show_all()
        await done(app, pilot)
        assert session.profile.name == "ben"
        session.let_pass(2.0)
        app.show_all()
        app.show_all()
        await done(app, pilot)
        assert session.profile.name == "ada"


async def test_a_cue_that_was_taken_just_before_its_time_is_not_followed_by_the_one_after(tmp_path: Path) -> None:
    async with playing(tmp_path, cues=(replace_auto(CUES[0], True), CUES[1], CUES[4])) as (app, pilot, session):
        await pilot.press("n")
        session.let_pass(100.0)
        app.call_later(app.action_cue, 1)
        app.show_all()
        await done(app, pilot)
        assert session.profile.name == CUES[1].profile


def replace_auto(cue: Cue, auto: bool) -> Cue:
    return cue.model_copy(update={"auto": auto})


async def test_a_refused_profile_is_told_at_the_start_by_name(tmp_path: Path) -> None:
    async with playing(tmp_path) as (app, pilot, session):
        assert "Cue 4 can't come: dora can't be taken" in " ".join(entry.told for entry in app.journal.entries)
        before = session.profile
        for _ in range(3):
            await pilot.press("n")
        await pilot.press("n")
        await done(app, pilot)
        assert session.profile.name == before.name


@pytest.mark.parametrize("size", SIZES)
async def test_the_cue_list_shows_where_the_show_stands_and_enter_jumps(tmp_path: Path, size: tuple[int, int]) -> None:
    async with playing(tmp_path, size) as (app, pilot, session):
        await pilot.press("n", "C")
        await done(app, pilot)
        assert isinstance(app.screen, CueScreen)
        text = words(app)
        assert "CUES · 1 of 6 · in 0:42" in text
        assert "enters from the left" in text
        await pilot.press("end", "enter")
        await done(app, pilot)
        assert "CUES · 6 of 6" in words(app)
        assert session.profile.name == "ben"
        await pilot.press("N")
        await done(app, pilot)
        assert session.profile.name == "mara"
        await pilot.press("home", "down", "down", "down")
        await pilot.pause()
        assert "dora can't be taken" in words(app)
        await pilot.press("C")
        assert app.screen is dashboard_of(app)


@pytest.mark.parametrize("size", SIZES)
async def test_the_dashboard_has_a_line_for_the_next_cue_only_with_a_show(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with playing(tmp_path, size) as (app, pilot, _):
        await pilot.press("n")
        await done(app, pilot)
        assert "NEXT 2/6 Ada" in text_of(app)
        assert "in 0:42" in text_of(app)


async def test_without_a_show_the_keys_say_how_to_have_one(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as (app, pilot, session):
        await pilot.press("n", "C")
        await done(app, pilot)
        assert "--show FILE" in text_of(app)
        assert "NEXT" not in text_of(app)
        assert not [call for call in session.calls if call.startswith(("switch", "prepare"))]


@pytest.mark.parametrize(
    ("view", "text"),
    [
        (ShowView(CUES, -1), "NEXT 1/6 Ben · Welcome"),
        (ShowView(CUES, 0, 42.0), "NEXT 2/6 Ada · enters from the left · in 0:42"),
        (ShowView(CUES, 0, -5.0), "NEXT 2/6 Ada · enters from the left · 0:05 over"),
        (ShowView(CUES, 4, 3.0), "NEXT 6/6 Ben · by itself in 0:03"),
        (ShowView(CUES, 5), "CUE 6/6 no cue follows"),
    ],
)
def test_the_line_tells_the_next_cue_and_the_time(view: ShowView, text: str) -> None:
    line = cue_line(view, {"ada": "Ada", "ben": "Ben"}, 60)
    assert "".join(part for part, _ in line) == text
    narrow = "".join(part for part, _ in cue_line(view, {"ada": "Ada", "ben": "Ben"}, 30))
    assert len(narrow) <= 30
    assert view.countdown in narrow
