"""Races and losses at which the wrong face, or nothing at all, could go out."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.audio.settings import SoundSettings
from pipeline.errors import DeviceError, LaneError
from pipeline.media import Frame
from pipeline.session import Session, SessionSettings
from pipeline.telemetry import State
from pipeline.video.devices.settings import SourceSettings
from pipeline.video.devices.sinks import open_sinks, refuse_overwriting
from pipeline.video.output.delay_line import Showing
from profiles.profile import FailSafePolicy
from tests.chains import make_chain, make_profile
from tests.fakes import FakeSink, FakeSource, FakeStage, make_frame
from tests.footage import models, persona
from tests.lane_desk import LaneDesk, frame_at
from tests.rigging import SOON_S, PatientSource, WatchedSink, Workshop


@pytest.fixture
def workshop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Workshop]:
    made = Workshop(monkeypatch)
    yield made
    made.close()


def session(source: FakeSource, *, on_air: bool = True) -> Session:
    return Session(SessionSettings(source=source, on_air=on_air), make_profile(), models())


def test_settings_of_the_old_profile_never_reach_the_new_ones_stages() -> None:
    desk = LaneDesk()
    desk.lane.hand_over(desk.handover("ben"))
    desk.lane.adjust(desk.profile.with_face(size=1.2))
    desk.feed(frame_at(0))
    assert desk.lane.profile == make_profile("ben")
    desk.lane.hand_over(desk.handover("cleo"))
    desk.feed(frame_at(1))
    assert [chain.profile.name for chain in desk.retired] == ["ada", "ben"]


def test_the_old_profiles_picture_is_not_held_for_the_new_one() -> None:
    desk = LaneDesk()
    desk.feed(frame_at(0))
    desk.lane.hand_over(desk.handover("ben", FakeStage("ben", fails_on=frozenset({0}))))
    desk.feed(frame_at(1))
    assert desk.showings() == [Showing.PICTURE, Showing.CARD]


def test_a_blurred_frame_counts_as_the_policys() -> None:
    desk = LaneDesk(FakeStage(fails_on=frozenset({1})), policy=FailSafePolicy.BLUR)
    for index in range(3):
        desk.feed(frame_at(index))
    assert [entry.by_policy for entry in desk.entries()] == [False, True, False]


def test_panic_before_the_start_holds_from_the_first_picture_on(workshop: Workshop) -> None:
    sink = WatchedSink()
    workshop.sinks = (sink,)
    twin = session(FakeSource.of(20))
    twin.panic()
    twin.start()
    assert twin.readings().state is State.CARD
    assert twin.wait(SOON_S)
    twin.stop()
    assert all(picture.by_policy for picture in sink.pictures)
    assert len(sink.pictures) == 20


def test_a_session_that_was_stopped_does_not_start_any_more(workshop: Workshop) -> None:
    twin, before = session(FakeSource.of(20)), threading.active_count()
    twin.stop()
    with pytest.raises(LaneError, match="stopped before"):
        twin.start()
    assert threading.active_count() == before


def test_a_session_starts_once(workshop: Workshop) -> None:
    """The devices of the first start would never be given back."""
    workshop.sinks = (FakeSink(),)
    twin = session(PatientSource([make_frame(0)]))
    twin.start()
    running = threading.active_count()
    with pytest.raises(LaneError, match="has started already"):
        twin.start()
    assert threading.active_count() == running
    twin.stop()


def test_what_stands_in_the_delay_line_reaches_the_recording_and_not_the_call(workshop: Workshop) -> None:
    frames = [replace(make_frame(index), captured_ns=1 << 62) for index in range(5)]
    recording, camera = FakeSink(), WatchedSink(steady=True)
    rig = workshop.rig(PatientSource(frames), recording, camera)
    taken = 0

    def work() -> None:
        nonlocal taken
        while taken < len(frames):
            rig.frames.put(frames[taken])
            rig.lane.step()
            taken += 1

    work()
    assert recording.pictures == []
    rig.stop(SOON_S)
    assert [picture.media_ns for picture in recording.pictures] == [frame.media_ns for frame in frames]
    assert not any(picture.media_ns for picture in camera.pictures if not picture.by_policy)
    assert rig.line.dropped == 0


def test_a_camera_is_never_lossless_whatever_the_pace(workshop: Workshop) -> None:
    """Its silence calls for the fail-safe; a lossless lane would wait for ever."""
    source = PatientSource([make_frame(0)])
    rig = workshop.rig(source, FakeSink())
    assert workshop.lossless_sinks is False
    assert rig.presenter.realtime


def test_the_end_of_the_last_sink_fails_the_session(workshop: Workshop) -> None:
    workshop.sinks = (FakeSink(fails_at=3),)
    twin = session(FakeSource.of(50))
    twin.start()
    with pytest.raises(DeviceError, match="took no more"):
        twin.wait(SOON_S)
    video = twin.readings().video
    twin.stop()
    assert video.lost_sinks == ("The fake sink took no more.",)
    assert video.sinks == ()
    assert video.frames_out == 3


def test_a_lane_that_breaks_leaves_the_card_on_the_camera(workshop: Workshop) -> None:
    class Torn(FakeStage):
        def process(self, frame: Frame) -> Frame:
            raise RuntimeError("torn")

    camera = WatchedSink(steady=True)
    workshop.sinks = (camera,)
    workshop.assembly.build = lambda profile: make_chain(profile, Torn())  # type: ignore[method-assign]
    twin = session(PatientSource([make_frame(0)]))
    twin.start()
    with pytest.raises(LaneError, match="torn"):
        twin.wait(SOON_S)
    shown = len(camera.pictures)
    assert camera.wait_for(lambda picture: picture.by_policy and len(camera.pictures) > shown + 3)
    assert twin.readings().state is State.CARD
    twin.rearm()
    assert twin.readings().state is State.CARD
    twin.stop()


@pytest.mark.parametrize("virtual_camera", ["none", "film.mp4"])
def test_no_recording_replaces_its_own_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, virtual_camera: str
) -> None:
    monkeypatch.chdir(tmp_path)
    film = tmp_path / "film.mp4"
    film.write_bytes(b"precious")
    record = film if virtual_camera == "none" else None
    with pytest.raises(DeviceError, match="own source"):
        refuse_overwriting(Path("film.mp4"), virtual_camera, record)
    assert film.read_bytes() == b"precious"


def test_one_file_is_not_recorded_to_twice(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    with pytest.raises(DeviceError, match="twice"):
        open_sinks(str(film), (64, 64), 30.0, record=film)
    assert not film.exists()


@pytest.mark.parametrize(
    ("virtual_microphone", "monitor", "why"),
    [("x/../voice.wav", "none", "own source"), ("none", "voice.wav", "own source"), ("a.wav", "a.wav", "twice")],
)
def test_no_sound_replaces_its_own_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, virtual_microphone: str, monitor: str, why: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x").mkdir()
    voice = tmp_path / "voice.wav"
    voice.write_bytes(b"precious")
    sound = SoundSettings(str(voice), virtual_microphone, monitor)
    with pytest.raises(DeviceError, match=why):
        Session(SessionSettings(PatientSource(), sound=sound), persona(), models()).start()
    assert voice.read_bytes() == b"precious"
    assert not (tmp_path / "a.wav").exists()


def test_a_session_that_records_over_its_source_does_not_start(tmp_path: Path) -> None:
    film = tmp_path / "film.png"
    cv2.imwrite(str(film), np.zeros((64, 64, 3), np.uint8))
    settings = SessionSettings(SourceSettings(camera=str(film)), record=tmp_path / "x" / ".." / "film.png")
    before = film.read_bytes()
    with pytest.raises(DeviceError, match="own source"):
        Session(settings, persona(), models()).start()
    assert film.read_bytes() == before


def test_a_sink_that_cant_be_finished_still_ends_the_session(workshop: Workshop) -> None:
    workshop.sinks = (FakeSink(fails_to_close=True),)
    twin = session(FakeSource.of(3))
    twin.start()
    with pytest.raises(DeviceError, match="could not be closed"):
        twin.stop(SOON_S)
    assert twin.wait(0.0)
    assert twin.readings().state is State.STOPPED
