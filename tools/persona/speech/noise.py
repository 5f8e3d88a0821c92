"""Hiss: air through a narrow place, and the quiet of a room. All of it loops."""

from __future__ import annotations

import numpy as np

from tools.persona.speech.phones import Floats

PLACES: dict[str, tuple[tuple[float, float, float], ...]] = {
    "lips": ((800.0, 700.0, 1.0), (2200.0, 1800.0, 0.35), (6000.0, 5000.0, 0.1)),
    "ridge": ((3900.0, 1500.0, 1.0), (6200.0, 2600.0, 0.7)),
    "teeth": ((1600.0, 1500.0, 0.35), (7800.0, 5200.0, 1.0)),
    "groove": ((5400.0, 1500.0, 1.0), (7700.0, 2200.0, 0.75), (10500.0, 3500.0, 0.2)),
}
"""Centre and width in Hz and height of what resonates in front of each place."""
THROAT = ((1000.0, 3000.0, 1.0), (3000.0, 6000.0, 0.7))
NOSTRILS = ((500.0, 700.0, 0.5), (1700.0, 1500.0, 1.0), (4200.0, 3500.0, 0.5))
ROOM = ((60.0, 140.0, 1.0), (250.0, 700.0, 0.5), (1500.0, 6000.0, 0.12))


def hiss(bands: tuple[tuple[float, float, float], ...], size: int, rate_hz: int, seed: int) -> Floats:
    """Looped noise with such peaks (centre and width in Hz, height), RMS 1."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(size))
    at_hz = np.fft.rfftfreq(size, 1 / rate_hz)
    power = sum(height**2 / (1 + ((at_hz - centre) / (width / 2)) ** 2) ** 2 for centre, width, height in bands)
    found = np.fft.irfft(spectrum * np.sqrt(power), size)
    return np.asarray(found / np.sqrt(np.mean(found**2)))


def through_microphone(sound: Floats, rate_hz: int) -> Floats:
    """A looped sound as a plain microphone gives it: nothing below 60 Hz, little above 15 kHz."""
    at_hz = np.fft.rfftfreq(len(sound), 1 / rate_hz)
    low = (at_hz / 60) ** 4 / (1 + (at_hz / 60) ** 4)
    high = 1 / (1 + (at_hz / 15000) ** 12)
    return np.asarray(np.fft.irfft(np.fft.rfft(sound) * low * high, len(sound)))
