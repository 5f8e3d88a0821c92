"""From words on the command line to sinks."""

from dataclasses import replace
from pathlib import Path

import av
import pytest

from pipeline.errors import DeviceError
from pipeline.video.devices import sinks
from pipeline.video.devices.listing import VirtualCameraInfo
from pipeline.video.devices.recorder import LIVE
from pipeline.video.devices.sinks import open_recording, open_sinks, refuse_overwriting
from tests.fakes import FakeSink, make_picture

SIZE = (96, 64)


def frames_in(path: Path) -> int:
    with av.open(str(path)) as container:
        return sum(1 for _ in container.decode(container.streams.video[0]))


def test_none_is_nothing() -> None:
    assert open_sinks("none", SIZE, 30) == ()


def test_a_file_name_and_a_recording_make_two_files(tmp_path: Path) -> None:
    opened = open_sinks(
        str(tmp_path / "a.mp4"), SIZE, 30, record=tmp_path / "b.MKV", settings=replace(LIVE, lossless=True)
    )
    for index in range(30):
        for sink in opened:
            sink.write(make_picture(index, SIZE))
    for sink in opened:
        assert not sink.steady
        sink.close()
    assert frames_in(tmp_path / "a.mp4") == frames_in(tmp_path / "b.MKV") == 30


def test_a_device_is_a_virtual_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    camera = FakeSink(steady=True)
    monkeypatch.setattr(sinks, "VirtualCamera", lambda wanted, size, fps: camera if wanted == "auto" else None)
    assert open_sinks("auto", SIZE, 30) == (camera,)
    assert not camera.closed


def test_when_one_cannot_be_opened_none_stays_open(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    camera = FakeSink(steady=True)
    monkeypatch.setattr(sinks, "VirtualCamera", lambda wanted, size, fps: camera)
    with pytest.raises(DeviceError, match="no such file or directory"):
        open_sinks("auto", SIZE, 30, record=tmp_path / "absent" / "a.mp4")
    assert camera.closed


def test_a_full_queue_of_a_lossless_recording_makes_the_writer_wait(tmp_path: Path) -> None:
    with open_recording(tmp_path / "a.mkv", (640, 480), 30, replace(LIVE, lossless=True)) as sink:
        for index in range(100):
            sink.write(make_picture(index, (640, 480)))
    assert sink.dropped == 0
    assert frames_in(tmp_path / "a.mkv") == 100


def test_words_that_are_no_files_are_not_compared() -> None:
    refuse_overwriting(Path("auto"), "auto", None)
    refuse_overwriting(Path("auto"), "none", Path("auto"))
    refuse_overwriting(Path("none"), "none", None)


@pytest.mark.parametrize(
    ("name", "got"),
    [("auto", "a name without an ending"), ("talk.mov", "the ending '.mov'"), (".mp4", "a name without")],
)
def test_a_recording_without_a_films_ending_is_told_the_endings(tmp_path: Path, name: str, got: str) -> None:
    with pytest.raises(DeviceError, match=rf"got {got}.*, wanted \.mp4 or \.mkv\.$"):
        open_sinks("none", SIZE, 30, record=tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_place_of_a_virtual_camera_is_told_the_endings_and_a_device_with_a_dot_is_a_device(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    camera, device = FakeSink(steady=True), VirtualCameraInfo("Studio.cam", "/dev/video10", writable=True)
    monkeypatch.setattr(sinks, "VirtualCamera", lambda wanted, size, fps: camera)
    monkeypatch.setattr(sinks, "list_virtual_cameras", lambda: (device,))
    with pytest.raises(DeviceError, match=r"x\.txt is neither a virtual camera .* ends in \.mp4 or \.mkv"):
        open_sinks("x.txt", SIZE, 30)
    assert open_sinks("Studio.cam", SIZE, 30) == (camera,)
