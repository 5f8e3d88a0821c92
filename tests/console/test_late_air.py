"""With a long way for pictures and sound, what the screen says is what the call sees and hears now."""

from dataclasses import replace

import pytest

from console.desk import Phase
from console.sound.sound_desk import Talk
from console.view import View
from console.widgets.panel import Role, line_width
from console.widgets.sound.sound_panel import sound_lines
from console.widgets.status_strip import first_line
from pipeline.telemetry import AudioReadings, State
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


def late_view(session: FakeSession, **changes: object) -> View:
    return replace(View(Phase.RUNNING, session.profile, readings=session.readings()), **changes)


@pytest.mark.parametrize(
    ("talk", "width", "told"),
    [
        (Talk.MUTED, 120, " MUTED · HEARD 3 s MORE "),
        (Talk.MUTED, 60, " MUTED · "),
        (Talk.WAITING, 120, " HOLD v · HEARD 3 s MORE "),
    ],
)
def test_what_was_said_before_a_mute_is_told_as_long_as_it_is_heard(talk: Talk, width: int, told: str) -> None:
    audio = replace(typical_audio(), muted=True, muted_heard_s=2.4)
    text = words([first_line(late_view(FakeSession(audio=audio), talking=talk), width)])
    assert told in text and "AI label" in text
    over = replace(audio, muted_heard_s=0.0)
    assert "3 s" not in words([first_line(late_view(FakeSession(audio=over), talking=talk), width)])


UNHEARD_IN = {
    "preview": FakeSession(state=State.PREVIEW),
    "card": FakeSession(state=State.CARD),
    "card still": FakeSession(video=COVERED),
    "muted": FakeSession(audio=replace(typical_audio(), muted=True)),
    "nowhere": FakeSession(audio=replace(typical_audio(), sinks=())),
}


@pytest.mark.parametrize("why", UNHEARD_IN)
@pytest.mark.parametrize(("width", "height"), [(30, 1), (30, 8), (52, 8)])
def test_a_voice_that_nobody_hears_is_not_metered_as_if_it_were(why: str, width: int, height: int) -> None:
    out = sound_lines(late_view(UNHEARD_IN[why]), width, height)[-1 if height == 1 else 2]
    assert line_width(out) == width
    assert "not heard" in words([out]) or why == "nowhere"
    after = out[next(n for n, (text, _) in enumerate(out) if text.strip() == "out") :] if "out" in words([out]) else ()
    assert not {role for _, role in after} & {Role.GOOD, Role.ERROR}


@pytest.mark.parametrize("audio", [typical_audio(), replace(typical_audio(), muted=True, muted_heard_s=1.0)])
def test_a_voice_that_is_heard_is_metered(audio: AudioReadings) -> None:
    out = sound_lines(late_view(FakeSession(audio=audio)), 52, 8)[2]
    assert "not heard" not in words([out]) and Role.GOOD in {role for _, role in out}


def test_a_session_that_is_over_is_not_muted() -> None:
    session = FakeSession(audio=replace(typical_audio(), muted=True), state=State.STOPPED)
    view = View(Phase.ENDED, session.profile, readings=session.readings())
    assert "MUTED" not in words([first_line(view, 80)])
