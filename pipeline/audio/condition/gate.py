"""Quiet where nobody speaks, without a threshold that somebody would have to set."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.condition.riding import Riding
from pipeline.audio.metering.noise_floor import FloorSpan, NoiseFloor
from pipeline.audio.stream import RATE_HZ

STEP = RATE_HZ // 1000
AHEAD = 5
"""Steps that the sound lags behind: the gate is fully open 1 ms before the step that opened it."""
RISE = 1.0 / (AHEAD - 2)
"""Gain that a step adds while the gate opens."""
LOOK = 20
"""Steps from one look at the room to the next: within some milliseconds a room's lowest tones swing far."""
FLOOR = FloorSpan(step_s=LOOK * STEP / RATE_HZ, smoothing_s=0.025, bucket_s=0.2, buckets=10, unknown_s=0.8)
QUICK = 1.0 / 3.0
"""Share of a step in the level that opens the gate."""
OPEN_RATIO = 10.0 ** (11.0 / 10.0)
"""The gate opens 11 dB above the room, and stays open 6 dB above it."""
STAY_RATIO = 10.0 ** (6.0 / 10.0)
LEAST = (10.0 ** (-70.0 / 10.0), 10.0 ** (-76.0 / 10.0))
"""Power below which nothing opens it, in the whole band and in the high one."""
LOUDEST_ROOM = 10.0 ** (-35.0 / 10.0)
"""What is louder is taken for a voice that holds a tone, not for a room."""
SHUT = 1e-4
"""Gain from which the rest of the way is one step: 80 dB."""


class Band:
    """One band's level, against thresholds above its own room."""

    def __init__(self, least: float) -> None:
        self._floor = NoiseFloor(FLOOR)
        self._least = least
        self.reset()

    def reset(self) -> None:
        """Forgets the room."""
        self._floor.reset()
        self._summed: float = 0.0
        self._quick: float = 0.0
        self._opens = self._least

    def hear(self, power: float) -> bool:
        """Takes the next step's power and says whether it opens a gate."""
        self._summed += power
        self._quick += QUICK * (power - self._quick)
        return self._quick > self._opens

    def look(self) -> bool:
        """Sets the threshold after `LOOK` steps and says whether they keep a gate open."""
        power = self._summed / LOOK
        floor = min(self._floor.push(power), LOUDEST_ROOM)
        self._summed = 0.0
        self._opens = max(self._least, OPEN_RATIO * floor)
        return power > max(self._least, STAY_RATIO * floor)


class Gate(Riding):
    """A noise gate whose threshold follows the room. Rumble has to be gone: it swings too far to be told from a voice.

    It listens in two bands, as a word may start with an F or an S that is weaker than the room's rumble. The high band
    is the difference of the differences of neighbouring samples. As long as the room isn't known, the gate stays open
    for anything.
    """

    def __init__(self, depth_db: float = math.inf, hold_s: float = 0.2, release_s: float = 0.06) -> None:
        """Shut, the gate lets the sound through `depth_db` lower; `release_s` is the time constant of shutting."""
        super().__init__("gate", STEP, AHEAD)
        self._closed = float(10.0 ** (-depth_db / 20.0))
        self._hold = round(hold_s * RATE_HZ / STEP) + AHEAD
        self._release = math.exp(-STEP / RATE_HZ / release_s)
        self._whole, self._high = (Band(least) for least in LEAST)
        self.reset()

    def reset(self) -> None:
        """Forgets the room and is open."""
        self._rewind()
        self._whole.reset()
        self._high.reset()
        self._gain: float = 1.0
        self._left = self._hold
        self._count = 0

    @property
    def open(self) -> bool:
        """Whether sound passes."""
        return self._left > 0

    def _gains(self, steps: NDArray[np.float32]) -> Sequence[float]:
        slopes = steps[:, 1:] - steps[:, :-1]
        bends = slopes[:, 1:] - slopes[:, :-1]
        powers = (np.vecdot(steps, steps) / STEP).tolist(), (np.vecdot(bends, bends) / STEP).tolist()
        return [self._step_gain(whole, high) for whole, high in zip(*powers, strict=True)]

    def _step_gain(self, whole: float, high: float) -> float:
        # Both have to hear every step.
        if self._whole.hear(whole) | self._high.hear(high):
            self._left = self._hold
        elif self._left:
            self._left -= 1
        self._count += 1
        if self._count == LOOK:
            self._count = 0
            if self._whole.look() | self._high.look() and self._left:
                self._left = self._hold
        if self._left:
            self._gain = min(1.0, self._gain + RISE)
        elif self._gain > self._closed:
            self._gain = self._closed + (self._gain - self._closed) * self._release
            if self._gain - self._closed < SHUT:
                self._gain = self._closed
        return self._gain
