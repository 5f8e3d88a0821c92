"""Steps, desk knocks, ventilation and direct current, below any voice."""

import math

import numpy as np

from pipeline.audio.condition.mono import MonoStage, Sound
from pipeline.audio.metering.recursive import RecursiveFilter, Sections
from pipeline.audio.stream import RATE_HZ

ORDER = 4


def butterworth(corner_hz: float) -> Sections:
    """A high-pass of order 4, flat above its corner, as two second-order sections at 48 kHz.

    Source: R. Bristow-Johnson, "Cookbook formulae for audio EQ biquad filter coefficients", high-pass.
    """
    turn = 2.0 * math.pi * corner_hz / RATE_HZ
    sections = []
    for pair in range(ORDER // 2):
        quality = 1.0 / (2.0 * math.cos(math.pi * (2 * pair + 1) / (2 * ORDER)))
        alpha = math.sin(turn) / (2.0 * quality)
        scale = 1.0 / (1.0 + alpha)
        top = (1.0 + math.cos(turn)) / 2.0 * scale
        sections.append((top, -2.0 * top, top, -2.0 * math.cos(turn) * scale, (1.0 - alpha) * scale))
    return tuple(sections)


class HighPass(MonoStage):
    """Takes away what lies below the voice, without delay."""

    def __init__(self, corner_hz: float = 80.0) -> None:
        super().__init__("high-pass")
        self._filter = RecursiveFilter(butterworth(corner_hz))

    def _run(self, sound: Sound) -> Sound:
        return self._filter.process(sound).astype(np.float32)

    def reset(self) -> None:
        """Forgets what was heard."""
        self._filter.reset()
