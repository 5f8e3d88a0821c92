"""How fast a profile's engines are on this computer: what their networks take, and what is around them, apart."""

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import pipeline.audio.devices.opening as sound_devices
from pipeline.assembly import require_clearance
from pipeline.audio.devices.sound_decoder import SoundDecoder
from pipeline.audio.neural.cut import cut_for
from pipeline.audio.neural.rvc import Rvc, Tools
from pipeline.audio.neural.voices import RvcVoices
from pipeline.audio.stream import BLOCK_SAMPLES, RATE_HZ
from pipeline.audio.voice.chunks import Stepped
from pipeline.audio.voice.dial import voice_stage
from pipeline.errors import StageError
from pipeline.inference.onnx.runtime import Preference, Runtime
from pipeline.inference.store import ModelStore
from pipeline.media import Block, Frame
from pipeline.stage import VideoStage
from pipeline.video.devices.settings import SourceSettings
from pipeline.video.devices.sources import first_pictures
from pipeline.video.neural.engines import face_stage
from pipeline.video.restore.restored import restored
from pipeline.video.swap.photo_swap import PhotoSwap
from pipeline.video.swap.photo_target import PhotoTarget
from pipeline.video.swap.portrait import read_portrait
from pipeline.video.tracking.tracker import Tracker
from profiles.profile import Profile

FRAMES_HELD = 60
FIRST = 3
"""So many calls come before anything is measured."""
FEWEST = 5
LONGEST_S = 8.0
"""No more calls are begun after this, but a few are made."""
FPS = 30.0


@dataclass(frozen=True, slots=True)
class EnginesSettings:
    """What is measured."""

    profile: Profile
    """Whose face and voice."""
    size: tuple[int, int] = (1280, 720)
    camera: str = "demo"
    """The demo actor or a file."""
    device: Preference = Preference.AUTO
    """Where the networks run."""


@dataclass(frozen=True, slots=True)
class Share:
    """Half of the calls take no longer than the first figure, 95 of 100 no longer than the second."""

    p50_ms: float
    p95_ms: float

    @classmethod
    def of(cls, spans_ms: NDArray[np.float64]) -> "Share":
        """The share of some calls."""
        return cls(*(float(value) for value in np.percentile(spans_ms, (50, 95))))

    def __str__(self) -> str:
        """The share for people."""
        return f"p50 {self.p50_ms:.1f}, p95 {self.p95_ms:.1f} ms"


@dataclass(frozen=True, slots=True)
class EngineReport:
    """One engine."""

    engine: str
    """Its name in profiles."""
    runs_on: dict[str, str]
    """What each of its networks really runs on; empty for an engine without networks."""
    model: Share
    """In its networks."""
    around: Share
    """In everything else."""
    calls: int
    each_ms: float
    """The time between two calls: a frame's, or that of a stretch of sound."""

    def lines(self, what: str) -> tuple[str, ...]:
        """The report for people."""
        networks = ", ".join(f"{name} on {device}" for name, device in self.runs_on.items()) or "no networks"
        return (
            f"{what:<14}{self.engine}: {networks}",
            *([f"  model       {self.model}"] if self.runs_on else []),
            f"  around it   {self.around}",
            f"  time        every {self.each_ms:.0f} ms, {self.calls} calls measured",
        )


@dataclass(frozen=True, slots=True)
class EnginesReport:
    """What came out."""

    profile: str
    size: tuple[int, int]
    face: EngineReport
    voice: EngineReport

    def as_dict(self) -> dict[str, Any]:
        """The report as plain values for JSON."""
        return asdict(self)

    def lines(self) -> tuple[str, ...]:
        """The report for people."""
        title = f"{self.profile}, {self.size[0]}x{self.size[1]}"
        return (title, *self.face.lines("face"), *self.voice.lines("voice"))


def bench_engines(settings: EnginesSettings, models: ModelStore) -> EnginesReport:
    """Measures the face engine of a profile and then its voice engine.

    Raises:
        UnderstudyError: the profile is not cleared, the pictures or a network can't be had, or an engine fails.
    """
    require_clearance(settings.profile)
    face, voice = (_with_runtime(settings, models, measure) for measure in (_face, _voice))
    return EnginesReport(settings.profile.name, settings.size, face, voice)


Measure = Callable[[EnginesSettings, ModelStore, Runtime], EngineReport]


