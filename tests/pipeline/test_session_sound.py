"""What a session tells of its sound while it runs, and how it is muted."""

import threading
import wave
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from pipeline.assembly import Chain
from pipeline.audio.monitor.monitor import Monitor
from pipeline.audio.monitor.state import Monitoring
from pipeline.audio.rig import SoundRig, SoundSettings
from pipeline.audio.voice.actor import Actor
from pipeline.audio.voice.timbre import Timbre
from pipeline.clock import MonotonicClock
from pipeline.errors import DeviceError, UnderstudyError
from pipeline.media import Block
from pipeline.rig import Rig, SessionSettings
from pipeline.session import Session
from pipeline.telemetry import Level, State
from pipeline.video.devices.settings import Pace, SourceSettings
from profiles.profile import Profile
from tests.chains import make_profile
from tests.fakes import FakeSink
from tests.flashes import FlashFilm, write_flash_film
from tests.footage import models
from tests.pipeline.audio.booth import FakeEar
from tests.pipeline.test_recorded_sound import Speaking
from tests.rigging import SOON_S, PatientSource

LONG_S = 60.0


class Leisurely(Timbre):
    """A voice that takes as long as what it says."""

    def process(self, block: Block) -> Block:
        """Takes its time."""
        threading.Event().wait(0.01)
        return super().process(block)


