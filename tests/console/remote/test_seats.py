"""Seats: whose turn it is at the desk of a session that may have no screen any more."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Queue

import pytest

from console.desk import Desk
from console.life.ends import stay
from console.remote import seats
from console.remote.seats import LockSeat
from pipeline.errors import UnderstudyError
from tests.console.fake_session import FakeSession, make_desk


@contextmanager
def busy(seat: LockSeat) -> Iterator[None]:
    """Inside, somebody does something at the desk that takes its time."""
    begun, over = threading.Event(), threading.Event()

    def act(desk: Desk) -> str:
        begun.set()
        over.wait(10.0)
        return "done"

    acting = threading.Thread(target=seat.do, args=(act,))
    acting.start()
    begun.wait(10.0)
    try:
        yield
    finally:
        over.set()
        acting.join()


def test_a_slow_act_from_outside_ends_no_session_that_outlived_its_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seats, "ACT_S", 0.01)
    session, told = FakeSession(), threading.Event()
    seat = LockSeat(make_desk(session), None, told.set)
    looks: Queue[bool] = Queue()

    def look() -> bool:
        over = seat.ended()
        looks.put(over)
        return over

    staying = threading.Thread(target=stay, args=(look, told), kwargs={"watched": False})
    with busy(seat):
        staying.start()
        assert [looks.get(timeout=5.0) for _ in range(3)] == [False] * 3
        assert staying.is_alive()
    session.over = True
    staying.join(5.0)
    assert not staying.is_alive() and not told.is_set()


def test_what_a_session_failed_by_is_raised_once() -> None:
    session = FakeSession(end_error=UnderstudyError("The disk is full."))
    seat = LockSeat(make_desk(session), None, lambda: None)
    with pytest.raises(UnderstudyError, match="The disk is full"):
        seat.ended()
    assert not seat.ended()


def test_who_waits_too_long_for_a_turn_is_told_that_nothing_was_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seats, "ACT_S", 0.01)
    seat = LockSeat(make_desk(FakeSession()), None, lambda: None)
    with busy(seat), pytest.raises(UnderstudyError, match="too busy and nothing was done"):
        seat.do(Desk.toggle_air)
