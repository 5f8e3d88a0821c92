"""The clock: it never goes back, waits until the instant, and lets itself be interrupted."""

import threading

import pytest

from pipeline.clock import Clock, MonotonicClock
from tests.fakes import FakeClock


def test_time_does_not_go_back() -> None:
    clock = MonotonicClock()
    instants = [clock.now_ns() for _ in range(1000)]
    assert instants == sorted(instants)


def test_a_wait_ends_at_the_instant_and_not_before() -> None:
    clock = MonotonicClock()
    due_ns = clock.now_ns() + 5_000_000
    assert clock.wait_until(due_ns, threading.Event()) is False
    assert clock.now_ns() >= due_ns


@pytest.mark.parametrize("clock", [MonotonicClock(), FakeClock(10_000)])
@pytest.mark.parametrize("interrupted", [False, True])
def test_an_instant_that_has_passed_is_not_waited_for(clock: Clock, interrupted: bool) -> None:
    interrupt = threading.Event()
    if interrupted:
        interrupt.set()
    assert clock.wait_until(clock.now_ns() - 1, interrupt) is interrupted


@pytest.mark.parametrize("clock", [MonotonicClock(), FakeClock(jumps=False)])
def test_an_interrupt_ends_a_long_wait(clock: Clock) -> None:
    interrupt, results = threading.Event(), list[bool]()
    hour_ns = 3_600_000_000_000
    thread = threading.Thread(target=lambda: results.append(clock.wait_until(clock.now_ns() + hour_ns, interrupt)))
    thread.start()
    interrupt.set()
    thread.join(5.0)
    assert results == [True]
