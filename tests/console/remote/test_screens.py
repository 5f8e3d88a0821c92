"""Screens and those outside: acts that come in while a screen is up, and a screen over a session of another process."""

import asyncio
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual.messages import ExitApp
from textual.pilot import Pilot

from console.app import UnderstudyApp
from console.life.ends import ScreenEnd
from console.life.outliving import tell_of_others
from console.ports import Surroundings
from console.remote import seats
from console.remote.connection import Answer, Connection
from console.remote.far import session as remote
from console.remote.far.machine import FarMachine
from console.remote.far.screen import _opening
from console.remote.host import Host
from console.remote.places import Place
from console.remote.seats import ScreenSeat
from console.remote.server import lent
from console.screens.keys import BINDINGS, looks_only
from console.screens.question import Question
from pipeline.clock import MonotonicClock
from pipeline.errors import UnderstudyError
from pipeline.telemetry import Event, Level, State
from tests.console.fake_app import make_app, settled, text_of
from tests.console.fake_session import ADA, BEN, CLEO, FakeSession, FakeShelf
from tests.console.remote.conftest import Lend


def ask(place: Place, do: str, **more: object) -> Answer:
    """Asks for one thing."""
    with Connection(place) as connection:
        return connection.ask({"do": do} | more, 10.0)


@asynccontextmanager
async def lent_by_screen(session: FakeSession, folder: Path) -> AsyncIterator[tuple[UnderstudyApp, Pilot[int], Place]]:
    """A screen that lends its session."""
    app = make_app(session)
    with lent(Host(ScreenSeat(app, app.step), clock=session.clock), "ada", folder) as place:
        async with app.run_test(size=(120, 40)) as pilot:
            await settled(app)
            await pilot.pause()
            yield app, pilot, place


async def test_the_operator_sees_what_was_done_from_outside(folder: Path) -> None:
    session = FakeSession()
    async with lent_by_screen(session, folder) as (app, pilot, place):
        assert (await asyncio.to_thread(ask, place, "switch", name="ben")).told == "Switching to Ben."
        await pilot.pause()
        assert "From outside: Switching to Ben." in text_of(app)
        await asyncio.to_thread(ask, place, "panic")
        await pilot.pause()
        assert "■ CARD" in text_of(app)
        with pytest.raises(UnderstudyError, match="The profile dora can't be taken"):
            await asyncio.to_thread(ask, place, "switch", name="dora")


async def test_panic_and_status_wait_for_no_screen_and_an_act_that_was_given_up_is_not_done(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seats, "ACT_S", 0.05)
    session = FakeSession()
    async with lent_by_screen(session, folder) as (_, pilot, place):
        with ThreadPoolExecutor() as outside:
            # Nothing is awaited: the screen stands still.
            assert outside.submit(ask, place, "panic").result(10.0).told.startswith("Panic")
            assert session.state is State.CARD
            assert outside.submit(ask, place, "status").result(10.0).data["state"] == "CARD"
            with pytest.raises(UnderstudyError, match="too busy and nothing was done"):
                outside.submit(ask, place, "switch", name="ben").result(10.0)
        await pilot.pause()
        assert "switch ben" not in session.calls


class SlowDisk(FakeSession):
    """Takes its time with the end of a film."""

    def record(self, file: Path | None) -> None:
        """Waits, until the test has the film closed, on a thread that is remembered."""
        if file is None:
            self.closing.set()
            self.thread = threading.current_thread()
            assert self.may_close.wait(10.0)
        super().record(file)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.closing, self.may_close = threading.Event(), threading.Event()


async def test_keys_work_while_a_film_is_finished_for_somebody_outside(folder: Path, tmp_path: Path) -> None:
    session = SlowDisk()
    async with lent_by_screen(session, folder) as (app, pilot, place):
        session.record(tmp_path / "film.mp4")
        finishing = asyncio.create_task(asyncio.to_thread(ask, place, "stop-recording"))
        assert await asyncio.to_thread(session.closing.wait, 10.0)
        assert session.thread is not threading.main_thread()
        await pilot.press("p")
        assert session.state is State.CARD
        session.may_close.set()
        assert (await finishing).told == "The recording is complete: film.mp4."
        await pilot.pause()
        assert "From outside: The recording is complete: film.mp4." in [entry.text for entry in app.journal.found("")]


async def test_without_a_show_there_is_no_next_cue(folder: Path) -> None:
    async with lent_by_screen(FakeSession(), folder) as (_, _, place):
        for do in ("next", "previous"):
            with pytest.raises(UnderstudyError, match="There is no show"):
                await asyncio.to_thread(ask, place, do)


