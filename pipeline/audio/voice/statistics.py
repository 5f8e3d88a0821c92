"""What is measured of a voice: how high it is, how lively, how long its throat, how its sound is coloured."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.stream import RATE_HZ

BANDS_HZ = (
    *(100.0, 125.0, 160.0, 200.0, 250.0, 315.0, 400.0, 500.0, 630.0, 800.0, 1_000.0),
    *(1_250.0, 1_600.0, 2_000.0, 2_500.0, 3_150.0, 4_000.0, 5_000.0, 6_300.0, 8_000.0, 10_000.0, 12_500.0),
)
"""Centres of the third-octaves of a long-term spectrum."""
AVERAGE_SPECTRUM_DB = (
    *(54.4, 57.7, 56.8, 60.2, 60.3, 59.0, 62.1, 62.1, 60.5, 56.8, 53.7),
    *(53.0, 52.0, 48.7, 48.1, 46.8, 45.6, 44.5, 44.3, 43.7, 43.4, 41.3),
)
"""The long-term average speech spectrum of women and men in twelve languages (Byrne and others, 1994)."""
FRAME_SAMPLES = 2_048
"""The stretch that a spectrum is taken of, 43 ms."""
SCALE_LIMITS = (0.75, 1.35)

_FORMANTS_HZ = (537.0, 1_552.0, 2_580.0)
"""The average adult's first three over ten vowels, halfway between women and men (Peterson and Barney, 1952)."""
_WEIGHTS = (0.15, 0.25, 0.6)
"""The higher a formant, the less it has to do with the vowel."""
_PLAUSIBLE_HZ = ((220.0, 1_150.0), (700.0, 3_100.0), (1_700.0, 4_200.0))
_ORDER = 11
_LPC_BINS = 224
"""Up to 5.2 kHz."""
_WIDEST_HZ = 500.0
_BEST_KNOWN_SEMITONE = 4
_LOWEST_HZ = 50.0
_SEMITONES = 42
_FAINT = 0.04
_WIDEST_RANGE = 24.0
_PRIOR_RANGE = 4.0
_PRIOR_HOPS = 150.0
_FORGET_HOPS = 8_000.0
_ANYBODY_HZ = (80.0, 320.0)
"""Anybody's median pitch lies somewhere between these."""
_ANYBODY_HOPS = 6.0
"""What is known of anybody counts as much as so many steps: a voice often begins with leaps of an octave and more."""
_SOMEBODY_HOPS = 100.0
"""After so many steps it counts no more."""
_FORMANT_STEP = 0.01
_FRAMES_FORGOTTEN = 750.0
_DOUBTED_FRAMES = 20.0
_ACTIVE = 10.0 ** (-30 / 10)
_AUDIBLE = 10.0 ** (-58 / 10)


@dataclass(frozen=True, slots=True)
class VoiceStatistics:
    """A voice in figures."""

    median_f0_hz: float
    f0_range_semitones: float
    """From the 10th to the 90th percentile."""
    formant_scale: float
    """Formants against an average adult's."""
    spectrum_db: tuple[float, ...]
    """Levels in the third-octaves `BANDS_HZ`; only their differences count."""


def scale_from_pitch(hz: float) -> float:
    """The formant scale that a voice of this median pitch has most often: low voices come from long throats."""
    return float(np.clip((hz / 155.0) ** 0.25, *SCALE_LIMITS))


