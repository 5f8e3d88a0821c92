"""What every source and every sink owes the lane, real and fake alike."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import pyvirtualcam.camera

from pipeline.clock import MonotonicClock, Playhead
from pipeline.errors import DeviceError
from pipeline.media import Frame
from pipeline.stage import EndOfSource
from pipeline.video.changing_source import ChangingSource
from pipeline.video.devices import demo_actor
from pipeline.video.devices.camera import Camera
from pipeline.video.devices.demo_actor import DemoActor
from pipeline.video.devices.file_source import FileSource
from pipeline.video.devices.listing import CameraInfo
from pipeline.video.devices.recorder import Recorder
from pipeline.video.devices.settings import Pace, SourceSettings
from pipeline.video.devices.threaded_sink import ThreadedSink
from pipeline.video.devices.virtual_camera import VirtualCamera
from pipeline.video.held_pictures import HeldPictures
from tests.fakes import FakeBackend, FakeCapture, FakeClock, FakeSink, FakeSource, make_picture
from tests.films import make_film

SIZE = (96, 64)
Make = Callable[[Path, pytest.MonkeyPatch], Any]


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    """Fails a test that leaves a thread running."""
    before = set(threading.enumerate())
    yield
    left = [thread for thread in threading.enumerate() if thread not in before]
    for thread in left:
        thread.join(2.0)
    assert not [thread.name for thread in left if thread.is_alive()]


def film(folder: Path, _: pytest.MonkeyPatch) -> FileSource:
    return FileSource(make_film(folder / "film.mp4", 30), SourceSettings(), FakeClock())


def looped_film(folder: Path, _: pytest.MonkeyPatch) -> FileSource:
    settings = SourceSettings(pace=Pace.MAX, loop=True, size=SIZE, rotate_deg=90, flip=True, fps=5.0)
    return FileSource(make_film(folder / "film.mkv", 4, (130, 70)), settings, MonotonicClock())


def picture(folder: Path, _: pytest.MonkeyPatch) -> FileSource:
    cv2.imwrite(str(folder / "picture.png"), np.zeros((3, 5, 3), np.uint8))
    return FileSource(folder / "picture.png", SourceSettings(), FakeClock())


def actor(folder: Path, patch: pytest.MonkeyPatch) -> DemoActor:
    patch.setattr(demo_actor, "RECORDING", make_film(folder / "demo-actor.mp4", 5))
    return DemoActor(SourceSettings(), FakeClock())


class Showing(FakeCapture):
    """A camera that always has another picture."""

    def grab(self, timeout_s: float) -> bool:
        self.show(100)
        return super().grab(timeout_s)


def webcam(_: Path, __: pytest.MonkeyPatch) -> Camera:
    info = CameraInfo(0, "Desk camera", "/dev/video0")
    return Camera(info, SourceSettings(), MonotonicClock(), connect=lambda *_: Showing(SIZE), listing=lambda: ())


def held(_: Path, __: pytest.MonkeyPatch) -> HeldPictures:
    return HeldPictures([np.zeros((*SIZE[::-1], 3), np.uint8)] * 3, 30.0, FakeClock(), Playhead())


def changed(folder: Path, _: pytest.MonkeyPatch) -> ChangingSource:
    source = ChangingSource(FakeSource.of(50, SIZE), MonotonicClock(), lambda event: None)
    source.change_to(film(folder, _))
    return source


def unchanged(*_: object) -> ChangingSource:
    return ChangingSource(FakeSource.of(50, SIZE), MonotonicClock(), lambda event: None)


CAMERAS: tuple[Make, ...] = (film, looped_film, picture, actor, webcam, held, lambda *_: FakeSource.of(50, SIZE))
SOURCES: tuple[Make, ...] = (*CAMERAS, unchanged, changed)


def recorder(folder: Path, _: pytest.MonkeyPatch) -> Recorder:
    return Recorder(folder / "a.mp4", SIZE, 30)


def threaded_recorder(folder: Path, _: pytest.MonkeyPatch) -> ThreadedSink:
    return ThreadedSink(Recorder(folder / "a.mkv", SIZE, 30), lossless=True)


def virtual_camera(_: Path, patch: pytest.MonkeyPatch) -> VirtualCamera:
    patch.setattr(pyvirtualcam.camera, "BACKENDS", {"fake": FakeBackend})
    return VirtualCamera("fake", SIZE, 30)


SINKS: tuple[Make, ...] = (
    recorder,
    threaded_recorder,
    virtual_camera,
    lambda *_: FakeSink(),
    lambda *_: ThreadedSink(FakeSink()),
)

every_source = pytest.mark.parametrize("make", SOURCES)
every_sink = pytest.mark.parametrize("make", SINKS)
every_device = pytest.mark.parametrize("make", SOURCES + SINKS)


@every_device
def test_it_is_entered_as_itself_and_left_closed(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    device = make(tmp_path, monkeypatch)
    assert device.name
    assert device.description
    with device as entered:
        assert entered is device


@every_device
def test_it_may_be_closed_twice_and_by_any_thread(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ExitStack() as stack:
        device = stack.enter_context(make(tmp_path, monkeypatch))
        closers = [threading.Thread(target=device.close) for _ in range(3)]
        for closer in closers:
            closer.start()
        for closer in closers:
            closer.join()
        device.close()


def some_frames(source: Any, count: int) -> list[Frame]:
    found: list[Frame] = []
    for _ in range(1000):
        frame = source.read()
        if frame is not None:
            found.append(frame)
        if len(found) == count:
            break
    return found


@every_source
def test_frames_are_as_promised(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with make(tmp_path, monkeypatch) as source:
        frames = some_frames(source, 8)
        assert len(frames) == 8
        assert source.fps > 0
        assert isinstance(source.live, bool)
        assert all(side % 2 == 0 and side >= 64 for side in source.size)
        for frame in frames:
            assert frame.size == source.size
            assert frame.pixels.dtype == np.uint8
            assert frame.pixels.flags.c_contiguous
            assert not frame.faces


@every_source
def test_time_runs_forward_from_zero(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with make(tmp_path, monkeypatch) as source:
        frames = some_frames(source, 8)
    media = [frame.media_ns for frame in frames]
    captured = [frame.captured_ns for frame in frames]
    assert media[0] == 0
    assert media == sorted(set(media))
    assert captured == sorted(captured)


@every_source
def test_nothing_comes_out_of_a_closed_source(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = make(tmp_path, monkeypatch)
    source.close()
    with pytest.raises(EndOfSource):
        source.read()


@every_sink
def test_a_picture_is_left_as_it_was(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with make(tmp_path, monkeypatch) as sink:
        assert isinstance(sink.steady, bool)
        for index in range(5):
            given = make_picture(index, SIZE)
            before = given.planes.copy()
            sink.write(given)
            assert (given.planes == before).all()


@every_sink
def test_nothing_goes_into_a_closed_sink(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sink = make(tmp_path, monkeypatch)
    sink.close()
    with pytest.raises(DeviceError):
        sink.write(make_picture(0, SIZE))