async def test_a_screen_is_left_from_outside_without_a_question(folder: Path) -> None:
    session = FakeSession()
    async with lent_by_screen(session, folder) as (app, pilot, place):
        await asyncio.to_thread(ask, place, "stop")
        await pilot.pause()
        assert not isinstance(app.screen, Question)
        assert app.return_code == 0


async def test_a_session_that_was_forgotten_is_told_of_at_the_start(folder: Path, lend: Lend) -> None:
    lent = lend()
    app = make_app(FakeSession())
    tell_of_others(app, [lent.place, replace(lent.place, pid=7)])
    async with app.run_test(size=(160, 45)) as pilot:
        await settled(app)
        await pilot.pause()
        told = [entry.text for entry in app.journal.found("")]
        assert sum("Another session runs already" in text for text in told) == 1
        assert any("understudy ctl stop --session 7" in text for text in told)


@asynccontextmanager
async def attached(place: Place, *, steer: bool) -> AsyncIterator[tuple[UnderstudyApp, Pilot[int]]]:
    """A screen over a session that is reached through a socket."""
    shelf, machine = FakeShelf(ADA, BEN, CLEO), FarMachine()
    around = Surroundings(shelf, open_machine=lambda: machine, read_only=not steer, attached=True)
    app = UnderstudyApp(_opening(place, machine, steer=steer), around)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(app)
        await pilot.pause()
        try:
            yield app, pilot
        finally:
            app.session.stop()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pilot waits until the process is idle, which threads that look often keep it from being."""
    for name, seconds in (("LOOK_S", 0.2), ("GLANCE_S", 0.5), ("GONE_S", 0.05)):
        monkeypatch.setattr(remote, name, seconds)


async def test_a_watching_screen_shows_everything_and_no_key_acts(lend: Lend) -> None:
    lent = lend()
    async with attached(lent.place, steer=False) as (app, pilot):
        assert "● ON AIR" in text_of(app)
        assert "61 %" in text_of(app), "the session's own process, and not the one that watches"
        steering = [binding for binding in BINDINGS if not looks_only(binding.action.partition("(")[0], ())]
        assert len(steering) > 40
        await pilot.press("p", "f12", "m", "2", "space", "u")
        await pilot.pause()
        assert lent.session.calls == []
        shown = {active.binding.id for active in app.screen.active_bindings.values()}
        assert shown.isdisjoint(binding.id for binding in steering)
        titles = {command.title for command in app.get_system_commands(app.screen)}
        assert "Panic" not in titles and "Help" in titles
        assert not [title for title in titles if title.startswith("Take ")]


async def test_what_happened_before_a_screen_was_attached_is_listed_and_pops_up_no_more(lend: Lend) -> None:
    lent = lend()
    now_ns = MonotonicClock().now_ns()
    for text, age_s in (("long ago", 3600), ("just now", 0)):
        lent.host.events.add(Event(Level.WARNING, text, now_ns - age_s * 10**9))
    async with attached(lent.place, steer=False) as (app, pilot):
        for _ in range(100):
            await pilot.pause(0.02)
            if "long ago" in text_of(app):
                break
        assert "long ago" in text_of(app)
        assert "long ago" not in {toast.message for toast in app._notifications}


async def test_leaving_an_attached_screen_is_not_asked_about_and_ends_nothing(lend: Lend) -> None:
    lent = lend()
    async with attached(lent.place, steer=True) as (app, pilot):
        await pilot.press("q")
        await pilot.pause()
        assert app.return_code == 0
    assert lent.session.calls == []


async def test_a_tab_that_is_closed_is_no_fault(lend: Lend) -> None:
    lent = lend()
    async with attached(lent.place, steer=True) as (app, pilot):
        # So Textual's web driver ends an app.
        app.post_message(ExitApp())
        await pilot.pause()
    assert app.end is ScreenEnd.LEFT


async def test_a_steering_screen_steers(lend: Lend) -> None:
    lent = lend()
    async with attached(lent.place, steer=True) as (app, pilot):
        await pilot.press("2")
        await pilot.pause()
        assert lent.session.profile == BEN
        await pilot.press("p")
        await pilot.pause()
        assert lent.session.state is State.CARD
        assert "■ CARD" in text_of(app)


async def test_a_session_that_has_gone_is_told_once_and_its_last_figures_are_grey(lend: Lend) -> None:
    lent = lend()
    async with attached(lent.place, steer=True) as (app, pilot):
        lent.hide()
        for _ in range(100):
            await asyncio.sleep(0.02)
            app._tick_text()
            if app.failure is not None:
                break
        await settled(app)
        await pilot.pause()
        assert "has gone; leave with q" in text_of(app)
        assert app.watcher.look().stale
        await pilot.press("q")
        await pilot.pause()
        assert app.return_code == 0
