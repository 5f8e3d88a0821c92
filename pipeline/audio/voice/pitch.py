"""The fundamental of a voice, and where there is one: every 5 ms, from the newest samples."""

from dataclasses import dataclass, replace
from math import log2

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.stream import RATE_HZ

HOP_SAMPLES = 240
"""The step of everything in this folder, 5 ms: what comes out depends on the count of samples alone."""
DECIMATION = 6
LOW_RATE_HZ = RATE_HZ // DECIMATION
LOW_HOP = HOP_SAMPLES // DECIMATION
LOWEST_HZ = 55.0
HIGHEST_HZ = 500.0

_TAPS = 72
_CUTOFF_HZ = 2_400.0
_WINDOW = 128
"""Samples at the low rate that are compared with the same number one period earlier: 16 ms."""
_SHORTEST = int(LOW_RATE_HZ / HIGHEST_HZ) - 1
_LONGEST = int(LOW_RATE_HZ / LOWEST_HZ) + 2
_KEPT = 1_024
_HUM_HZ = 85.0
_HUM_HIGHEST_HZ = 63.0
_HUM_LOUDEST = 10.0 ** (-34 / 20)
_BAND_TAPS = 320
_SMOOTH_HZ = 1_000.0
_SMOOTH_TAPS = 13
_ONSET = 0.64
_SURE = 0.78
_RELEASE = 0.45
_FLOOR = 10.0 ** (-62 / 20)
_BELOW_PEAK = 10.0 ** (-42 / 20)
_PEAK_DECAY = 0.5 ** (1 / 400)
"""The loudest level is forgotten by half in 2 s."""
_AS_GOOD = 0.97
_PLAINLY = 0.95
_LEAP_OCTAVES = 0.6
_NOISE_RISE = 10.0 ** (12 / 20 / 200)
"""The quietest level is forgotten by 12 dB in a second of quiet."""
_ABOVE_NOISE = 10.0 ** (6 / 20)
_SURELY_LOUD = 10.0 ** (-20 / 20)
_SUBHARMONIC = 0.05
"""Each octave down costs so much likeness: two periods are as like two others as one is like one."""
_CONTINUITY = 0.12


@dataclass(frozen=True, slots=True)
class Pitch:
    """What one step found."""

    hz: float
    """0 where there is no voice."""
    strength: float
    """Likeness of neighbouring periods, 0..1."""
    level: float
    """Root mean square of the newest 16 ms, without hum and what is far above a pitch."""
    centre: float
    """The moment that it holds for, in samples at 48 kHz since the start."""


class LowBand:
    """The newest 128 ms at 8 kHz, below 2.4 kHz: where pitch and periods are looked for."""

    def __init__(self) -> None:
        at = np.arange(_TAPS) - (_TAPS - 1) / 2
        taps = np.sinc(2 * _CUTOFF_HZ / RATE_HZ * at) * np.hamming(_TAPS)
        self._taps = (taps / taps.sum()).astype(np.float32)
        self._tail = np.zeros(_TAPS - DECIMATION + HOP_SAMPLES, np.float32)
        self._windows = np.lib.stride_tricks.sliding_window_view(self._tail, _TAPS)[::DECIMATION]
        self.samples: NDArray[np.float32] = np.zeros(_KEPT, np.float32)
        """The last one is number `count` - 1."""
        self.count = 0

    @property
    def first(self) -> int:
        """Number of the oldest sample kept."""
        return self.count - _KEPT

    @staticmethod
    def moment(number: float) -> float:
        """Where sample `number` lies on the input, in samples at 48 kHz."""
        return DECIMATION * number + DECIMATION - 1 - (_TAPS - 1) / 2

    @staticmethod
    def number(moment: float) -> float:
        """The reverse of `moment`."""
        return (moment - DECIMATION + 1 + (_TAPS - 1) / 2) / DECIMATION

    def push(self, hop: NDArray[np.float32]) -> None:
        """Takes the next `HOP_SAMPLES` samples at 48 kHz."""
        self._tail[:-HOP_SAMPLES] = self._tail[HOP_SAMPLES:]
        self._tail[-HOP_SAMPLES:] = hop
        self.samples[:-LOW_HOP] = self.samples[LOW_HOP:]
        self.samples[-LOW_HOP:] = self._windows @ self._taps
        self.count += LOW_HOP


def _band_of_pitch() -> NDArray[np.float32]:
    """The response of a Butterworth high-pass of the fourth order and a gentle low-pass, newest sample last.

    Mains hum at 50 or 60 Hz is as periodic as a voice, and louder than a pause. Of a gliding voice the upper harmonics
    are no longer alike after one period.
    """
    response = np.zeros(_BAND_TAPS)
    response[0] = 1.0
    tangent = np.tan(np.pi * _HUM_HZ / LOW_RATE_HZ)
    for quality in (0.54120, 1.30656):
        scale = 1.0 / (1.0 + tangent / quality + tangent**2)
        back = (2.0 * (tangent**2 - 1.0) * scale, (1.0 - tangent / quality + tangent**2) * scale)
        driven = scale * np.convolve(response, (1.0, -2.0, 1.0))[:_BAND_TAPS]
        for n in range(_BAND_TAPS):
            driven[n] -= sum(back[k] * driven[n - 1 - k] for k in (0, 1) if n > k)
        response = driven
    at = np.arange(_SMOOTH_TAPS) - (_SMOOTH_TAPS - 1) / 2
    smooth = np.sinc(2 * _SMOOTH_HZ / LOW_RATE_HZ * at) * np.hamming(_SMOOTH_TAPS)
    return np.convolve(response, smooth / smooth.sum())[:_BAND_TAPS][::-1].astype(np.float32)


