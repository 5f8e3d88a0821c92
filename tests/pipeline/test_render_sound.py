"""The sound of a render: the target's voice, where the actor's was, and nothing of the actor's own."""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from pipeline.errors import ConsentError, DeviceError, MediaError
from pipeline.inference.store import ModelStore
from pipeline.render import Render, RenderJob, RenderProgress, open_rendering
from profiles.profile import Kind, Profile, VoiceSettings
from profiles.store import ProfileStore
from tests.chains import FakeAssembly, make_profile
from tests.fakes import FakeVoice
from tests.films import make_film
from tests.flashes import FLASHES_S, FlashFilm, find, heard, write_flash_film
from tests.footage import MEDIA, needs_media
from tests.pipeline.audio.voice.measures import median_hz_where_voiced

TARGETS = pytest.mark.parametrize("suffix", [".mp4", ".mkv"])


@pytest.fixture(autouse=True)
def assembly(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Lets pictures pass: no network, no face."""
    monkeypatch.setattr(
        "pipeline.render.film.Assembly", lambda models, profile, size, session: FakeAssembly(size, session)
    )
    yield


def render(source: Path, target: Path, profile: Profile | None = None) -> tuple[RenderProgress, str | None]:
    """A whole render, finished: what it said at its end."""
    with open_rendering(RenderJob(source, target, profile or make_profile()), ModelStore()) as job:
        while job.step():
            pass
    return job.progress(), job.remark


@TARGETS
@pytest.mark.parametrize("sound_at_s", [0.0, 0.12, -0.08])
@pytest.mark.parametrize(("source", "codec"), [("in.mkv", "pcm_s16le"), ("in.mkv", "libopus"), ("in.mp4", "aac")])
def test_every_sound_stays_where_it_was(
    tmp_path: Path, suffix: str, sound_at_s: float, source: str, codec: str
) -> None:
    film = write_flash_film(tmp_path / source, FlashFilm(sound_at_s=sound_at_s, codec=codec))
    render(film, tmp_path / f"out{suffix}")
    before, after = find(film), find(tmp_path / f"out{suffix}")
    assert after.flashes_s == pytest.approx(before.flashes_s, abs=0.001)
    assert after.bursts_s == pytest.approx(before.bursts_s, abs=0.001)
    # Matroska counts milliseconds.
    assert after.bursts_s == pytest.approx(FLASHES_S, abs=0.0016)
    end_s = after.sound_end_s if suffix == ".mkv" else length_s(tmp_path / "out.mp4") + min(0.0, before.sound_start_s)
    assert end_s == pytest.approx(before.sound_end_s, abs=0.001)
    assert (before.pictures, after.pictures) == (75, 75)


@pytest.mark.parametrize(("rate_hz", "layout"), [(8000, "mono"), (44_100, "stereo"), (48_000, "5.1"), (96_000, "mono")])
def test_sound_of_any_rate_and_number_of_channels_is_done(tmp_path: Path, rate_hz: int, layout: str) -> None:
    film = write_flash_film(tmp_path / "in.mkv", FlashFilm(0.12, rate_hz=rate_hz, layout=layout))
    render(film, tmp_path / "out.mkv")
    assert find(tmp_path / "out.mkv").bursts_s == pytest.approx(FLASHES_S, abs=0.001)


@TARGETS
@pytest.mark.parametrize("seconds", [1.4, 4.7])
def test_sound_that_is_shorter_or_longer_than_the_pictures_is_whole(
    tmp_path: Path, suffix: str, seconds: float
) -> None:
    film = tmp_path / "in.mkv"
    with av.open(str(film), "w") as container:
        joined(container, make_film(tmp_path / "pictures.mp4", 30), wave_of(tmp_path / "sound.wav", seconds))
    progress, remark = render(film, tmp_path / f"out{suffix}")
    assert remark is None
    assert progress.frames == 30
    assert progress.sound_s == pytest.approx(seconds, abs=0.001)
    end_s = find(tmp_path / "out.mkv").sound_end_s if suffix == ".mkv" else length_s(tmp_path / "out.mp4")
    assert end_s == pytest.approx(max(3.0, seconds), abs=0.001)
    _, samples = heard(tmp_path / f"out{suffix}")
    loud = np.flatnonzero(np.abs(samples) > 0.02)
    assert loud[-1] / 48_000 == pytest.approx(seconds, abs=0.02)


def test_the_sound_of_what_was_done_before_an_interruption_is_there(tmp_path: Path) -> None:
    film = write_flash_film(tmp_path / "in.mkv", FlashFilm())
    with Render(RenderJob(film, tmp_path / "out.mkv", make_profile()), ModelStore()) as job:
        for _ in range(25):
            job.step()
    after = find(tmp_path / "out.mkv")
    assert after.pictures == 25
    assert after.sound_end_s == pytest.approx(1.0, abs=0.015)
    assert after.bursts_s[0] == pytest.approx(FLASHES_S[0], abs=0.001)


def test_a_film_without_sound_gets_none(tmp_path: Path) -> None:
    progress, remark = render(make_film(tmp_path / "in.mp4"), tmp_path / "out.mp4")
    assert (progress.sound_s, remark) == (None, None)
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert not container.streams.audio


@pytest.mark.parametrize("share", [0.3, 1.0])
def test_a_broken_sound_track_costs_what_is_broken(tmp_path: Path, share: float) -> None:
    film = write_flash_film(tmp_path / "in.mkv", FlashFilm(codec="flac"))
    spoil_sound(film, tmp_path / "spoilt.mkv", share)
    progress, remark = render(tmp_path / "spoilt.mkv", tmp_path / "out.mkv")
    assert progress.frames == 75
    if share == 1.0:
        assert progress.sound_s is None
        assert remark is not None
        assert remark.endswith("The film gets none.")
        return
    assert remark is None
    after = find(tmp_path / "out.mkv")
    assert after.sound_end_s == pytest.approx(3.0, abs=0.03)
    for at_s in FLASHES_S[1:]:
        assert min(abs(burst_s - at_s) for burst_s in after.bursts_s) < 0.001


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".opus"])
@pytest.mark.parametrize("sound_at_s", [0.0, 0.12])
def test_sound_alone_is_as_long_as_it_was(tmp_path: Path, suffix: str, sound_at_s: float) -> None:
    film = write_flash_film(tmp_path / "in.mkv", FlashFilm(sound_at_s))
    progress, _ = render(film, tmp_path / f"out{suffix}")
    after = find(tmp_path / f"out{suffix}")
    assert len(after.samples) == pytest.approx((3.0 - sound_at_s) * 48_000, abs=48)
    assert after.bursts_s == pytest.approx(np.array(FLASHES_S) - sound_at_s, abs=0.001)
    assert (progress.frames, progress.done_s) == (0, pytest.approx(3.0 - sound_at_s))
    assert progress.total_s == pytest.approx(3.0, abs=0.15)


@pytest.mark.parametrize("latency_ms", [40.0, 400.0, 5000.0])
def test_a_slow_voice_costs_no_time(tmp_path: Path, latency_ms: float) -> None:
    film = write_flash_film(tmp_path / "in.mkv", FlashFilm())
    profile = make_profile().model_copy(update={"voice": VoiceSettings(latency_ms=latency_ms)})
    render(film, tmp_path / "out.flac", profile)
    after = find(tmp_path / "out.flac")
    assert len(after.samples) == 3 * 48_000
    assert after.bursts_s == pytest.approx(FLASHES_S, abs=0.001)


@pytest.mark.parametrize("target", ["out.mkv", "out.flac"])
def test_what_the_voice_cannot_do_is_silence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str) -> None:
    voice = FakeVoice()
    voice.failing = True
    monkeypatch.setattr("pipeline.render.film_voice.voice_stage", lambda *_: voice)
    render(write_flash_film(tmp_path / "in.mkv", FlashFilm()), tmp_path / target)
    _, samples = heard(tmp_path / target)
    assert len(samples) == pytest.approx(3 * 48_000, abs=48)
    assert not samples.any()
    assert voice.closed


def test_sound_without_pictures_makes_no_film(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"holds no picture, but sound, .* \.wav, \.flac, \.opus\.$"):
        render(wave_of(tmp_path / "in.wav", 1.0), tmp_path / "out.mp4")
    assert not (tmp_path / "out.mp4").exists()


def test_what_holds_no_sound_makes_none(tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("hello")
    (tmp_path / "empty.wav").write_bytes(wave_of(tmp_path / "in.wav", 1.0).read_bytes()[:44])
    sources = {
        make_film(tmp_path / "in.mp4"): "holds no sound",
        tmp_path / "text.wav": "can't be read as sound",
        tmp_path / "empty.wav": "can't be",
        tmp_path / "absent.wav": "There is no file",
    }
    for source, reason in sources.items():
        with pytest.raises(MediaError, match=reason):
            render(source, tmp_path / "out.wav")
        assert not (tmp_path / "out.wav").exists()


def test_nothing_is_rendered_where_it_may_not_be(tmp_path: Path) -> None:
    sound = wave_of(tmp_path / "in.wav", 1.0)
    before = sound.read_bytes()
    with pytest.raises(ConsentError):
        render(sound, tmp_path / "out.wav", make_profile(kind=Kind.PERSON))
    with pytest.raises(MediaError, match="into itself"):
        render(sound, sound)
    with pytest.raises(MediaError, match=r"got the ending '\.mp3', wanted .* one of \.wav, \.flac, \.opus\.$"):
        render(sound, tmp_path / "out.mp3")
    with pytest.raises(DeviceError, match="choose another place"):
        render(sound, tmp_path / "no" / "out.wav")
    assert sound.read_bytes() == before


@needs_media
@pytest.mark.parametrize("name", ["mara", "anselm"])
def test_real_speech_comes_out_at_the_targets_pitch(tmp_path: Path, name: str) -> None:
    speech, profile = MEDIA / "speech-jfk.flac", ProfileStore().load(name)
    render(speech, tmp_path / "out.flac", profile)
    _, own = heard(speech)
    _, spoken = heard(tmp_path / "out.flac")
    assert len(spoken) == pytest.approx(len(own), abs=48)
    assert median_hz_where_voiced(own, spoken) == pytest.approx(profile.voice.median_f0_hz, rel=0.03)
    # What is left of the actor's own wave would show as likeness at no delay.
    likeness = float(np.corrcoef(own[: len(spoken)], spoken[: len(own)])[0, 1])
    assert abs(likeness) < 0.2


def length_s(path: Path) -> float:
    """How long a film says that it is: AAC in it comes in whole blocks of 21 ms, of which the last is cut."""
    with av.open(str(path)) as container:
        return (container.duration or 0) / 1e6


def wave_of(path: Path, seconds: float) -> Path:
    """Noise in a sound file."""
    noise = np.random.default_rng(1).uniform(-0.2, 0.2, round(seconds * 48_000)).astype(np.float32)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=48_000)
        stream.layout = "mono"
        frame = av.AudioFrame.from_ndarray((noise * 32767).astype(np.int16)[None], format="s16", layout="mono")
        frame.sample_rate = 48_000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def joined(container: av.container.OutputContainer, pictures: Path, sound: Path) -> None:
    """Copies the pictures of one file and the sound of another."""
    with av.open(str(pictures)) as one, av.open(str(sound)) as other:
        streams = [
            (source, container.add_stream_from_template(source)) for source in (one.streams[0], other.streams[0])
        ]
        for source, stream in streams:
            for packet in source.container.demux(source):
                if packet.dts is not None:
                    packet.stream = stream
                    container.mux(packet)


def spoil_sound(source: Path, target: Path, share: float) -> None:
    """Copies a film with noise in place of the first share of its sound's packets."""
    noise = np.random.default_rng(2)
    with av.open(str(source)) as film, av.open(str(target), "w") as container:
        streams = {stream.index: container.add_stream_from_template(stream) for stream in film.streams}
        for packet in film.demux():
            if not packet.size:
                continue
            if packet.stream.type == "audio" and (packet.pts or 0) * packet.time_base < 3.0 * share:
                damaged = av.Packet(noise.bytes(packet.size))
                damaged.pts, damaged.dts, damaged.time_base = packet.pts, packet.dts, packet.time_base
                damaged.duration, damaged.is_keyframe = packet.duration, True
                damaged.stream = streams[packet.stream.index]
                packet = damaged
            else:
                packet.stream = streams[packet.stream.index]
            container.mux(packet)
