"""The call's other end in the microphone."""

from dataclasses import dataclass

import numpy as np
import soxr
from numpy.typing import NDArray
from scipy import signal

from pipeline.preflight.evidence import Heard
from pipeline.preflight.microphone.measures.take import mono, sane

_RATE_HZ = 8_000
_SEGMENT = 8_192
_LONGEST_S = 0.4
_TAIL_S = 0.05
_EARLY = 16
_PLAIN = 9.0
"""By how much the likeness at one delay stands out of the likeness at any."""


@dataclass(frozen=True, slots=True)
class Echo:
    """How much of what is played comes back."""

    db: float
    """Its level against the microphone's own; -120 where there is none."""
    delay_s: float


def echo(heard: Heard) -> Echo | None:
    """The echo of `heard.played`, or None where nothing was played or too little of it.

    Source: C. Knapp and G. Carter, "The generalized correlation method for estimation of time delay", 1976.
    """
    if heard.played is None:
        return None
    count = min(len(heard.samples), len(heard.played))
    if count < heard.rate_hz or heard.rate_hz <= 0:
        return None
    played, sound = (_narrow(sound[:count], heard.rate_hz) for sound in (sane(heard.played), mono(heard)))
    if len(played) < 2 * _SEGMENT or np.mean(np.square(played)) < 1e-7:
        return None
    _, across = signal.csd(played, sound, _RATE_HZ, nperseg=_SEGMENT, detrend=False)
    _, power = signal.welch(played, _RATE_HZ, nperseg=_SEGMENT, detrend=False)
    likeness = np.fft.irfft(across / np.maximum(np.abs(across), 1e-20))[: int(_LONGEST_S * _RATE_HZ)]
    place = int(np.argmax(np.abs(likeness)))
    if np.abs(likeness[place]) < _PLAIN * np.median(np.abs(likeness)) / 0.6745:
        return Echo(-120.0, 0.0)
    way = np.fft.irfft(across / (power + 1e-3 * power.max()))
    early, late = place - _EARLY, place + int(_TAIL_S * _RATE_HZ)
    # What is found as long after is chance.
    back, by_chance = (
        _power_through(played, np.roll(way, -at)[: late - early]) for at in (early, late + _SEGMENT // 4)
    )
    ratio = max(back - by_chance, 1e-12) / max(float(np.mean(np.square(sound))), 1e-14)
    return Echo(float(10.0 * np.log10(max(ratio, 1e-12))), place / _RATE_HZ)


def _power_through(sound: NDArray[np.float64], path: NDArray[np.float64]) -> float:
    return float(np.mean(np.square(signal.fftconvolve(sound, path)[: len(sound)])))


def _narrow(sound: NDArray[np.float32], rate_hz: int) -> NDArray[np.float64]:
    """At 8 kHz, from 200 Hz up."""
    low = np.asarray(soxr.resample(sound.astype(np.float64), rate_hz, _RATE_HZ), np.float64)
    return np.asarray(signal.sosfilt(signal.butter(2, 200.0, "high", fs=_RATE_HZ, output="sos"), low))
