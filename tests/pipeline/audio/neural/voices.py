"""Profiles with stand-in voices, and tones to try them on."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.neural.cut import cut_for
from pipeline.audio.neural.rvc import Rvc, Tools
from pipeline.audio.stream import RATE_HZ
from pipeline.audio.voice.chunks import SEARCH_SAMPLES, Joined, Plan
from pipeline.inference.onnx.runtime import Preference, Runtime
from pipeline.inference.store import ModelStore
from profiles.engines.voice import RvcSettings
from profiles.profile import Kind, Profile, VoiceSettings
from tests.models.f0 import rmvpe_of_waveform
from tests.models.rvc import Voice, content_encoder, rvc_voice

Sound = NDArray[np.float32]
PLAN = cut_for(300.0)


def profile_of(folder: Path, voice: Voice | None = None, encoder: str = "realtime", **settings: object) -> Profile:
    """A profile whose voice, encoder and pitch network are stand-ins; `settings` are those of [rvc]."""
    voice = voice or Voice()
    rvc_voice(folder / "voice.onnx", voice)
    content_encoder(folder / "encoder.onnx", encoder, voice.channels)
    rmvpe_of_waveform(folder / "pitch.onnx")
    named = {"model": "voice.onnx", "encoder": "encoder.onnx", "pitch": "pitch.onnx", "transpose_semitones": 0.0}
    return Profile(
        name="voice",
        folder=folder,
        title="Voice",
        kind=Kind.PERSONA,
        voice=VoiceSettings(engine="rvc", latency_ms=300.0),
        rvc=RvcSettings.model_validate(named | settings),
    )


@contextmanager
def opened(profile: Profile, plan: Plan = PLAN) -> Iterator[Rvc]:
    """An engine; afterwards nothing of it is left open."""
    runtime = Runtime(Preference.CPU)
    engine = Rvc(profile, plan, Tools(runtime, ModelStore()))
    yield engine
    engine.close()
    engine.close()
    assert not runtime.providers
    runtime.close()


@contextmanager
def on_lane(profile: Profile, plan: Plan = PLAN) -> Iterator[Joined]:
    """An engine as a stage of the lane."""
    with opened(profile, plan) as engine:
        stage = Joined(engine, plan)
        yield stage
        stage.close()


@cache
def _folder() -> TemporaryDirectory[str]:
    """As long as the tests run."""
    return TemporaryDirectory()


def lane_voice() -> Joined:
    """A stand-in voice, ready to run."""
    profile = profile_of(Path(_folder().name))
    return Joined(Rvc(profile, PLAN, Tools(Runtime(Preference.CPU), ModelStore())), PLAN)


def engine_of(stage: Joined) -> Rvc:
    engine = stage._engine
    assert isinstance(engine, Rvc)
    return engine


def tone(hz: float, level: float = 0.2, samples: int = PLAN.context + PLAN.reach) -> Sound:
    return (level * np.sin(2 * np.pi * hz * np.arange(samples) / RATE_HZ)).astype(np.float32)


def wanted_part(done: Sound, plan: Plan = PLAN) -> Sound:
    """What the lane hears of a converted stretch."""
    return done[plan.context : plan.context + plan.chunk + plan.crossfade + SEARCH_SAMPLES]


def pitch_of(sound: Sound, above_hz: float = 20.0) -> float:
    """The strongest frequency of a tone, found between the bins; `above_hz` where all is silent."""
    size = 1 << 17
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), size))
    lowest = int(above_hz * size / RATE_HZ)
    at = lowest + int(spectrum[lowest:].argmax())
    before, peak, after = np.log(spectrum[at - 1 : at + 2] + 1e-12)
    bend = before - 2 * peak + after
    return float((at + (0.5 * (before - after) / bend if bend else 0.0)) * RATE_HZ / size)


def level_of(sound: Sound) -> float:
    """The amplitude of a tone."""
    return float(np.sqrt(2 * np.mean(np.square(sound))))
