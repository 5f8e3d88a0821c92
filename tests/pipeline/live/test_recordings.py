"""Recordings that begin and end while a call goes on: what goes out is in them, and the call notices nothing."""

import shutil
from collections import namedtuple
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from pipeline.assembly import Chain
from pipeline.audio.settings import SoundSettings
from pipeline.errors import DeviceError
from pipeline.media import Picture
from pipeline.session import Session
from pipeline.telemetry import Level, State
from pipeline.video.devices.recorder import Recorder
from pipeline.video.devices.settings import SourceSettings
from profiles.profile import Profile
from tests.fakes import FakeSink, FakeSource, FakeVoice
from tests.flashes import FlashFilm, find, heard, write_flash_film
from tests.pipeline.audio.booth import FakeEar, Slow
from tests.pipeline.live.ticking import SIZE, Plain, Stage, Ticking, until
from tests.rigging import SOON_S, WatchedSink

CARD_LEVEL, OUT_LEVEL = 60, 101
"""The card is darker than the pictures, which the chain makes lighter by one."""


class _Late(Plain):
    """A voice that takes four tenths of a second."""

    def build(self, profile: Profile) -> Chain:
        """A chain with it."""
        return replace(super().build(profile), voice=Slow(400_000_000))


class _Silenced(Plain):
    """A voice that can't do a thing."""

    def build(self, profile: Profile) -> Chain:
        """A chain with it."""
        voice = FakeVoice()
        voice.failing = True
        return replace(super().build(profile), voice=voice)


def lit(path: Path) -> list[int]:
    """The grey near a corner of every picture of a film."""
    with av.open(str(path)) as container:
        return [int(frame.to_ndarray(format="bgr24")[-20:-4, 4:20].mean()) for frame in container.decode(video=0)]


def seconds_of(session: Session, more: float) -> None:
    """Lets it record for so long, and as many pictures as a busy computer makes at least in that time."""
    before = session.readings().video.frames_out
    until(session, lambda: (session.readings().video.recording_s or 0.0) >= more)
    until(session, lambda: session.readings().video.frames_out >= before + 20 * more)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_what_goes_out_is_recorded_from_when_it_is_asked_for_until_it_ends(
    stage: Stage, tmp_path: Path, suffix: str
) -> None:
    film, call = tmp_path / f"film{suffix}", WatchedSink(steady=True)
    session = stage.session(Ticking(), call, sound=SoundSettings("demo"))
    until(session, lambda: len(call.pictures) > 5)
    assert session.readings().video.recording_s is None
    session.record(film)
    assert session.readings().video.sinks[1:] == (f"film{suffix} · 128×96 H.264 with sound",)
    seconds_of(session, 0.8)
    session.record(None)
    readings = session.readings().video
    assert (readings.recording_s, readings.sinks) == (None, (call.description,))
    told = len(call.pictures)
    until(session, lambda: len(call.pictures) > told + 5)
    levels, found = lit(film), find(film)
    assert len(levels) >= 8
    assert set(np.abs(np.array(levels) - OUT_LEVEL)) <= {0, 1, 2}
    assert found.sound_end_s == pytest.approx(found.last_picture_s + 0.02, abs=0.05)
    assert np.abs(found.samples[4_800:]).max() > 0.01
    assert stage.events == []


