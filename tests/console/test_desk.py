"""The operator's acts on air, without a screen: preview, panic, leaving, the end."""

from dataclasses import replace

import pytest

from console.desk import PANIC_REST_NS, Phase
from console.widgets.status_strip import badge, outputs_text
from pipeline.audio.monitor.state import Monitoring
from pipeline.errors import LaneError, UnderstudyError
from pipeline.telemetry import State
from tests.console.fake_session import FakeSession, make_desk, typical_video
from tests.console.test_panels import make_view


def test_space_goes_to_preview_and_back() -> None:
    session = FakeSession()
    desk = make_desk(session)
    desk.toggle_air()
    assert session.state is State.PREVIEW
    desk.toggle_air()
    assert session.state is State.ON_AIR


def test_going_on_air_where_nothing_takes_the_picture_is_told_so() -> None:
    session = FakeSession(state=State.PREVIEW)
    assert make_desk(session).toggle_air() == "On air."
    session.video = replace(session.video, sinks=())
    session.state, session.audio = State.PREVIEW, None
    assert "to nobody" in make_desk(session).toggle_air()


def test_going_on_air_with_the_voice_alone_is_told_so_and_asked_about_at_the_end() -> None:
    session = FakeSession(state=State.PREVIEW, video=replace(typical_video(), sinks=()))
    desk = make_desk(session)
    assert "by voice only" in desk.toggle_air()
    assert "Quitting ends the voice for pipe-source understudy." in desk.ended_by_leaving
    # What only the operator hears goes out to nobody.
    session.state, session.monitoring = State.PREVIEW, Monitoring.ON
    assert "to nobody" in desk.toggle_air()
    assert desk.ended_by_leaving == ""


def test_the_strip_tells_of_a_voice_that_goes_out_without_a_picture() -> None:
    session = FakeSession(video=replace(typical_video(), sinks=()))
    view = make_view(session, hearers=("Understudy microphone",))
    assert badge(view)[0] == "● ON AIR · VOICE ONLY"
    assert outputs_text(view) == "no picture, the voice to Understudy microphone"


def test_space_does_not_take_the_card_down() -> None:
    session = FakeSession(state=State.CARD)
    make_desk(session).toggle_air()
    assert session.state is State.CARD


def test_a_card_that_was_taken_back_is_told_as_long_as_it_goes_out_and_panic_keeps_it_up() -> None:
    session = FakeSession(video=replace(typical_video(), covered=True))
    assert badge(make_view(session))[0] == "■ CARD"
    make_desk(session).panic(0, may_rearm=True)
    assert session.state is State.CARD


def test_panic_puts_the_card_up_and_takes_it_back() -> None:
    session = FakeSession()
    desk = make_desk(session)
    desk.panic(0, may_rearm=True)
    assert session.state is State.CARD
    desk.panic(PANIC_REST_NS, may_rearm=True)
    assert session.state is State.ON_AIR


@pytest.mark.parametrize("interval_ns", [30_000_000, 500_000_000, 1_000_000_000])
def test_a_panic_key_that_is_held_or_hammered_never_puts_the_face_back_on_air(interval_ns: int) -> None:
    session = FakeSession()
    desk = make_desk(session)
    for press in range(60):
        desk.panic(press * interval_ns, may_rearm=True)
        assert session.state is State.CARD
    desk.panic(59 * interval_ns + PANIC_REST_NS, may_rearm=True)
    assert session.state is State.ON_AIR


def test_panic_where_it_may_not_rearm_only_ever_puts_the_card_up() -> None:
    session = FakeSession()
    desk = make_desk(session)
    desk.panic(0, may_rearm=False)
    desk.panic(10 * PANIC_REST_NS, may_rearm=False)
    assert session.state is State.CARD


def test_panic_before_the_start_holds_from_the_start() -> None:
    session = FakeSession()
    desk = make_desk(session, started=False)
    for press in range(4):
        desk.panic(press, may_rearm=True)
    assert session.calls == []
    desk.started()
    assert session.state is State.CARD


def test_panic_before_the_start_can_be_taken_back() -> None:
    session = FakeSession()
    desk = make_desk(session, started=False)
    desk.panic(0, may_rearm=True)
    assert "No card" in str(desk.panic(PANIC_REST_NS, may_rearm=True))
    desk.started()
    assert session.state is State.ON_AIR


def test_the_card_that_panic_put_before_a_picture_on_air_goes_out() -> None:
    session = FakeSession()
    desk = make_desk(session)
    assert "on air" in desk.ended_by_leaving
    desk.panic(0, may_rearm=True)
    assert "card" in desk.ended_by_leaving


@pytest.mark.parametrize("panic", [False, True])
def test_nothing_is_lost_by_leaving_when_nothing_was_taken_on_air(panic: bool) -> None:
    session = FakeSession(state=State.PREVIEW)
    desk = make_desk(session)
    if panic:
        desk.panic(0, may_rearm=True)
    assert desk.ended_by_leaving == ""


def test_without_a_sink_nothing_goes_out() -> None:
    session = FakeSession(video=replace(typical_video(), sinks=()), audio=None)
    assert make_desk(session).ended_by_leaving == ""
    assert make_desk(session, started=False).ended_by_leaving == ""


def test_leaving_tells_of_a_recording_as_a_recording_and_not_as_a_call() -> None:
    recording = "holiday.mkv · 1280×720 H.264"
    session = FakeSession(video=replace(typical_video(), sinks=(recording,)))
    desk = make_desk(session)
    assert desk.ended_by_leaving == (
        "You are on air. Quitting ends the voice for pipe-source understudy and the recording holiday.mkv."
    )
    session.video = replace(session.video, sinks=("/dev/video10 · 1280×720 I420", recording))
    assert desk.ended_by_leaving.endswith(
        "the picture for /dev/video10, the voice for pipe-source understudy and the recording holiday.mkv."
    )


def test_nothing_else_can_be_done_before_the_start() -> None:
    desk = make_desk(FakeSession(), started=False)
    for act in (desk.toggle_air, desk.undo, desk.cycle_policy, lambda: desk.switch("ben")):
        with pytest.raises(UnderstudyError, match="starting"):
            act()


def test_the_end_of_the_source_is_told_once() -> None:
    session = FakeSession()
    desk = make_desk(session)
    assert not desk.ended()
    session.over = True
    assert desk.ended()
    assert not desk.ended()
    assert desk.phase is Phase.ENDED
    assert "source" in desk.reason


def test_an_end_by_an_error_is_raised_once() -> None:
    session = FakeSession(end_error=LaneError("The video lane died."))
    desk = make_desk(session)
    with pytest.raises(LaneError):
        desk.ended()
    assert not desk.ended()
    with pytest.raises(UnderstudyError, match="video lane died"):
        desk.toggle_air()
