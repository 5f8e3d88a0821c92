"""From the first paint to the last: starting, failing, ending and leaving."""

import gc
from contextlib import nullcontext
from pathlib import Path

import pytest

from console.app import UnderstudyApp, run_app
from console.life.ends import ScreenEnd
from console.life.session_app import SESSION_OVER, SessionApp
from console.ports import Outputs
from console.screens.question import Notice, Question
from console.widgets.frame_flow import RatePanel
from console.widgets.panel import Role
from console.widgets.sound.sound_panel import SoundPanel
from pipeline.errors import DeviceError, LaneError, UnderstudyError
from tests.console.fake_app import dashboard_of, make_app, running, settled, text_of
from tests.console.fake_session import FakeSession


async def test_the_screen_is_there_before_the_session_is() -> None:
    session = FakeSession()
    session.may_start.clear()
    app = make_app(session)
    async with app.run_test(size=(120, 35)) as pilot:
        await pilot.pause()
        assert session.calls == []
        assert "▷ STARTING" in text_of(app)
        await pilot.press("space")
        await pilot.pause()
        assert "still starting" in text_of(app)
        session.may_start.set()
        await settled(app)
        await pilot.pause()
        assert "● ON AIR" in text_of(app)


async def test_a_session_that_can_not_start_says_why_and_leaves_with_1() -> None:
    error = DeviceError("Camera 3 is not there; `understudy devices` lists the cameras.")
    async with running(FakeSession(start_error=error)) as (app, pilot):
        await pilot.pause()
        assert isinstance(app.screen, Notice)
        assert "Camera 3 is not there" in text_of(app)
        await pilot.press("q")
        await pilot.pause()
        assert app.return_code == 1


async def test_an_unexpected_failure_at_the_start_is_told_too() -> None:
    app = make_app(FakeSession(start_error=ValueError("odd")))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(app)
        await pilot.pause()
        assert isinstance(app.screen, Notice)
        assert "ValueError" in text_of(app)


async def test_the_end_of_the_source_leaves_the_console_open_and_stops_the_session() -> None:
    session = FakeSession()
    async with running(session) as (app, pilot):
        session.over = True
        app._tick_text()
        await settled(app)
        await pilot.pause()
        assert "□ STOPPED" in text_of(app)
        assert "come to its end" in text_of(app).splitlines()[1]
        assert session.calls[-1] == "stop"
        await pilot.press("q")
        await pilot.pause()
        assert app.return_code == 0


async def test_a_lane_that_dies_without_a_call_ends_the_session_and_says_how_to_go_on() -> None:
    session = FakeSession()
    async with running(session, outputs=Outputs(record=Path("film.mkv"))) as (app, pilot):
        assert "● REC" in text_of(app)
        session.end_error = LaneError("The output is gone.")
        app._tick_text()
        await settled(app)
        await pilot.pause()
        app._tick_text()
        await pilot.pause()
        assert session.calls[-1] == "stop"
        assert "□ STOPPED" in text_of(app)
        assert "● REC" not in text_of(app)
        assert SESSION_OVER in text_of(app)
        await pilot.press("space")
        await pilot.pause()
        assert "leave with q and start again" in text_of(app)


async def test_a_lane_that_dies_is_told_with_its_reason_and_the_card_that_goes_out() -> None:
    session = FakeSession()
    async with running(session, outputs=Outputs("/dev/video10")) as (app, pilot):
        session.end_error = LaneError("The video lane died: out of memory.")
        app._tick_text()
        await settled(app)
        await pilot.pause()
        assert "■ CARD" in text_of(app).splitlines()[0]
        assert "out of memory" in text_of(app).splitlines()[1]
        await pilot.press("q")
        await pilot.pause()
        assert isinstance(app.screen, Question), "the card still goes out"


LONG = (
    "The recording /films/evening-of-the-twenty-first.mkv can't be written: the disk is full, wanted 12 MB; free some "
    "room or record elsewhere with --record."
)


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 15)])
async def test_the_reason_is_read_as_a_whole_the_figures_are_grey_and_no_idle_key_is_offered(
    size: tuple[int, int],
) -> None:
    session = FakeSession()
    async with running(session, size=size) as (app, pilot):
        assert "Mute" in text_of(app).splitlines()[-1]
        session.end_error = LaneError(LONG)
        app._tick_text()
        await settled(app)
        app.show_all()
        await pilot.pause()
        rows = text_of(app).splitlines()
        assert LONG in " ".join(" ".join(rows[1:6]).split())
        assert "Quit" in rows[-1] or size[0] < 80
        assert not [word for word in ("air", "Panic", "Mute", "Undo") if word in rows[-1]]
        sound, rates = dashboard_of(app).query_one(SoundPanel), dashboard_of(app).query_one(RatePanel)
        for panel in (sound, rates):
            assert {role for line in panel.lines[1:] for _, role in line} <= {Role.MUTED}


class LeavingApp(UnderstudyApp):
    """Leaves as soon as it is up, or fails."""

    failing = False

    def on_ready(self) -> None:
        """Ends at once."""
        if self.failing:
            raise RuntimeError("a fault of the screen")
        self.exit(0)


@pytest.mark.parametrize("failing", [False, True])
def test_the_session_is_stopped_however_the_screen_ends(failing: bool) -> None:
    session = FakeSession()
    app = make_app(session)
    app.__class__ = LeavingApp
    app.failing = failing
    with pytest.raises(UnderstudyError, match="The screen broke down") if failing else nullcontext():
        assert run_app(app, headless=True) == 0
    assert session.calls[-1] == "stop"


def test_a_session_that_goes_on_without_its_screen_is_tidied_up_after_by_the_interpreter_again() -> None:
    app, before = make_app(FakeSession()), gc.get_threshold()
    under_screen, afterwards = list[tuple[int, int, int]](), list[tuple[int, int, int]]()

    class Collected(LeavingApp):
        failing = True

        def on_ready(self) -> None:
            under_screen.append(gc.get_threshold())
            super().on_ready()

    def outlive(app: SessionApp, end: ScreenEnd) -> bool:
        afterwards.append(gc.get_threshold())
        return True

    app.__class__ = Collected
    run_app(app, headless=True, outlive=outlive)
    assert afterwards == [before]
    assert under_screen != afterwards


class FailingApp(UnderstudyApp):
    """Leaves when its session has ended."""

    def show_all(self) -> None:
        """Leaves as an operator would who has seen why."""
        super().show_all()
        if self.failure is not None:
            self.exit()
        self.find_end()


@pytest.mark.parametrize("at_start", [True, False])
def test_what_the_session_failed_by_is_told_after_the_screen_is_gone_too(at_start: bool) -> None:
    error = LaneError("The output is gone.")
    session = FakeSession(start_error=error) if at_start else FakeSession(end_error=error)
    app = make_app(session)
    app.__class__ = FailingApp
    with pytest.raises(LaneError, match=r"The output is gone\."):
        run_app(app, headless=True)
    assert session.calls[-1] == "stop"


async def test_an_error_of_the_session_while_it_stops_is_told() -> None:
    class Hanging(FakeSession):
        def stop(self, timeout_s: float = 5.0) -> None:
            raise LaneError("The thread capture did not end within 5 s.")

    session = Hanging()
    async with running(session) as (app, pilot):
        session.over = True
        app._tick_text()
        await settled(app)
        await pilot.pause()
        assert "did not end within 5 s" in text_of(app)
