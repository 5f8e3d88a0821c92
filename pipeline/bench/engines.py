"""How fast a profile's engines are on this computer: what their networks take, and what is around them, apart."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count, cycle
from pathlib import Path

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
from pipeline.bench.engine_report import EngineReport, EnginesReport, Share
from pipeline.errors import StageError
from pipeline.inference.named_model import read_named
from pipeline.inference.onnx.model_file import ModelFile
from pipeline.inference.onnx.runtime import Demand, Network, Preference, Runtime
from pipeline.inference.store import ModelStore
from pipeline.media import Block, Frame, Pixels
from pipeline.stage import VideoStage
from pipeline.video.background.matte_guard import open_guarded
from pipeline.video.devices.settings import SourceSettings
from pipeline.video.devices.sources import first_pictures
from pipeline.video.neural.engines import face_stage
from pipeline.video.restore.restored import restored
from pipeline.video.swap.photo_swap import PhotoSwap
from pipeline.video.swap.photo_target import PhotoTarget
from pipeline.video.swap.portrait import read_portrait
from pipeline.video.tracking.others.sighted import sighted
from pipeline.video.tracking.tracker import Tracker
from profiles.model_files import named_models
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


class _Watched(Runtime):
    """Knows the networks that it opened.

    Attributes:
        networks: each, open or not, in the order of their opening.
    """

    def __init__(self, preference: Preference) -> None:
        super().__init__(preference)
        self.networks: list[Network] = []

    def open(self, file: ModelFile, demand: Demand) -> Network:
        """As `Runtime` has it."""
        network = super().open(file, demand)
        self.networks.append(network)
        return network


@dataclass(frozen=True, slots=True)
class _Bench:
    """What measurements share.

    Attributes:
        pictures: as the camera gives them.
        frames: those with a face that is followed.
    """

    settings: EnginesSettings
    models: ModelStore
    pictures: Sequence[Pixels]
    frames: Sequence[Frame]

    @property
    def profile(self) -> Profile:
        return self.settings.profile


Measure = Callable[[_Bench, _Watched], EngineReport]


def bench_engines(settings: EnginesSettings, models: ModelStore) -> EnginesReport:
    """Measures the face engine of a profile, what else it brings for its pictures, and its voice engine.

    Raises:
        UnderstudyError: the profile is not cleared, the pictures or a network can't be had, or an engine fails.
    """
    profile = settings.profile
    require_clearance(profile)
    if any(map(named_models, (profile, *profile.cast_profiles))):
        _require(settings.device)
    pictures = first_pictures(SourceSettings(camera=settings.camera, size=settings.size), FRAMES_HELD)
    bench = _Bench(settings, models, pictures, _frames(settings, models, pictures))
    face = _measured(bench, partial(_face, profile))
    others = {what: _measured(bench, measure) for what, measure in _others(profile)}
    return EnginesReport(profile.name, settings.size, face, _measured(bench, _voice), others)


def _require(device: Preference) -> None:
    runtime = Runtime(device)
    try:
        runtime.require()
    finally:
        runtime.close()


def _measured(bench: _Bench, measure: Measure) -> EngineReport:
    runtime = _Watched(bench.settings.device)
    try:
        return measure(bench, runtime)
    finally:
        runtime.close()


def _others(profile: Profile) -> Iterator[tuple[str, Measure]]:
    """What a profile brings for its pictures beside its own face."""
    if profile.tracking.detector is not None or profile.tracking.landmarks is not None:
        yield "finding faces", _finding
    if profile.matting.model is not None:
        yield "matte", partial(_matte, profile.matting.model)
    for other in profile.cast_profiles:
        yield f"cast {other.name}", partial(_face, other)


def _face(profile: Profile, bench: _Bench, runtime: _Watched) -> EngineReport:
    stage = restored(_face_stage(profile, bench.models, runtime), profile, runtime)
    try:
        calls = (partial(stage.process, frame) for frame in cycle(bench.frames))
        return _report(profile.face.engine, runtime, calls, 1000 / FPS)
    finally:
        stage.close()


def _finding(bench: _Bench, runtime: _Watched) -> EngineReport:
    """The tracker with the profile's own networks."""
    tracker = Tracker(bench.models.path("face-detection"), bench.models.path("face-landmarks"), bench.profile)
    stage = None
    try:
        stage = sighted(tracker, bench.profile, runtime) or tracker
        at_ns = (round(number * 1e9 / FPS) for number in count())
        calls = (partial(stage.process, Frame(*each)) for each in _twice(cycle(bench.pictures), at_ns))
        return _report("built-in tracker", runtime, calls, 1000 / FPS)
    finally:
        if stage is not None:
            stage.close()
        tracker.close()


