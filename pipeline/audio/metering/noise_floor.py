"""The noise beneath a voice: the lowest level that was heard of late.

Between words and within them every voice lets the room through for some hundredths of a second; a room that hums or
hisses never does. So the least of the smoothed level over a second or two is the room's.
Source: R. Martin, "Noise power spectral density estimation based on optimal smoothing and minimum statistics", 2001:
the principle, for one band.
"""

import math
from collections import deque
from dataclasses import dataclass

DIGITAL_SILENCE = 1e-13
"""A step of less power holds no room at all, but a gap in the stream or a device's own mute: it is left out."""


@dataclass(frozen=True, slots=True)
class FloorSpan:
    """How a noise floor is looked for."""

    step_s: float
    """Time between two powers."""
    smoothing_s: float
    """Time constant of the level of which the least is taken."""
    bucket_s: float
    """A minimum is kept for each of so long a time."""
    buckets: int
    """Minima that are kept."""
    unknown_s: float
    """So long after the start the floor counts as silence."""


class NoiseFloor:
    """The lowest smoothed power within a moving span."""

    def __init__(self, span: FloorSpan) -> None:
        self._pace = 1.0 - math.exp(-span.step_s / span.smoothing_s)
        self._steps = round(span.bucket_s / span.step_s)
        self._buckets = span.buckets
        self._learning = math.ceil(span.unknown_s / span.bucket_s)
        self.reset()

    def reset(self) -> None:
        """Forgets what was heard."""
        self._lows: deque[float] = deque(maxlen=self._buckets)
        self._smooth = -1.0
        self._low = math.inf
        self._kept = 0.0
        self._count = 0
        self._unknown = self._learning

    def push(self, power: float) -> float:
        """Takes the next step's mean square and returns the floor's."""
        if power < DIGITAL_SILENCE:
            return self.power
        if self._smooth < 0.0:
            self._smooth = power
        self._smooth += self._pace * (power - self._smooth)
        if self._smooth < self._low:
            self._low = self._smooth
        self._count += 1
        if self._count == self._steps:
            self._roll()
        return self.power

    def _roll(self) -> None:
        self._lows.append(self._low)
        self._low = math.inf
        self._count = 0
        self._unknown = max(0, self._unknown - 1)
        self._kept = 0.0 if self._unknown else min(self._lows)

    @property
    def power(self) -> float:
        """The floor's mean square; 0 as long as it isn't known."""
        return self._kept if self._kept < self._low else self._low
