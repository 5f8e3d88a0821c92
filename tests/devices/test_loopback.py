"""The virtual camera on a real v4l2loopback device, seen by other programs."""

import cv2
import numpy as np
import pytest

from pipeline.clock import MonotonicClock
from pipeline.errors import DeviceError
from pipeline.media import Picture
from pipeline.video.devices.listing import list_cameras, list_virtual_cameras
from pipeline.video.devices.settings import SourceSettings
from pipeline.video.devices.sinks import open_sinks
from pipeline.video.devices.sources import open_source
from pipeline.video.devices.virtual_camera import VirtualCamera
from tests.devices.conftest import LOOPBACK, SIZE, off_by, stripes, watch

pytestmark = pytest.mark.device


def test_idle_devices_are_listed_as_writable_and_never_as_cameras() -> None:
    found = {camera.device: (camera.name, camera.writable) for camera in list_virtual_cameras()}
    assert found["/dev/video10"] == ("Understudy", True)
    assert found["/dev/video11"] == ("Spare", True)
    assert "/dev/video10" not in {camera.path for camera in list_cameras()}


def test_another_program_sees_the_picture_in_its_size_and_colours(fed_loopback: str) -> None:
    assert fed_loopback == "/dev/video10 · 640×360 I420"
    capture = watch(LOOPBACK)
    found, pixels = capture.read()
    capture.release()
    assert found
    assert pixels.shape == (SIZE[1], SIZE[0], 3)
    assert off_by(pixels) <= 4


def test_another_program_gets_every_byte_as_it_was_sent(fed_loopback: str) -> None:
    capture = watch(LOOPBACK)
    assert int(capture.get(cv2.CAP_PROP_FOURCC)).to_bytes(4, "little") == b"YU12"
    capture.set(cv2.CAP_PROP_CONVERT_RGB, 0)
    found, raw = capture.read()
    capture.release()
    assert found
    sent = cv2.cvtColor(stripes(), cv2.COLOR_BGR2YUV_I420)
    assert np.array_equal(np.asarray(raw, np.uint8).reshape(-1), sent.reshape(-1))


def test_two_programs_can_watch_at_once(fed_loopback: str) -> None:
    watchers = [watch(LOOPBACK), watch(LOOPBACK)]
    for _ in range(3):
        for watcher in watchers:
            found, pixels = watcher.read()
            assert found
            assert off_by(pixels) <= 4
    for watcher in watchers:
        watcher.release()


def test_a_fed_device_is_not_offered_and_not_taken_from_its_program(fed_loopback: str) -> None:
    watch(LOOPBACK).release()
    fed = next(camera for camera in list_virtual_cameras() if camera.device == "/dev/video10")
    assert not fed.writable
    with pytest.raises(DeviceError, match="is fed by another program"):
        VirtualCamera("Understudy", SIZE, 10)
    with VirtualCamera("auto", SIZE, 10) as other:
        assert other.device == "/dev/video11"


def test_our_own_picture_is_never_taken_for_a_webcam_but_can_be_asked_for(fed_loopback: str) -> None:
    watch(LOOPBACK).release()
    own = next(camera for camera in list_cameras() if camera.path == "/dev/video10")
    assert own.virtual
    settings = SourceSettings(camera="Understudy", size=SIZE, open_timeout_s=60.0)
    with open_source(settings, MonotonicClock()) as source:
        frame = next(frame for frame in iter(source.read, 0) if frame is not None)
    assert off_by(frame.pixels) <= 4


def test_a_device_that_is_no_virtual_camera_is_refused() -> None:
    with pytest.raises(DeviceError, match="/dev/video0 is not a virtual camera"):
        open_sinks("/dev/video0", SIZE, 10)
    with pytest.raises(DeviceError, match="no virtual camera /dev/video99; there is /dev/video10"):
        open_sinks("/dev/video99", SIZE, 10)


def test_the_device_is_free_again_after_close(capfd: pytest.CaptureFixture[str]) -> None:
    for _ in range(3):
        with VirtualCamera("auto", SIZE, 10) as camera:
            assert camera.device == "/dev/video10"
            camera.write(Picture(cv2.cvtColor(stripes(), cv2.COLOR_BGR2YUV_I420), 0, 0))
    assert capfd.readouterr().err == ""


def test_a_program_that_goes_on_watching_sees_the_next_feeder() -> None:
    picture = Picture(cv2.cvtColor(stripes(), cv2.COLOR_BGR2YUV_I420), 0, 0)
    with VirtualCamera(str(LOOPBACK), SIZE, 10) as camera:
        camera.write(picture)
        watcher = watch(LOOPBACK)
    with VirtualCamera(str(LOOPBACK), SIZE, 10) as camera:
        camera.write(picture)
        found, pixels = watcher.read()
    watcher.release()
    assert found
    assert off_by(pixels) <= 4
