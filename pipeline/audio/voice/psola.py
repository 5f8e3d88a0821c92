"""Another pitch and other formants for a voice: two periods at a time, laid down again closer or farther apart."""

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.stream import RATE_HZ
from pipeline.audio.voice.marks import Mark, MarkTracker
from pipeline.audio.voice.pitch import HOP_SAMPLES, LowBand, Pitch, PitchTracker

Sound: TypeAlias = NDArray[np.float32]

_KEPT = 8_192
_AHEAD = 4_096
"""Room for grains beyond what is finished; the longest reaches 55 Hz / 0.7."""
_LOWEST_HZ = 45.0
_HIGHEST_HZ = 700.0
_FARTHEST = 1.8
"""No pitch goes farther from the usual one, 10 semitones: what does is a period taken for two, or hum."""
_CLOSE = 0.004
"""Ratios this near to 1 are 1: 7 cents."""
_THERE = 0.0005
_CUBIC: NDArray[np.float32] = np.array(
    ((0, 2, 0, 0), (-1, 0, 1, 0), (2, -5, 4, -1), (-1, 3, -3, 1)), np.float32
) / np.float32(2)
"""What four samples make of each power, 0 to 3, of the place between their middle two: a Catmull-Rom spline."""


class Shift(NamedTuple):
    """What happens to a voice."""

    pitch: float = 1.0
    """Ratio for the pitch `centre_hz`."""
    formants: float = 1.0
    spread: float = 1.0
    """Ratio of the distance of any other pitch from `centre_hz`, in semitones."""
    centre_hz: float = 150.0

    def toward(self, aim: "Shift", share: float) -> "Shift":
        """A share of the way to another shift; all of it when hardly any is left."""
        if all(abs(mine - other) < _THERE * max(other, 1.0) for mine, other in zip(self, aim, strict=True)):
            return aim
        return Shift(*(mine + share * (other - mine) for mine, other in zip(self, aim, strict=True)))

    @property
    def neutral(self) -> bool:
        """True when nothing changes."""
        return all(abs(ratio - 1.0) < _CLOSE for ratio in self[:3])

    def ratio(self, hz: float) -> float:
        """By how much a pitch goes up."""
        away = min(max((hz / self.centre_hz) ** self.spread, 1.0 / _FARTHEST), _FARTHEST)
        return float(min(max(self.pitch * self.centre_hz * away, _LOWEST_HZ), _HIGHEST_HZ) / hz)


