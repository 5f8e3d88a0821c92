"""How a voice differs in colour from what it is held against: over the last words, not over the last vowel."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.metering.scope import SPEECH
from pipeline.audio.voice.statistics import BANDS_HZ

FOLLOWING_NS = 5_000_000_000
"""The time constant of the mean: a sentence or two."""
SURE_NS = 1_000_000_000
"""After so much speech a difference is told."""
LONGEST_NS = 500_000_000
"""Between two readings no more than this counts as speech: what was said meanwhile is not known."""
JUDGED = slice(3, 20)
"""200 Hz to 8 kHz: below it many voices have nothing, above it many microphones."""
FAINT_DB = -75.0
"""Where no third-octave is louder, nothing goes out."""
SAME_DB = 0.3
"""Two references of one shape differ by less: their levels are told in tenths."""
ALIKE_DB = 3.0
"""A smaller difference is what two sentences of the same voice have."""

Levels = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Difference:
    """The largest one."""

    decibels: float
    """Negative where there is less than there should be."""
    band_hz: float

    @property
    def alike(self) -> bool:
        """Whether it is too small to matter."""
        return abs(self.decibels) < ALIKE_DB


class Contrast:
    """Follows one spectrum against the reference while somebody speaks. One thread."""

    def __init__(self) -> None:
        self._shape: Levels | None = None
        """Of the reference, which is another one after another profile was taken."""
        self._powers: Levels | None = None
        """The mean powers of the last sentences, as a long-term spectrum has them: a pause hardly counts."""
        self._spoken_ns = 0
        self._at_ns: int | None = None

    def add(self, levels_db: Sequence[float], reference_db: Sequence[float], now_ns: int, *, speaking: bool) -> None:
        """Takes both spectra of an instant; empty ones, silence and what nobody says count as nothing."""
        passed_ns = 0 if self._at_ns is None else min(max(0, now_ns - self._at_ns), LONGEST_NS)
        self._at_ns = now_ns
        if not speaking or not levels_db or not reference_db or max(levels_db) < FAINT_DB or not passed_ns:
            return
        reference = np.array(reference_db)
        shape = reference - reference[SPEECH].mean()
        if self._shape is None or np.abs(shape - self._shape).max() > SAME_DB:
            self._shape, self._powers, self._spoken_ns = shape, None, 0
        powers = np.power(10.0, np.array(levels_db) / 10.0)
        share = 1.0 - math.exp(-passed_ns / FOLLOWING_NS)
        self._powers = powers if self._powers is None else self._powers + share * (powers - self._powers)
        self._spoken_ns += passed_ns

    @property
    def level_db(self) -> float | None:
        """The mean level between 200 Hz and 4 kHz over the last sentences; None before the first."""
        return None if self._powers is None else float((10.0 * np.log10(self._powers[SPEECH])).mean())

    @property
    def largest(self) -> Difference | None:
        """Where its colour differs most; None before enough was said."""
        if self._powers is None or self._shape is None or self._spoken_ns < SURE_NS:
            return None
        levels = 10.0 * np.log10(self._powers)
        colour = levels - levels[SPEECH].mean() - self._shape
        at = JUDGED.start + int(np.abs(colour[JUDGED]).argmax())
        return Difference(float(colour[at]), BANDS_HZ[at])