def _with_runtime(settings: EnginesSettings, models: ModelStore, measure: Measure) -> EngineReport:
    runtime = Runtime(settings.device)
    try:
        runtime.require()
        return measure(settings, models, runtime)
    finally:
        runtime.close()


def _face(settings: EnginesSettings, models: ModelStore, runtime: Runtime) -> EngineReport:
    frames = _frames(settings, models)
    profile = settings.profile
    stage = restored(_face_stage(profile, models, runtime), profile, runtime)
    try:
        calls = (lambda frame=frame: stage.process(frame) for frame in cycle(frames))
        return _report(profile.face.engine, runtime, calls, 1000 / FPS)
    finally:
        stage.close()


def _face_stage(profile: Profile, models: ModelStore, runtime: Runtime) -> VideoStage:
    if profile.face.engine == "photo":
        return PhotoSwap(PhotoTarget(read_portrait(profile.resolve(profile.face.portrait), models)), profile)
    return face_stage(profile, runtime, models)


def _frames(settings: EnginesSettings, models: ModelStore) -> list[Frame]:
    """Pictures with a face that is followed.

    Raises:
        StageError: there is none.
    """
    pictures = first_pictures(SourceSettings(camera=settings.camera, size=settings.size), FRAMES_HELD)
    tracker = Tracker(models.path("face-detection"), models.path("face-landmarks"), settings.profile)
    try:
        at_ns = [round(number * 1e9 / FPS) for number in range(len(pictures))]
        followed = [tracker.process(Frame(*each)) for each in zip(pictures, at_ns, at_ns, strict=True)]
    finally:
        tracker.close()
    frames = [frame for frame in followed if frame.chosen_face is not None]
    if not frames:
        raise StageError(f"There is no face on the first {len(pictures)} pictures of {settings.camera}; name another.")
    return frames


def _voice(settings: EnginesSettings, models: ModelStore, runtime: Runtime) -> EngineReport:
    profile, speech = settings.profile, _speech(sound_devices.SPEECH)
    if profile.voice.engine == "rvc":
        return _neural_voice(profile, Tools(runtime, models), speech)
    stage = voice_stage(profile, profile.voice.latency_ms)
    step = stage.step if isinstance(stage, Stepped) else BLOCK_SAMPLES
    pieces = cycle([speech[at : at + step] for at in range(0, len(speech) - step + 1, step)])
    try:
        blocks = (Block(piece[:, np.newaxis], RATE_HZ, 0) for piece in pieces)
        calls = (lambda block=block: stage.process(block) for block in blocks)
        return _report(stage.name, runtime, calls, step * 1000 / RATE_HZ)
    finally:
        stage.close()


def _neural_voice(profile: Profile, tools: Tools, speech: NDArray[np.float32]) -> EngineReport:
    """A voice that is a network, with as much time as it asks for or this computer needs."""
    plan = cut_for(RvcVoices(tools).least_ms(profile, profile.voice.latency_ms))
    engine, length = Rvc(profile, plan, tools), plan.context + plan.reach
    try:
        starts = cycle(list(range(0, len(speech), plan.chunk)))
        sounds = (np.take(speech, np.arange(start, start + length), mode="wrap") for start in starts)
        calls = (lambda sound=sound: engine.convert(sound) for sound in sounds)
        return _report(engine.name, tools.runtime, calls, plan.chunk * 1000 / RATE_HZ)
    finally:
        engine.close()


def _speech(path: Path) -> NDArray[np.float32]:
    decoder = SoundDecoder(path)
    try:
        return np.concatenate(list(decoder.pieces()))
    finally:
        decoder.close()


def _report(engine: str, runtime: Runtime, calls: Iterator[Callable[[], object]], each_ms: float) -> EngineReport:
    """Times calls, and the networks within each."""
    spans: list[tuple[float, float]] = []
    for _, call in zip(range(FIRST), calls, strict=False):
        call()
    started_s = time.monotonic()
    while len(spans) < FEWEST or (len(spans) < FRAMES_HELD and time.monotonic() - started_s < LONGEST_S):
        call = next(calls)
        before_ns, began_ns = runtime.spent_ns, time.perf_counter_ns()
        call()
        took_ns, in_networks_ns = time.perf_counter_ns() - began_ns, runtime.spent_ns - before_ns
        spans.append((in_networks_ns / 1e6, (took_ns - in_networks_ns) / 1e6))
    model, around = np.array(spans).T
    return EngineReport(engine, runtime.providers, Share.of(model), Share.of(around), len(spans), each_ms)
