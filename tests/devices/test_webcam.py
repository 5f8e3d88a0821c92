"""A camera on the kernel's own test-pattern device: a real V4L2 driver that can be unplugged by software."""

from pathlib import Path

import pytest

from pipeline.clock import MonotonicClock
from pipeline.errors import DeviceError
from pipeline.media import Frame
from pipeline.stage import VideoSource
from pipeline.video.devices.camera import Camera
from pipeline.video.devices.listing import list_cameras
from pipeline.video.devices.settings import SourceSettings
from pipeline.video.devices.sources import open_source

pytestmark = pytest.mark.device

DRIVER = Path("/sys/bus/platform/drivers/vivid")
NAME = "vivid-000-vid-cap"
PATIENT = SourceSettings(camera=NAME, size=(640, 360), fps=30.0, open_timeout_s=60.0)


@pytest.fixture(autouse=True)
def pattern_camera() -> None:
    """Leaves the test out where the kernel has no such camera."""
    if not any(camera.name == NAME for camera in list_cameras()):
        pytest.skip("the kernel's test-pattern camera is not loaded")


def next_frame(source: VideoSource, tries: int = 120) -> Frame:
    for _ in range(tries):
        frame = source.read()
        if frame is not None:
            return frame
    raise AssertionError(f"no frame after {tries} reads")


def test_frames_come_in_the_size_asked_for_and_the_format_is_told() -> None:
    with open_source(PATIENT, MonotonicClock()) as source:
        frames = [next_frame(source) for _ in range(5)]
        assert source.description.startswith(f"{NAME} · 640×360 ")
        assert source.live
    assert {frame.size for frame in frames} == {(640, 360)}
    assert all(later.captured_ns > earlier.captured_ns for earlier, later in zip(frames, frames[1:], strict=False))
    assert frames[0].pixels.std() > 20


def test_auto_takes_the_webcam() -> None:
    with open_source(SourceSettings(open_timeout_s=60.0, size=(640, 360)), MonotonicClock()) as source:
        assert source.name == NAME


def test_an_unplugged_camera_is_found_again(capfd: pytest.CaptureFixture[str]) -> None:
    with open_source(PATIENT, MonotonicClock()) as source:
        next_frame(source)
        (DRIVER / "unbind").write_text("vivid.0")
        while source.read() is not None:
            pass
        assert not any(camera.name == NAME for camera in list_cameras())
        (DRIVER / "bind").write_text("vivid.0")
        assert next_frame(source).size == (640, 360)
    assert capfd.readouterr() == ("", "")


def test_a_camera_that_went_between_listing_and_opening_is_a_sentence(capfd: pytest.CaptureFixture[str]) -> None:
    info = next(camera for camera in list_cameras() if camera.name == NAME)
    (DRIVER / "unbind").write_text("vivid.0")
    try:
        with pytest.raises(DeviceError, match=f"Camera {info.index} .{NAME}. can't be opened"):
            Camera(info, PATIENT, MonotonicClock())
    finally:
        (DRIVER / "bind").write_text("vivid.0")
    assert capfd.readouterr() == ("", "")
