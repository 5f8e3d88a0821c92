"""Air in the voice."""

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.voice.pitch import HOP_SAMPLES

_MOST = 10.0 ** (-14 / 20)
"""Level of the air at full breath against the voice's."""
_SEED = 20_111


class Breath:
    """Noise, brighter the higher, as loud as a share of the voice that it goes with."""

    def __init__(self) -> None:
        self._random = np.random.default_rng(_SEED)
        self._last = np.float32(0.0)
        self._level = 0.0
        self._ramp = np.arange(1, HOP_SAMPLES + 1, dtype=np.float32) / HOP_SAMPLES

    def step(self, hop: NDArray[np.float32], voiced_level: float, breath: float) -> NDArray[np.float32]:
        """The hop with air at `voiced_level`, the root mean square of what is voice in it."""
        level = breath * _MOST * voiced_level
        if level == 0.0 and self._level == 0.0:
            return hop
        white = self._random.standard_normal(HOP_SAMPLES, np.float32)
        noise = np.diff(white, prepend=self._last)
        self._last = white[-1]
        gain = self._level + (level - self._level) * self._ramp
        self._level = level
        return np.asarray(hop + gain * noise * np.float32(0.7))
