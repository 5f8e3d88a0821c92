"""The preflight on the screen: begun, shown, remembered, and in the way of going on air when it failed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from textual.pilot import Pilot
from textual.widgets import OptionList

from console.app import UnderstudyApp
from console.preflight.preflight_screen import PreflightScreen
from console.screens.question import Question
from pipeline.errors import DeviceError
from pipeline.telemetry import State
from tests.console.fake_app import make_app, settled, text_of
from tests.console.fake_session import FakeSession
from tests.console.preflight.fakes import DULL, FINE, WARM, FakePreflighter, kept
from tests.rigging import SOON_S


@asynccontextmanager
async def opened(
    preflighter: FakePreflighter | None, session: FakeSession, *keys: str
) -> AsyncIterator[tuple[UnderstudyApp, Pilot[int]]]:
    """The app in preview, after some keys."""
    app = make_app(session)
    app.surroundings = replace(app.surroundings, preflighter=preflighter)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(app)
        await pilot.pause()
        for key in keys:
            await pilot.press(key)
            await settled(app)
            await pilot.pause()
        yield app, pilot


def told_by(app: UnderstudyApp) -> list[str]:
    """Every event so far."""
    return [entry.text for entry in app.journal.found("")]


def preview() -> FakeSession:
    return FakeSession(state=State.PREVIEW)


async def test_f_runs_all_of_it_and_shows_what_was_found_with_the_remedy() -> None:
    session = preview()
    async with opened(FakePreflighter(), session, "f") as (app, _):
        assert isinstance(app.screen, PreflightScreen)
        assert "preflight actor background camera microphone system" in session.calls
        shown = text_of(app)
        assert "effective bandwidth" in shown
        assert "3.9 kHz" in shown
        # The first line that something is to be done about is marked.
        assert "Take off the headset" in shown
        assert "1 failure, 1 warning" in shown


async def test_one_key_looks_at_the_marked_lines_part_again() -> None:
    session = preview()
    async with opened(FakePreflighter(), session, "f", "r") as (_, _pilot):
        assert session.calls[-1] == "preflight microphone"


async def test_while_the_picture_is_on_air_nothing_is_begun() -> None:
    session = FakeSession(state=State.ON_AIR)
    async with opened(kept(FINE), session, "f") as (app, _):
        assert isinstance(app.screen, PreflightScreen)
        assert not any(call.startswith("preflight") for call in session.calls)
        assert any("go back to preview" in told for told in told_by(app))


async def test_what_stands_in_its_way_is_told_and_the_last_result_stays() -> None:
    session, preflighter = preview(), kept(FINE)
    preflighter.error = DeviceError("The camera demo is gone; plug it in again.")
    async with opened(preflighter, session, "f") as (app, _):
        assert "The camera demo is gone" in text_of(app)
        assert "loudness" in text_of(app)
        assert app.screen.query_one(OptionList).option_count == 2


async def test_the_strip_tells_how_the_last_one_went() -> None:
    async with opened(kept(FINE, WARM), preview()) as (app, _):
        assert "ago: 1 warning" in text_of(app)


async def test_going_on_air_after_a_failure_asks_and_takes_no_for_an_answer() -> None:
    session = preview()
    async with opened(kept(DULL), session, "space") as (app, pilot):
        assert isinstance(app.screen, Question)
        assert "effective bandwidth, 3.9 kHz" in text_of(app)
        await pilot.press("enter")
        assert session.state is State.PREVIEW
        await pilot.press("space")
        await pilot.press("y")
        await pilot.pause()
        assert session.state is State.ON_AIR


async def test_warnings_do_not_stand_in_the_way_of_going_on_air() -> None:
    session = preview()
    async with opened(kept(WARM), session, "space") as (_, _pilot):
        assert session.state is State.ON_AIR


async def test_where_the_session_is_another_process_it_says_where_to_go() -> None:
    async with opened(None, preview(), "f") as (app, _):
        assert not isinstance(app.screen, PreflightScreen)
        assert any("run it on the session's own screen" in told for told in told_by(app))


async def test_a_report_is_written_where_there_is_something_to_report() -> None:
    async with opened(kept(FINE), FakeSession(state=State.ON_AIR), "f", "o") as (app, _):
        assert "/reports/ada.html" in text_of(app)


async def test_leaving_ends_a_preflight_that_runs() -> None:
    preflighter = FakePreflighter(waits=True)
    app = make_app(preview())
    app.surroundings = replace(app.surroundings, preflighter=preflighter)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(app)
        await pilot.press("f")
        assert await asyncio.to_thread(preflighter.began.wait, SOON_S)
        app.exit()
    assert preflighter.ended.wait(SOON_S)


async def test_a_result_reaches_the_checklist_under_a_dialog() -> None:
    preflighter = FakePreflighter(waits=True)
    app = make_app(preview())
    app.surroundings = replace(app.surroundings, preflighter=preflighter)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(app)
        await pilot.press("f")
        assert await asyncio.to_thread(preflighter.began.wait, SOON_S)
        await pilot.press("ctrl+p")
        preflighter.may_end.set()
        await settled(app)
        await pilot.press("escape")
        await pilot.pause()
        assert "effective bandwidth" in text_of(app)
