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
