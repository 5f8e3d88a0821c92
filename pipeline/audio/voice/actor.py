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
_FORMANT_HOPS = 16
_PITCH_FRAMES = 20.0
"""So many spectra weigh as much as what the pitch tells of the formants."""
_PITCH_SHARE = 0.3
"""What the pitch keeps to say of the formants when they are known well: they lead astray in a shrill voice."""
_KNOWN_HOPS = 400.0


class Actor:
    """Learns the statistics of a voice from its steps."""

    def __init__(self, known: VoiceStatistics | None = None) -> None:
        self._known = known
        self._pitch = PitchLearner()
        self._formants = FormantLearner()
        self._spectrum = SpectrumLearner()
        self._heard = np.zeros(FRAME_SAMPLES, np.float32)
        self._hops = 0
        self._voiced = 0

    @property
    def heard_s(self) -> float:
        """Seconds of voice that the figures rest on."""
        return (self._pitch.hops + (_KNOWN_HOPS if self._known else 0.0)) * HOP_SAMPLES / 48_000

    def hear(self, hop: NDArray[np.float32], pitch: Pitch) -> None:
        """One step of the voice."""
        self._heard[:-HOP_SAMPLES] = self._heard[HOP_SAMPLES:]
        self._heard[-HOP_SAMPLES:] = hop
        self._hops += 1
        if pitch.hz:
            self._pitch.hear(pitch.hz)
            self._voiced += 1
        if self._hops % FRAME_HOPS == 0:
            power = self._spectrum.hear(self._heard)
            if power is not None and self._voiced == FRAME_HOPS and self._hops % _FORMANT_HOPS == 0:
                self._formants.hear(power)
            self._voiced = 0

    @property
    def median_hz(self) -> float | None:
        """None before the first voice."""
        heard = self._pitch.hops
        if self._known is None:
            return self._pitch.median_hz if heard else None
        if not heard:
            return self._known.median_f0_hz
        share = heard / (heard + _KNOWN_HOPS)
        return float(self._known.median_f0_hz * (self._pitch.median_hz / self._known.median_f0_hz) ** share)

    @property
    def range_semitones(self) -> float | None:
        """None before the first voice."""
        if self._known is None:
            return self._pitch.range_semitones if self._pitch.hops else None
        share = self._pitch.hops / (self._pitch.hops + _KNOWN_HOPS)
        learnt = self._pitch.range_semitones if self._pitch.hops else 0.0
        return (1.0 - share) * self._known.f0_range_semitones + share * learnt

    @property
    def formant_scale(self) -> float | None:
        """From the formants and, the fewer were heard, the more from the pitch. None before the first voice."""
        median = self.median_hz
        if median is None:
            return None
        usual = self._known.formant_scale if self._known else scale_from_pitch(median)
        frames = self._formants.frames
        if not frames:
            return usual
        share = (1.0 - _PITCH_SHARE) * frames / (frames + _PITCH_FRAMES)
        return float(usual * (self._formants.scale / usual) ** share)

    @property
    def statistics(self) -> VoiceStatistics | None:
        """All of it; None before the first voice."""
        median, spread, scale = self.median_hz, self.range_semitones, self.formant_scale
        if median is None or spread is None or scale is None:
            return None
        levels = self._spectrum.levels_db
        spectrum = tuple(float(level) for level in levels - levels.max())
        if not self._spectrum.frames and self._known:
            spectrum = self._known.spectrum_db
        return VoiceStatistics(median, spread, scale, spectrum)


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