class Unhurried(Speaking):
    """Gives every chain a voice that takes its time."""

    def build(self, profile: Profile) -> Chain:
        """A chain with a slow voice."""
        return replace(super().build(profile), voice=Leisurely(profile))


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A film with bursts of sound."""
    return write_flash_film(tmp_path / "in.mkv", FlashFilm())


def ran(film: Path, sound: SoundSettings) -> Session:
    """A session that has played a film to its end."""
    settings = SessionSettings(SourceSettings(str(film), pace=Pace.MAX), sound=sound, assemble=Speaking)
    session = Session(settings, make_profile(), models())
    session.start()
    assert session.wait(LONG_S)
    return session


def test_the_meters_tell_what_comes_in_and_what_goes_out(film: Path, tmp_path: Path) -> None:
    session = ran(film, SoundSettings(str(film), str(tmp_path / "out.wav")))
    # The last of the sound is through when the session has stopped.
    session.stop(SOON_S)
    levels, audio = session.levels(), session.readings().audio
    assert levels is not None and audio is not None
    assert levels[0].hold_dbfs > -40.0
    assert [meter.hold_dbfs for meter in levels] == [audio.input_level.hold_dbfs, audio.output_level.hold_dbfs]


def test_without_sound_there_are_no_meters_and_nothing_to_mute(film: Path) -> None:
    session = ran(film, SoundSettings())
    session.mute(True)
    levels, audio = session.levels(), session.readings().audio
    session.stop(SOON_S)
    assert levels is None and audio is None


def test_when_the_sound_of_a_file_is_over_pictures_wait_for_it_no_longer(film: Path, tmp_path: Path) -> None:
    sound = SoundSettings(str(film), str(tmp_path / "out.wav"))
    session = Session(SessionSettings(PatientSource(), sound=sound, assemble=Speaking), make_profile(), models())
    session.start()
    try:
        while session.readings().sync.target_ms < 20.0:
            assert not session.wait(0.01)
        while session.readings().sync.target_ms > 0.0:
            assert not session.wait(0.01)
    finally:
        session.stop(SOON_S)
    assert session.readings().sync.offset_ms is None


@pytest.mark.parametrize("seen", [True, False], ids=["with pictures", "sound alone"])
def test_a_session_whose_last_sound_sink_is_lost_goes_on_while_pictures_go_out(seen: bool) -> None:
    told = threading.Event()
    sound, sinks = SoundSettings("demo", FakeEar(breaks_after=5)), (FakeSink(),) if seen else ()
    settings = SessionSettings(PatientSource(), sinks=sinks, sound=sound, assemble=Speaking)
    session = Session(
        settings, make_profile(), models(), on_event=lambda event: told.set() if event.level is Level.ERROR else None
    )
    session.start()
    try:
        assert told.wait(SOON_S)
        if seen:
            assert not session.wait(0.2)
        else:
            with pytest.raises(DeviceError, match="told to break"):
                session.wait(SOON_S)
        readings = session.readings()
        assert readings.state is (State.ON_AIR if seen else State.CARD)
        assert readings.audio is not None
        assert (len(readings.audio.lost_sinks), readings.audio.sinks, readings.sync.target_ms) == (1, (), 0.0)
    finally:
        session.stop(SOON_S)


@pytest.mark.parametrize(
    "sound",
    [
        SoundSettings("nosuch.wav", "kept.wav"),
        SoundSettings("demo", "kept.wav", monitor="nosuch"),
        SoundSettings("demo", "nosuch", monitor="kept.wav"),
    ],
)
def test_a_session_that_never_starts_leaves_files_of_other_sessions_as_they_are(
    film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sound: SoundSettings
) -> None:
    monkeypatch.chdir(tmp_path)
    kept = [tmp_path / "kept.wav", tmp_path / "kept.mkv"]
    for file in kept:
        file.write_text("kept")
    settings = SessionSettings(
        SourceSettings(str(film), pace=Pace.MAX), record=tmp_path / "kept.mkv", sound=sound, assemble=Speaking
    )
    with pytest.raises(UnderstudyError):
        Session(settings, make_profile(), models()).start()
    assert [file.read_text() for file in kept] == ["kept", "kept"]


def test_no_output_overwrites_the_microphones_file(tmp_path: Path, film: Path) -> None:
    heard = tmp_path / "heard.wav"
    heard.write_text("kept")
    for sound in (SoundSettings(str(heard), str(heard)), SoundSettings(str(heard), monitor=str(heard))):
        settings = SessionSettings(SourceSettings(str(film)), sound=sound, assemble=Speaking)
        with pytest.raises(DeviceError, match="would overwrite its own source"):
            Session(settings, make_profile(), models()).start()
    assert heard.read_text() == "kept"


def test_a_films_sound_is_heard_to_its_end_though_its_pictures_and_the_recording_end_before(tmp_path: Path) -> None:
    film = write_flash_film(tmp_path / "long.mkv", FlashFilm(sound_ends_s=5.0))
    settings = SessionSettings(
        SourceSettings(str(film), pace=Pace.MAX),
        record=tmp_path / "out.mkv",
        sound=SoundSettings(str(film), str(tmp_path / "out.wav")),
        assemble=Unhurried,
    )
    session = Session(settings, make_profile(), models())
    session.start()
    assert session.wait(LONG_S)
    session.stop(SOON_S)
    with wave.open(str(tmp_path / "out.wav")) as file:
        assert file.getnframes() / file.getframerate() == pytest.approx(5.0, abs=0.3)


def test_with_another_microphone_the_actor_is_learnt_anew(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = ran(film, SoundSettings(str(film)))
    begun: list[Actor] = []
    monkeypatch.setattr(Actor, "begin_anew", lambda actor: begun.append(actor))
    with pytest.raises(DeviceError):
        session.listen_to("auto")
    assert begun == []
    monkeypatch.setattr(SoundRig, "listen_to", lambda rig, microphone: None)
    session.listen_to("auto")
    assert len(begun) == 1
    session.stop(SOON_S)


def test_a_monitor_that_is_lost_while_it_is_asked_for_is_no_error() -> None:
    class Losing:
        """The sound of a rig whose headphones are taken out as soon as somebody has looked at them."""

        def __init__(self) -> None:
            self._monitors = [Monitor(FakeEar(), MonotonicClock(), lambda event: None)]

        @property
        def monitor(self) -> Monitor | None:
            return self._monitors.pop() if self._monitors else None

    session = Session(SessionSettings(), make_profile(), models())
    session._rig = cast("Rig", SimpleNamespace(sound=Losing()))
    assert session.monitoring is Monitoring.ON
    assert session.monitoring is Monitoring.NONE
    session._rig = cast("Rig", SimpleNamespace(sound=Losing()))
    session.monitor(False)
    session.monitor(False)
