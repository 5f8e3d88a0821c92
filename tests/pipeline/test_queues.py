"""The queue of one: the newest wins and losses are counted, or nothing is lost and the giver waits."""

import threading
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.queues import Latest

LONG_S = 30.0
SOON_S = 5.0
MOMENT_S = 0.05


def started(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_the_newest_item_wins_and_the_others_are_counted() -> None:
    queue: Latest[int] = Latest()
    for item in range(5):
        queue.put(item)
    assert queue.take(0.0) == 4
    assert queue.dropped == 4
    assert queue.take(0.0) is None


@given(st.lists(st.booleans(), max_size=60))
def test_every_item_is_taken_replaced_or_still_there(gives: list[bool]) -> None:
    queue: Latest[int] = Latest()
    given_count, taken = 0, list[int]()
    for is_put in gives:
        if is_put:
            queue.put(given_count)
            given_count += 1
        elif (item := queue.take(0.0)) is not None:
            assert item == given_count - 1
            taken.append(item)
    rest = queue.take(0.0)
    assert taken == sorted(set(taken))
    assert len(taken) + queue.dropped + (rest is not None) == given_count


def test_a_lossless_queue_makes_the_giver_wait_for_the_taker() -> None:
    queue: Latest[int] = Latest(lossless=True)
    queue.put(1)
    giver = started(lambda: queue.put(2))
    giver.join(MOMENT_S)
    assert giver.is_alive()
    assert queue.take(0.0) == 1
    giver.join(SOON_S)
    assert not giver.is_alive()
    assert queue.take(0.0) == 2
    assert queue.dropped == 0


def test_a_lossless_queue_loses_nothing_and_keeps_the_order() -> None:
    queue: Latest[int] = Latest(lossless=True)

    def give() -> None:
        for item in range(500):
            queue.put(item)
        queue.close()

    giver = started(give)
    taken = list[int]()
    while (item := queue.take(LONG_S)) is not None:
        taken.append(item)
    giver.join(SOON_S)
    assert taken == list(range(500))
    assert queue.dropped == 0


def test_an_empty_queue_makes_the_taker_wait_for_an_item() -> None:
    queue: Latest[str] = Latest()
    taken = list[str | None]()
    taker = started(lambda: taken.append(queue.take(LONG_S)))
    queue.put("item")
    taker.join(SOON_S)
    assert taken == ["item"]


def test_nothing_comes_when_the_time_is_over() -> None:
    assert Latest[int]().take(0.001) is None


@pytest.mark.parametrize("lossless", [False, True])
def test_closing_wakes_the_taker(lossless: bool) -> None:
    queue: Latest[int] = Latest(lossless)
    taken = list[int | None]()
    taker = started(lambda: taken.append(queue.take(LONG_S)))
    queue.close()
    taker.join(SOON_S)
    assert taken == [None]
    assert queue.closed


def test_closing_wakes_the_giver_whose_item_goes_nowhere() -> None:
    queue: Latest[int] = Latest(lossless=True)
    queue.put(1)
    giver = started(lambda: queue.put(2))
    queue.close()
    giver.join(SOON_S)
    assert not giver.is_alive()
    assert queue.take(0.0) == 1
    assert queue.take(LONG_S) is None


def test_a_closed_queue_takes_nothing_more() -> None:
    queue: Latest[int] = Latest()
    queue.close()
    queue.put(1)
    assert queue.take(LONG_S) is None
    assert queue.dropped == 0