def _twice(pictures: Iterator[Pixels], at_ns: Iterator[int]) -> Iterator[tuple[Pixels, int, int]]:
    """Each picture with the time at which it is shown and was taken."""
    return ((picture, at, at) for picture, at in zip(pictures, at_ns, strict=False))


def _matte(path: Path, bench: _Bench, runtime: _Watched) -> EngineReport:
    """The profile's own matting network, with what guards it."""
    file = read_named(bench.profile, path)
    matte = open_guarded(runtime, bench.models, file, bench.profile.matting, bench.settings.size)
    try:
        calls = (partial(matte.seen, frame) for frame in cycle(bench.frames))
        return _report("matting", runtime, calls, 1000 / FPS)
    finally:
        matte.close()


def _face_stage(profile: Profile, models: ModelStore, runtime: Runtime) -> VideoStage:
    if profile.face.engine == "photo":
        return PhotoSwap(PhotoTarget(read_portrait(profile.resolve(profile.face.portrait), models)), profile)
    return face_stage(profile, runtime, models)


def _frames(settings: EnginesSettings, models: ModelStore, pictures: Sequence[Pixels]) -> list[Frame]:
    """Pictures with a face that is followed.

    Raises:
        StageError: there is none.
    """
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


def _voice(bench: _Bench, runtime: _Watched) -> EngineReport:
    profile, speech = bench.profile, _speech(sound_devices.SPEECH)
    if profile.voice.engine == "rvc":
        return _neural_voice(profile, bench.models, runtime, speech)
    stage = voice_stage(profile, profile.voice.latency_ms)
    step = stage.step if isinstance(stage, Stepped) else BLOCK_SAMPLES
    pieces = cycle([speech[at : at + step] for at in range(0, len(speech) - step + 1, step)])
    try:
        blocks = (Block(piece[:, np.newaxis], RATE_HZ, 0) for piece in pieces)
        calls = (lambda block=block: stage.process(block) for block in blocks)
        return _report(stage.name, runtime, calls, step * 1000 / RATE_HZ)
    finally:
        stage.close()


def _neural_voice(profile: Profile, models: ModelStore, runtime: _Watched, speech: NDArray[np.float32]) -> EngineReport:
    """A voice that is a network, with as much time as it asks for or this computer needs."""
    tools = Tools(runtime, models)
    plan = cut_for(RvcVoices(tools).least_ms(profile, profile.voice.latency_ms))
    engine, length = Rvc(profile, plan, tools), plan.context + plan.reach
    try:
        starts = cycle(list(range(0, len(speech), plan.chunk)))
        sounds = (np.take(speech, np.arange(start, start + length), mode="wrap") for start in starts)
        calls = (lambda sound=sound: engine.convert(sound) for sound in sounds)
        return _report(engine.name, runtime, calls, plan.chunk * 1000 / RATE_HZ)
    finally:
        engine.close()


def _speech(path: Path) -> NDArray[np.float32]:
    decoder = SoundDecoder(path)
    try:
        return np.concatenate(list(decoder.pieces()))
    finally:
        decoder.close()


def _report(engine: str, runtime: _Watched, calls: Iterator[Callable[[], object]], each_ms: float) -> EngineReport:
    """Times calls, and the networks within each."""
    spans: list[tuple[float, list[int]]] = []
    for _, call in zip(range(FIRST), calls, strict=False):
        call()
    started_s = time.monotonic()
    networks = [network for network in runtime.networks if network.path.name in runtime.providers]
    while len(spans) < FEWEST or (len(spans) < FRAMES_HELD and time.monotonic() - started_s < LONGEST_S):
        call = next(calls)
        before_ns, began_ns = [network.spent_ns for network in networks], time.perf_counter_ns()
        call()
        took_ns = time.perf_counter_ns() - began_ns
        spans.append((took_ns, [network.spent_ns - spent for network, spent in zip(networks, before_ns, strict=True)]))
    whole = np.array([took_ns for took_ns, _ in spans]) / 1e6
    within = np.array([spent for _, spent in spans]).reshape(len(spans), len(networks)) / 1e6
    model = within.sum(axis=1)
    each = {network.path.name: Share.of(column) for network, column in zip(networks, within.T, strict=True)}
    return EngineReport(engine, runtime.providers, Share.of(model), Share.of(whole - model), len(spans), each_ms, each)