class PitchLearner:
    """Median and range of the pitch, from voiced steps; what is long past counts less."""

    def __init__(self) -> None:
        self._counts = np.zeros(_SEMITONES * _BEST_KNOWN_SEMITONE)
        self._loudest = 1e-9
        self.hops = 0.0
        """Voiced steps heard, at most those of about 40 s."""

    def hear(self, hz: float, level: float = 1.0) -> None:
        """One voiced step at a level; what is far below the loudest, such as hum, hardly counts."""
        if level > self._loudest:
            self._counts *= self._loudest / level
            self._loudest = level
        place = int(12 * _BEST_KNOWN_SEMITONE * np.log2(hz / _LOWEST_HZ))
        self._counts[min(max(place, 0), len(self._counts) - 1)] += min(level / (_FAINT * self._loudest), 1.0)
        self.hops += 1.0
        if self.hops > _FORGET_HOPS:
            self._counts *= 0.5
            self.hops *= 0.5
            self._loudest *= 0.5

    @property
    def median_hz(self) -> float:
        """Only where something was heard; with few steps nearer to the middle of what anybody's may be."""
        counts, usual = self._counts, _ANYBODY_HOPS * (1.0 - self.hops / _SOMEBODY_HOPS)
        if usual > 0.0:
            counts = counts * (self.hops / counts.sum()) + usual * _anybody()
        return float(_LOWEST_HZ * 2.0 ** (_percentile(counts, 0.5) / 12))

    @property
    def range_semitones(self) -> float:
        """Nearer to a usual range, the less was heard."""
        heard = min(_percentile(self._counts, 0.9) - _percentile(self._counts, 0.1), _WIDEST_RANGE)
        return (self.hops * heard + _PRIOR_HOPS * _PRIOR_RANGE) / (self.hops + _PRIOR_HOPS)


def _percentile(counts: NDArray[np.float64], share: float) -> float:
    """Of a histogram of pitches, in semitones above the lowest one."""
    sums = np.cumsum(counts)
    place = int(np.searchsorted(sums, share * sums[-1]))
    before = sums[place - 1] if place else 0.0
    part = (share * sums[-1] - before) / max(float(counts[place]), 1e-9)
    return (place + float(part)) / _BEST_KNOWN_SEMITONE


def _anybody() -> NDArray[np.float64]:
    """The shares of the pitches that a voice may have that nobody knows yet: all alike."""
    places = np.arange(_SEMITONES * _BEST_KNOWN_SEMITONE) / (12 * _BEST_KNOWN_SEMITONE)
    low, high = np.log2(np.array(_ANYBODY_HZ) / _LOWEST_HZ)
    inside = ((places >= low) & (places < high)).astype(np.float64)
    return np.asarray(inside / inside.sum())


def third_octaves() -> NDArray[np.float32]:
    """What each bin of a spectrum of `FRAME_SAMPLES` samples, from 0 to 24 kHz, counts in each of the `BANDS_HZ`.

    Float32 (bands, bins); what lies between two centres is shared out among both.
    """
    bins = np.fft.rfftfreq(FRAME_SAMPLES, 1.0 / RATE_HZ)
    octaves = np.log2(np.maximum(bins, 1.0)[None, :] / np.array(BANDS_HZ)[:, None])
    inside = np.maximum(1.0 - np.abs(octaves) * 3.0, 0.0) * (np.abs(octaves) < 1.0 / 3.0)
    return np.asarray(inside, np.float32)


