"""Meters that the lanes write: one thread writes, any reads."""

import math
import threading
from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BIN_FIRST_NS, BIN_RATIO, BIN_COUNT = 1_000, 1.02, 1024
"""The histogram of a whole run: from a microsecond to ten minutes."""


@dataclass(frozen=True, slots=True)
class Percentiles:
    """A spread of durations in milliseconds."""

    p50_ms: float = 0.0
    p95_ms: float = 0.0
    p99_ms: float = 0.0


def spread_of(values_ms: NDArray[np.float64]) -> Percentiles:
    """The percentiles of some durations, linear between two of them; zeros when there are none.

    numpy's own function takes five times as long, which a screen that looks four times a second notices.
    """
    if not values_ms.size:
        return Percentiles()
    ordered, last = np.sort(values_ms), values_ms.size - 1
    found = []
    for share in (0.50, 0.95, 0.99):
        below = int(share * last)
        low, high = float(ordered[below]), float(ordered[min(below + 1, last)])
        found.append(low + (share * last - below) * (high - low))
    return Percentiles(*found)


class DurationMeter:
    """Durations of the last `capacity` items, and the spread of all. One thread writes, any reads."""

    def __init__(self, capacity: int = 900) -> None:
        self._values_ms: NDArray[np.float64] = np.zeros(capacity)
        self._count = self._since = 0
        self._bins = np.zeros(BIN_COUNT, np.int64)

    @property
    def count(self) -> int:
        """How many durations there were."""
        return self._count

    def add(self, duration_ns: int) -> None:
        """Takes one duration in nanoseconds."""
        self._values_ms[self._count % self._values_ms.size] = duration_ns / 1e6
        self._count += 1
        place = math.log(max(duration_ns, 1) / BIN_FIRST_NS) / math.log(BIN_RATIO)
        self._bins[min(max(0, round(place)), BIN_COUNT - 1)] += 1

    def begin_anew(self) -> None:
        """Leaves what came before out of the spread of the durations held; `overall` keeps it."""
        self._since = self._count

    @property
    def held(self) -> int:
        """Of how many durations the spread is told."""
        return min(self._count - self._since, self._values_ms.size)

    def percentiles(self) -> Percentiles:
        """The spread of the durations held; zeros when there are none."""
        count, size = self._count, self._values_ms.size
        places = np.arange(max(self._since, count - size), count) % size
        return spread_of(self._values_ms[places])

    def overall(self) -> Percentiles:
        """The spread of every duration since the start, within half a bin: 1 %; zeros when there are none."""
        counts = np.cumsum(self._bins)
        if counts[-1] == 0:
            return Percentiles()
        places = np.searchsorted(counts, np.array([0.50, 0.95, 0.99]) * counts[-1])
        return Percentiles(*(BIN_FIRST_NS * BIN_RATIO ** float(place) / 1e6 for place in places))

    def latest_ms(self, count: int) -> tuple[float, ...]:
        """The last `count` durations in milliseconds, oldest first."""
        total, size = self._count, self._values_ms.size
        return tuple(float(self._values_ms[i % size]) for i in range(max(0, total - min(count, size)), total))


class RateMeter:
    """Counts items and tells their rate over the last second."""

    def __init__(self, window_ns: int = 1_000_000_000, capacity: int = 1024) -> None:
        self._window_ns = window_ns
        self._instants: deque[int] = deque(maxlen=capacity)
        self._lock = threading.Lock()
        self.count = 0

    def add(self, now_ns: int) -> None:
        """Counts one item at `now_ns`."""
        with self._lock:
            self._instants.append(now_ns)
            self.count += 1

    def rate_hz(self, now_ns: int) -> float:
        """Items a second over the window that ends at `now_ns`."""
        with self._lock:
            inside = [instant for instant in self._instants if now_ns - instant <= self._window_ns]
        if len(inside) < 2 or inside[-1] == inside[0]:
            return float(len(inside)) * 1e9 / self._window_ns if inside else 0.0
        # The first figure is steady while items come; the second falls as soon as they don't.
        return min((len(inside) - 1) * 1e9 / (inside[-1] - inside[0]), len(inside) * 1e9 / (now_ns - inside[0]))
