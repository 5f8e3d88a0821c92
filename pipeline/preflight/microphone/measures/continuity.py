"""Whether a sound comes without holes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.preflight.microphone.measures.take import Take, mono

_LEAST_HOLE_S = 0.0005
_LONGEST_HOLE_S = 0.3
_AROUND_S = 0.01
_ABOVE_PEAK = 0.01
_LEAP = 0.003
"""Of the peak: a slow wave's crest is flat too, but nothing leaps there."""
_STARVED = 0.02
_STEPS = 4.0 / 32_768.0


@dataclass(frozen=True, slots=True)
class Holes:
    """Silence in the middle of sound."""

    count: int
    share: float
    """Of the sound's length."""
    regular: bool
    """Whether they come at the beat of a buffer."""

    @property
    def starved(self) -> bool:
        """Whether each buffer lacks something: there is too little sound for the clock."""
        return self.regular and self.share > _STARVED


def holes(take: Take) -> Holes:
    """Runs of one and the same value that begin and end abruptly in the middle of sound."""
    samples, rate = mono(take.heard), take.heard.rate_hz
    if not len(samples):
        return Holes(0, 0.0, False)
    still = np.concatenate(([0], (np.diff(samples) == 0.0).astype(np.int8), [0]))
    edges = np.diff(still)
    starts, stops = np.flatnonzero(edges > 0), np.flatnonzero(edges < 0)
    lengths = stops - starts
    long = (lengths >= max(_LEAST_HOLE_S * rate, 20)) & (lengths <= _LONGEST_HOLE_S * rate)
    around = max(int(_AROUND_S * rate), 1)
    peak = float(np.percentile(np.abs(samples), 99.5))
    # A flat top is no hole.
    long &= np.abs(samples[starts]) < 0.5 * np.abs(samples).max()
    kept = [
        (start, stop)
        for start, stop in zip(starts[long], stops[long], strict=True)
        if _abrupt(samples, int(start), int(stop), around, peak)
    ]
    beats = np.diff([start for start, _ in kept])
    regular = len(kept) >= 20 and _steady(beats)
    return Holes(len(kept), float(sum(stop - start for start, stop in kept)) / len(samples), regular)


def _abrupt(samples: NDArray[np.float32], start: int, stop: int, around: int, peak: float) -> bool:
    """Whether there is sound right before and right after, and it leaps."""
    before, after = samples[max(start - around, 0) : start], samples[stop + 1 : stop + 1 + around]
    if min(float(np.abs(side).max(initial=0.0)) for side in (before, after)) <= _ABOVE_PEAK * peak:
        return False
    leaps = np.abs(np.concatenate((before[-3:], after[:3])) - samples[start])
    return float(leaps.max()) > max(_LEAP * peak, _STEPS)


def _steady(beats: NDArray[np.int64]) -> bool:
    """Whether most distances are one and the same, within some samples."""
    usual = float(np.median(beats))
    return float(np.mean(np.abs(beats - usual) <= max(0.02 * usual, 2.0))) > 0.5
