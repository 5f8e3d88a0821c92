"""What a stretch's spectra tell: up to where there is sound, the room's noise, a hum of the mains."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from pipeline.audio.stream import RATE_HZ
from pipeline.audio.voice.statistics import FRAME_SAMPLES
from pipeline.preflight.microphone.measures.take import Take, bin_hz, third_octave_db

MAINS_HZ = (50.0, 60.0)
GATED_DBFS = -95.0
"""Pauses below hold nothing at all: the steps of 16 bits alone are at -101."""
_DEPTH_DB = 65.0
"""So far below its loudest third of an octave a voice's own sound ends."""
_MIRRORS_HZ = (4_000.0, 5_512.5, 8_000.0)
"""Half the rates from which sound is brought up."""
_MIRRORED = 0.6
"""Measured: 0.89 and more where sound was brought up without a filter, at most 0.27 otherwise."""
_ALL_DB = 60.0
_HARMONICS = 10
_HUM_WINDOW_S = 0.5
_LINE_DB = 8.0
_NOISE_FROM_HZ = 80.0

Levels = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Edge:
    """Where a sound ends."""

    hz: float
    """Up to where there is sound of the voice, or of the noise with it."""
    drop_db: float
    """By how much it falls there from a ninth of an octave below to a ninth above: a voice's own end is gentle."""


@dataclass(frozen=True, slots=True)
class Hum:
    """Lines at the mains' frequency and its multiples."""

    mains_hz: float
    dbfs: float
    """All lines together; -120 where there are none."""
    lines: int
    """Of the first ten, those that stand out; 0 where neither of the lowest two does, for then it is a voice."""


def long_term(take: Take) -> Levels:
    """The mean power of speech for each bin; float64 (bins,). Only of a take with speech."""
    return np.asarray(take.powers[take.speech].mean(axis=0, dtype=np.float64))


def bandwidth(take: Take) -> Edge:
    """Up to where a microphone or a link carries sound. Only of a take with speech.

    The loud frames of each frequency count, since only some sounds of speech reach up high.
    """
    levels = 10.0 * np.log10(np.percentile(take.powers[take.speech], 95, axis=0).astype(np.float64) + 1e-18)
    levels = np.convolve(np.pad(levels, 4, "edge"), np.ones(9) / 9.0, "valid")
    hz = bin_hz()
    threshold = levels[(hz > 100.0) & (hz < 4_000.0)].max() - _DEPTH_DB
    above = np.flatnonzero(levels > threshold)
    gentle = float(hz[above[-1]]) if len(above) else 0.0
    for middle_hz in _MIRRORS_HZ:
        if middle_hz < gentle and likeness_about(take, middle_hz) > _MIRRORED:
            return Edge(0.97 * middle_hz, _ALL_DB)
    steep = _cliff(levels, threshold)
    return steep if 0.0 < steep.hz < gentle * 1.03 else Edge(gentle, _drop(levels, gentle))


def likeness_about(take: Take, middle_hz: float) -> float:
    """How alike the sound above a frequency is to the mirror image of that below, -1..1.

    Whoever brings sound up from a lower rate without a filter leaves such images above its half.
    """
    about = middle_hz * 2.0 * FRAME_SAMPLES / RATE_HZ
    below = np.arange(int(0.3 * about / 2.0), int(0.94 * about / 2.0))
    levels = 10.0 * np.log10(take.powers[take.speech] + 1e-16)
    sides = [levels[:, bins] for bins in (below, np.round(about - below).astype(np.int64))]
    flat = [side - side.mean(axis=0) - side.mean(axis=1, keepdims=True) + side.mean() for side in sides]
    spread = float(np.sqrt(np.mean(np.square(flat[0])) * np.mean(np.square(flat[1]))))
    return float(np.mean(flat[0] * flat[1])) / max(spread, 1e-9)


def _drop(levels: Levels, at_hz: float) -> float:
    """The fall from just below a frequency to just above it."""
    hz = bin_hz()
    below = levels[(hz >= at_hz / 1.12) & (hz <= at_hz / 1.03)]
    above = levels[(hz >= at_hz * 1.04) & (hz <= at_hz * 1.13)]
    return float(below.mean() - above.mean()) if len(below) and len(above) else 0.0


def _cliff(levels: Levels, threshold: float) -> Edge:
    """The steepest fall above 2.5 kHz after which there is nothing that counts."""
    hz = bin_hz()
    found = Edge(0.0, 0.0)
    for place in range(int(np.searchsorted(hz, 2_500.0)), int(np.searchsorted(hz, 20_500.0)), 2):
        beyond = levels[hz >= hz[place] * 1.04]
        drop = _drop(levels, float(hz[place]))
        if drop > found.drop_db and float(np.percentile(beyond, 98)) < threshold + 5.0:
            found = Edge(float(hz[place]), drop)
    return found


def noise_dbfs(take: Take) -> float | None:
    """The level of the pauses from 80 Hz up, the mains' lines left out; None where there are no pauses."""
    if take.pause.sum() < 3:
        return -120.0 if np.any(take.powers.sum(axis=1) < 1e-13) else None
    powers = np.median(take.powers[take.pause], axis=0).astype(np.float64) / np.log(2.0)
    powers = np.minimum(powers, signal.medfilt(powers, 21) * 4.0)
    return float(10.0 * np.log10(powers[bin_hz() >= _NOISE_FROM_HZ].sum() + 1e-12))


def speech_dbfs(take: Take) -> float:
    """The level of the frames with speech. Only of a take with speech."""
    return float(10.0 * np.log10(long_term(take)[bin_hz() >= _NOISE_FROM_HZ].sum() + 1e-12))


def spectrum_db(take: Take) -> Levels:
    """The long-term spectrum of speech in third-octaves; float64 (22,). Only of a take with speech."""
    return third_octave_db(long_term(take))


def hum(take: Take) -> Hum:
    """The mains in the sound: lines that stay while speech comes and goes."""
    size = int(_HUM_WINDOW_S * RATE_HZ)
    if len(take.sound) < 3 * size:
        return Hum(0.0, -120.0, 0)
    low = signal.decimate(take.sound.astype(np.float64), 16, ftype="fir")
    rate = RATE_HZ / 16
    hz, _, powers = signal.spectrogram(
        low, rate, "hann", int(rate * _HUM_WINDOW_S), int(rate * _HUM_WINDOW_S * 0.75), int(rate), scaling="spectrum"
    )
    steady = np.percentile(powers, 10, axis=1)
    return max((_lines(hz, steady, mains) for mains in MAINS_HZ), key=lambda found: (found.lines, found.dbfs))


def _lines(hz: Levels, powers: Levels, mains_hz: float) -> Hum:
    total, numbers = 1e-12, []
    for number in range(1, _HARMONICS + 1):
        away = np.abs(hz - number * mains_hz)
        line = float(powers[away <= 2.0].max())
        around = float(np.median(powers[(away >= 6.0) & (away <= 20.0)]))
        if line > around * 10.0 ** (_LINE_DB / 10.0):
            total += line
            numbers.append(number)
    lines = len(numbers) if numbers and numbers[0] <= 2 else 0
    return Hum(mains_hz, float(10.0 * np.log10(total)), lines)
