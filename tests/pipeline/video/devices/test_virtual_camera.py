"""The virtual camera, on a backend that keeps what it is sent."""

from pathlib import Path

import pytest
import pyvirtualcam.camera

from pipeline.errors import DeviceError
from pipeline.video.devices import virtual_camera
from pipeline.video.devices.listing import VirtualCameraInfo
from pipeline.video.devices.virtual_camera import VirtualCamera
from tests.fakes import FakeBackend, make_picture


@pytest.fixture(autouse=True)
def fake_backend(monkeypatch: pytest.MonkeyPatch) -> None:
    """The only backend is called fake."""
    monkeypatch.setattr(FakeBackend, "made", [])
    monkeypatch.setattr(pyvirtualcam.camera, "BACKENDS", {"fake": FakeBackend})


def on_linux(monkeypatch: pytest.MonkeyPatch, *cameras: VirtualCameraInfo) -> None:
    monkeypatch.setattr(virtual_camera.sys, "platform", "linux")
    monkeypatch.setattr(virtual_camera, "list_virtual_cameras", lambda: cameras)


def test_the_planes_are_sent_as_they_are_without_a_copy() -> None:
    picture = make_picture(3, (96, 64))
    with VirtualCamera("fake", (96, 64), 25) as camera:
        camera.write(picture)
    backend = FakeBackend.made[0]
    assert backend.options == (96, 64, 25, "I420")
    assert backend.sent[0].ctypes.data == picture.planes.ctypes.data
    assert backend.sent[0].shape == (96 * 64 * 3 // 2,)
    assert backend.closes == 1
    assert camera.steady


@pytest.mark.parametrize(("wanted", "device"), [("fake", "fake camera"), ("fake:Room 2", "Room 2")])
def test_a_backend_and_its_device_can_be_named(wanted: str, device: str) -> None:
    with VirtualCamera(wanted, (96, 64), 25) as camera:
        assert camera.device == device


def test_an_unknown_backend_is_refused_with_the_known_ones() -> None:
    with pytest.raises(DeviceError, match="called obz; known on this system: fake"):
        VirtualCamera("obz:thing", (96, 64), 25)


def test_a_size_the_backend_refuses_is_told_in_one_line() -> None:
    with pytest.raises(DeviceError, match=r"does not take 1280×720 at 30 fps \('fake' backend: too wide\)"):
        VirtualCamera("fake", (1280, 720), 30)


def test_another_size_and_a_closed_camera_are_refused() -> None:
    camera = VirtualCamera("fake", (96, 64), 25)
    with pytest.raises(DeviceError, match="64×64 where it takes 96×64"):
        camera.write(make_picture())
    camera.close()
    camera.close()
    with pytest.raises(DeviceError, match="closed"):
        camera.write(make_picture(0, (96, 64)))
    assert FakeBackend.made[0].closes == 1


def test_a_device_that_vanishes_while_it_is_fed_is_an_error(tmp_path: Path) -> None:
    node = tmp_path / "video10"
    node.touch()
    with VirtualCamera(f"fake:{node}", (96, 64), 25) as camera:
        camera.write(make_picture(0, (96, 64)))
        node.unlink()
        with pytest.raises(DeviceError, match=r"video10 is gone; bring it back"):
            camera.write(make_picture(1, (96, 64)))
    assert len(FakeBackend.made[0].sent) == 1


def test_a_device_replaced_by_another_of_its_name_is_an_error(tmp_path: Path) -> None:
    node = tmp_path / "video10"
    node.touch()
    with VirtualCamera(f"fake:{node}", (96, 64), 25) as camera:
        (tmp_path / "other").touch()
        (tmp_path / "other").rename(node)
        with pytest.raises(DeviceError, match="is gone"):
            camera.write(make_picture(1, (96, 64)))


BUSY = VirtualCameraInfo("Busy", "/dev/video9", writable=False)
FREE = VirtualCameraInfo("Understudy", "/dev/video10", writable=True)


@pytest.mark.parametrize("wanted", ["auto", "Understudy", "/dev/video10"])
def test_on_linux_a_free_loopback_is_found(monkeypatch: pytest.MonkeyPatch, wanted: str) -> None:
    on_linux(monkeypatch, BUSY, FREE)
    monkeypatch.setattr(VirtualCamera, "_present", lambda self: (1, 1))
    with VirtualCamera(wanted, (96, 64), 25) as camera:
        assert camera.device == "/dev/video10"


@pytest.mark.parametrize("wanted", ["auto", "/dev/video77", "nothing of that name"])
def test_on_linux_the_cure_for_a_missing_one_is_told(monkeypatch: pytest.MonkeyPatch, wanted: str) -> None:
    on_linux(monkeypatch)
    cure = "sudo modprobe v4l2loopback devices=1 exclusive_caps=1 card_label=Understudy"
    with pytest.raises(DeviceError, match=cure) as caught:
        VirtualCamera(wanted, (96, 64), 25)
    assert wanted == "auto" or wanted in str(caught.value)


def test_on_linux_one_in_use_is_told_from_one_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    on_linux(monkeypatch, BUSY)
    for wanted in ("auto", "Busy", "/dev/video9"):
        with pytest.raises(DeviceError, match="is fed by another program"):
            VirtualCamera(wanted, (96, 64), 25)
    with pytest.raises(DeviceError, match=r"no virtual camera other; there is /dev/video9 \(Busy\)"):
        VirtualCamera("other", (96, 64), 25)
    with pytest.raises(DeviceError, match="/dev/null is not a virtual camera"):
        VirtualCamera("/dev/null", (96, 64), 25)


def test_elsewhere_the_first_backend_that_works_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(virtual_camera.sys, "platform", "darwin")
    with VirtualCamera("auto", (96, 64), 25) as camera:
        assert camera.device == "fake camera"
