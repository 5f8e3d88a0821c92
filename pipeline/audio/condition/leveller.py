"""Everyone as loud as the next: a slow hand on the fader, which rests while nobody speaks.

The loudness is that of ITU-R BS.1770, its gates made to run: pauses don't count, so that they raise nothing.
"""

from collections import deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.condition.riding import Riding
from pipeline.audio.metering.noise_floor import FloorSpan, NoiseFloor
from pipeline.audio.metering.weighting import loudness_of, make_weighting, power_of
from pipeline.audio.stream import RATE_HZ

STEP = RATE_HZ // 100
STEP_S = STEP / RATE_HZ
WINDOW = 40
"""Steps of the momentary loudness: 400 ms."""
FLOOR = FloorSpan(step_s=STEP_S, smoothing_s=0.02, bucket_s=0.4, buckets=5, unknown_s=0.4)
SPEECH_RATIO = 10.0 ** (6.0 / 10.0)
"""Speech is 6 dB above the room; a steady sound is no speech, however loud."""
QUIETEST = power_of(-60.0)
RELATIVE_GATE = 10.0 ** (-10.0 / 10.0)
"""Of speech only what is less than 10 LU below its loudness counts."""
FORGET_S = 6.0
"""Speech of which the loudness is found; older speech counts less."""
PATIENCE_S = 2.5
"""After so much of nothing but quieter speech, that is the speech. By then a fan that starts is known for a room."""
RISE_LU, FALL_LU = 3.0, 6.0
"""What the gain moves by at most within a second of speech."""
FIRST_S, FIRST_LU = 3.0, 12.0
"""In the first seconds of somebody's speech, which nobody knows yet, it moves by this at most."""
HASTE = 4.0
"""Per second: what share of the way to the target is made, short of these limits."""
SURE_S = 0.3
"""The gain rests until so much speech was heard."""


class Leveller(Riding):
    """Brings speech to a loudness, slowly and within a range."""

    def __init__(self, target_lufs: float = -18.0, range_db: float = 18.0) -> None:
        super().__init__("leveller", STEP)
        self._target = target_lufs
        self._range = range_db
        self._filter = make_weighting()
        self._floor = NoiseFloor(FLOOR)
        self.reset()

    def reset(self) -> None:
        """Forgets what was heard and where the fader stood."""
        self._rewind()
        self._filter.reset()
        self._floor.reset()
        self._window: deque[float] = deque([0.0] * WINDOW, maxlen=WINDOW)
        self._speech: float = 0.0
        self._below_s: float = 0.0
        self._heard_s: float = 0.0
        self._gain_db: float = 0.0
        self._gain: float = 1.0

    @property
    def gain_db(self) -> float:
        """By how much the sound is raised at present."""
        return self._gain_db

    def _gains(self, steps: NDArray[np.float32]) -> Sequence[float]:
        weighted = self._filter.process(steps.ravel()).reshape(steps.shape)
        powers = np.vecdot(weighted, weighted) / STEP
        return [self._step_gain(power) for power in powers.tolist()]

    def _step_gain(self, power: float) -> float:
        self._window.append(power)
        floor = self._floor.push(power)
        momentary = sum(self._window) / WINDOW
        # A room that isn't known yet may be a loud one.
        if floor > 0.0 and momentary > max(QUIETEST, SPEECH_RATIO * floor):
            self._hear(momentary)
        return self._gain

    def _hear(self, momentary: float) -> None:
        """Takes a moment of speech into the loudness, and moves the gain toward what it asks for."""
        if momentary < RELATIVE_GATE * self._speech:
            self._below_s += STEP_S
            if self._below_s > PATIENCE_S:
                self._heard_s = self._speech = 0.0
            return
        self._below_s = 0.0
        self._heard_s = min(FORGET_S, self._heard_s + STEP_S)
        self._speech += (momentary - self._speech) * STEP_S / self._heard_s
        if self._heard_s < SURE_S:
            return
        wanted = min(self._range, max(-self._range, self._target - loudness_of(self._speech)))
        way = HASTE * (wanted - self._gain_db)
        rise, fall = (FIRST_LU, FIRST_LU) if self._heard_s < FIRST_S else (RISE_LU, FALL_LU)
        self._gain_db += min(rise, max(-fall, way)) * STEP_S
        self._gain = float(10.0 ** (self._gain_db / 20.0))