def test_a_recording_begins_with_the_sound_that_its_first_pictures_wait_for(stage: Stage, tmp_path: Path) -> None:
    """A slow voice has pictures wait for seconds: those that wait when the recording begins have their sound in it."""
    film = tmp_path / "film.mkv"
    session = stage.session(Ticking(), FakeSink(steady=True), sound=SoundSettings("demo", FakeEar()), assemble=_Late)
    until(session, lambda: session.readings().sync.delay_ms > 350)
    session.record(film)
    seconds_of(session, 1.0)
    session.record(None)
    _, samples = heard(film)
    assert np.abs(samples[: 48_000 // 2]).max() > 0.01


@pytest.mark.parametrize("panicked", [False, True])
def test_in_preview_and_in_panic_card_and_silence_are_recorded(stage: Stage, tmp_path: Path, panicked: bool) -> None:
    film = tmp_path / "film.mkv"
    session = stage.session(Ticking(200), FakeSink(steady=True), sound=SoundSettings("demo"), on_air=panicked)
    if panicked:
        session.panic()
    assert session.readings().state is (State.CARD if panicked else State.PREVIEW)
    session.record(film)
    seconds_of(session, 0.6)
    session.record(None)
    levels = lit(film)
    assert levels
    assert max(levels) < CARD_LEVEL
    _, samples = heard(film)
    assert len(samples) > 4_800
    assert np.abs(samples).max() < 1e-3


def test_whoever_goes_on_air_meanwhile_is_seen_and_heard_from_then_on(stage: Stage, tmp_path: Path) -> None:
    film = tmp_path / "film.mkv"
    session = stage.session(Ticking(200), FakeSink(steady=True), sound=SoundSettings("demo"), on_air=False)
    session.record(film)
    seconds_of(session, 0.4)
    session.set_on_air(True)
    seconds_of(session, 1.4)
    session.record(None)
    levels, (_, samples) = lit(film), heard(film)
    assert max(levels[:4]) < CARD_LEVEL
    assert levels[-1] == pytest.approx(201, abs=3)
    assert np.abs(samples[:4_800]).max() < 1e-3 < np.abs(samples[-24_000:]).max()


def test_without_sound_there_is_none_in_the_film_and_one_can_follow_another(stage: Stage, tmp_path: Path) -> None:
    session = stage.session(Ticking())
    for name in ("one.mp4", "two.mp4"):
        session.record(tmp_path / name)
        seconds_of(session, 0.3)
        session.record(None)
        assert len(lit(tmp_path / name)) > 1
        with av.open(str(tmp_path / name)) as container:
            assert not container.streams.audio
    session.record(None)
    assert not session.wait(0.0)


def test_a_recording_that_nobody_ends_ends_with_the_session_and_plays(stage: Stage, tmp_path: Path) -> None:
    session = stage.session(Ticking(), FakeSink(steady=True), sound=SoundSettings("demo"))
    session.record(tmp_path / "film.mp4")
    seconds_of(session, 0.5)
    session.stop(SOON_S)
    assert find(tmp_path / "film.mp4").pictures > 1
    with pytest.raises(DeviceError, match="comes too late"):
        session.record(tmp_path / "late.mp4")
    assert not (tmp_path / "late.mp4").exists()


def test_a_recording_that_began_with_the_session_is_ended_and_another_begun(stage: Stage, tmp_path: Path) -> None:
    session = stage.session(Ticking(), sound=SoundSettings("demo"), record=tmp_path / "first.mkv")
    with pytest.raises(DeviceError, match=r"recording first\.mkv is being written already; end it"):
        session.record(tmp_path / "second.mkv")
    assert not (tmp_path / "second.mkv").exists()
    seconds_of(session, 0.4)
    session.record(None)
    first = find(tmp_path / "first.mkv").pictures
    session.record(tmp_path / "second.mkv")
    seconds_of(session, 0.4)
    session.stop(SOON_S)
    assert find(tmp_path / "first.mkv").pictures == first > 1
    assert find(tmp_path / "second.mkv").pictures > 1


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nowhere/film.mp4", "can't be written: no such file or directory; choose another place"),
        ("film.avi", r"can't be written as '\.avi'; end its name in \.mp4 or \.mkv"),
        ("film", r"end its name in \.mp4 or \.mkv"),
        ("held.mkv", "is being written already; choose another name"),
        ("folder.mkv", "can't be written: is a directory; choose another place"),
    ],
)
def test_what_can_not_be_recorded_to_is_said_and_the_call_goes_on(
    stage: Stage, tmp_path: Path, name: str, said: str
) -> None:
    (tmp_path / "folder.mkv").mkdir()
    call = WatchedSink(steady=True)
    session = stage.session(Ticking(), call, sound=SoundSettings("demo"))
    with Recorder(tmp_path / "held.mkv", SIZE, 25), pytest.raises(DeviceError, match=said):
        session.record(tmp_path / name)
    told = len(call.pictures)
    until(session, lambda: len(call.pictures) > told + 3)
    assert session.readings().video.recording_s is None
    session.record(tmp_path / "good.mkv")
    assert session.readings().video.recording_s is not None


