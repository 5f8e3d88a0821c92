"""Sound files: every sample at its own time, whatever the rate, the channels and the damage."""

from contextlib import closing
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from av.stream import Disposition
from numpy.typing import NDArray

from pipeline.audio.devices.sound_decoder import SoundDecoder, beginning, has_sound
from pipeline.audio.devices.sound_file import SoundFile
from pipeline.audio.stream import BLOCK_SAMPLES, RATE_HZ
from pipeline.clock import Playhead
from pipeline.errors import MediaError
from pipeline.stage import EndOfSource
from tests.fakes import FakeClock
from tests.films import make_film
from tests.flashes import FLASHES_S, FlashFilm, bursts_in, sound_of, write_flash_film


def everything(path: Path) -> NDArray[np.float32]:
    """All sound of a file."""
    with closing(SoundDecoder(path)) as decoder:
        return np.concatenate(list(decoder.pieces()))


def write_sound(path: Path, layout: str = "mono", rate_hz: int = RATE_HZ, gap: tuple[float, float] = (9, 0)) -> Path:
    """Bursts in 3 s of sound; `gap` says from when on, and by how much, time stamps jump. No sound lies in the jump."""
    samples = sound_of(FlashFilm(rate_hz=rate_hz))
    at, size = round(gap[0] * rate_hz), round(gap[1] * rate_hz)
    samples = np.concatenate([samples[:at], samples[at + size :]])
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=rate_hz)
        stream.layout = layout
        step = rate_hz // 100
        for start in range(0, len(samples), step):
            piece = np.tile(samples[start : start + step], (stream.layout.nb_channels, 1))
            whole = np.ascontiguousarray((piece * 32767).astype(np.int16).T.reshape(1, -1))
            frame = av.AudioFrame.from_ndarray(whole, format="s16", layout=layout)
            late = size if start >= at else 0
            frame.sample_rate, frame.pts, frame.time_base = rate_hz, start + late, Fraction(1, rate_hz)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("rate_hz", [8000, 22_050, 44_100, 48_000, 96_000, 192_000])
def test_sound_of_any_rate_is_as_long_as_it_was(tmp_path: Path, rate_hz: int) -> None:
    done = everything(write_sound(tmp_path / "a.wav", rate_hz=rate_hz))
    assert len(done) == pytest.approx(3 * RATE_HZ, abs=24)
    assert np.array(bursts_in(done)) / RATE_HZ == pytest.approx(FLASHES_S, abs=0.0003)


@pytest.mark.parametrize("layout", ["mono", "stereo", "3.0", "quad", "5.1", "7.1"])
def test_all_channels_are_heard(tmp_path: Path, layout: str) -> None:
    done = everything(write_sound(tmp_path / "a.wav", layout))
    assert len(done) == 3 * RATE_HZ
    assert float(np.abs(done).max()) > 0.1
    assert np.array(bursts_in(done)) / RATE_HZ == pytest.approx(FLASHES_S, abs=0.0003)


def test_a_gap_in_the_time_stamps_is_silence(tmp_path: Path) -> None:
    done = everything(write_sound(tmp_path / "a.mkv", gap=(0.6, 0.5)))
    assert len(done) == pytest.approx(3 * RATE_HZ, abs=48)
    assert not done[round(0.61 * RATE_HZ) : round(1.09 * RATE_HZ)].any()
    assert np.array(bursts_in(done)) / RATE_HZ == pytest.approx(FLASHES_S, abs=0.001)


@pytest.mark.parametrize("sound_at_s", [0.12, 0.0, -0.08])
@pytest.mark.parametrize(("name", "codec"), [("a.mkv", "pcm_s16le"), ("a.mp4", "aac")])
def test_it_tells_when_the_sound_starts_against_the_pictures(
    tmp_path: Path, name: str, codec: str, sound_at_s: float
) -> None:
    film = write_flash_film(tmp_path / name, FlashFilm(sound_at_s, codec))
    with closing(SoundDecoder(film)) as decoder:
        sound = np.concatenate(list(decoder.pieces()))
        start_s = decoder.start_ns / 1e9
    assert np.array(bursts_in(sound)) / RATE_HZ + start_s == pytest.approx(FLASHES_S, abs=0.001)


