"""A session's recording: what goes out is in it, picture and sound together, and silence where nothing may be heard."""

from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from pipeline.assembly import Chain
from pipeline.audio.rig import SoundSettings
from pipeline.audio.voice.timbre import Timbre
from pipeline.circumstances import Circumstances
from pipeline.errors import DeviceError, StageError
from pipeline.inference.store import ModelStore
from pipeline.media import Block
from pipeline.rig import SessionSettings
from pipeline.session import Session
from pipeline.video.devices.settings import Pace, SourceSettings
from profiles.profile import Profile
from tests.chains import FakeAssembly, make_profile
from tests.fakes import FakeVoice
from tests.films import make_film
from tests.flashes import FLASHES_S, FlashFilm, Found, find, write_flash_film
from tests.footage import models
from tests.pipeline.audio.booth import Slow
from tests.pipeline.test_render_sound import spoil_sound
from tests.rigging import SOON_S

LONG_S = 60.0


class Speaking(FakeAssembly):
    """Lets pictures pass, and gives every chain the real voice engine."""

    def __init__(self, store: ModelStore, profile: Profile, size: tuple[int, int], session: Circumstances) -> None:
        super().__init__(size, session)

    def build(self, profile: Profile) -> Chain:
        """A chain with a voice."""
        return replace(super().build(profile), voice=Timbre(profile))


class Torn(Timbre):
    """A voice that can't do a thing."""

    def process(self, block: Block) -> Block:
        """Fails."""
        raise StageError("The voice is torn.")


class Holding(Speaking):
    """Gives every chain a voice that holds what is said for long."""

    def build(self, profile: Profile) -> Chain:
        """A chain with a slow voice."""
        return replace(super().build(profile), voice=Slow(2_500_000_000))


class Hoarse(Speaking):
    """Gives every chain a voice that fails."""

    def build(self, profile: Profile) -> Chain:
        """A chain without much of a voice."""
        return replace(super().build(profile), voice=Torn(profile))


def session_of(film: Path, target: Path, settings: SessionSettings | None = None, *, paced: bool = False) -> Session:
    """A session that plays a film and its sound into a recording."""
    pace = Pace.REALTIME if paced else Pace.MAX
    changed = replace(
        settings or SessionSettings(sound=SoundSettings(str(film)), assemble=Speaking),
        source=SourceSettings(camera=str(film), pace=pace),
        record=target,
    )
    return Session(changed, make_profile(), models())


def played(session: Session) -> None:
    """Runs a session to its end."""
    session.start()
    try:
        assert session.wait(LONG_S)
    finally:
        session.stop(SOON_S)


def recorded(film: Path, target: Path, settings: SessionSettings | None = None) -> Found:
    """What a session of a film leaves in its recording."""
    played(session_of(film, target, settings))
    return find(target)


def together(found: Found) -> int:
    """How many flashes have their burst; a busy computer leaves one out, or shows it twice."""
    return sum(min(abs(flash_s - burst_s) for burst_s in found.bursts_s) < 0.02 for flash_s in found.flashes_s)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
@pytest.mark.parametrize("sound_at_s", [0.0, 0.12, -0.08])
def test_flash_and_burst_stay_together(tmp_path: Path, suffix: str, sound_at_s: float) -> None:
    film = write_flash_film(tmp_path / "in.mkv", FlashFilm(sound_at_s))
    before, after = find(film), recorded(film, tmp_path / f"out{suffix}")
    assert after.flashes_s == pytest.approx(before.flashes_s, abs=0.001)
    assert after.bursts_s == pytest.approx(before.bursts_s, abs=0.001)
    assert (after.pictures, after.sound_start_s) == (75, pytest.approx(0.0, abs=0.001))
    # AAC comes in whole blocks of 21 ms.
    assert after.sound_end_s == pytest.approx(3.0, abs=0.022 if suffix == ".mp4" else 0.001)


