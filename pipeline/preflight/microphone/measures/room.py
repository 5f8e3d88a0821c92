"""How a room rings, from speech alone."""

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from pipeline.audio.stream import RATE_HZ
from pipeline.preflight.microphone.measures.take import Take

_STEP = RATE_HZ // 100
_BANDS_HZ = ((400.0, 800.0), (800.0, 1_600.0), (1_600.0, 3_200.0))
_LEAST_FALL_DB = 12.0
_LEAST_STEPS = 8
_LEAST_DECAYS = 2
_ABOVE_FLOOR_DB = 8.0
_LONGEST_S = 3.0


def reverberation_s(take: Take) -> float | None:
    """How long a sound takes to fall by 60 dB (RT60), or None where too few words end in silence.

    After the end of a word the level falls no faster than the room lets it. Of all the falls, in three octaves,
    the faster ones are the room's; the slower ones are the voice's own.
    Source: the principle of R. Ratnam and others, "Blind estimation of reverberation time", 2003; here with straight
    lines through the level.
    """
    times: list[float] = []
    for band in _BANDS_HZ:
        sections = signal.butter(2, band, "band", fs=RATE_HZ, output="sos")
        sound = signal.sosfilt(sections, take.sound)
        steps = np.square(sound[: len(sound) // _STEP * _STEP]).reshape(-1, _STEP).mean(axis=1)
        level = 10.0 * np.log10(np.convolve(steps, np.ones(3) / 3.0, "same") + 1e-14)
        times += _decays(level)
    return float(np.percentile(times, 30)) if len(times) >= _LEAST_DECAYS else None


def _decays(level: NDArray[np.float64]) -> list[float]:
    """The times of falls by 60 dB, from each long fall of a level in steps of 10 ms."""
    floor = float(np.percentile(level, 5)) + _ABOVE_FLOOR_DB
    loud = float(np.percentile(level, 95)) - 25.0
    found, start = [], 0
    while start < len(level) - _LEAST_STEPS:
        stop = start
        while stop + 1 < len(level) and level[stop + 1] < level[stop] + 0.2 and level[stop + 1] > floor:
            stop += 1
        if level[start] > loud and stop - start >= _LEAST_STEPS and level[start] - level[stop] >= _LEAST_FALL_DB:
            # The first steps are the word's own end.
            part = level[start + 2 : stop + 1]
            slope = float(np.polyfit(np.arange(len(part)) * 0.01, part, 1)[0])
            if slope < -60.0 / _LONGEST_S:
                found.append(-60.0 / slope)
        start = max(stop, start + 1)
    return found
