"""One connection to a camera: from its opening to the moment it is lost."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import cv2
import numpy as np

from pipeline.errors import DeviceError
from pipeline.media import Pixels
from pipeline.video.devices.listing import CameraInfo
from pipeline.video.devices.settings import SourceSettings

DEFAULT_SIZE = (1280, 720)
DEFAULT_FPS = 30.0

_COMPRESSED_FROM_LINES = 720
"""Raw pictures with as many lines don't fit through USB 2 at 30 a second; Motion JPEG does."""
_MOTION_JPEG = cv2.VideoWriter.fourcc(*"MJPG")


@dataclass(frozen=True, slots=True)
class CaptureFormat:
    """What a camera really delivers."""

    size: tuple[int, int]
    """Width and height in pixels."""
    fps: float
    coding: str
    """The four letters of its pixel format, such as MJPG or YUYV."""


class Capture(Protocol):
    """An open camera. One thread uses it."""

    @property
    def format(self) -> CaptureFormat:
        """What it delivers."""

    def grab(self, timeout_s: float) -> bool:
        """Waits for the next picture; False when none came in that time.

        Raises:
            DeviceError: the camera is gone.
        """

    def retrieve(self) -> Pixels | None:
        """The picture that was grabbed, uint8 (height, width, 3) BGR; None when it can't be decoded."""

    def release(self) -> None:
        """Gives the camera back."""


Connect: TypeAlias = Callable[[CameraInfo, SourceSettings], Capture]
"""Opens a camera; may block for as long as the driver likes.

Raises:
    DeviceError: it can't be opened.
"""


def connect(camera: CameraInfo, settings: SourceSettings) -> Capture:
    """Opens a camera through the system's own interface: V4L2, AVFoundation or Media Foundation.

    Raises:
        DeviceError: it can't be opened.
    """
    # OpenCV writes about every failed attempt to the terminal; what matters is in the error raised here.
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    device, interface, parameters = _address(camera)
    try:
        capture = cv2.VideoCapture(device, interface, parameters) if parameters else cv2.VideoCapture(device, interface)
    except cv2.error as error:
        raise DeviceError(_refused(camera)) from error
    if not capture.isOpened():
        capture.release()
        raise DeviceError(_refused(camera))
    _negotiate(capture, settings)
    return _PolledCapture(capture, camera) if interface == cv2.CAP_V4L2 else _BlockingCapture(capture, camera)


def _address(camera: CameraInfo) -> tuple[str | int, int, list[int]]:
    if sys.platform == "linux":
        return camera.path, cv2.CAP_V4L2, []
    if sys.platform == "darwin":
        return camera.index, cv2.CAP_AVFOUNDATION, []
    # Media Foundation takes minutes to open some cameras while it looks for hardware decoders.
    return camera.index, cv2.CAP_MSMF, [cv2.CAP_PROP_HW_ACCELERATION, cv2.VIDEO_ACCELERATION_NONE]


def _refused(camera: CameraInfo) -> str:
    return (
        f"Camera {camera.index} ({camera.name}) can't be opened; is another program using it, "
        "and may this one use the camera?"
    )


def _negotiate(capture: cv2.VideoCapture, settings: SourceSettings) -> None:
    """Asks for size, rate and coding; a camera takes of that what it can."""
    width, height = settings.size or DEFAULT_SIZE
    if settings.size and settings.rotate_deg % 180:
        width, height = height, width
    if height >= _COMPRESSED_FROM_LINES:
        capture.set(cv2.CAP_PROP_FOURCC, _MOTION_JPEG)
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, width)
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, height)
    capture.set(cv2.CAP_PROP_FPS, settings.fps or DEFAULT_FPS)


class _BlockingCapture:
    """A camera whose interface can only wait until a picture comes."""

    def __init__(self, capture: cv2.VideoCapture, camera: CameraInfo) -> None:
        self._capture = capture
        self._camera = camera
        code = int(capture.get(cv2.CAP_PROP_FOURCC)) & 0xFFFFFFFF
        letters = code.to_bytes(4, "little").decode("ascii", errors="replace").strip("\0 ")
        size = (int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)), int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT)))
        rate = capture.get(cv2.CAP_PROP_FPS)
        self.format = CaptureFormat(size, rate if 0 < rate < 1000 else DEFAULT_FPS, letters or "?")

    def grab(self, timeout_s: float) -> bool:
        """Waits for the next picture, however long that takes."""
        if not self._capture.grab():
            raise DeviceError(f"Camera {self._camera.index} ({self._camera.name}) is gone.")
        return True

    def retrieve(self) -> Pixels | None:
        """The picture that was grabbed."""
        try:
            found, pixels = self._capture.retrieve()
        except cv2.error:
            return None
        if not found or pixels.ndim != 3 or pixels.shape[2] != 3:
            return None
        return pixels.astype(np.uint8, copy=False)

    def release(self) -> None:
        """Gives the camera back."""
        self._capture.release()


class _PolledCapture(_BlockingCapture):
    """A camera that can be asked for a picture with a time limit."""

    def grab(self, timeout_s: float) -> bool:
        """Waits for the next picture; False when none came in that time."""
        try:
            ready, _ = cv2.VideoCapture.waitAny([self._capture], timeoutNs=int(timeout_s * 1e9))
        except cv2.error as error:
            raise DeviceError(f"Camera {self._camera.index} ({self._camera.name}) is gone.") from error
        return bool(ready)
