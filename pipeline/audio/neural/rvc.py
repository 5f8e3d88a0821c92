"""The engine for voices that were trained for retrieval-based conversion (RVC)."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from pipeline.audio.neural.contract import Family, read_contract
from pipeline.audio.neural.decoder import FRAME_SAMPLES, Decoder, Span
from pipeline.audio.neural.encoder import LOW_RATE_HZ, ContentEncoder, doubled
from pipeline.audio.neural.melody import Melody
from pipeline.audio.neural.pitch.finder import FRAME_GROUP, PitchFinder, Series
from pipeline.audio.neural.pitch.opening import open_pitch
from pipeline.audio.neural.retrieval import Retrieval
from pipeline.audio.stream import RATE_HZ
from pipeline.audio.voice.actor import Actor
from pipeline.audio.voice.chunks import SEARCH_SAMPLES, Plan
from pipeline.clock import Clock, MonotonicClock
from pipeline.errors import ModelError
from pipeline.inference.named_model import read_named
from pipeline.inference.onnx.model_file import ModelFile, read_model
from pipeline.inference.onnx.runtime import Runtime
from pipeline.inference.store import ModelStore
from pipeline.runner import do_all
from pipeline.telemetry import DurationMeter
from profiles.engines.voice import RvcSettings
from profiles.profile import Profile

PITCH_MODEL = "pitch"
"""Of the model store, where the profile names no pitch network."""
LOW_FRAME_SAMPLES = LOW_RATE_HZ // 100
LEAD_FRAMES = 24
"""Decoded before what is wanted and thrown away: with less the voice starts anew in every chunk."""
SKIPPED_FRAMES = 100
"""The same for a voice that skips them itself, which costs little."""
TRAIL_FRAMES = 8
"""Decoded after it, as far as it is heard ahead."""
PITCH_FRAMES = 18
"""Heard before the first pitch that is wanted; the first three of a stretch are never right."""
UNSURE_FRAMES = 3
"""At the end of a stretch; the pitch before them is held."""
FAINTEST = 1e-4
"""Of the largest sample; what is quieter stays silence: a voice breathes where it hears nothing."""
BUDGET = 0.7

Sound = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Tools:
    """What a voice is built with.

    Attributes:
        runtime: where its networks run.
        models: where the default pitch network is.
        clock: the program's.
    """

    runtime: Runtime
    models: ModelStore
    clock: Clock = field(default_factory=MonotonicClock)


class Rvc:
    """A block engine: each stretch is heard as content and pitch and spoken anew, apart from what came before.

    Only the chance in the voice and the actor's median pitch go on from one stretch to the next.
    """

    name = "rvc"

    def __init__(self, profile: Profile, plan: Plan, tools: Tools, actor: Actor | None = None) -> None:
        """Opens the voice and the networks that it needs.

        Args:
            profile: the target, with a voice in [rvc].
            plan: how the stream is cut.
            tools: what the voice is built with.
            actor: what the session knows of the actor's voice.

        Raises:
            ModelError: a file is missing, changed or of another format.
        """
        settings = profile.rvc
        self._settings, self._plan, self._clock = settings, plan, tools.clock
        self._melody = Melody(profile, actor)
        self.work = DurationMeter()
        """Of each chunk."""
        self.pitches_hz: tuple[float, float] | None = None
        """The newest pitch heard and what was made of it, zeros where there is none; None for a voice without pitch."""
        with ExitStack() as unfinished:
            self._open(profile, tools, unfinished)
            self._retrieval: Retrieval | None = None
            if settings.index is not None and settings.index_rate > 0:
                path, recorded = profile.resolve(settings.index), profile.hashes.get(settings.index.as_posix())
                self._retrieval = Retrieval(path, self._decoder.contract.channels, recorded)
            unfinished.pop_all()

    @property
    def load(self) -> float:
        """What a chunk takes of the time that it has: the 99th percentile, 1 is all of it."""
        return self.work.percentiles().p99_ms / (self._plan.chunk * 1000 / RATE_HZ)

    def convert(self, sound: Sound) -> Sound:
        """As `pipeline.audio.voice.chunks.BlockEngine` has it; silence before the context ends and after the search.

        Raises:
            StageError: a network failed.
        """
        began_ns = self._clock.now_ns()
        heard = np.clip(np.nan_to_num(sound, nan=0.0, posinf=0.0, neginf=0.0), -1.0, 1.0)
        done = np.zeros(len(sound), np.float32)
        if float(np.abs(heard[self._first * FRAME_SAMPLES :]).max()) > FAINTEST:
            spoken = self._spoken(_lowered(heard))
            start = self._plan.context
            done[start : start + len(spoken)] = np.clip(spoken, -1.0, 1.0)[: len(done) - start]
        elif self._pitch is not None:
            self.pitches_hz = 0.0, 0.0
        self.work.add(self._clock.now_ns() - began_ns)
        return done

    def adjust(self, profile: Profile) -> None:
        """Takes the live settings of `profile.voice`: median, pitch and expressivity."""
        self._melody.adjust(profile)

    def reset(self) -> None:
        """Starts the chance in the voice anew; what was learnt of the actor stays."""
        self._decoder.reset()

    def close(self) -> None:
        """Frees the networks; may be called twice."""
        do_all(self._decoder.close, self._encoder.close, *([self._pitch.close] if self._pitch else []))

    def _open(self, profile: Profile, tools: Tools, unfinished: ExitStack) -> None:
        """Opens the networks for the stretches of the plan."""
        settings, plan = self._settings, self._plan
        frames, context = (plan.context + plan.reach) // FRAME_SAMPLES, plan.context // FRAME_SAMPLES
        budget_ms = BUDGET * plan.chunk * 1000 / RATE_HZ
        voice, encoder = _named(profile, "model"), _named(profile, "encoder")
        contract = read_contract(voice)
        lead = min(SKIPPED_FRAMES if contract.family is Family.SKIPPING else LEAD_FRAMES, context)
        needed = context + (plan.chunk + plan.crossfade + SEARCH_SAMPLES) // FRAME_SAMPLES
        self._first, self._last = context - lead, min(needed + TRAIL_FRAMES, frames)
        samples = frames * LOW_FRAME_SAMPLES
        self._encoder = ContentEncoder(tools.runtime, encoder, samples, contract.channels, budget_ms)
        unfinished.callback(self._encoder.close)
        self._pitch: PitchFinder | None = None
        if contract.pitched:
            # In whole groups, as far as there is sound for them.
            wanted = -(-(frames - self._first + PITCH_FRAMES) // FRAME_GROUP) * FRAME_GROUP
            self._pitched = min(wanted, frames)
            own = settings.pitch is not None
            file = _named(profile, "pitch") if own else read_model(tools.models.path(PITCH_MODEL))
            self._pitch = open_pitch(tools.runtime, file, self._pitched * LOW_FRAME_SAMPLES, budget_ms)
            unfinished.callback(self._pitch.close)
        span = Span(self._last - self._first, lead)
        self._decoder = Decoder(tools.runtime, voice, span, settings, budget_ms)
        unfinished.callback(self._decoder.close)

    def _spoken(self, low: Sound) -> Sound:
        """What is spoken from the end of the context on."""
        features = self._encoder.hear(low)
        hz = self._pitches(low)
        aimed = self._melody.aimed(hz)
        if self._pitch is not None:
            self.pitches_hz = float(hz[-1]), float(aimed[-1])
        here = slice(self._first, self._last)
        if self._retrieval is not None:
            features = self._drawn(features, hz)
        return self._decoder.speak(doubled(features, self._last)[here], aimed[here], self._plan.chunk // FRAME_SAMPLES)

    def _pitches(self, low: Sound) -> Series:
        """The actor's pitch in every frame of the stretch that is decoded; 0 before."""
        frames = len(low) // LOW_FRAME_SAMPLES
        hz = np.zeros(frames, np.float32)
        if self._pitch is None:
            return hz
        hz[frames - self._pitched :] = self._pitch.find(low[-self._pitched * LOW_FRAME_SAMPLES :])
        hz[-UNSURE_FRAMES:] = hz[-UNSURE_FRAMES - 1]
        context = self._plan.context // FRAME_SAMPLES
        self._melody.hear(hz[context : context + self._plan.chunk // FRAME_SAMPLES])
        return hz

    def _drawn(self, features: NDArray[np.float32], hz: Series) -> NDArray[np.float32]:
        """The content drawn toward the training material; where there is no voice, the less the more is protected."""
        assert self._retrieval is not None
        settings: RvcSettings = self._settings
        first, last = self._first // 2, -(-self._last // 2)
        own = features[first:last]
        share = np.full(2 * len(features), settings.index_rate, np.float32)
        if settings.protect < 0.5 and self._pitch is not None:
            share[: len(hz)][hz <= 0] *= settings.protect
        # A frame of content is as protected as the frames of 10 ms in it.
        share = share.reshape(-1, 2).mean(axis=1)[first:last, np.newaxis]
        drawn = features.copy()
        drawn[first:last] = own + share * (self._retrieval.alike(own) - own)
        return drawn


def _named(profile: Profile, key: str) -> ModelFile:
    """The file that [rvc] names.

    Raises:
        ModelError: it names none, or the file is missing or changed.
    """
    path: Path | None = getattr(profile.rvc, key)
    if path is None:
        raise ModelError(
            f"The profile {profile.name} has the voice engine rvc and no `{key}` in [rvc]; name the ONNX file there."
        )
    return read_named(profile, path)


def _lowered(sound: Sound) -> Sound:
    """At 16 kHz, exactly a third of the samples."""
    low = np.asarray(soxr.resample(sound, RATE_HZ, LOW_RATE_HZ), np.float32)
    count = len(sound) * LOW_RATE_HZ // RATE_HZ
    return np.pad(low, (0, max(count - len(low), 0)))[:count]
