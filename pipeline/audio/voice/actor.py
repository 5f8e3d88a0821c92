"""What is known of the actor's voice: little at first, more with every word."""

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.voice.pitch import HOP_SAMPLES, LowBand, Pitch, PitchTracker
from pipeline.audio.voice.statistics import (
    FRAME_SAMPLES,
    FormantLearner,
    PitchLearner,
    SpectrumLearner,
    VoiceStatistics,
    scale_from_pitch,
)

FRAME_HOPS = 8
"""A spectrum is taken every 40 ms."""
_FORMANT_HOPS = 32
_DEEPEST_DB = 90.0
_PLAIN = 0.5
"""Likeness of periods from which a pitch counts."""
_PITCH_FRAMES = 10.0
"""So many spectra weigh as much as what the pitch tells of the formants."""
_PITCH_SHARE = 0.3
"""What the pitch keeps to say of the formants when they are known well: they lead astray in a shrill voice."""
_KNOWN_HOPS = 4_000.0
"""What was measured before counts as much as 20 s of voice."""


ACQUAINTED_S = 2.5
"""After so much of a voice it is known well enough."""
_LEFT_HOPS = 100
"""A voice that missed so many of another's steps, half a second, is heard no more."""


class Actor:
    """Learns the statistics of a voice from its steps; the voices of a session share one.

    While one voice goes over into the next both bring the same steps: those of the one that was there first count,
    until it brings no more. All of them run on the same thread; `begin_anew` and `acquainted` are for any.
    """

    def __init__(self, known: VoiceStatistics | None = None) -> None:
        self._another = False
        """Set when somebody else is to be learnt from the next step on."""
        self.number = 0
        """How many others there were before; whoever learns by itself begins anew with each."""
        self._learn(known)

    def _learn(self, known: VoiceStatistics | None) -> None:
        self._known = known
        self._pitch = PitchLearner()
        self._formants = FormantLearner()
        self._spectrum = SpectrumLearner()
        self._heard = np.zeros(FRAME_SAMPLES, np.float32)
        self._hops = 0
        self._voiced = 0
        self._by: object = None
        self._missed = 0

    @property
    def heard_s(self) -> float:
        """Seconds of voice that the figures rest on."""
        return (self._pitch.hops + (_KNOWN_HOPS if self._known else 0.0)) * HOP_SAMPLES / 48_000

    @property
    def acquainted(self) -> float:
        """How well the voice is known, from 0 to 1."""
        return 0.0 if self._another else min(1.0, self.heard_s / ACQUAINTED_S)

    def begin_anew(self) -> None:
        """Forgets the voice with the next step: somebody else speaks."""
        self._another = True
        self.number += 1

    def hear(self, hop: NDArray[np.float32], pitch: Pitch, by: object = None) -> None:
        """One step of the voice, which `by` brings."""
        if self._another:
            self._another = False
            self._learn(None)
        if by is not self._by and self._hops:
            self._missed += 1
            if self._missed < _LEFT_HOPS:
                return
        self._by, self._missed = by, 0
        self._heard[:-HOP_SAMPLES] = self._heard[HOP_SAMPLES:]
        self._heard[-HOP_SAMPLES:] = hop
        self._hops += 1
        if pitch.hz:
            self._voiced += 1
            if pitch.strength > _PLAIN:
                self._pitch.hear(pitch.hz, pitch.level)
        if self._hops % FRAME_HOPS == 0:
            power = self._spectrum.hear(self._heard)
            if power is not None and self._voiced == FRAME_HOPS and self._hops % _FORMANT_HOPS == 0:
                self._formants.hear(power)
            self._voiced = 0

    @property
    def _share(self) -> float:
        """What the figures learnt here count beside those known before."""
        heard = self._pitch.hops
        return heard / (heard + _KNOWN_HOPS) if self._known else 1.0

    @property
    def median_hz(self) -> float | None:
        """None before the first voice."""
        if self._another:
            return None
        if not self._pitch.hops:
            return self._known.median_f0_hz if self._known else None
        learnt = self._pitch.median_hz
        return _between(self._known.median_f0_hz, learnt, self._share) if self._known else learnt

    @property
    def range_semitones(self) -> float | None:
        """None before the first voice."""
        if not self._pitch.hops:
            return self._known.f0_range_semitones if self._known else None
        learnt = self._pitch.range_semitones
        return _between(self._known.f0_range_semitones, learnt, self._share) if self._known else learnt

    @property
    def formant_scale(self) -> float | None:
        """From the formants and, the fewer were heard, the more from the pitch. None before the first voice."""
        if not self._pitch.hops:
            return self._known.formant_scale if self._known else None
        learnt = scale_from_pitch(self._pitch.median_hz)
        frames = self._formants.frames
        if frames:
            share = (1.0 - _PITCH_SHARE) * frames / (frames + _PITCH_FRAMES)
            learnt = _between(learnt, self._formants.scale, share)
        return _between(self._known.formant_scale, learnt, self._share) if self._known else learnt

    @property
    def statistics(self) -> VoiceStatistics | None:
        """All of it; None before the first voice."""
        median, spread, scale = self.median_hz, self.range_semitones, self.formant_scale
        if median is None or spread is None or scale is None:
            return None
        levels = self._spectrum.levels_db
        spectrum = tuple(float(level) for level in np.maximum(levels - levels.max(), -_DEEPEST_DB))
        if not self._spectrum.frames and self._known:
            spectrum = self._known.spectrum_db
        return VoiceStatistics(median, spread, scale, spectrum)


def _between(one: float, other: float, share: float) -> float:
    """A share of the way from one ratio to another."""
    start = max(one, 1e-3)
    return float(start * (max(other, 1e-3) / start) ** share)


def measure(samples: NDArray[np.float32]) -> VoiceStatistics | None:
    """The statistics of a recording at 48 kHz; None where it holds no voice."""
    band = LowBand()
    tracker = PitchTracker(band)
    actor = Actor()
    for start in range(0, len(samples) - HOP_SAMPLES + 1, HOP_SAMPLES):
        hop = samples[start : start + HOP_SAMPLES]
        band.push(hop)
        actor.hear(hop, tracker.step())
    return actor.statistics
