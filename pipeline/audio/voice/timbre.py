"""The embedded voice engine: moves pitch, formants and colour of any voice toward the target's statistics."""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.stream import RATE_HZ
from pipeline.audio.voice.actor import ACQUAINTED_S, FRAME_HOPS, Actor
from pipeline.audio.voice.breath import Breath
from pipeline.audio.voice.equaliser import Equaliser, correction_db
from pipeline.audio.voice.pitch import HOP_SAMPLES
from pipeline.audio.voice.psola import Psola, Shift
from pipeline.audio.voice.statistics import (
    AVERAGE_SPECTRUM_DB,
    FRAME_SAMPLES,
    SpectrumLearner,
)
from pipeline.audio.voice.whisper import Whisper
from pipeline.errors import StageError
from pipeline.media import Block
from profiles.profile import Profile, VoiceSettings

LEAST_LOOK_AHEAD_MS = 20.0
MOST_LOOK_AHEAD_MS = 60.0
STEP_MS = 1000.0 * HOP_SAMPLES / RATE_HZ
"""By so much more than it looks ahead the voice lags behind."""

_LOUDEST = 2.0
"""No microphone puts out more; what a fault puts out is cut off there."""
_LOUDEST_OUT = 4.0
"""A high voice made low heaps its periods up: the limiter behind it holds those; only what a fault makes is cut off."""
_PITCH_LIMITS = (0.3, 3.0)
_FORMANT_LIMITS = (0.8, 1.25)
_SPREAD_LIMITS = (0.5, 2.0)
_ALIKE = (0.02, 0.025, 0.2)
"""Where pitch, formants and range are all this near to the target's, the voice passes as it is."""
_STRANGER_FORMANTS = 1.1
"""While the actor is a stranger the formants go at least this far away from the actor's own."""
_STRANGER_S = 0.5
_GLIDE_HOPS = 4
_GLIDE: float = 1.0 - 0.5 ** (_GLIDE_HOPS * HOP_SAMPLES / RATE_HZ / 0.25)
"""Half of the way to new ratios in a quarter of a second."""
_FIRST_S = 0.15
"""What the first voice tells of the actor counts at once; it is over before anybody can tell its pitch."""
_EARLY_S = 1.0
"""And so long after that it is followed soon, but by no more than a speaker's own pitch moves all the time."""
_EARLY_GLIDE: float = 1.0 - 0.5 ** (_GLIDE_HOPS * HOP_SAMPLES / RATE_HZ / 0.1)
_EARLY_STEP = 8.0 / 12 * _GLIDE_HOPS * HOP_SAMPLES / RATE_HZ
"""In octaves: 8 semitones a second."""
_LOOK_HOPS = 40
_EQUALISE_HOPS = 100
_SPECTRUM_FRAMES = 40.0
"""So many stretches heard, 1.6 s of speech, give the filter half of its strength."""
_WORTH_DB = 0.3