class SpectrumLearner:
    """The long-term spectrum of speech: of the stretches that are not pauses."""

    def __init__(self) -> None:
        self._bands = third_octaves()
        self._window = np.hanning(FRAME_SAMPLES).astype(np.float32)
        self._sums = np.zeros(len(BANDS_HZ))
        self._quiet = np.zeros(len(BANDS_HZ))
        self._quiet_frames = 0.0
        self._peak = 0.0
        self.frames = 0.0
        """Stretches heard, at most those of about half a minute."""

    def doubt(self) -> None:
        """Lets what was heard so far count little: something else will be heard from now on."""
        share = min(_DOUBTED_FRAMES / max(self.frames, 1.0), 1.0)
        self._sums *= share
        self.frames *= share

    def power(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """The power spectrum of `FRAME_SAMPLES` samples, from 0 to 24 kHz."""
        spectrum = np.fft.rfft(samples * self._window)
        return np.asarray(np.square(spectrum.real) + np.square(spectrum.imag), np.float32)

    def hear(self, samples: NDArray[np.float32]) -> NDArray[np.float32] | None:
        """Takes `FRAME_SAMPLES` samples. Their power spectrum, or None when they were a pause."""
        level = float(samples @ samples) / FRAME_SAMPLES
        self._peak = max(level, 0.995 * self._peak)
        power = self.power(samples)
        if level < max(_AUDIBLE, _ACTIVE * self._peak):
            self._quiet += self._bands @ power
            self._quiet_frames += 1.0
            if self._quiet_frames > _FRAMES_FORGOTTEN:
                self._quiet *= 0.5
                self._quiet_frames *= 0.5
            return None
        self._sums += self._bands @ power
        self.frames += 1.0
        if self.frames > _FRAMES_FORGOTTEN:
            self._sums *= 0.5
            self.frames *= 0.5
        return power

    @property
    def levels_db(self) -> NDArray[np.float64]:
        """One for each band; only their differences count."""
        return np.asarray(10.0 * np.log10(self._sums / max(self.frames, 1.0) + 1e-9))

    @property
    def clearance_db(self) -> NDArray[np.float64]:
        """By how much speech is above the pauses in each band; 60 where no pause was heard yet."""
        if not self._quiet_frames:
            return np.full(len(BANDS_HZ), 60.0)
        return np.asarray(self.levels_db - 10.0 * np.log10(self._quiet / self._quiet_frames + 1e-9))


class FormantLearner:
    """The formant scale, from the median of each of the first three formants."""

    def __init__(self) -> None:
        self._counts = np.zeros((3, round((np.log(_PLAUSIBLE_HZ[2][1] / _PLAUSIBLE_HZ[0][0])) / _FORMANT_STEP) + 1))
        self.frames = 0.0
        """Stretches in which all three were found."""

    def hear(self, power: NDArray[np.float32]) -> None:
        """Takes the power spectrum of a voiced stretch."""
        found = formants(power)
        if found is None:
            return
        for counts, hz in zip(self._counts, found, strict=True):
            counts[int(np.log(hz / _PLAUSIBLE_HZ[0][0]) / _FORMANT_STEP)] += 1.0
        self.frames += 1.0
        if self.frames > _FRAMES_FORGOTTEN:
            self._counts *= 0.5
            self.frames *= 0.5

    @property
    def scale(self) -> float:
        """Only where something was heard."""
        places = [int(np.searchsorted(np.cumsum(counts), 0.5 * self.frames)) for counts in self._counts]
        medians = _PLAUSIBLE_HZ[0][0] * np.exp((np.array(places) + 0.5) * _FORMANT_STEP)
        scale = np.exp(np.array(_WEIGHTS) @ np.log(medians / np.array(_FORMANTS_HZ)))
        return float(np.clip(scale, *SCALE_LIMITS))


def formants(power: NDArray[np.float32]) -> tuple[float, float, float] | None:
    """The first three formants of a stretch, by linear prediction up to 5.2 kHz; None where they are not plain."""
    band = power[:_LPC_BINS].astype(np.float64)
    top = RATE_HZ * (_LPC_BINS - 1) / FRAME_SAMPLES
    # A voice falls by about 6 dB with each octave; the formants are what stands out of that.
    band *= np.square(np.arange(_LPC_BINS) + 2.0)
    correlation = np.fft.irfft(band)[: _ORDER + 1]
    correlation[0] *= 1.0 + 1e-5
    matrix = correlation[np.abs(np.subtract.outer(np.arange(_ORDER), np.arange(_ORDER)))]
    if correlation[0] <= 0.0:
        return None
    roots = np.roots(np.concatenate(([1.0], -np.linalg.solve(matrix, correlation[1:]))))
    roots = roots[roots.imag > 0.01]
    hz = np.angle(roots) * top / np.pi
    widths = -np.log(np.maximum(np.abs(roots), 1e-6)) * 2 * top / np.pi
    plain = np.sort(hz[(widths < _WIDEST_HZ) & (hz > _PLAUSIBLE_HZ[0][0])])
    if len(plain) < 3 or any(not low < f < high for f, (low, high) in zip(plain, _PLAUSIBLE_HZ, strict=False)):
        return None
    return float(plain[0]), float(plain[1]), float(plain[2])
