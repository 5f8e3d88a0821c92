"""The camera that other programs see."""

import sys
import threading
from pathlib import Path
from typing import Self

import pyvirtualcam

from pipeline.errors import DeviceError
from pipeline.media import Picture
from pipeline.video.devices.listing import VirtualCameraInfo, list_virtual_cameras, offer_output

_CURES = {
    "linux": "sudo modprobe v4l2loopback devices=1 exclusive_caps=1 card_label=Understudy"
    " (its package is v4l2loopback-dkms)",
    "darwin": "install OBS Studio, start its virtual camera once and close it again",
    "win32": "install OBS Studio, which brings one",
}


class VirtualCamera:
    """Pictures for call programs, through v4l2loopback, OBS or another backend of pyvirtualcam."""

    steady = True

    def __init__(self, wanted: str, size: tuple[int, int], fps: float) -> None:
        """Opens the device for pictures of one size.

        Args:
            wanted: `auto` for the first that is free, a device file, a device's name, a backend, or BACKEND:DEVICE.
            size: width and height in pixels, both even.
            fps: the rate at which pictures will come.

        Raises:
            DeviceError: there is no such virtual camera, it is in use, or it does not take this size.
        """
        self._lock = threading.Lock()
        backend, device = _chosen(wanted, list_virtual_cameras())
        try:
            self._camera: pyvirtualcam.Camera | None = pyvirtualcam.Camera(
                *size, fps, fmt=pyvirtualcam.PixelFormat.I420, device=device, backend=backend
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise DeviceError(
                f"The virtual camera {wanted} does not take {size[0]}×{size[1]} at {fps:g} fps "
                f"({_one_line(error)}); is another program feeding it?"
            ) from error
        self.device = self._camera.device
        self.name = f"virtual camera {self.device}"
        self._size = size
        self._node = Path(self.device) if Path(self.device).is_absolute() else None
        self._identity = self._present()
        self.dropped = 0

    @property
    def description(self) -> str:
        """The device with the format that it is fed."""
        return f"{self.device} · {self._size[0]}×{self._size[1]} I420"

    def write(self, picture: Picture) -> None:
        """Shows one picture to whoever watches the camera.

        Raises:
            DeviceError: the device is gone or closed, or the picture has another size.
        """
        with self._lock:
            if self._camera is None:
                raise DeviceError(f"The {self.name} is closed.")
            if picture.size != self._size:
                got, wanted = picture.size, self._size
                raise DeviceError(
                    f"The {self.name} got a picture of {got[0]}×{got[1]} where it takes {wanted[0]}×{wanted[1]}."
                )
            # The backend reports a device that has gone only to the terminal, so that is looked for here.
            if self._present() != self._identity:
                raise DeviceError(f"The {self.name} is gone; bring it back with: {_cure()}.")
            self._camera.send(picture.planes.reshape(-1))

    def close(self) -> None:
        """Gives the device back."""
        with self._lock:
            camera, self._camera = self._camera, None
            if camera is not None:
                camera.close()
                if self._node is not None:
                    offer_output(self._node)

    def __enter__(self) -> Self:
        """The virtual camera itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes it."""
        self.close()

    def _present(self) -> tuple[int, int] | None:
        """What tells the device file from a later one of the same name; None when it is gone or was never one."""
        if self._node is None:
            return None
        try:
            status = self._node.stat()
        except OSError:
            return None
        return status.st_ino, status.st_rdev


def _chosen(wanted: str, cameras: tuple[VirtualCameraInfo, ...]) -> tuple[str | None, str | None]:
    """Backend and device for pyvirtualcam; None leaves the choice to it."""
    known = tuple(pyvirtualcam.camera.BACKENDS)
    backend, colon, device = wanted.partition(":")
    if backend in known:
        return backend, device or None
    if sys.platform == "linux" and (not colon or wanted.startswith("/")):
        return None, _loopback(wanted, cameras)
    if wanted == "auto":
        return None, None
    names = ", ".join(known) or "none"
    raise DeviceError(f"There is no kind of virtual camera called {backend}; known on this system: {names}.")


def _loopback(wanted: str, cameras: tuple[VirtualCameraInfo, ...]) -> str:
    if wanted == "auto":
        named = list(cameras)
    else:
        named = [camera for camera in cameras if wanted in (camera.device, camera.name)]
    free = [camera for camera in named if camera.writable]
    if free:
        offer_output(Path(free[0].device))
        return free[0].device
    if named:
        raise DeviceError(
            f"The virtual camera {named[0].name} ({named[0].device}) is fed by another program, or was until it died; "
            "end that program and those that still watch the camera."
        )
    if wanted.startswith("/dev/") and Path(wanted).exists():
        raise DeviceError(f"{wanted} is not a virtual camera; make one with: {_cure()}.")
    which = "no virtual camera" if wanted == "auto" else f"no virtual camera {wanted}"
    others = ", ".join(f"{camera.device} ({camera.name})" for camera in cameras)
    raise DeviceError(f"There is {which}; " + (f"there is {others}." if others else f"make one with: {_cure()}."))


def _cure() -> str:
    return _CURES.get(sys.platform, _CURES["linux"])


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