def test_two_recordings_at_once_are_alike(tmp_path: Path) -> None:
    film = write_flash_film(tmp_path / "in.mkv", FlashFilm())
    settings = SessionSettings(
        virtual_camera=str(tmp_path / "one.mkv"), sound=SoundSettings(str(film)), assemble=Speaking
    )
    other = recorded(film, tmp_path / "other.mkv", settings)
    one = find(tmp_path / "one.mkv")
    assert np.array_equal(one.samples, other.samples)
    assert one.bursts_s == pytest.approx(FLASHES_S, abs=0.001)


@pytest.mark.parametrize(
    "settings",
    [
        SessionSettings(on_air=False, sound=SoundSettings("film"), assemble=Speaking),
        SessionSettings(sound=SoundSettings("film", muted=True), assemble=Speaking),
        SessionSettings(sound=SoundSettings("film"), assemble=Hoarse),
    ],
    ids=["covered", "muted", "failing"],
)
def test_what_does_not_go_out_is_not_recorded(tmp_path: Path, settings: SessionSettings) -> None:
    film = write_flash_film(tmp_path / "in.mkv", FlashFilm())
    sound = replace(settings.sound, microphone=str(film))
    found = recorded(film, tmp_path / "out.mkv", replace(settings, sound=sound))
    assert found.sound_end_s == pytest.approx(3.0, abs=0.001)
    assert not found.samples.any()


def test_the_voice_is_the_targets(tmp_path: Path) -> None:
    film = write_flash_film(tmp_path / "in.mkv", FlashFilm())

    class Quiet(Speaking):
        def build(self, profile: Profile) -> Chain:
            return replace(super().build(profile), voice=FakeVoice(0.25))

    settings = SessionSettings(sound=SoundSettings(str(film)), assemble=Speaking)
    loud = recorded(film, tmp_path / "out.mkv", settings)
    low = recorded(film, tmp_path / "out.mkv", replace(settings, assemble=Quiet))
    assert float(np.abs(low.samples).max()) < 0.5 * float(np.abs(loud.samples).max())


@pytest.mark.parametrize("seconds", [1.0, 5.0])
def test_sound_is_recorded_for_as_long_as_there_are_pictures(tmp_path: Path, seconds: float) -> None:
    pictures = make_film(tmp_path / "pictures.mp4", 30)
    sound = write_flash_film(tmp_path / "sound.mkv", FlashFilm(seconds=max(3.0, seconds)))
    cut = tmp_path / "cut.wav"
    with av.open(str(cut), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=48_000)
        samples = find(sound).samples[: round(seconds * 48_000)]
        frame = av.AudioFrame.from_ndarray((samples * 32767).astype(np.int16)[None], format="s16", layout="mono")
        frame.sample_rate = 48_000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    settings = SessionSettings(sound=SoundSettings(str(cut)), assemble=Speaking)
    found = recorded(pictures, tmp_path / "out.mkv", settings)
    assert found.pictures == 30
    assert found.sound_end_s == pytest.approx(3.0, abs=0.001)
    assert found.bursts_s[0] == pytest.approx(FLASHES_S[0], abs=0.001)


def test_a_session_without_sound_records_none(tmp_path: Path) -> None:
    film = write_flash_film(tmp_path / "in.mkv", FlashFilm())
    played(session_of(film, tmp_path / "out.mp4", SessionSettings(assemble=Speaking)))
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert not container.streams.audio


def test_a_session_that_is_stopped_in_the_middle_leaves_both(tmp_path: Path) -> None:
    film = write_flash_film(tmp_path / "in.mkv", FlashFilm(seconds=60.0))
    session = session_of(film, tmp_path / "out.mkv")
    session.start()
    while session.readings().video.frames_out < 100:
        session.wait(0.01)
    session.stop(SOON_S)
    found = find(tmp_path / "out.mkv")
    assert found.pictures >= 100
    assert found.sound_end_s == pytest.approx(found.pictures / 25, abs=0.001)
    assert found.bursts_s == pytest.approx(FLASHES_S, abs=0.001)


