"""No sample above the ceiling, and no kink in the sound where it is held below."""

import math
from collections import deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.condition.riding import Riding
from pipeline.audio.stream import RATE_HZ

STEP = 12
"""A quarter of a millisecond."""
AHEAD = 6
"""Steps that the peaks are known ahead: 1.5 ms."""
SLOPE = 5
"""Steps over which the gain is averaged: it goes down this gently, and is down when the peak comes."""
RELEASE_S = 0.08
ROUNDING = 1e-6
"""A peak is held this share below the ceiling: more than what single precision adds to the product."""
SNAP = 0.9999
"""From here the gain is let go entirely, so that sound below the ceiling passes unchanged."""


class Limiter(Riding):
    """A peak limiter that sees 1.5 ms ahead.

    The gain that a peak needs holds from `AHEAD - 1` steps before it, so that the mean over the last `SLOPE` steps is
    never above what the step that leaves needs.
    """

    def __init__(self, ceiling_dbfs: float = -1.0) -> None:
        super().__init__("limiter", STEP, AHEAD)
        self._ceiling = float(np.float32(10.0 ** (ceiling_dbfs / 20.0)))
        self._goal = self._ceiling * (1.0 - ROUNDING)
        self._release = 1.0 - math.exp(-STEP / RATE_HZ / RELEASE_S)
        self.reset()

    def reset(self) -> None:
        """Forgets what was heard."""
        self._rewind()
        self._needed: deque[float] = deque([1.0] * AHEAD, maxlen=AHEAD)
        self._slopes: deque[float] = deque([1.0] * SLOPE, maxlen=SLOPE)
        self._idle = True

    @property
    def reduction_db(self) -> float:
        """By how much the gain is down at present, 0 or more."""
        return 20.0 * math.log10(1.0 / self._last)

    def _gains(self, steps: NDArray[np.float32]) -> Sequence[float]:
        if self._idle and steps.max() <= self._ceiling and steps.min() >= -self._ceiling:
            return [1.0] * len(steps)
        peaks = np.abs(steps).max(axis=1)
        gains = []
        for peak in peaks.tolist():
            self._needed.append(1.0 if peak <= self._ceiling else self._goal / peak)
            let_go = self._slopes[-1] + (1.0 - self._slopes[-1]) * self._release
            self._slopes.append(min(min(self._needed), 1.0 if let_go > SNAP else let_go))
            gains.append(sum(self._slopes) / SLOPE)
        self._idle = min(self._needed) == 1.0 and min(self._slopes) == 1.0
        return gains
