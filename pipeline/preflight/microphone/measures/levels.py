"""How loud, cut off, and ridden a sound is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.metering.loudness import loudness
from pipeline.preflight.microphone.measures.take import HOP_S, Take, mono

_NEAR = 0.985
_RUN = 3
_LEAST_PEAK = 0.05
_PAUSE = round(0.35 / HOP_S)
_ONSET = 3
_DECAY = 4
_LEAP_DB = 6.0
_LEAST_STEADY = 5
_LEAST_PAUSES = 2


@dataclass(frozen=True, slots=True)
class Clipping:
    """How much of a sound is cut off."""

    share: float
    """Samples in flat tops, of all."""
    peak_dbfs: float


def loudness_lufs(take: Take) -> float:
    """The integrated loudness; -120 for silence. Source: ITU-R BS.1770-4."""
    return loudness(take.sound)


def clipping(take: Take) -> Clipping:
    """Flat tops: runs of three samples and more near one and the same extreme."""
    samples = mono(take.heard)
    peak = float(np.abs(samples).max(initial=0.0))
    if peak < _LEAST_PEAK:
        return Clipping(0.0, _db(peak))
    flat = 0
    for side in (samples, -samples):
        top = float(side.max())
        flat += _in_runs(side > _NEAR * top) if top > 0.5 * peak else 0
    return Clipping(flat / len(samples), _db(peak))


def _in_runs(near: NDArray[np.bool_]) -> int:
    """How many lie in runs of at least `_RUN`."""
    edges = np.diff(np.concatenate(([0], near.astype(np.int8), [0])))
    lengths = np.flatnonzero(edges < 0) - np.flatnonzero(edges > 0)
    return int(lengths[lengths >= _RUN].sum())


def _db(amplitude: float) -> float:
    return float(20.0 * np.log10(max(amplitude, 1e-6)))


def pumping_db_s(take: Take) -> float | None:
    """How fast the room's noise rises within pauses, as where a gain is ridden; None without long pauses.

    In dB a second, the median over all pauses of at least a third of a second. A gain goes up steadily; where the level
    leaps somebody breathes in, and the pause ends. Where a room rings it falls instead.
    """
    edges = np.diff(np.concatenate(([0], (~take.speech).astype(np.int8), [0])))
    slopes = []
    for start, stop in zip(np.flatnonzero(edges > 0), np.flatnonzero(edges < 0), strict=True):
        # What comes before the first word and after the last is no pause.
        if stop - start >= _PAUSE and start > 0 and stop < len(take.speech):
            level = np.convolve(take.level_db[start + _DECAY : stop - _ONSET], np.ones(3) / 3.0, "valid")
            leaps = np.flatnonzero(level[3:] - level[:-3] > _LEAP_DB)
            steady = level[: leaps[0]] if len(leaps) else level
            if len(steady) >= _LEAST_STEADY:
                slopes.append(float(np.polyfit(np.arange(len(steady)) * HOP_S, steady, 1)[0]))
    return float(np.median(slopes)) if len(slopes) >= _LEAST_PAUSES else None
