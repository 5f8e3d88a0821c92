"""Where the periods of a voice lie: one mark for each, at its strongest moment."""

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.voice.pitch import DECIMATION, LOW_HOP, LOW_RATE_HZ, LowBand, Pitch

_ENERGY_TAPS = 9
_REACH = 0.2
"""How far from its expected place a mark is looked for, in periods."""
_STRONGEST = 0.15
"""What a period's strongest moment adds to the likeness of a place."""
_LOST = 0.2
_KEPT = 48


@dataclass(frozen=True, slots=True)
class Mark:
    """One period."""

    at: float
    """Its strongest moment, in samples at 48 kHz since the start."""
    period: float
    """Its length in the same samples."""
    voice: int
    """Number of the stretch of voice that it belongs to."""


class MarkTracker:
    """Follows a voice from one period to the most alike place about one period on."""

    def __init__(self, band: LowBand) -> None:
        self._band = band
        self._energy = np.zeros(len(band.samples), np.float32)
        self._smooth = np.hanning(_ENERGY_TAPS + 2)[1:-1].astype(np.float32)
        self.marks: deque[Mark] = deque(maxlen=_KEPT)
        """The newest periods, oldest first."""
        self.voice = 0
        """Number of the newest stretch of voice."""
        self.open = False
        """True while that stretch goes on."""
        self._place = 0.0
        self._until = 0.0

    def step(self, pitch: Pitch) -> None:
        """Takes what the tracker found for the newest hop of the band."""
        newest = self._band.samples[-(LOW_HOP + _ENERGY_TAPS) :]
        rise = newest[1:] - newest[:-1]
        self._energy[:-LOW_HOP] = self._energy[LOW_HOP:]
        self._energy[-LOW_HOP:] = np.correlate(rise * rise, self._smooth, "valid")
        if pitch.hz:
            period = LOW_RATE_HZ / pitch.hz
            self._until = LowBand.number(pitch.centre)
            if not self.open:
                self._begin(period)
            self._follow(period, self._band.count)
        elif self.open:
            period = self.marks[-1].period / DECIMATION
            self._follow(period, self._until + period)
            self.open = False

    def _begin(self, period: float) -> None:
        """The first mark of a new stretch, and those just before it."""
        self.voice += 1
        self.open = True
        low = round(self._until - period / 2)
        # Half a period after the mark is looked at too; of a very low voice it has not been heard yet.
        high = min(low + max(round(period), 2), self._band.count - int(period / 2) - 1)
        span = self._energy[low - self._band.first : high - self._band.first]
        # The smoothed energy lags by half its window.
        place = float(low + int(span.argmax()) - _ENERGY_TAPS // 2 - 1)
        found = [(place, period)]
        for _ in range(2):
            earlier, likeness = self._neighbour(found[0][0], period, -1)
            if likeness < 0.6:
                break
            found.insert(0, (earlier, period))
        for place, length in found:
            self._add(place, length)

    def _follow(self, period: float, end: float) -> None:
        while self._place + period * (1.5 + _REACH) + 2 < self._band.count and self._place + period / 2 < end:
            place, likeness = self._neighbour(self._place, period, 1)
            if likeness < _LOST:
                place = self._place + period
            self._add(place, period)

    def _add(self, place: float, period: float) -> None:
        self._place = place
        self.marks.append(Mark(LowBand.moment(place), DECIMATION * period, self.voice))

    def _neighbour(self, place: float, period: float, direction: int) -> tuple[float, float]:
        """The place most like `place` about one period away, and its likeness, -1..1."""
        half, reach = max(int(period / 2), 4), max(int(_REACH * period), 2)
        centre, guess = round(place), round(place + direction * period)
        first = self._band.first
        low = guess - reach - half - first
        mould = self._band.samples[centre - half - first : centre + half - first]
        area = self._band.samples[low : low + 2 * (half + reach)]
        sums = np.zeros(len(area) + 1, np.float64)
        np.cumsum(np.square(area), out=sums[1:])
        energies = sums[2 * half :] - sums[: -2 * half]
        likeness = np.correlate(area, mould, "valid") / np.sqrt(energies * float(mould @ mould) + 1e-9)
        lead = guess - reach - first + _ENERGY_TAPS // 2 + 1
        strength = self._energy[lead : lead + len(likeness)]
        scores = likeness + _STRONGEST * (strength / (float(strength.max()) + 1e-9))
        at = int(scores.argmax())
        return place + (guess - reach + at - centre) + _between(scores, at), float(likeness[at])


def _between(scores: NDArray[np.float64], at: int) -> float:
    """How far the peak of the parabola through three values lies from the middle one."""
    if not 0 < at < len(scores) - 1:
        return 0.0
    before, peak, after = float(scores[at - 1]), float(scores[at]), float(scores[at + 1])
    bend = before - 2 * peak + after
    return max(-0.5, min(0.5, 0.5 * (before - after) / bend)) if bend < 0 else 0.0
