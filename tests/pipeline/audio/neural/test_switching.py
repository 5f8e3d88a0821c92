"""A session with a voice that is a network: it runs, changes to the embedded voice and back, and ends."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from pipeline.assembly import Assembly, Chain, same_but_live
from pipeline.audio.devices.sound_recorder import SoundRecorder
from pipeline.audio.lane import MOST_OVERLAP, AudioLane, AudioLinks
from pipeline.audio.ring import Ring
from pipeline.audio.settings import SoundSettings
from pipeline.audio.stream import BLOCK_SAMPLES, RATE_HZ
from pipeline.audio.voice.chunks import Joined
from pipeline.audio.voice.timbre import Timbre
from pipeline.circumstances import Circumstances
from pipeline.clock import MonotonicClock
from pipeline.errors import VoiceError
from pipeline.inference.onnx.runtime import Runtime
from pipeline.media import Block
from pipeline.rig import SessionSettings
from pipeline.session import Session
from pipeline.telemetry import Event
from pipeline.video.devices.settings import Pace, SourceSettings
from profiles.profile import Profile
from tests.flashes import FlashFilm, write_flash_film
from tests.footage import models, needs_media, persona
from tests.models.rvc import Voice
from tests.pipeline.audio.neural.voices import Sound, profile_of, tone
from tests.pipeline.audio.voice.speech import decoded, recording
from tests.rigging import SOON_S

SIZE = (320, 240)


def wearing(folder: Path, name: str = "mara", voice: Voice | None = None) -> Profile:
    """A persona with a stand-in voice."""
    neural, worn = profile_of(folder, voice), persona(name)
    rvc = {key: folder / value for key, value in neural.rvc.model_dump().items() if isinstance(value, Path)}
    return worn.model_copy(update={"voice": neural.voice, "rvc": neural.rvc.model_copy(update=rvc)})


class Lane:
    """An audio lane that is fed by hand."""

    def __init__(self, chain: Chain) -> None:
        self.events: list[Event] = []
        self._input, self._output = Ring(2 * BLOCK_SAMPLES), Ring(2 * BLOCK_SAMPLES)
        links = AudioLinks(self._input, [self._output], MonotonicClock(), self.events.append)
        self._lane = AudioLane((), chain.voice, links)
        self.take: Callable[[Chain], None] = lambda chain: self._lane.take(chain.voice)

    def say(self, sound: Sound) -> Sound:
        """What goes out while a sound comes in."""
        parts = []
        for at in range(0, len(sound), BLOCK_SAMPLES):
            self._input.write(Block(sound[at : at + BLOCK_SAMPLES, None], RATE_HZ, 0))
            assert self._lane.step()
            block = self._output.read(BLOCK_SAMPLES)
            assert block is not None
            parts.append(block.samples[:, 0].copy())
        return np.concatenate(parts)


NEAR = RATE_HZ // 100
"""Samples on either side of a joint that are looked at, 10 ms."""


def steps(sound: Sound) -> Sound:
    """From sample to sample."""
    return np.abs(np.diff(sound, prepend=0.0))


@needs_media
def test_voices_change_on_air_without_a_click(tmp_path: Path) -> None:
    """No step at a joint is above the 99.9th percentile of all, nor above what either voice alone makes there."""
    assembly, speech = Assembly(models(), persona(), SIZE), recording()[: 10 * RATE_HZ]
    chains = [assembly.build(profile) for profile in (wearing(tmp_path), persona("tomas")) for _ in range(2)]
    neural, neural_alone, embedded, embedded_alone = chains
    assert isinstance(neural.voice, Joined) and isinstance(embedded.voice, Timbre)
    with ExitStack() as left:
        for part in (assembly, *chains):
            left.callback(part.close)
        alone = np.maximum(*(steps(Lane(chain).say(speech)) for chain in (neural_alone, embedded_alone)))
        lane, parts, joints = Lane(neural), [], []
        for number, start in enumerate(range(0, len(speech), RATE_HZ)):
            if number:
                coming = embedded if number % 2 else neural
                lane.take(coming)
                late = round(coming.voice.latency_ns * RATE_HZ / 1e9)
                joints += [start, start + min(late, MOST_OVERLAP), start + late]
            parts.append(lane.say(speech[start : start + RATE_HZ]))
        assert not lane.events
    made = steps(np.concatenate(parts))
    usual = float(np.percentile(made, 99.9))
    for joint in joints:
        here = slice(joint - NEAR, joint + NEAR)
        assert made[here].max() <= max(usual, float(alone[here].max()))


def test_closing_frees_the_networks(tmp_path: Path) -> None:
    assembly = Assembly(models(), persona(), SIZE)
    chain = assembly.build(wearing(tmp_path))
    assert {"voice.onnx", "encoder.onnx", "pitch.onnx"} <= set(assembly.providers)
    chain.close()
    chain.close()
    assert not {"voice.onnx", "encoder.onnx", "pitch.onnx"} & set(assembly.providers)
    assembly.close()


def test_a_failed_build_frees_the_networks(tmp_path: Path) -> None:
    assembly = Assembly(models(), persona(), SIZE)
    broken = wearing(tmp_path).model_copy(
        update={"background": persona().background.model_copy(update={"kind": "image"})}
    )
    with pytest.raises(Exception, match="room"):
        assembly.build(broken.model_copy(update={"folder": tmp_path, "face": broken.face}))
    assert "voice.onnx" not in assembly.providers
    assembly.close()


def test_a_voice_that_can_t_be_kept_is_refused_with_the_smallest_latency_that_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports: list[Event] = []
    assembly = Assembly(models(), persona(), SIZE, Circumstances(report=reports.append))
    monkeypatch.setattr(assembly._rvc, "_share_of", lambda _, plan: 24_000 / plan.chunk)
    chain = assembly.build(wearing(tmp_path))
    assert "within 300 ms; it gets 2000 ms" in reports[0].text
    assert chain.voice.latency_ns > 1.9e9
    chain.close()
    monkeypatch.setattr(assembly._rvc, "_share_of", lambda _, plan: 2.0)
    # Files that have changed are measured anew.
    with pytest.raises(VoiceError, match="200% of the time"):
        assembly.build(wearing(tmp_path, voice=Voice(rate_hz=48_000)))
    assembly.close()


def test_a_session_changes_to_the_embedded_voice_and_back_and_frees_every_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a film's pictures and a tone to a file: nothing fails, nothing steps, nothing stays open."""
    runtimes: list[Runtime] = []

    def kept(*settings: object, **named: object) -> Runtime:
        runtimes.append(Runtime(*settings, **named))
        return runtimes[-1]

    monkeypatch.setattr("pipeline.rig.Runtime", kept)
    film = write_flash_film(tmp_path / "in.mkv", FlashFilm(seconds=30.0))
    with SoundRecorder(tmp_path / "in.wav") as recorder:
        recorder.write(tone(200.0, 0.3, 30 * RATE_HZ))
    sound = SoundSettings(str(tmp_path / "in.wav"), str(tmp_path / "out.wav"))
    settings = SessionSettings(SourceSettings(str(film), pace=Pace.REALTIME), sound=sound)
    session = Session(settings, wearing(tmp_path), models())
    session.start()
    try:
        for profile, engine in ((persona("tomas"), "timbre"), (wearing(tmp_path), "rvc")):
            session.switch(profile)
            while (audio := session.readings().audio) is None or audio.engine != engine:
                assert not session.wait(0.01), f"the sound was over before {engine} came"
            assert (audio.load is None) == (engine == "timbre")
        heard = audio.blocks + RATE_HZ // BLOCK_SAMPLES
        while (audio := session.readings().audio) is not None and audio.blocks < heard:
            assert not session.wait(0.01)
    finally:
        session.stop(SOON_S)
    assert audio is not None and audio.load is not None and 0.0 < audio.load < 10.0
    assert audio.failed == 0 and [len(runtime.providers) for runtime in runtimes] == [0]
    spoken = decoded(tmp_path / "out.wav")
    # Whatever voice speaks, a tone of this loudness has no larger steps: at most 400 Hz, and the voices' overtones.
    assert np.abs(spoken).max() > 0.05 and steps(spoken).max() < 0.3


def test_a_voice_is_built_anew_when_its_own_settings_change(tmp_path: Path) -> None:
    before = wearing(tmp_path)
    louder = before.model_copy(update={"voice": before.voice.model_copy(update={"median_f0_hz": 200.0})})
    other = before.model_copy(update={"rvc": before.rvc.model_copy(update={"speaker": 1})})
    assert same_but_live(before, louder) and not same_but_live(before, other)