class Psola:
    """A stream in hops. What has no pitch comes out as it went in, `delay` samples later.

    So does the start of a voice until a pitch is sure. In eleven seconds of a real man's speech that is 0.15 % of the
    voice's power and 2 % of that of the first 20 ms of each stretch: 2 ms of half of them, 5 to 70 ms of a third, which
    is 21 dB below the rest (14 of one in ten). It is the same with 20, 40 and 60 ms of look-ahead.
    """

    def __init__(self, look_ahead: int) -> None:
        self.delay = look_ahead + HOP_SAMPLES
        self._look_ahead = look_ahead
        self._band = LowBand()
        self._pitch = PitchTracker(self._band)
        self._tracker = MarkTracker(self._band)
        self._heard = np.zeros(_KEPT, np.float32)
        self._voice = np.zeros(_AHEAD, np.float32)
        self._through = np.ones(_AHEAD, np.float32)
        self._count = 0
        self._next: float | None = None
        self._last = 0.0
        self._last_reach = 0.0
        self._stretch = 0

    @property
    def edge(self) -> int:
        """The first moment that is not finished."""
        return self._count - self._look_ahead

    def step(self, hop: Sound, shift: Shift) -> tuple[Sound, Pitch]:
        """Takes `HOP_SAMPLES` samples; gives as many finished ones, and the pitch at the newest."""
        self._heard[:-HOP_SAMPLES] = self._heard[HOP_SAMPLES:]
        self._heard[-HOP_SAMPLES:] = hop
        start = self.edge
        self._count += HOP_SAMPLES
        self._band.push(hop)
        pitch = self._pitch.step()
        self._tracker.step(pitch)
        self._lay(start, shift)
        return self._take(start), pitch

    def _take(self, start: int) -> Sound:
        at = start - self._count
        raw = self._heard[at : at + HOP_SAMPLES] if at + HOP_SAMPLES else self._heard[at:]
        voice = self._voice[:HOP_SAMPLES]
        done = raw * self._through[:HOP_SAMPLES] + voice
        for buffer, rest in ((self._voice, 0.0), (self._through, float(self._through[-1]))):
            buffer[:-HOP_SAMPLES] = buffer[HOP_SAMPLES:]
            buffer[-HOP_SAMPLES:] = rest
        return done

    def _lay(self, start: int, shift: Shift) -> None:
        """Lays every grain that begins before the next edge. `start` is where the buffers begin."""
        if self._next is None:
            self._begin(start, shift)
        while self._next is not None:
            mark = self._source(self._next)
            if mark is None or shift.neutral:
                self._end(start)
                self._begin(start, shift)
                continue
            reach = mark.period / shift.formants
            if self._next - reach >= self.edge:
                return
            self._place(start, mark, max(self._next, start + 1.0), reach, shift)

    def _source(self, place: float) -> Mark | None:
        """The period to lay at `place`, of those heard to their end; None where the stretch of voice is over."""
        heard = self._count - 3
        nearest: Mark | None = None
        for mark in reversed(self._tracker.marks):
            if mark.voice != self._stretch or mark.at + mark.period > heard:
                continue
            if nearest is None:
                goes_on = self._tracker.open and self._tracker.voice == self._stretch
                if place > mark.at + mark.period / 2 and not goes_on:
                    return None
            elif abs(mark.at - place) > abs(nearest.at - place):
                break
            nearest = mark
        return nearest

    def _begin(self, start: int, shift: Shift) -> None:
        """Starts on the first period that can still be had whole, in step with it."""
        if shift.neutral:
            return
        self._stretch = self._tracker.voice
        found = self._first(start)
        if found is None:
            return
        mark, place = found
        reach = min(mark.period / shift.formants, place - start)
        at = int(place) + 1 - start
        length = int(reach)
        self._through[at - length : at] *= 0.5 + 0.5 * np.cos(
            np.pi / length * np.arange(1, length + 1, dtype=np.float32)
        )
        self._through[at:] = 0.0
        self._place(start, mark, place, reach, shift)

    def _first(self, start: int) -> tuple[Mark, float] | None:
        """The period to begin with and where to lay it: early enough to fade in, and in step with the voice."""
        found: tuple[Mark, float] | None = None
        for mark in reversed(self._tracker.marks):
            if mark.voice != self._stretch or mark.at <= self._last:
                break
            if mark.at + mark.period > self._count - 3:
                continue
            if mark.at >= start + mark.period / 2:
                found = mark, mark.at
            elif found is None and self._tracker.open:
                # Of a low voice a period is known to its end only when it is too late to fade in: its successor is
                # foreseen.
                found = mark, mark.at + mark.period * max(np.ceil((start - mark.at) / mark.period + 0.5), 1.0)
        return found

    def _end(self, start: int) -> None:
        """Fades what goes through unchanged in again, as the last grain fades out."""
        at = max(int(self._last) + 1 - start, 0)
        length = int(self._last_reach)
        self._through[at : at + length] = 0.5 - 0.5 * np.cos(np.pi / length * np.arange(length, dtype=np.float32))
        self._through[at + length :] = 1.0
        self._next = None

    def _place(self, start: int, mark: Mark, at: float, left: float, shift: Shift) -> None:
        """Lays one grain about `at`; `left` is how far it reaches back."""
        right = mark.period / shift.formants
        first, last = int(np.ceil(max(at - left, start))), int(at + right)
        offsets = np.arange(first - at, last + 0.5 - at)
        window = (offsets * (np.pi / right)).astype(np.float32)
        before = int(np.ceil(at)) - first
        window[:before] *= right / left
        np.cos(window, out=window)
        ratio = shift.ratio(RATE_HZ / mark.period)
        window += 1.0
        # Fewer periods a second are weaker. To make up for all of that would drive their peaks into the limits.
        weaker = shift.formants / ratio
        window *= 0.5 * weaker ** (0.25 if weaker > 1.0 else 0.5)
        offsets *= shift.formants
        window *= self._read(mark.at, offsets)
        self._voice[first - start : last + 1 - start] += window
        self._last, self._last_reach = at, right
        self._next = at + mark.period / ratio

    def _read(self, at: float, offsets: NDArray[np.float64]) -> Sound:
        """What was heard at moments between samples, by the cubic through four."""
        moments = offsets + (at - self._count + _KEPT - 1)
        whole = moments.astype(np.intp)
        moments -= whole
        part = moments.astype(np.float32)
        fours = np.empty((4, len(part)), np.float32)
        for step, four in enumerate(fours):
            self._heard[step:].take(whole, out=four, mode="clip")
        coefficients = np.matmul(_CUBIC, fours, dtype=np.float32)
        done: Sound = coefficients[3]
        for coefficient in coefficients[2::-1]:
            done *= part
            done += coefficient
        return done
