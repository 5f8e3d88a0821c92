"""Recordings: every picture on its time, right colours, and a file that plays whatever happened."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from av.video.reformatter import Colorspace

from pipeline.errors import DeviceError
from pipeline.media import Picture
from pipeline.video.codecs.film_sound import SoundTiming
from pipeline.video.devices.file_source import FileSource
from pipeline.video.devices.recorder import FINAL, LIVE, Recorder
from pipeline.video.devices.settings import Pace, SourceSettings
from tests.fakes import FakeClock, make_picture

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
    for timing in (SoundTiming.CAPTURED, SoundTiming.MEDIA):
        Recorder(tmp_path / name, SIZE, 30, replace(LIVE, sound=timing)).close()


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


@BOTH
def test_a_recording_that_grows_is_not_replaced_by_another(tmp_path: Path, name: str) -> None:
    with Recorder(tmp_path / name, SIZE, 30) as recorder:
        recorder.write(make_picture(0, SIZE))
        with pytest.raises(DeviceError, match=rf"{name} is being written already; choose another name\.$"):
            Recorder(tmp_path / name, SIZE, 30)
        recorder.write(make_picture(1, SIZE))
    assert len(times_s(tmp_path / name)) == 2
    Recorder(tmp_path / name, SIZE, 30).close()


def test_the_claim_on_a_recording_holds_against_other_programs_and_ends_with_its_own(tmp_path: Path) -> None:
    film = tmp_path / "a.mp4"
    hold = "import sys; from pathlib import Path; from pipeline.inference.file_lock import claimed\n"
    hold += "held = claimed(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(film)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(DeviceError, match="is being written already"):
            Recorder(film, SIZE, 30)
        other.kill()
        other.wait(10)
    Recorder(film, SIZE, 30).close()