def test_neither_the_present_source_nor_an_earlier_one_is_overwritten(stage: Stage, tmp_path: Path) -> None:
    films = [write_flash_film(tmp_path / name, FlashFilm()) for name in ("one.mkv", "two.mkv", "heard.mkv")]
    before = [film.read_bytes() for film in films]
    session = stage.session(SourceSettings(str(films[0]), loop=True), sound=SoundSettings(str(films[2])))
    session.watch(str(films[1]))
    for film in films:
        with pytest.raises(DeviceError, match="would overwrite its own source"):
            session.record(film)
    assert [film.read_bytes() for film in films] == before


def test_a_disk_without_room_is_told_before_anything_is_emptied(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**12, 10**12, 7_000_000))
    session = stage.session(Ticking())
    (tmp_path / "film.mp4").write_text("kept")
    with pytest.raises(DeviceError, match="its disk has 7 MB left, wanted at least 100; make room"):
        session.record(tmp_path / "film.mp4")
    assert (tmp_path / "film.mp4").read_text() == "kept"


@pytest.mark.parametrize("watched", [True, False])
def test_a_disk_that_fills_up_ends_the_recording_and_nothing_else(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, watched: bool
) -> None:
    calls = (WatchedSink(steady=True),) if watched else ()
    session = stage.session(Ticking(), *calls, sound=SoundSettings("demo"))
    with monkeypatch.context() as patched:
        patched.setattr(Recorder, "write", _full)
        session.record(tmp_path / "film.mp4")
        until(session, lambda: session.readings().video.recording_s is None)
    (event,) = [event for event in stage.events if event.level is Level.ERROR]
    assert event.text == "The disk is full."
    assert session.readings().state is State.ON_AIR
    assert session.readings().video.lost_sinks == ("The disk is full.",)
    session.record(tmp_path / "another.mp4")
    seconds_of(session, 0.3)
    session.record(None)
    assert len(lit(tmp_path / "another.mp4")) > 1
    assert not session.wait(0.0)


def test_a_file_that_is_worked_on_as_fast_as_it_goes_is_recorded_from_its_start_or_not_at_all(
    stage: Stage, tmp_path: Path
) -> None:
    sink = WatchedSink()
    sink.gate.clear()
    session = stage.session(FakeSource.of(20), sink)
    try:
        with pytest.raises(DeviceError, match="as fast as it goes; name it at the start, with --record"):
            session.record(tmp_path / "film.mp4")
        with pytest.raises(DeviceError, match="as fast as it goes"):
            session.watch("demo")
    finally:
        sink.gate.set()
    assert not (tmp_path / "film.mp4").exists()


def test_of_a_session_that_has_failed_nothing_is_recorded(stage: Stage, tmp_path: Path) -> None:
    call, camera = FakeSink(steady=True), Ticking()
    session = stage.session(camera, call)
    camera.breaks = True
    with pytest.raises(DeviceError, match="fell off"):
        session.wait(SOON_S)
    with pytest.raises(DeviceError, match="the session has failed, and only its card goes out"):
        session.record(tmp_path / "film.mp4")
    assert not (tmp_path / "film.mp4").exists()


def test_the_raw_voice_is_in_no_recording(stage: Stage, tmp_path: Path) -> None:
    film = tmp_path / "film.mkv"
    session = stage.session(Ticking(), sound=SoundSettings("demo"), assemble=_Silenced)
    session.record(film)
    seconds_of(session, 0.5)
    session.record(None)
    _, samples = heard(film)
    assert np.abs(samples).max() < 1e-3


def _full(recorder: Recorder, picture: Picture) -> None:
    raise DeviceError("The disk is full.")
