"""A session that could not start: what can be done about it, and that another start is like the first."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from console.app import UnderstudyApp
from console.desk import Phase
from console.ports import Surroundings
from console.screens.question import Notice
from pipeline.errors import DeviceError, SoundError
from pipeline.telemetry import State
from tests.console.fake_app import settled, text_of
from tests.console.fake_machine import FakeMachine
from tests.console.fake_session import ADA, BEN, FakeSession, FakeShelf

NO_CAMERA = DeviceError("Camera 3 is not there; plug it in.")
NO_MICROPHONE = SoundError("There is no microphone blue; there are: red, green.")


@asynccontextmanager
async def started(
    *sessions: FakeSession, silent: FakeSession | None = None, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[UnderstudyApp, Pilot[int]]]:
    """The app over sessions that are made one after the other, with the first one started, or refused."""
    coming = iter(sessions)

    def without_sound(tell: object) -> FakeSession:
        assert silent is not None
        return silent

    around = Surroundings(
        FakeShelf(ADA, BEN), open_machine=FakeMachine, clock=sessions[0].clock, open_silent=silent and without_sound
    )
    app = UnderstudyApp(lambda tell: next(coming), around)
    async with app.run_test(size=size) as pilot:
        await settled(app)
        await pilot.pause()
        yield app, pilot


async def press(app: UnderstudyApp, pilot: Pilot[int], *keys: str) -> None:
    """Presses keys and waits for what they begin."""
    await pilot.press(*keys)
    await pilot.pause()
    await settled(app)
    await pilot.pause()
    app.show_all()
    await pilot.pause()


def preview() -> FakeSession:
    return FakeSession(state=State.PREVIEW)


def without_clock(app: UnderstudyApp) -> str:
    """The screen but for the times of its events."""
    return "\n".join(row for row in text_of(app).splitlines() if "The session runs" not in row)


async def test_another_start_is_like_the_first() -> None:
    async with started(preview()) as (app, pilot):
        await press(app, pilot)
        usual, machine = without_clock(app), app.watcher.machine
        assert machine is not None
    refused, session = FakeSession(start_error=NO_CAMERA), preview()
    async with started(refused, session) as (app, pilot):
        assert isinstance(app.screen, Notice) and app.desk.phase is Phase.REFUSED
        await press(app, pilot, "t")
        assert refused.calls == ["start", "stop"], "what the first one holds is given back before"
        assert session.calls == ["start"] and app.session is session
        assert app.desk.phase is Phase.RUNNING and app.desk.reason == "" and app.failure is None
        assert without_clock(app) == usual
        await press(app, pilot, "space")
        assert session.calls == ["start", "on air True"]
        app.close()
        assert session.calls[-1] == "stop" and app.watcher.machine is not None and app.watcher.machine.closed


async def test_a_start_that_fails_again_asks_again_and_leaves_with_its_own_reason() -> None:
    second = FakeSession(start_error=DeviceError("Camera 3 is busy."))
    async with started(FakeSession(start_error=NO_CAMERA), second) as (app, pilot):
        await press(app, pilot, "t")
        assert isinstance(app.screen, Notice) and len(app.screen_stack) == 2
        assert "Camera 3 is busy" in text_of(app)
        await pilot.press("q")
        await pilot.pause()
        assert app.return_code == 1 and app.failure is second.start_error


async def test_what_can_not_even_be_made_any_more_is_told() -> None:
    async with started(FakeSession(start_error=NO_CAMERA)) as (app, pilot):

        def gone(tell: object) -> FakeSession:
            raise DeviceError("The profile ada can't be taken: it is gone.")

        app.opening = gone
        await press(app, pilot, "t")
        assert isinstance(app.screen, Notice) and "it is gone" in text_of(app)


@pytest.mark.parametrize("key", ["enter", "q", "escape", "ctrl+c"])
async def test_nothing_is_switched_on_by_the_key_that_is_nearest(key: str) -> None:
    refused = FakeSession(start_error=NO_CAMERA)
    async with started(refused) as (app, pilot):
        await pilot.press("space")
        await pilot.press(key)
        await pilot.pause()
        assert not app.is_running
        assert refused.calls == ["start"] and app.failure is NO_CAMERA


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 15)])
async def test_the_mouse_takes_each_way_too(size: tuple[int, int]) -> None:
    silent = preview()
    silent.audio = None
    sessions = FakeSession(start_error=NO_MICROPHONE), FakeSession(start_error=NO_MICROPHONE)
    async with started(*sessions, silent=silent, size=size) as (app, pilot):
        for word in ("Quit (q)", "Without sound (s)", "Try again (t)"):
            assert word in text_of(app)
        assert await pilot.click("#again")
        await settled(app)
        await pilot.pause()
        assert sessions[1].calls == ["start"]
        assert await pilot.click("#silent")
        await settled(app)
        await pilot.pause()
        assert app.session is silent and app.desk.phase is Phase.RUNNING


async def test_a_session_that_only_lacks_its_sound_starts_without_it_and_again_without_it() -> None:
    silent = FakeSession(state=State.PREVIEW, audio=None, start_error=NO_CAMERA)
    async with started(FakeSession(start_error=NO_MICROPHONE), silent=silent) as (app, pilot):
        await press(app, pilot, "s")
        assert "Camera 3 is not there" in text_of(app) and "Without sound" not in text_of(app)
        silent.start_error = None
        await press(app, pilot, "t")
        assert app.session is silent and app.desk.phase is Phase.RUNNING


async def test_what_is_missing_but_sound_can_not_be_left_out() -> None:
    silent = preview()
    async with started(FakeSession(start_error=NO_CAMERA), silent=silent) as (app, pilot):
        assert "Without sound" not in text_of(app)
        await press(app, pilot, "s")
        assert isinstance(app.screen, Notice) and silent.calls == []
