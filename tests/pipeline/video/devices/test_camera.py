"""Cameras: opening in time, what is delivered, and coming back after an unplug."""

import threading
import time
from collections.abc import Callable

import numpy as np
import pytest

from pipeline.clock import MonotonicClock
from pipeline.errors import DeviceError
from pipeline.media import Frame
from pipeline.stage import EndOfSource
from pipeline.video.devices import camera as camera_module
from pipeline.video.devices.camera import Camera, found_again
from pipeline.video.devices.listing import CameraInfo
from pipeline.video.devices.settings import SourceSettings
from tests.fakes import FakeCapture, FakeClock

INFO = CameraInfo(2, "Desk camera", "/dev/video2")
FAST = SourceSettings(open_timeout_s=2.0)


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here needs the time that a real device is given."""
    monkeypatch.setattr(camera_module, "READ_TIMEOUT_S", 0.05)
    monkeypatch.setattr(camera_module, "RETRY_S", 0.01)


class Port:
    """Where captures are plugged in; each opening takes the next."""

    def __init__(self, *captures: FakeCapture | DeviceError) -> None:
        self.captures = list(captures)
        self.asked: list[CameraInfo] = []

    def __call__(self, info: CameraInfo, settings: SourceSettings) -> FakeCapture:
        self.asked.append(info)
        capture = self.captures.pop(0) if self.captures else DeviceError("nothing plugged in")
        if isinstance(capture, DeviceError):
            raise capture
        return capture


def opened(port: Callable[[CameraInfo, SourceSettings], FakeCapture], settings: SourceSettings = FAST) -> Camera:
    return Camera(INFO, settings, MonotonicClock(), connect=port, listing=lambda: (INFO,))


def next_frame(camera: Camera) -> Frame:
    deadline_s = time.monotonic() + 5
    while time.monotonic() < deadline_s:
        frame = camera.read()
        if frame is not None:
            return frame
    raise AssertionError("no frame in 5 s")


def test_a_frame_is_captured_when_the_camera_gave_it() -> None:
    capture, clock = FakeCapture(), FakeClock(start_ns=1_000)
    settings = SourceSettings(latency_ms=0.0005)
    with Camera(INFO, settings, clock, connect=Port(capture), listing=lambda: (INFO,)) as camera:
        capture.show(10)
        first = next_frame(camera)
        clock.advance(40_000_000)
        capture.show(20)
        second = next_frame(camera)
    assert (first.captured_ns, first.media_ns) == (500, 0)
    assert (second.captured_ns, second.media_ns) == (40_000_500, 40_000_000)
    assert [int(frame.pixels.mean()) for frame in (first, second)] == [10, 20]
    assert camera.live


def test_only_the_newest_frame_is_given() -> None:
    capture = FakeCapture()
    with opened(Port(capture)) as camera:
        for level in (10, 20, 30):
            capture.show(level)
        while capture.taken < 3:
            threading.Event().wait(0.001)
        assert int(next_frame(camera).pixels.mean()) == 30
        assert camera.read() is None


def test_what_is_really_delivered_is_told() -> None:
    with opened(Port(FakeCapture((640, 480), 24.0, "YUYV"))) as camera:
        assert (camera.size, camera.fps) == ((640, 480), 24)
        assert camera.description == "Desk camera · 640×480 YUYV at 24 fps"


def test_another_size_than_asked_for_is_fitted_and_told() -> None:
    capture = FakeCapture((640, 480))
    with opened(Port(capture), SourceSettings(size=(128, 72), rotate_deg=90, flip=True)) as camera:
        assert camera.description.endswith("640×480 MJPG at 30 fps, fitted to 128×72")
        capture.show(50)
        frame = next_frame(camera)
    assert frame.size == camera.size == (128, 72)
    assert frame.pixels.flags.c_contiguous
    assert frame.pixels.dtype == np.uint8


def test_a_camera_that_refuses_says_so_and_leaves_nothing() -> None:
    with pytest.raises(DeviceError, match="in use"):
        opened(Port(DeviceError("in use")))


def test_a_camera_that_does_not_open_in_time_is_released_when_it_does() -> None:
    capture, answer = FakeCapture(), threading.Event()

    def slow(info: CameraInfo, settings: SourceSettings) -> FakeCapture:
        answer.wait()
        return capture

    with pytest.raises(
        DeviceError, match=r"Camera 2 \(Desk camera\) did not open in 0\.05 s; is another program using"
    ):
        opened(slow, SourceSettings(open_timeout_s=0.05))
    answer.set()
    assert capture.released.wait(2.0)


def test_an_unplugged_camera_gives_none_and_comes_back() -> None:
    first, second = FakeCapture(), FakeCapture((32, 32))
    port = Port(first, DeviceError("not yet"), DeviceError("not yet"), second)
    with opened(port) as camera:
        first.show(10)
        assert int(next_frame(camera).pixels.mean()) == 10
        first.unplug()
        assert camera.read() is None
        assert first.released.wait(2.0)
        second.show(77)
        frame = next_frame(camera)
        assert int(frame.pixels.mean()) == 77
        assert frame.size == camera.size == (96, 64)
    assert len(port.asked) == 4
    assert second.released.is_set()


def test_pictures_that_cannot_be_decoded_are_left_out() -> None:
    capture = FakeCapture()
    with opened(Port(capture)) as camera:
        capture.put(None)
        capture.show(42)
        assert int(next_frame(camera).pixels.mean()) == 42


def test_a_silent_camera_is_opened_again() -> None:
    silent, working = FakeCapture(), FakeCapture()
    clock = FakeClock()
    with Camera(INFO, FAST, clock, connect=Port(silent, working), listing=lambda: (INFO,)) as camera:
        while not silent.released.is_set():
            clock.advance(1_000_000_000)
            camera.read()
        working.show(5)
        assert int(next_frame(camera).pixels.mean()) == 5


def test_closing_ends_a_read_that_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera_module, "READ_TIMEOUT_S", 5.0)
    capture = FakeCapture()
    camera = opened(Port(capture))
    ended = threading.Event()

    def read() -> None:
        with pytest.raises(EndOfSource):
            camera.read()
        ended.set()

    reader = threading.Thread(target=read)
    reader.start()
    capture.unplug()
    camera.close()
    camera.close()
    assert ended.wait(2.0)
    reader.join()


def test_a_camera_is_found_again_by_its_name() -> None:
    moved = CameraInfo(4, "Desk camera", "/dev/video4")
    other = CameraInfo(2, "Other", "/dev/video2")
    assert found_again(INFO, (other, moved)) == moved
    assert found_again(INFO, (moved, INFO)) == INFO
    assert found_again(INFO, (other,)) is None
    unlisted = CameraInfo(0, "camera 0", "")
    assert found_again(unlisted, ()) == unlisted
