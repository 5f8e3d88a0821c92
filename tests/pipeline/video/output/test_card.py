"""The card: at once when it is asked for, and until something is due that was captured after it."""

import pytest

from pipeline.video.output.delay_line import Showing
from tests.fakes import FakeSink
from tests.presenter_desk import CARD, INTERVAL_NS, WHITE, Desk, grey, levels


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


def test_nothing_that_was_captured_before_the_card_was_taken_off_is_seen_afterwards() -> None:
    """What waits on a long line then was captured before the card, and under it."""
    beats = 10
    desk = Desk(FakeSink(steady=True), FakeSink(), delay_ns=beats * INTERVAL_NS)
    desk.give_card()
    for _ in range(2 * beats):
        desk.beat(WHITE)
    desk.presenter.cover(True)
    desk.beat(150)
    desk.presenter.cover(False)
    shown = [len(sink.pictures) for sink in desk.sinks]
    for _ in range(beats + 3):
        desk.beat(200)
    for sink, before in zip(desk.sinks, shown, strict=True):
        assert levels(sink)[before:] == [CARD] * beats + [200] * 3
        assert all(picture.by_policy for picture in sink.pictures[before : before + beats])


def test_the_card_counts_as_up_until_what_was_captured_after_it_goes_out() -> None:
    beats = 10
    desk = Desk(delay_ns=beats * INTERVAL_NS)
    desk.give_card()
    for _ in range(2 * beats):
        desk.beat(WHITE)
    assert not desk.presenter.covered
    desk.presenter.cover(True)
    desk.beat(WHITE)
    desk.presenter.cover(False)
    up = []
    for _ in range(beats + 3):
        desk.beat(WHITE)
        up.append(desk.presenter.covered)
    assert up == [True] * beats + [False] * 3


def test_what_was_seen_before_the_card_is_not_held_after_it() -> None:
    desk = Desk()
    desk.give_card()
    desk.beat(WHITE)
    desk.presenter.cover(True)
    desk.clock.advance(1)
    desk.presenter.cover(False)
    for _ in range(3):
        desk.beat()
    desk.mark(Showing.AGAIN)
    desk.beat()
    desk.beat(150)
    assert levels(desk.sinks[0]) == [WHITE, CARD, CARD, CARD, 150]


def test_a_recording_that_is_finished_shows_nothing_that_was_captured_under_the_card() -> None:
    desk = Desk(FakeSink(), delay_ns=5_000_000_000)
    desk.give_card()
    desk.presenter.cover(True)
    desk.beat(WHITE)
    desk.presenter.cover(False)
    desk.beat(150)
    desk.presenter.drain()
    assert levels(desk.sinks[0]) == [CARD, 150]


def test_as_fast_as_possible_the_card_ends_with_the_next_picture() -> None:
    """Instants are those of the file then."""
    desk = Desk(FakeSink(), lossless=True)
    desk.give_card()
    desk.presenter.cover(True)
    for level in (100, 110):
        desk.line.write(grey(level), 0, 0)
        desk.presenter.step()
        desk.presenter.cover(False)
    assert levels(desk.sinks[0]) == [CARD, 110]


def test_the_card_covers_without_any_new_picture() -> None:
    desk = Desk()
    desk.give_card()
    desk.beat(WHITE)
    desk.presenter.cover(True)
    desk.beat()
    desk.beat()
    assert levels(desk.sinks[0]) == [WHITE, CARD]


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
