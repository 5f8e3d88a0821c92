"""A model that fails: whatever it leaves out is counted, told once, and kept apart from what the footage lacks."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.audio.devices.sound_recorder import SoundRecorder
from pipeline.audio.lane import AudioLane, AudioLinks
from pipeline.audio.ring import Ring
from pipeline.audio.stream import BLOCK_SAMPLES, RATE_HZ
from pipeline.errors import EngineError, StageError
from pipeline.media import Block, Frame
from pipeline.render import RenderJob, RenderProgress, open_rendering
from pipeline.telemetry import Event, Level, Outage
from profiles.engines.face import DfmSettings
from profiles.profile import Profile
from tests.fakes import FakeClock, FakeStage, FakeVoice
from tests.footage import DEMO, clip, models, needs_media, persona
from tests.lane_desk import LaneDesk, frame_at
from tests.models.broken import fickle_dfm
from tests.models.dfm import Tinting, tinting_dfm
from tests.models.rvc import Voice
from tests.pipeline.audio.neural.test_switching import wearing
from tests.pipeline.audio.neural.voices import tone

BROKEN = "The model face.dfm put out values that are no numbers on CPU."


class Fails(FakeStage):
    """Fails as it is told."""

    error: StageError | None = None

    def process(self, frame: Frame) -> Frame:
        if self.error is not None:
            raise self.error
        return super().process(frame)


def test_a_model_s_failure_is_told_until_it_works_and_no_missing_face_takes_it_back() -> None:
    stage = Fails()
    desk = LaneDesk(stage)

    def outage_after(error: StageError | None) -> Outage:
        stage.error = error
        desk.feed(frame_at(1))
        return desk.lane.meters.outage

    assert outage_after(StageError("There is no face.")) == Outage()
    assert outage_after(EngineError(BROKEN)) == Outage(BROKEN, 1)
    assert outage_after(StageError("There is no face.")) == Outage(BROKEN, 1)
    assert outage_after(EngineError(BROKEN)) == Outage(BROKEN, 2)
    assert outage_after(None) == Outage("", 2)


class Mute(FakeVoice):
    """Fails now and then, and says nothing for a while after that."""

    fails, silent = False, False

    def process(self, block: Block) -> Block:
        if self.fails:
            raise EngineError(BROKEN)
        done = super().process(block)
        return Block(done.samples * (not self.silent), RATE_HZ, done.captured_ns)


def test_a_voice_that_failed_is_out_until_it_is_heard_again() -> None:
    voice, source, output = Mute(1.0), Ring(2 * BLOCK_SAMPLES), Ring(2 * BLOCK_SAMPLES)
    lane = AudioLane((), voice, AudioLinks(source, [output], FakeClock(), lambda _: None))

    def outage_after(*, fails: bool = False, silent: bool = False) -> Outage:
        voice.fails, voice.silent = fails, silent
        source.write(Block(np.full((BLOCK_SAMPLES, 1), 0.1, np.float32), RATE_HZ, 0))
        lane.step()
        output.read(BLOCK_SAMPLES)
        return lane.meters.outage

    assert outage_after(silent=True) == Outage()
    assert outage_after(fails=True) == Outage(BROKEN, 1)
    assert outage_after(silent=True) == Outage(BROKEN, 2)
    assert outage_after() == Outage("", 2)


def rendered(job: RenderJob) -> tuple[RenderProgress, list[Event]]:
    """A whole render, and what it told."""
    told: list[Event] = []
    with open_rendering(job, models(), report=told.append) as rendering:
        while rendering.step():
            pass
    return rendering.progress(), told


def fickle(folder: Path) -> Profile:
    """A persona whose face works as long as the pictures are half bright."""
    fickle_dfm(folder / "face.dfm", tinting_dfm(folder / "whole.dfm", Tinting(size=64)), "nan")
    face = persona().face.model_copy(update={"engine": "dfm"})
    changes = {"folder": folder, "face": face, "dfm": DfmSettings(model=Path("face.dfm"))}
    return persona().model_copy(update=changes)


@needs_media
def test_a_render_tells_of_a_face_that_fails_once(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "in.png"), clip(DEMO)[0].pixels)
    progress, told = rendered(RenderJob(tmp_path / "in.png", tmp_path / "out.mp4", fickle(tmp_path)))
    assert (progress.faces_found, progress.policy_frames, progress.failed_frames) == (1, 1, 1)
    assert [event.text for event in told if event.level is Level.ERROR] == [BROKEN]


def test_a_picture_without_a_face_is_no_model_s_fault(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "in.png"), np.full((96, 160, 3), 90, np.uint8))
    progress, told = rendered(RenderJob(tmp_path / "in.png", tmp_path / "out.mp4", fickle(tmp_path)))
    assert (progress.policy_frames, progress.failed_frames, told) == (1, 0, [])


@pytest.mark.parametrize("faulty", [True, False])
def test_a_render_tells_of_a_voice_that_fails(tmp_path: Path, faulty: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.models.rvc.FAULTY_LEVEL", 0.1)
    profile = wearing(tmp_path, voice=Voice("realtime", faulty=faulty))
    with SoundRecorder(tmp_path / "in.wav") as target:
        target.write(tone(200.0, samples=3 * RATE_HZ))
    progress, told = rendered(RenderJob(tmp_path / "in.wav", tmp_path / "out.wav", profile))
    assert progress.silent_s == pytest.approx(3.0 if faulty else 0.0, abs=0.2)
    assert any("voice.onnx put out values that are no numbers" in event.text for event in told) is faulty
