"""Recordings: every picture on its time, right colours, sound in sync, and a file that plays whatever happened."""

from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from av.video.reformatter import Colorspace

from pipeline.errors import DeviceError
from pipeline.media import Picture
from pipeline.stage import EndOfSource
from pipeline.video.devices.file_source import FileSource
from pipeline.video.devices.recorder import FINAL, LIVE, Recorder, RecorderSettings
from pipeline.video.devices.settings import Pace, SourceSettings
from tests.fakes import FakeClock, make_picture
from tests.films import Beep, Film, make_film, write_film

SIZE = (320, 240)
BOTH = pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])


def noisy(index: int, size: tuple[int, int] = SIZE) -> Picture:
    """A picture that needs many bytes."""
    planes = np.random.default_rng(index).integers(16, 235, (size[1] * 3 // 2, size[0]), np.uint8)
    return Picture(planes, index * 33_333_333, index * 33_333_333)


def times_s(path: Path) -> list[float]:
    with av.open(str(path)) as container:
        return [frame.time for frame in container.decode(container.streams.video[0]) if frame.time is not None]


@BOTH
def test_every_picture_is_there_at_its_time(tmp_path: Path, name: str) -> None:
    at_ms = [5, 38, 72, 200, 233, 1000, 1033]
    with Recorder(tmp_path / name, SIZE, 30) as recorder:
        for index, ms in enumerate(at_ms):
            picture = make_picture(index, SIZE)
            recorder.write(Picture(picture.planes, 0, ms * 1_000_000))
    assert times_s(tmp_path / name) == pytest.approx([(ms - 5) / 1000 for ms in at_ms], abs=0.002)


@BOTH
def test_a_picture_shown_twice_is_recorded_twice(tmp_path: Path, name: str) -> None:
    with Recorder(tmp_path / name, SIZE, 30) as recorder:
        for ms in (0, 0, 0, 33, 33, 20, 67):
            recorder.write(Picture(make_picture(1, SIZE).planes, 0, ms * 1_000_000))
    times = times_s(tmp_path / name)
    assert len(times) == 7
    assert times == sorted(set(times))


@BOTH
def test_colours_come_back_as_they_were(tmp_path: Path, name: str) -> None:
    colours = np.array([(40, 40, 200), (40, 200, 40), (200, 40, 40), (90, 150, 210)], np.uint8)
    picture = np.repeat(np.repeat(colours[None], 720, axis=0), 320, axis=1)
    planes = cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420)
    with Recorder(tmp_path / name, (1280, 720), 30) as recorder:
        recorder.write(Picture(planes, 0, 0))
    with FileSource(tmp_path / name, SourceSettings(pace=Pace.MAX), FakeClock()) as source:
        shown = source.read().pixels[360, 160::320].astype(int)
    assert np.abs(shown - colours).max() <= 4
    with av.open(str(tmp_path / name)) as container:
        context = container.streams.video[0].codec_context
        assert context.colorspace == Colorspace.ITU601
        assert (context.color_range, context.color_primaries, context.color_trc) == (1, 1, 1)


@BOTH
def test_a_recording_that_was_never_written_to_closes_quietly(tmp_path: Path, name: str) -> None:
    Recorder(tmp_path / name, SIZE, 30).close()
    with_sound = RecorderSettings(sound_from=make_film(tmp_path / "in.mp4", beep_s=0.0))
    Recorder(tmp_path / name, SIZE, 30, with_sound).close()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("no/such/folder/a.mp4", "no such file or directory"),
        ("a.avi", r"end its name in \.mp4 or \.mkv"),
        ("a", ".mp4"),
    ],
)
def test_a_file_that_cannot_be_is_refused(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises(DeviceError, match=reason):
        Recorder(tmp_path / name, SIZE, 30)


def test_a_picture_of_another_size_is_refused_and_costs_nothing(tmp_path: Path) -> None:
    with Recorder(tmp_path / "a.mp4", SIZE, 30) as recorder:
        recorder.write(make_picture(0, SIZE))
        with pytest.raises(DeviceError, match="change its size"):
            recorder.write(make_picture(1, (640, 480)))
        recorder.write(make_picture(2, SIZE))
    assert len(times_s(tmp_path / "a.mp4")) == 2


@BOTH
@pytest.mark.parametrize(
    ("source_name", "codec"), [("in.mp4", "aac"), ("in.mkv", "flac"), ("in.mkv", "libopus"), ("in.mkv", "pcm_s16le")]
)
def test_sound_is_carried_over_in_sync(tmp_path: Path, name: str, source_name: str, codec: str) -> None:
    source = write_film(tmp_path / source_name, Film(30, SIZE), Beep(1.7, codec))
    rerecord(source, tmp_path / name)
    assert len(times_s(tmp_path / name)) == 30
    _, tone_s, end_s = beep(tmp_path / name)
    assert tone_s == pytest.approx(beep(source)[1], abs=0.003)
    assert end_s == pytest.approx(3.0, abs=0.025)


def test_sound_that_began_before_the_picture_stays_in_sync(tmp_path: Path) -> None:
    late = write_film(tmp_path / "late.mkv", Film(30, SIZE), Beep(1.7, "pcm_s16le", head_start_s=0.5))
    rerecord(late, tmp_path / "out.mkv")
    start_s, tone_s, _ = beep(tmp_path / "out.mkv")
    assert start_s == pytest.approx(0.0, abs=0.03)
    assert tone_s == pytest.approx(1.2, abs=0.01)


def test_sound_ends_with_the_pictures(tmp_path: Path) -> None:
    source = write_film(tmp_path / "in.mp4", Film(30, SIZE), Beep(0.0))
    rerecord(source, tmp_path / "out.mp4", limit=10)
    *_, end_s = beep(tmp_path / "out.mp4")
    assert end_s == pytest.approx(1.0, abs=0.025)


def test_a_source_without_sound_gives_a_recording_without_sound(tmp_path: Path) -> None:
    rerecord(make_film(tmp_path / "in.mp4", 10, SIZE), tmp_path / "out.mp4")
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert not container.streams.audio
    assert len(times_s(tmp_path / "out.mp4")) == 10


def test_a_recording_never_overwrites_its_own_input(tmp_path: Path) -> None:
    source = make_film(tmp_path / "in.mp4", 10, SIZE)
    with pytest.raises(DeviceError, match="overwrite its own input"):
        Recorder(source, SIZE, 10, RecorderSettings(sound_from=source))
    assert len(times_s(source)) == 10


def test_best_quality_keeps_more_than_live(tmp_path: Path) -> None:
    errors = []
    for name, settings in (("live.mkv", LIVE), ("final.mkv", FINAL)):
        with Recorder(tmp_path / name, SIZE, 30, settings) as recorder:
            for index in range(5):
                recorder.write(noisy(index))
        with av.open(str(tmp_path / name)) as container:
            *_, last = container.decode(container.streams.video[0])
        errors.append(float(np.abs(last.to_ndarray(format="yuv420p").astype(int) - noisy(4).planes).mean()))
    assert errors[1] < errors[0]


def rerecord(source: Path, target: Path, limit: int = 1000) -> None:
    """Records a file's pictures again, with its sound."""
    with (
        FileSource(source, SourceSettings(pace=Pace.MAX), FakeClock()) as frames,
        Recorder(target, frames.size, frames.fps, RecorderSettings(sound_from=source)) as recorder,
    ):
        try:
            for _ in range(limit):
                frame = frames.read()
                planes = cv2.cvtColor(frame.pixels, cv2.COLOR_BGR2YUV_I420)
                recorder.write(Picture(planes, frame.captured_ns, frame.media_ns))
        except EndOfSource:
            pass


def beep(path: Path) -> tuple[float, float, float]:
    """When sound starts, when the tone in it, and when all sound ends, in seconds after the first picture."""
    level: list[np.ndarray] = []
    instants: list[np.ndarray] = []
    with av.open(str(path)) as container:
        zero_s = next(container.decode(container.streams.video[0])).time or 0.0
    with av.open(str(path)) as container:
        for block in container.decode(container.streams.audio[0]):
            samples = block.to_ndarray()
            samples = samples[0] if block.format.is_planar else samples.reshape(-1, block.layout.nb_channels)[:, 0]
            scale = 32768 if samples.dtype == np.int16 else 1
            level.append(np.abs(samples / scale))
            instants.append((block.time or 0.0) + np.arange(samples.size) / block.sample_rate - zero_s)
    loud, at_s = np.concatenate(level), np.concatenate(instants)
    return float(at_s[0]), float(at_s[np.argmax(loud > 0.25)]), float(at_s[-1])
