"""The presenter: each picture when it is due, and something at every beat."""

import pytest

from pipeline.errors import DeviceError
from pipeline.video.output.delay_line import Showing
from pipeline.video.output.presenter import LATE_INTERVALS
from tests.fakes import FakeSink
from tests.presenter_desk import CARD, FPS, INTERVAL_NS, Desk, levels


def test_a_picture_goes_out_exactly_when_it_is_due() -> None:
    desk = Desk(FakeSink(), delay_ns=100_000_000)
    captured_ns = desk.write(200)
    desk.clock.advance(99_999_999)
    desk.presenter.step()
    assert desk.sinks[0].pictures == []
    desk.clock.advance(1)
    desk.presenter.step()
    assert levels(desk.sinks[0]) == [200]
    assert desk.sinks[0].pictures[0].captured_ns == captured_ns
    assert desk.presenter.meters.latency.percentiles().p50_ms == pytest.approx(100.0)


def test_a_steady_stream_arrives_whole_in_order_and_late_by_the_delay() -> None:
    desk = Desk(FakeSink(steady=True), delay_ns=5 * INTERVAL_NS)
    for index in range(60):
        desk.beat(30 + 5 * (index % 40))
    assert levels(desk.sinks[0]) == [30 + 5 * (index % 40) for index in range(55)]
    assert desk.presenter.meters.repeats == 0
    assert desk.line.dropped == 0


def test_only_steady_sinks_get_pictures_again_and_at_the_nominal_rate() -> None:
    camera, file = FakeSink(steady=True), FakeSink()
    desk = Desk(camera, file)
    desk.give_card()
    desk.beat(200)
    seconds = 2
    for _ in range(round(seconds * FPS)):
        desk.beat()
    assert levels(file) == [200]
    repeats = len(camera.pictures) - 1
    assert abs(repeats - seconds * FPS) <= 2
    assert set(levels(camera)) == {200}
    assert all(picture.by_policy for picture in camera.pictures[1:])
    assert desk.presenter.meters.repeats == repeats


def test_recordings_are_ended_while_a_call_goes_on_with_its_card() -> None:
    camera, file = FakeSink(steady=True), FakeSink()
    desk = Desk(camera, file)
    desk.give_card()
    desk.beat(200)
    desk.presenter.cover(True)
    desk.presenter.end_recordings()
    for _ in range(10):
        desk.beat(200)
    assert file.closed
    assert len(file.pictures) == 1
    assert desk.presenter.sinks == (camera,)
    assert len(camera.pictures) > 5


def test_a_picture_that_is_a_little_late_is_not_preceded_by_a_repeat() -> None:
    desk = Desk()
    desk.beat(100)
    desk.clock.advance(round((LATE_INTERVALS - 0.1) * INTERVAL_NS))
    desk.write(110)
    desk.presenter.step()
    assert levels(desk.sinks[0]) == [100, 110]


def test_a_held_instant_shows_the_last_picture_again() -> None:
    desk = Desk(FakeSink())
    desk.give_card()
    desk.beat(150)
    for _ in range(3):
        desk.mark(Showing.AGAIN)
        desk.beat()
    assert levels(desk.sinks[0]) == [150] * 4
    assert [picture.by_policy for picture in desk.sinks[0].pictures] == [False, True, True, True]
    assert desk.presenter.meters.by_policy == 3


def test_a_held_instant_with_nothing_to_hold_shows_the_card() -> None:
    desk = Desk(FakeSink())
    desk.give_card()
    desk.mark(Showing.AGAIN)
    desk.beat()
    assert levels(desk.sinks[0]) == [CARD]


def test_a_sink_that_fails_is_closed_and_left_out_and_the_others_go_on() -> None:
    good, bad = FakeSink(steady=True), FakeSink(steady=True, fails_at=2)
    desk = Desk(bad, good)
    for index in range(6):
        desk.beat(100 + 5 * (index % 20))
    assert len(good.pictures) == 6
    assert len(bad.pictures) == 2
    assert (bad.closed, good.closed) == (True, False)
    assert [str(error) for error in desk.lost] == ["The fake sink took no more."]


def test_a_sink_that_fails_even_to_close_takes_nothing_along() -> None:
    good, bad = FakeSink(steady=True), FakeSink(steady=True, fails_at=1, fails_to_close=True)
    desk = Desk(bad, good)
    for index in range(4):
        desk.beat(100 + 5 * (index % 20))
    assert len(good.pictures) == 4
    assert [str(error) for error in desk.lost] == ["The fake sink took no more."]


def test_with_every_sink_gone_the_line_is_still_emptied() -> None:
    desk = Desk(FakeSink(fails_at=0), capacity=4)
    for index in range(40):
        desk.beat(100 + 5 * (index % 20))
    assert desk.line.dropped == 0
    assert desk.presenter.meters.sent.count == 0
    assert desk.presenter.sinks == ()


def test_closing_closes_every_sink_even_when_one_fails() -> None:
    sinks = FakeSink(fails_to_close=True), FakeSink(), FakeSink()
    desk = Desk(*sinks)
    with pytest.raises(DeviceError, match="could not be closed"):
        desk.presenter.close()
    assert [sink.closed for sink in sinks] == [True, True, True]
    desk.presenter.close()
    assert [sink.close_count for sink in sinks] == [1, 1, 1]


def test_as_fast_as_possible_everything_goes_out_in_order_and_nothing_twice() -> None:
    desk = Desk(FakeSink(steady=True), capacity=3, lossless=True)
    desk.give_card()
    for index in range(30):
        desk.write(100 + 5 * (index % 20))
        desk.presenter.step()
        desk.clock.advance(10 * INTERVAL_NS)
        desk.line.close() if index == 29 else None
        desk.presenter.step() if index == 29 else None
    assert levels(desk.sinks[0]) == [100 + 5 * (index % 20) for index in range(30)]


def test_the_end_of_the_line_is_the_end_once_it_is_empty() -> None:
    desk = Desk(FakeSink())
    desk.write(100)
    desk.line.close()
    desk.clock.advance(INTERVAL_NS)
    assert desk.presenter.step() is True
    assert desk.presenter.step() is False


def test_what_a_lost_sink_left_out_stays_counted() -> None:
    behind, other = FakeSink(fails_at=1), FakeSink()
    behind.dropped, other.dropped = 60, 2
    desk = Desk(behind, other)
    for level in (40, 50, 60):
        desk.beat(level)
    assert desk.presenter.sinks == (other,)
    assert desk.presenter.dropped == 62
