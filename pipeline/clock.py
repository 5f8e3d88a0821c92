"""The one clock of the program, as a value that tests can replace."""

import threading
import time
from typing import Protocol


class Clock(Protocol):
    """A monotonic time source that can also wait."""

    def now_ns(self) -> int:
        """The present instant in nanoseconds; only differences mean anything."""

    def wait_until(self, instant_ns: int, interrupt: threading.Event) -> bool:
        """Blocks until `instant_ns` or until `interrupt` is set; True when interrupted."""


class MonotonicClock:
    """`time.monotonic_ns`."""

    def now_ns(self) -> int:
        """The present instant in nanoseconds; only differences mean anything."""
        return time.monotonic_ns()

    def wait_until(self, instant_ns: int, interrupt: threading.Event) -> bool:
        """Blocks until `instant_ns` or until `interrupt` is set; True when interrupted."""
        remaining_ns = instant_ns - time.monotonic_ns()
        if remaining_ns <= 0:
            return interrupt.is_set()
        return interrupt.wait(remaining_ns / 1e9)


class Playhead:
    """When a recording's start is played, one instant for its picture and its sound. Any thread."""

    def __init__(self, patience_ns: int = 500_000_000) -> None:
        """A recording that has not begun; who is later than `patience_ns` has lost the time for good."""
        self._patience_ns = patience_ns
        self._lock = threading.Lock()
        self._start_ns: int | None = None

    def played_ns(self, now_ns: int) -> int | None:
        """How much of the recording was due until an instant; None before it began."""
        with self._lock:
            return None if self._start_ns is None else now_ns - self._start_ns

    def due_ns(self, position_ns: int, now_ns: int) -> int:
        """When what lies at a position of the recording is due; the first to ask begins to play."""
        with self._lock:
            if self._start_ns is None or now_ns - self._start_ns - position_ns > self._patience_ns:
                self._start_ns = now_ns - position_ns
            return self._start_ns + position_ns
