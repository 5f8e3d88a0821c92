"""The presenter: each picture when it is due, the card whenever asked, and something at every beat."""

import cv2
import numpy as np
import pytest

from pipeline.errors import DeviceError
from pipeline.media import Pixels
from pipeline.video.output.delay_line import DelayLine, Showing
from pipeline.video.output.presenter import LATE_INTERVALS, Presenter
from tests.fakes import FakeClock, FakeSink

FPS = 50.0
INTERVAL_NS = 20_000_000
SIZE = (64, 48)
CARD, WHITE = 30, 235
GREYS = {
    int(cv2.cvtColor(np.full((2, 2, 3), level, np.uint8), cv2.COLOR_BGR2YUV_I420)[0, 0]): level
    for level in range(20, 240, 5)
}
"""By luminance as I420 has it."""


class Desk:
    """A presenter with its line, its sinks and a clock."""

    def __init__(self, *sinks: FakeSink, capacity: int = 400, delay_ns: int = 0, lossless: bool = False) -> None:
        self.clock = FakeClock(1_000_000_000)
        self.line = DelayLine(SIZE, capacity, lossless)
        self.sinks = sinks or (FakeSink(steady=True),)
        self.lost: list[DeviceError] = []
        self.presenter = Presenter(self.line, self.sinks, self.clock, FPS, self.lost.append)
        self.presenter.delay_ns = delay_ns
        self.presenter.realtime = not lossless

    def give_card(self, level: int = CARD) -> None:
        """The card, a plain grey."""
        self.presenter.show_card(grey(level))

    def write(self, level: int) -> int:
        """Puts a picture of one grey on the line, captured now; the instant."""
        now_ns = self.clock.now_ns()
        self.line.write(grey(level), now_ns, now_ns)
        return now_ns

    def mark(self, showing: Showing) -> None:
        """Puts an instant without a picture on the line."""
        self.line.mark(showing, self.clock.now_ns(), self.clock.now_ns())

    def beat(self, level: int | None = None) -> None:
        """One frame interval, with a picture or without, and a step."""
        self.clock.advance(INTERVAL_NS)
        if level is not None:
            self.write(level)
        self.presenter.step()


def grey(level: int) -> Pixels:
    return np.full((SIZE[1], SIZE[0], 3), level, np.uint8)


def levels(sink: FakeSink) -> list[int]:
    """The grey of every picture that a sink got, one of those that the tests use."""
    return [GREYS[int(picture.planes[0, 0])] for picture in sink.pictures]


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


def test_a_picture_that_is_a_little_late_is_not_preceded_by_a_repeat() -> None:
    desk = Desk()
    desk.beat(100)
    desk.clock.advance(round((LATE_INTERVALS - 0.1) * INTERVAL_NS))
    desk.write(110)
    desk.presenter.step()
    assert levels(desk.sinks[0]) == [100, 110]


def test_nothing_goes_out_before_there_is_a_card() -> None:
    desk = Desk()
    desk.presenter.cover(True)
    for _ in range(5):
        desk.beat()
    desk.mark(Showing.CARD)
    desk.beat()
    desk.mark(Showing.AGAIN)
    desk.beat()
    assert desk.sinks[0].pictures == []


def test_the_card_goes_out_to_a_steady_sink_before_the_first_picture() -> None:
    desk = Desk(delay_ns=5_000_000_000)
    desk.give_card()
    for _ in range(10):
        desk.beat(WHITE)
    assert set(levels(desk.sinks[0])) == {CARD}
    assert len(desk.sinks[0].pictures) >= 6


@pytest.mark.parametrize("delay_ns", [0, 5_000_000_000])
def test_the_card_covers_within_one_step_however_long_the_delay(delay_ns: int) -> None:
    desk = Desk(delay_ns=delay_ns)
    desk.give_card()
    for _ in range(300):
        desk.beat(WHITE)
    assert levels(desk.sinks[0])[-1] == WHITE
    desk.presenter.cover(True)
    shown = len(desk.sinks[0].pictures)
    desk.beat(WHITE)
    assert levels(desk.sinks[0])[shown:] == [CARD]
    assert desk.sinks[0].pictures[-1].by_policy
    desk.presenter.cover(False)
    desk.beat(WHITE)
    assert levels(desk.sinks[0])[-1] == WHITE


def test_the_card_covers_without_any_new_picture() -> None:
    desk = Desk()
    desk.give_card()
    desk.beat(WHITE)
    desk.presenter.cover(True)
    desk.beat()
    desk.beat()
    assert levels(desk.sinks[0]) == [WHITE, CARD]


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


def test_the_cards_instant_shows_the_card_and_a_picture_ends_it() -> None:
    desk = Desk(FakeSink())
    desk.give_card()
    desk.beat(150)
    desk.mark(Showing.CARD)
    desk.beat()
    desk.beat(160)
    assert levels(desk.sinks[0]) == [150, CARD, 160]


def test_another_card_is_taken_at_once() -> None:
    desk = Desk(FakeSink())
    desk.give_card(30)
    desk.presenter.cover(True)
    desk.beat(WHITE)
    desk.give_card(60)
    desk.beat(WHITE)
    assert levels(desk.sinks[0]) == [30, 60]


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
