"""With a long way for pictures and sound, what the screen says is what the call sees and hears now."""

from dataclasses import replace

import pytest

from console.desk import Phase
from console.view import View
from console.widgets.status_strip import first_line
from pipeline.telemetry import State
from tests.console.fake_app import running, text_of
from tests.console.fake_session import FakeSession, make_desk, typical_audio, typical_sync, typical_video
from tests.console.test_panels import words

DELAYED = replace(typical_sync(), delay_ms=5000.0)
COVERED = replace(typical_video(), covered=True)


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)])
async def test_the_strip_counts_down_to_the_first_picture_that_is_not_the_card(size: tuple[int, int]) -> None:
    session = FakeSession(state=State.PREVIEW, sync=DELAYED, video=COVERED)
    async with running(session, size=size) as (app, pilot):
        assert "ON AIR IN" not in text_of(app)
        await pilot.press("space")
        await pilot.pause()
        assert "■ CARD · ON AIR IN 5 s" in text_of(app)
        session.let_pass(2.5)
        app.show_all()
        await pilot.pause()
        assert "■ CARD · ON AIR IN 3 s" in text_of(app)
        session.video = typical_video()
        app.show_all()
        await pilot.pause()
        assert "● ON AIR" in text_of(app) and "ON AIR IN" not in text_of(app)


def test_what_was_done_is_told_with_how_long_the_card_stays() -> None:
    session = FakeSession(state=State.PREVIEW, sync=DELAYED, video=COVERED)
    desk = make_desk(session)
    assert desk.toggle_air() == "On air; the card goes out for 5 s more."
    desk.panic(0, may_rearm=True)
    session.let_pass(2.0)
    assert desk.panic(2_000_000_000, may_rearm=True) == "The card is taken back; the card goes out for 5 s more."


def test_a_short_way_is_not_told() -> None:
    desk = make_desk(FakeSession(state=State.PREVIEW))
    assert desk.toggle_air() == "On air."


def test_a_session_that_is_over_is_not_muted() -> None:
    session = FakeSession(audio=replace(typical_audio(), muted=True), state=State.STOPPED)
    view = View(Phase.ENDED, session.profile, readings=session.readings())
    assert "MUTED" not in words([first_line(view, 80)])
