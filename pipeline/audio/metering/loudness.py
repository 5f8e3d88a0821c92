"""How loud a sound is to a listener: ITU-R BS.1770-4 and EBU R 128.

A sine of 997 Hz at full scale on one channel reads -3.01 LUFS. Sources: ITU-R BS.1770-4, annex 1; EBU Tech 3341.
"""

import math
from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.metering.weighting import SILENCE_LUFS, loudness_of, make_weighting
from pipeline.audio.stream import RATE_HZ
from pipeline.media import Block

STEP = RATE_HZ // 10
"""100 ms: gating blocks of 400 ms overlap by three quarters."""
MOMENTARY, SHORT_TERM = 4, 30
"""Steps of the momentary (400 ms) and the short-term (3 s) loudness."""
ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
BINS_PER_LU = 100
LOUDEST_LUFS = 30.0
BINS = int(BINS_PER_LU * (LOUDEST_LUFS - ABSOLUTE_GATE_LUFS))
"""The integrated loudness keeps a histogram, so that hours take no more memory than seconds."""
ABSURD = 1e4
"""Samples beyond, and what is no number, count as silence."""


@dataclass(frozen=True, slots=True)
class LoudnessReading:
    """Loudness in LUFS; -120 where nothing was heard."""

    momentary_lufs: float
    """Of the last 400 ms."""
    short_term_lufs: float
    """Of the last 3 s."""
    integrated_lufs: float
    """Of everything, without silence and pauses."""


class LoudnessMeter:
    """Measures a stream of 48 kHz mono."""

    def __init__(self) -> None:
        self._filter = make_weighting()
        self.reset()

    def reset(self) -> None:
        """Starts a new measurement."""
        self._filter.reset()
        self._partial: float = 0.0
        self._filled: int = 0
        self._steps: deque[float] = deque(maxlen=SHORT_TERM)
        self._counts = np.zeros(BINS, np.int64)
        self._powers = np.zeros(BINS, np.float64)

    def feed(self, block: Block) -> None:
        """Takes the stream's next block; how it is cut makes no difference."""
        sound = block.samples[:, 0]
        with np.errstate(over="ignore"):
            if not float(sound.dot(sound)) < ABSURD:
                sound = np.where(np.abs(sound) < ABSURD, sound, np.float32(0.0))
        weighted = self._filter.process(sound)
        while len(weighted):
            taken, weighted = weighted[: STEP - self._filled], weighted[STEP - self._filled :]
            self._partial += float(taken @ taken)
            self._filled += len(taken)
            if self._filled == STEP:
                self._complete()

    def _complete(self) -> None:
        """A step is full; with the three before it, it is a gating block."""
        self._steps.append(self._partial / STEP)
        self._partial, self._filled = 0.0, 0
        if len(self._steps) < MOMENTARY:
            return
        power = self._mean(MOMENTARY)
        loudness = loudness_of(power)
        if loudness >= ABSOLUTE_GATE_LUFS:
            place = min(BINS - 1, int((loudness - ABSOLUTE_GATE_LUFS) * BINS_PER_LU))
            self._counts[place] += 1
            self._powers[place] += power

    def _mean(self, steps: int) -> float:
        """The mean square of the last steps; what was before the start is silence."""
        return sum(list(self._steps)[-steps:]) / steps

    def _integrated(self) -> float:
        mean = _mean_from(0, self._counts, self._powers)
        if mean <= 0.0:
            return SILENCE_LUFS
        gate = max(ABSOLUTE_GATE_LUFS, loudness_of(mean) + RELATIVE_GATE_LU)
        start = min(BINS - 1, math.ceil((gate - ABSOLUTE_GATE_LUFS) * BINS_PER_LU))
        return loudness_of(_mean_from(start, self._counts, self._powers))

    def reading(self) -> LoudnessReading:
        """The loudness up to the last full tenth of a second."""
        return LoudnessReading(
            loudness_of(self._mean(MOMENTARY)), loudness_of(self._mean(SHORT_TERM)), self._integrated()
        )


def _mean_from(start: int, counts: NDArray[np.int64], powers: NDArray[np.float64]) -> float:
    """The mean power of the gating blocks from a bin upward; 0 when there is none."""
    count = int(counts[start:].sum())
    return float(powers[start:].sum()) / count if count else 0.0


def loudness(sound: NDArray[np.float32]) -> float:
    """The integrated loudness of a whole piece of 48 kHz mono, in LUFS."""
    meter = LoudnessMeter()
    meter.feed(Block(sound.reshape(-1, 1), RATE_HZ, 0))
    return meter.reading().integrated_lufs
