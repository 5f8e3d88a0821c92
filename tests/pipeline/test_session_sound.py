"""What a session tells of its sound while it runs, and how it is muted."""

from pathlib import Path

import pytest

from pipeline.audio.rig import SoundSettings
from pipeline.rig import SessionSettings
from pipeline.session import Session
from pipeline.video.devices.settings import Pace, SourceSettings
from tests.chains import make_profile
from tests.flashes import FlashFilm, write_flash_film
from tests.footage import models
from tests.pipeline.test_recorded_sound import Speaking
from tests.rigging import SOON_S, PatientSource

LONG_S = 60.0


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