class Timbre:
    """An audio stage. It learns the actor's voice while it runs.

    From the first period on, the median of all that was heard counts as the actor's, so that the first word already
    comes out at the target's pitch; with few periods it is drawn to the middle of all voices, because the first ones
    may be an octave off. Until it has heard half a second of voice, the formants are moved by at least a tenth,
    whatever the actor's may be: an actor who is not known yet is never heard as is.

    What has no pitch goes through the filter alone, so that a hiss within a word stays as it is. Where it lasts for
    more than 0.3 s it is whispered, and gets the target's formants.
    """

    name = "timbre"

    def __init__(
        self,
        profile: Profile,
        look_ahead_ms: float = LEAST_LOOK_AHEAD_MS,
        actor: Actor | None = None,
    ) -> None:
        """`look_ahead_ms` (20..60) serves voices below 100 Hz; `actor` is what voices before this one learnt."""
        if not LEAST_LOOK_AHEAD_MS <= look_ahead_ms <= MOST_LOOK_AHEAD_MS:
            raise ValueError(f"look_ahead_ms: got {look_ahead_ms}, wanted {LEAST_LOOK_AHEAD_MS}..{MOST_LOOK_AHEAD_MS}")
        self._look_ahead = round(look_ahead_ms * RATE_HZ / 1000)
        self._settings: VoiceSettings = profile.voice
        self._actor = actor or Actor()
        self._aim = Shift()
        self._converted = SpectrumLearner()
        self._equaliser, self._whisper = Equaliser(), Whisper()
        self.latency_ns = 0
        self.reset()
        self.latency_ns = self._psola.delay * 1_000_000_000 // RATE_HZ

    @property
    def shift(self) -> Shift | None:
        """What is done to the voice at the moment; None before the first voice."""
        return self._shift

    @property
    def pitches_hz(self) -> tuple[float, float]:
        """What was heard with the newest hop and what becomes of it, zeros where there is no pitch."""
        hz, shift = self._heard_hz, self._shift
        return hz, hz * shift.ratio(hz) if hz and shift and not shift.neutral else hz

    def adjust(self, profile: Profile) -> None:
        """Takes the live settings of `profile.voice`; the way there takes about half a second."""
        if profile.voice != self._settings:
            self._settings = profile.voice
            self._converted.doubt()
            self._look()

    def reset(self) -> None:
        """Forgets the sound; what was learnt of the actor stays, and is made use of at once."""
        self._shift: Shift | None = None
        self._heard_hz = 0.0
        self._psola = Psola(self._look_ahead)
        self._breath = Breath()
        self._levels = deque([0.0] * (self._look_ahead // HOP_SAMPLES))
        self._equaliser.forget()
        self._whisper.reset()
        self._gathered = np.zeros(HOP_SAMPLES, np.float32)
        self._ready = np.zeros(HOP_SAMPLES, np.float32)
        self._fill = 0
        self._hops = 0
        self._recent = np.zeros(FRAME_SAMPLES, np.float32)

    def close(self) -> None:
        """Nothing is held."""

    def process(self, block: Block) -> Block:
        """The converted voice, as `pipeline.stage.AudioStage` has it."""
        if block.rate_hz != RATE_HZ or block.samples.ndim != 2 or block.samples.shape[1] != 1:
            raise StageError(
                f"The voice engine can't use a block of shape {block.samples.shape} at {block.rate_hz} Hz, it wants "
                f"one channel at {RATE_HZ} Hz: resample before it."
            )
        samples = block.samples[:, 0]
        done = np.empty(len(samples), np.float32)
        at = 0
        while at < len(samples):
            step = min(HOP_SAMPLES - self._fill, len(samples) - at)
            here = slice(self._fill, self._fill + step)
            self._gathered[here] = samples[at : at + step]
            done[at : at + step] = self._ready[here]
            at += step
            self._fill += step
            if self._fill == HOP_SAMPLES:
                self._fill = 0
                self._ready = self._step(self._gathered)
        return Block(done[:, None], RATE_HZ, block.captured_ns - self.latency_ns)

    def _step(self, gathered: NDArray[np.float32]) -> NDArray[np.float32]:
        hop = _bounded(gathered, _LOUDEST)
        self._hops += 1
        shift = self._move()
        converted, pitch = self._psola.step(hop, shift)
        self._heard_hz = pitch.hz
        self._actor.hear(hop, pitch, self)
        look_hops = _GLIDE_HOPS if self._actor.heard_s < _EARLY_S else _LOOK_HOPS
        if self._shift is None and pitch.hz or self._hops % look_hops == 0:
            self._look()
        self._whisper.follow(pitch.hz > 0.0)
        # The newest pitch is heard before the voice that it belongs to comes out.
        self._levels.append(pitch.level if pitch.hz else 0.0)
        breathing = self._breath.step(converted, self._levels.popleft(), self._settings.breath)
        return _bounded(self._colour(breathing), _LOUDEST_OUT)

    def _look(self) -> None:
        """Works out anew what the actor's voice needs to become the target's."""
        median, spread, scale = self._actor.median_hz, self._actor.range_semitones, self._actor.formant_scale
        if median is None or spread is None or scale is None:
            return
        wanted = self._settings
        pitch = wanted.median_f0_hz * 2.0 ** (wanted.pitch_semitones / 12) / median
        liveliness = float(np.clip(wanted.f0_range_semitones / max(spread, 1.0), *_SPREAD_LIMITS))
        formants = self._formants(wanted.formant_scale / scale)
        aim = Shift(float(np.clip(pitch, *_PITCH_LIMITS)), formants, liveliness * wanted.expressivity, median)
        alike = all(abs(ratio - 1.0) < near for ratio, near in zip(aim, _ALIKE, strict=False))
        self._aim = Shift(centre_hz=median) if alike else aim

    def _formants(self, ratio: float) -> float:
        """The formant ratio, kept away from 1 for as long as the actor is a stranger."""
        strange = (ACQUAINTED_S - self._actor.heard_s) / (ACQUAINTED_S - _STRANGER_S)
        least = _STRANGER_FORMANTS ** min(max(strange, 0.0), 1.0)
        away = max(ratio, least) if ratio >= 1.0 else min(ratio, 1.0 / least)
        return float(np.clip(away, *_FORMANT_LIMITS))

    def _move(self) -> Shift:
        """One step from the shift as it is toward the one that is wanted."""
        aim, now = self._aim, self._shift
        if now is None:
            if self._actor.median_hz is not None:
                self._look()
                self._shift = now = self._aim
            return now or aim
        if now is not aim and self._hops % _GLIDE_HOPS == 0:
            now = self._shift = now.toward(aim, self._share(aim.pitch / now.pitch))
        return now

    def _share(self, ratio: float) -> float:
        """How much of the way to an aim is gone at once, which is this ratio away."""
        heard_s = self._actor.heard_s
        if heard_s < _FIRST_S:
            return 1.0
        if heard_s < _EARLY_S:
            return min(_EARLY_GLIDE, _EARLY_STEP / max(abs(float(np.log2(ratio))), 1e-6))
        return _GLIDE

    def _colour(self, hop: NDArray[np.float32]) -> NDArray[np.float32]:
        """Through the filter, which follows what the converted voice lacks of the target's spectrum."""
        self._recent[:-HOP_SAMPLES] = self._recent[HOP_SAMPLES:]
        self._recent[-HOP_SAMPLES:] = hop
        # The actor's spectra are taken at other hops: the work is spread.
        if self._hops % FRAME_HOPS == FRAME_HOPS // 2:
            self._heed(self._converted.hear(self._recent))
        if self._hops % _EQUALISE_HOPS == 0 and not self._equaliser.fading:
            self._equalise()
        return self._equaliser.step(self._whisper.step(hop))

    def _heed(self, power: NDArray[np.float32] | None) -> None:
        """Takes the newest spectrum for what is whispered, None being a pause's."""
        if power is not None:
            # Of somebody who only whispers nothing is known: an average adult's formants are the best guess.
            known = self._shift is not None
            self._whisper.hear(power, self._aim.formants if known else self._formants(self._settings.formant_scale))

    def _equalise(self) -> None:
        wanted = self._settings
        strength = wanted.eq * self._converted.frames / (self._converted.frames + _SPECTRUM_FRAMES)
        gains = np.zeros(len(AVERAGE_SPECTRUM_DB))
        if strength > 0.0:
            target = np.array(wanted.spectrum_db or AVERAGE_SPECTRUM_DB)
            heard = self._converted
            gains = strength * correction_db(heard.levels_db, target, wanted.median_f0_hz, heard.clearance_db)
        if np.abs(gains - self._equaliser.gains_db).max() > _WORTH_DB:
            self._equaliser.set(gains)


def _bounded(hop: NDArray[np.float32], limit: float) -> NDArray[np.float32]:
    """The hop within +-`limit`, with silence for what is no number; the hop itself where that is so already."""
    if float(np.abs(hop).max()) <= limit:
        return hop
    return np.clip(np.nan_to_num(hop, nan=0.0, posinf=0.0, neginf=0.0), -limit, limit)
