"""The mouth and nose as a chain of resonators."""

from __future__ import annotations

import numba
import numpy as np

from tools.persona.speech.phones import TRACT, UPPER_HZ, Floats
from tools.persona.speech.score import Score, at_rate

_WIDTHS_HZ = (75.0, 95.0, 150.0, 240.0, 330.0)
_NASAL_WIDTHS_HZ = (60.0, 130.0, 160.0, 120.0, 100.0)
"""What an open nose adds to them."""
_HIGHER_HZ = tuple(5500.0 + 1000.0 * number for number in range(10))
"""A tube has a resonance about every kilohertz; without them the voice would be dull above the fifth."""
_NOSE_HZ, _NOSE_OPEN_HZ, _NOSE_WIDTH_HZ = 270.0, 470.0, 100.0
"""The nose's resonance, and where its zero goes as the nose opens; together they cancel."""
_LEAD_S = 0.5


def spoken_through(source: Floats, score: Score, rate_hz: int) -> Floats:
    """A looped source at the lips, as it leaves a mouth that moves by the score."""
    lead = round(_LEAD_S * rate_hz)
    nasal = _led(at_rate(score.nasal, rate_hz), lead)
    dulled = _dulled(_led(source, lead), _led(at_rate(score.muffled_db, rate_hz), lead), float(rate_hz))
    zero_hz = _NOSE_HZ + (_NOSE_OPEN_HZ - _NOSE_HZ) * nasal
    through = _nose(dulled, zero_hz, _NOSE_HZ, _NOSE_WIDTH_HZ, float(rate_hz))
    moving = _led(at_rate(score.formants_hz, rate_hz), lead)
    centres = [*moving.T, *(np.full_like(nasal, hz * TRACT) for hz in (*UPPER_HZ, *_HIGHER_HZ))]
    widths = [width + more * nasal for width, more in zip(_WIDTHS_HZ, _NASAL_WIDTHS_HZ, strict=True)]
    widths += [np.full_like(nasal, 0.075 * hz) for hz in _HIGHER_HZ]
    return np.asarray(_chain(through, np.array(centres), np.array(widths), float(rate_hz))[lead:])


def _led(row: Floats, lead: int) -> Floats:
    """A looped row with its end put before its start, in which resonators settle."""
    return np.concatenate([row[len(row) - lead :], row])


@numba.njit(cache=True)
def _chain(source: Floats, centres_hz: Floats, widths_hz: Floats, rate_hz: float) -> Floats:
    """A signal through resonators one after the other, each with unit gain at 0 Hz."""
    out = source.copy()
    for k in range(centres_hz.shape[0]):
        one = two = 0.0
        for i in range(len(out)):
            radius = np.exp(-np.pi * widths_hz[k, i] / rate_hz)
            c = -radius * radius
            b = 2 * radius * np.cos(2 * np.pi * centres_hz[k, i] / rate_hz)
            value = (1 - b - c) * out[i] + b * one + c * two
            two, one = one, value
            out[i] = value
    return out


@numba.njit(cache=True)
def _nose(source: Floats, zero_hz: Floats, pole_hz: float, width_hz: float, rate_hz: float) -> Floats:
    """A signal through a resonance and a moving zero."""
    out = np.empty_like(source)
    radius = np.exp(-np.pi * width_hz / rate_hz)
    c = -radius * radius
    pole_b = 2 * radius * np.cos(2 * np.pi * pole_hz / rate_hz)
    x1 = x2 = y1 = y2 = 0.0
    for i in range(len(source)):
        b = 2 * radius * np.cos(2 * np.pi * zero_hz[i] / rate_hz)
        zeroed = (source[i] - b * x1 - c * x2) / (1 - b - c)
        x2, x1 = x1, source[i]
        value = (1 - pole_b - c) * zeroed + pole_b * y1 + c * y2
        y2, y1 = y1, value
        out[i] = value
    return out


@numba.njit(cache=True)
def _dulled(source: Floats, at_3k_db: Floats, rate_hz: float) -> Floats:
    """A signal through a one-pole low-pass that takes so much off at 3 kHz."""
    out = np.empty_like(source)
    cosine = np.cos(2 * np.pi * 3000.0 / rate_hz)
    last = 0.0
    for i in range(len(source)):
        power = 10 ** (-max(at_3k_db[i], 0.01) / 10)
        middle = (1 - power * cosine) / (1 - power)
        pole = middle - np.sqrt(max(middle * middle - 1, 0.0))
        last = (1 - pole) * source[i] + pole * last
        out[i] = last
    return out