def test_in_real_time_flash_and_burst_stay_together(tmp_path: Path) -> None:
    film = write_flash_film(tmp_path / "in.mkv", FlashFilm(0.12))
    played(session_of(film, tmp_path / "out.mkv", paced=True))
    found = find(tmp_path / "out.mkv")
    # A busy computer leaves out pictures, also the first, with which the recording begins.
    assert len(found.flashes_s) >= 2
    assert [min(abs(flash_s - burst_s) for burst_s in found.bursts_s) for flash_s in found.flashes_s] == pytest.approx(
        [0.0] * len(found.flashes_s), abs=0.001
    )


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_sound_and_picture_end_together_when_a_session_is_stopped(tmp_path: Path, suffix: str) -> None:
    film = write_flash_film(tmp_path / "in.mkv", FlashFilm(seconds=60.0))
    session = session_of(film, tmp_path / f"out{suffix}", paced=True)
    session.start()
    while session.readings().video.frames_out < 20:
        session.wait(0.01)
    session.stop(SOON_S)
    found = find(tmp_path / f"out{suffix}")
    # AAC comes in whole blocks of 21 ms.
    assert found.sound_end_s == pytest.approx(found.last_picture_s + 0.04, abs=0.022)


def test_a_session_that_is_stopped_records_what_still_waits_for_its_voice(tmp_path: Path) -> None:
    film = write_flash_film(tmp_path / "in.mkv", FlashFilm(seconds=60.0, size=(640, 360)))
    settings = SessionSettings(sound=SoundSettings(str(film), str(tmp_path / "out.wav")), assemble=Holding)
    session = session_of(film, tmp_path / "out.mkv", settings, paced=True)
    session.start()
    while (before := session.readings().video).frames_in < 150:
        session.wait(0.01)
    session.stop(SOON_S)
    readings, found = session.readings().video, find(tmp_path / "out.mkv")
    # Sixty waited; before that, and while it stops, a busy computer may find two due at once and leave one out.
    assert found.pictures >= readings.frames_in - readings.drops.capture - before.drops.output - 10
    # A busy computer leaves out pictures and shows others for longer: there are more or fewer than 25 a second.
    assert found.sound_end_s == pytest.approx(found.last_picture_s + 0.04, abs=0.1)
    assert together(found) >= 1


def test_a_recording_alone_waits_for_its_voice_and_tells_how_late_that_is(tmp_path: Path) -> None:
    film = write_flash_film(tmp_path / "in.mkv", FlashFilm())
    session = session_of(
        film, tmp_path / "out.mkv", SessionSettings(sound=SoundSettings(str(film)), assemble=Holding), paced=True
    )
    played(session)
    found, audio = find(tmp_path / "out.mkv"), session.readings().audio
    assert together(found) >= 2
    assert audio is not None and audio.latency.p50_ms > 2500.0
    # Nobody hears it while it is made, for which no picture is held back.
    assert session.readings().video.delay_ms == 0.0


def test_a_microphone_that_is_a_file_is_not_recorded_over(tmp_path: Path) -> None:
    film = write_flash_film(tmp_path / "in.mkv", FlashFilm())
    other = make_film(tmp_path / "other.mp4")
    before = film.read_bytes()
    session = session_of(other, film, SessionSettings(sound=SoundSettings(str(film)), assemble=Speaking))
    with pytest.raises(DeviceError, match="would overwrite its own source"):
        session.start()
    assert film.read_bytes() == before


def test_a_film_whose_sound_is_broken_is_played_without(tmp_path: Path) -> None:
    film = write_flash_film(tmp_path / "in.mkv", FlashFilm(codec="flac"))
    spoil_sound(film, tmp_path / "spoilt.mkv", 1.0)
    session = session_of(
        tmp_path / "spoilt.mkv", tmp_path / "out.mkv", SessionSettings(sound=SoundSettings("auto"), assemble=Speaking)
    )
    played(session)
    assert session.readings().audio is None
    with av.open(str(tmp_path / "out.mkv")) as container:
        assert sum(1 for _ in container.decode(video=0)) == 75
        assert not container.streams.audio
