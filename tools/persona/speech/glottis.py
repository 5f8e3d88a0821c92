"""What the vocal folds give: pulses of air, each a little different from the last."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import resample_poly

from tools.persona.speech.phones import Floats
from tools.persona.speech.score import STEP_HZ

FINE = 4
"""The pulses' sharp closures are drawn at so many times the rate, so that they do not alias."""
_JITTER, _SHIMMER = 0.006, 0.035
"""Spread of one period's length and height, as shares."""
_OPEN, _OPEN_SOFT = 0.56, 0.72
"""Share of a period in which the folds are apart, at full voice and at the edge of silence."""


@dataclass(frozen=True, slots=True)
class Folds:
    """The folds' work over a loop, both at the sound's rate.

    Attributes:
        flow: the derivative of the air flow, about -1..1 at full voice.
        open: 1 while the folds are apart, and where there is no voice.
    """

    flow: Floats
    open: Floats


def folds(pitch_hz: Floats, voice: Floats, rate_hz: int, seed: int) -> Folds:
    """The pulses for a pitch and a level given `STEP_HZ` times a second."""
    rng = np.random.default_rng(seed)
    fine_hz = rate_hz * FINE
    size = len(pitch_hz) * fine_hz // STEP_HZ
    flow, gate = np.zeros(size), np.ones(size)
    end_s, t_s = len(pitch_hz) / STEP_HZ, 0.0
    while t_s < end_s:
        step = int(t_s * STEP_HZ)
        if voice[step] < 1e-3:
            t_s = (step + 1.5) / STEP_HZ
            continue
        period_s = (1 + _JITTER * rng.standard_normal()) / pitch_hz[step]
        open_share = _OPEN + (_OPEN_SOFT - _OPEN) * (1 - min(voice[step] / 0.5, 1.0))
        first, last = int(np.ceil(t_s * fine_hz)), min(int(np.ceil((t_s + period_s) * fine_hz)), size)
        phase = (np.arange(first, last) / fine_hz - t_s) / (period_s * open_share)
        height = voice[step] * (1 + _SHIMMER * rng.standard_normal())
        flow[first:last] = height * _pulse(phase)
        gate[first:last] = phase < 1
        t_s += period_s
    return Folds(np.asarray(resample_poly(flow, 1, FINE)), gate[::FINE])


def _pulse(phase: Floats) -> Floats:
    """The slope of a flow that swells over the open phase 0..1 and is cut off at its end.

    Source: D. Klatt and L. Klatt, "Analysis, synthesis, and perception of voice quality variations", 1990.
    """
    return np.where((phase >= 0) & (phase < 1), 2 * phase - 3 * phase**2, 0.0)