def test_a_cover_is_no_picture(tmp_path: Path) -> None:
    cover = cv2.imencode(".jpg", np.zeros((64, 64, 3), np.uint8))[1].tobytes()
    with av.open(str(tmp_path / "a.m4a"), "w", format="mp4") as container:
        sound = container.add_stream("aac", rate=RATE_HZ)
        sound.layout = "mono"
        picture = container.add_stream("mjpeg", rate=1)
        picture.width = picture.height = 64
        picture.pix_fmt = "yuvj420p"
        picture.disposition = Disposition.attached_pic
        container.start_encoding()
        packet = av.Packet(cover)
        packet.stream = picture
        container.mux(packet)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, RATE_HZ), np.float32), format="fltp", layout="mono")
        frame.sample_rate = RATE_HZ
        frame.pts, frame.time_base = 4800, Fraction(1, RATE_HZ)
        container.mux(sound.encode(frame))
        container.mux(sound.encode(None))
    with closing(SoundDecoder(tmp_path / "a.m4a")) as decoder:
        assert decoder.start_ns == 0


def test_a_file_that_ends_early_gives_what_it_has(tmp_path: Path) -> None:
    whole = write_flash_film(tmp_path / "a.mkv", FlashFilm(codec="flac")).read_bytes()
    (tmp_path / "cut.mkv").write_bytes(whole[: len(whole) // 2])
    assert 0 < len(everything(tmp_path / "cut.mkv")) < 3 * RATE_HZ


def test_what_is_no_sound_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("hello")
    for path, reason in (
        (tmp_path / "absent.wav", "There is no file"),
        (tmp_path, "There is no file"),
        (tmp_path / "text.wav", "can't be read as sound"),
        (make_film(tmp_path / "mute.mp4"), "holds no sound"),
    ):
        assert not has_sound(path)
        with pytest.raises(MediaError, match=reason) as caught:
            SoundDecoder(path)
        assert len(str(caught.value).splitlines()) == 1


def test_the_beginning_is_as_long_as_was_asked_for(tmp_path: Path) -> None:
    sound = write_sound(tmp_path / "a.wav")
    for seconds, length in ((0.5, RATE_HZ // 2), (60.0, 3 * RATE_HZ)):
        with closing(SoundDecoder(sound)) as decoder:
            assert len(beginning(decoder, seconds)) == length


@pytest.mark.parametrize("sound_at_s", [0.12, -0.08])
def test_as_a_source_its_blocks_are_timed_against_the_pictures(tmp_path: Path, sound_at_s: float) -> None:
    film = write_flash_film(tmp_path / "a.mkv", FlashFilm(sound_at_s))
    clock, playhead = FakeClock(10_000_000_000), Playhead()
    zero_ns = playhead.due_ns(0, clock.now_ns())
    for paced, offset_ns in ((True, zero_ns), (False, 0)):
        with SoundFile(film, clock, playhead, paced=paced) as source:
            blocks = [source.read() for _ in range(250)]
        start_ns = blocks[0].captured_ns
        assert (start_ns - offset_ns) / 1e9 == pytest.approx(sound_at_s, abs=0.001)
        assert [block.captured_ns for block in blocks] == [start_ns + index * 10_000_000 for index in range(250)]


@pytest.mark.parametrize("sound_s", [2.5, 3.5])
def test_in_a_loop_the_sound_begins_again_with_the_pictures(tmp_path: Path, sound_s: float) -> None:
    film = write_flash_film(tmp_path / "a.mkv", FlashFilm(sound_ends_s=sound_s))
    with SoundFile(film, FakeClock(), paced=False, loop=True) as source:
        heard = np.concatenate([source.read().samples[:, 0] for _ in range(1000)])
    laps = heard[: 9 * RATE_HZ].reshape(3, -1)
    assert np.array_equal(laps[0], laps[1])
    assert np.array_equal(laps[1], laps[2])
    assert np.array(bursts_in(laps[2])) / RATE_HZ == pytest.approx(FLASHES_S, abs=0.001)


def test_a_looped_file_goes_on_and_a_closed_one_ends(tmp_path: Path) -> None:
    sound = write_sound(tmp_path / "a.wav")
    source = SoundFile(sound, FakeClock(), paced=False, loop=True)
    samples = np.concatenate([source.read().samples[:, 0] for _ in range(600)])
    assert np.array_equal(samples[: 3 * RATE_HZ], samples[3 * RATE_HZ :])
    assert len(samples) == 600 * BLOCK_SAMPLES
    source.close()
    source.close()
    with pytest.raises(EndOfSource):
        source.read()
