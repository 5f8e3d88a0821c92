"""When samples were captured, told from when they were handed over."""

from pipeline.audio.stream import RATE_HZ

LATE_SHARE = 0.005
"""How far the estimate follows a hand-over that seems late: mostly the thread was late, not the device."""
EARLY_SHARE = 0.5
JUMP_NS = 60_000_000
"""A hand-over so far from the estimate is a gap or a new start."""


class DeviceClock:
    """A line through hand-overs: samples come at the device's even rate, the thread that takes them is late at random.

    The line follows early hand-overs quickly and late ones slowly, so it keeps to the lower edge of the jitter. A
    device clock that is off by 200 ppm puts it 0.4 ms behind.
    """

    def __init__(self, rate_hz: float = RATE_HZ) -> None:
        """A clock for a device of a nominal rate that has handed nothing over."""
        self._rate_hz = rate_hz
        self._next_ns: float | None = None

    def captured_ns(self, handed_over_ns: int, count: int, waiting: int = 0) -> int:
        """When the first of `count` samples was captured.

        Args:
            handed_over_ns: when they were handed over.
            count: how many.
            waiting: how many more the device held by then.
        """
        seen_ns = handed_over_ns - (count + waiting) * 1e9 / self._rate_hz
        if self._next_ns is None or abs(seen_ns - self._next_ns) > JUMP_NS:
            self._next_ns = seen_ns
        else:
            late_ns = seen_ns - self._next_ns
            self._next_ns += late_ns * (LATE_SHARE if late_ns > 0 else EARLY_SHARE)
        captured_ns = self._next_ns
        self._next_ns += count * 1e9 / self._rate_hz
        return round(captured_ns)

    def reset(self) -> None:
        """Begins anew with the next hand-over."""
        self._next_ns = None
