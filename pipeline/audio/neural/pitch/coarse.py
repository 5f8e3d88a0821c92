"""The pitch as a voice wants it besides the Hertz: one of 255 steps."""

import numpy as np
from numpy.typing import NDArray

LOWEST_HZ, HIGHEST_HZ = 50.0, 1_100.0
"""Nothing below or above is told apart."""
STEPS = 255


def coarse(hz: NDArray[np.float32]) -> NDArray[np.int64]:
    """Pitches, 0 where there is no voice, to 1..255 on the mel scale, 1 where there is no voice."""
    low, high = _mel(np.array([LOWEST_HZ, HIGHEST_HZ]))
    steps = 1 + (STEPS - 1) * (_mel(hz.astype(np.float64)) - low) / (high - low)
    return np.where(hz > 0, np.clip(np.rint(steps), 1, STEPS), 1).astype(np.int64)


def _mel(hz: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1127.0 * np.log1p(hz / 700.0))