def _whole_period(likeness: NDArray[np.float64], peaks: NDArray[np.intp], at: int) -> int:
    """The place of a half or a third of the lag at place `at`, where that is as good a period: else it is two or three.

    Continuity would hold on to two periods taken for one, for as long as the voice lasts.
    """
    for parts in (3, 2):
        part = (_SHORTEST + at) / parts - _SHORTEST
        near = int(peaks[np.abs(peaks - part).argmin()])
        if abs(near - part) <= 1.0 + _SHORTEST / 10 and likeness[near + 1] > max(_AS_GOOD * likeness[at + 1], _PLAINLY):
            return near
    return at


class PitchTracker:
    """Normalised cross-correlation of the newest 16 ms with what came one period before."""

    def __init__(self, band: LowBand) -> None:
        self._band = band
        self._taps = _band_of_pitch()
        self._heard = np.zeros(_WINDOW + _LONGEST + 1)
        self._sums = np.zeros(len(self._heard) + 1)
        lags = np.arange(_SHORTEST, _LONGEST + 1)
        self._octaves = np.log2(lags / _SHORTEST).astype(np.float64)
        self._cost = _SUBHARMONIC * self._octaves
        self._previous = 0.0
        self._newest = Pitch(0.0, 0.0, 0.0, 0.0)
        self._rested = False
        self._voiced = False
        self._doubtful = False
        self._peak = 0.0
        self._noise = _FLOOR

    def step(self) -> Pitch:
        """The pitch at the newest samples of the band; called once for every hop."""
        self._heard[:-LOW_HOP] = self._heard[LOW_HOP:]
        self._heard[-LOW_HOP:] = np.correlate(self._band.samples[-(_BAND_TAPS + LOW_HOP - 1) :], self._taps, "valid")
        if self._newest.hz and not self._rested:
            # A voice that goes on is looked at every 10 ms, which halves the work where there is most of it.
            self._rested = True
            return replace(self._newest, centre=self._newest.centre + HOP_SAMPLES)
        self._rested = False
        self._newest = self._look()
        return self._newest

    def _look(self) -> Pitch:
        likeness, level = self._likeness()
        lag, strength = self._best(likeness)
        loud = self._is_loud(level, LOW_RATE_HZ / lag)
        self._voiced = loud and self._decide(strength, LOW_RATE_HZ / lag)
        centre = self._band.moment(self._band.count - 1 - (_WINDOW + lag) / 2)
        if not self._voiced:
            self._previous = 0.0
            return Pitch(0.0, strength if loud else 0.0, level, centre)
        self._previous = LOW_RATE_HZ / lag
        return Pitch(self._previous, strength, level, centre)

    def _is_loud(self, level: float, hz: float) -> bool:
        self._peak = max(level, self._peak * _PEAK_DECAY)
        if hz < _HUM_HIGHEST_HZ and level < max(_HUM_LOUDEST, self._peak * _SURELY_LOUD):
            return False
        # What is near the loudest is never noise: a held note would be its own noise floor after a while.
        if level > self._peak * _SURELY_LOUD:
            return level > _FLOOR
        self._noise = min(level + _FLOOR, self._noise * _NOISE_RISE)
        return level > max(_FLOOR, self._noise * _ABOVE_NOISE, self._peak * _BELOW_PEAK)

    def _decide(self, strength: float, hz: float) -> bool:
        if self._voiced:
            self._doubtful = False
            # At its end a voice seems to leap to a formant.
            leaps = abs(log2(hz / self._previous)) > _LEAP_OCTAVES
            return strength > (_SURE if leaps else _RELEASE)
        sure = strength > (_ONSET if self._doubtful else _SURE)
        self._doubtful = strength > _ONSET
        return sure

    def _likeness(self) -> tuple[NDArray[np.float64], float]:
        """For every lag the correlation, -1..1, and the level of the newest window."""
        heard = self._heard
        products = np.correlate(heard, heard[-_WINDOW:], "valid")[::-1][_SHORTEST - 1 :]
        sums = self._sums
        np.cumsum(heard * heard, out=sums[1:])
        energies = (sums[_WINDOW:] - sums[:-_WINDOW])[::-1][_SHORTEST - 1 :]
        own = float(sums[-1] - sums[-_WINDOW - 1])
        return products / np.sqrt(own * np.abs(energies) + 1e-9), float(np.sqrt(max(own, 0.0) / _WINDOW))

    def _best(self, likeness: NDArray[np.float64]) -> tuple[float, float]:
        """The lag of the best period, between samples, and its likeness. `likeness` starts one lag early."""
        rising = likeness[1:] > likeness[:-1]
        peaks = np.flatnonzero(rising[:-1] > rising[1:])
        if not len(peaks):
            return float(_WINDOW), 0.0
        scores = likeness[peaks + 1] - self._cost[peaks]
        if self._previous:
            distance = self._octaves[peaks] - log2(LOW_RATE_HZ / self._previous / _SHORTEST)
            scores = scores + _CONTINUITY * np.maximum(1.0 - np.abs(distance) / 0.25, 0.0)
        at = _whole_period(likeness, peaks, int(peaks[scores.argmax()]))
        before, peak, after = float(likeness[at]), float(likeness[at + 1]), float(likeness[at + 2])
        bend = before - 2 * peak + after
        shift = 0.5 * (before - after) / bend if bend < 0 else 0.0
        return _SHORTEST + at + shift, min(peak, 1.0)
