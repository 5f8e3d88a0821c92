"""The dashboard on screens of many sizes, and what it shows as time goes by."""

import numpy as np
import pytest

from console.pictures.live_picture import LivePicture
from console.ports import Outputs
from pipeline.telemetry import Event, Level, Shown
from tests.console.fake_app import dashboard_of, running, text_of
from tests.console.fake_session import FakeSession

SIZES = [(120, 35), (80, 24), (20, 5), (200, 70), (72, 16), (108, 24), (60, 50), (1, 1)]


@pytest.mark.parametrize("size", SIZES)
async def test_every_size_shows_the_state_and_survives(size: tuple[int, int]) -> None:
    session = FakeSession()
    async with running(session, size=size, outputs=Outputs()) as (app, pilot):
        await pilot.press("]", "p")
        session.let_pass(2.0)
        await pilot.press("p")
        await pilot.pause()
        first = text_of(app).splitlines()[0]
        assert len(first) == size[0]
        assert size[0] < 20 or "● ON AIR" in first


@pytest.mark.parametrize("size", [(120, 35), (80, 24)])
async def test_the_whole_dashboard_is_there(size: tuple[int, int]) -> None:
    async with running(FakeSession(), size=size) as (app, _):
        text = text_of(app)
        for part in ("FRAMES", "FRAME TIME", "STAGES", "LOST", "MACHINE", "PROFILES", "ADJUST", "EVENTS"):
            assert part in text
        for part in ("30.0 fps", "29.9 fps", "24.3", "track", "swap", "61 %", "no GPU", "1.00", "AI label"):
            assert part in text


@pytest.mark.parametrize("size", [(100, 40), (140, 40), (160, 50)])
async def test_the_strip_has_two_lines_and_its_second_tells_from_where_to_where(size: tuple[int, int]) -> None:
    async with running(FakeSession(), size=size) as (app, _):
        lines = text_of(app).splitlines()
        assert lines[1].split("  → ")[0].strip() == "demo actor · 1280×720 at 30 fps"
        assert "  → /dev/video10 · 1280×720 I420, the voice to pipe-source underst" in lines[1]
        assert "·" not in lines[2]


async def test_resizing_goes_from_one_layout_to_the_other_and_back() -> None:
    async with running(FakeSession(), size=(120, 35)) as (app, pilot):
        for size in ((80, 24), (20, 5), (200, 70), (120, 35)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert "ON AIR" in text_of(app).splitlines()[0]
        assert "MACHINE" in text_of(app)


async def test_the_picture_is_asked_for_at_the_size_of_its_cells() -> None:
    asked: list[tuple[int, int]] = []

    class Asked(FakeSession):
        def picture(self, width: int, height: int, shown: Shown = Shown.PROGRAM) -> None:
            asked.append((width, height))

    async with running(Asked()) as (app, _):
        cells = app.query_one(LivePicture).size
        width, height = asked[-1]
        assert width <= cells.width and height <= 2 * cells.height
        assert width == cells.width or height == 2 * cells.height
        assert width / height == pytest.approx(16 / 9, rel=0.05)


async def test_the_picture_reaches_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("TERM", "xterm-256color")
    session = FakeSession()
    async with running(session) as (app, pilot):
        session.let_pass(1.0)
        session.serial += 1
        session.pixels = np.full((30, 50, 3), (250, 10, 10), np.uint8)
        await pilot.press("x")
        dashboard_of(app).draw(session, session.clock.now_ns() / 1e9)
        await pilot.pause()
        colours = {
            segment.style.color.get_truecolor()
            for strip in app.screen._compositor.render_strips()
            for segment in strip
            if segment.text == "▀" and segment.style and segment.style.color
        }
        assert any(colour.red > 240 and colour.green < 20 for colour in colours)


async def test_a_picture_that_stands_still_is_called_old() -> None:
    session = FakeSession()
    async with running(session) as (app, pilot):
        session.let_pass(4.0)
        dashboard_of(app).draw(session, session.clock.now_ns() / 1e9)
        await pilot.pause()
        assert "no new picture for 4 s" in text_of(app)


async def test_old_readings_are_greyed_and_say_their_age() -> None:
    session = FakeSession()
    async with running(session) as (app, pilot):
        session.frozen_ns = session.clock.now_ns()
        session.let_pass(3.0)
        await pilot.press("u")
        await pilot.pause()
        assert "3 s ago" in text_of(app)


@pytest.mark.parametrize("level", list(Level))
async def test_events_from_a_thread_are_listed_and_bad_ones_pop_up(level: Level) -> None:
    session = FakeSession()
    async with running(session) as (app, pilot):
        session.on_event(Event(level, "The [red]camera[/red] is gone. It may have been unplugged: plug it in.", 0))
        await pilot.pause()
        await pilot.pause()
        assert "The [red]camera[/red] is gone." in text_of(app)
        assert len(app._notifications) == (level is not Level.INFO)


async def test_a_title_with_control_characters_can_not_steer_the_terminal() -> None:
    session = FakeSession()
    session.profile = session.profile.model_copy(update={"title": "Ada\x1b[2J"})
    async with running(session) as (app, _):
        assert "\x1b" not in text_of(app)
        assert "Ada?[2J" in text_of(app)
