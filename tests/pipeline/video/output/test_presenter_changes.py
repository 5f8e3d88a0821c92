"""Sinks that come and go while pictures go out, and pictures that somebody asks for."""

import threading

import numpy as np

from tests.fakes import FakeSink
from tests.presenter_desk import CARD, GREYS, Desk, levels
from tests.rigging import SOON_S


def asked(desk: Desk, beat: int | None) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]] | None:
    """What the presenter gives to another thread that asks before its next beat."""
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(desk.presenter.picture(SOON_S)))
    thread.start()
    while not desk.presenter._asked:
        pass
    desk.beat(beat)
    thread.join(SOON_S)
    (picture,) = found
    return picture  # type: ignore[return-value]


def removed(desk: Desk, sink: FakeSink, beat: int) -> bool:
    """Whether a sink is out after a beat."""
    found: list[bool] = []
    thread = threading.Thread(target=lambda: found.append(desk.presenter.remove(sink, SOON_S)))
    thread.start()
    while not desk.presenter._leaving:
        pass
    desk.beat(beat)
    thread.join(SOON_S)
    return found == [True]


def test_a_sink_that_is_added_gets_what_goes_out_from_then_on_and_the_others_all() -> None:
    desk, film = Desk(FakeSink(steady=True)), FakeSink()
    desk.beat(100)
    desk.presenter.add(film)
    desk.beat(110)
    assert removed(desk, film, 120)
    desk.beat(130)
    assert (levels(desk.sinks[0]), levels(film)) == ([100, 110, 120, 130], [110])
    assert desk.presenter.sinks == desk.sinks
    # Whoever asked for it to be taken out closes it.
    assert not film.closed


def test_what_an_added_sink_left_out_is_counted_with_the_others() -> None:
    desk, film = Desk(FakeSink(steady=True)), FakeSink()
    desk.presenter.add(film)
    film.dropped = 3
    assert desk.presenter.dropped == 3
    assert removed(desk, film, 100)
    assert desk.presenter.dropped == 3


def test_an_added_sink_that_fails_is_told_and_can_still_be_taken_out() -> None:
    desk, film = Desk(FakeSink(steady=True)), FakeSink(fails_at=1)
    desk.presenter.add(film)
    for level in (100, 110, 120):
        desk.beat(level)
    assert [str(error) for error in desk.lost] == ["The fake sink took no more."]
    assert removed(desk, film, 130)
    assert levels(desk.sinks[0]) == [100, 110, 120, 130]


def test_the_last_sink_that_somebody_takes_out_is_not_missed() -> None:
    only = FakeSink()
    desk = Desk(only)
    desk.beat(100)
    assert not desk.presenter.without_sinks
    assert removed(desk, only, 110)
    assert desk.presenter.without_sinks
    desk.beat(120)
    assert desk.presenter.meters.sent.count == 3


def test_nobody_waits_for_a_presenter_that_does_not_turn() -> None:
    desk = Desk()
    assert not desk.presenter.remove(desk.sinks[0], 0.01)
    assert desk.presenter.picture(0.01) is None
    desk.beat(100)
    assert desk.presenter.sinks == ()


def test_whoever_asks_gets_the_next_picture_for_himself() -> None:
    desk = Desk()
    desk.give_card()
    desk.beat(100)
    picture = asked(desk, 150)
    assert picture is not None
    assert GREYS[int(picture[0, 0])] == 150
    before = picture.copy()
    for level in (160, 170, 180):
        desk.beat(level)
    assert np.array_equal(picture, before)


def test_whoever_asks_under_the_card_gets_the_card() -> None:
    desk = Desk()
    desk.give_card()
    desk.beat(100)
    desk.presenter.cover(True)
    picture = asked(desk, 150)
    assert picture is not None
    assert GREYS[int(picture[0, 0])] == CARD
