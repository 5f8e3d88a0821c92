"""A webcam: opened with a time limit, read by a thread of its own, found again after it was unplugged."""

import threading
from collections.abc import Callable, Sequence
from typing import Self

from pipeline.clock import Clock
from pipeline.errors import DeviceError, UnderstudyError
from pipeline.media import Frame, Pixels
from pipeline.stage import EndOfSource
from pipeline.video.devices.capture import Capture, CaptureFormat, Connect, connect
from pipeline.video.devices.listing import CameraInfo, list_cameras
from pipeline.video.devices.settings import SourceSettings
from pipeline.video.framing import Framing, turned, usable_size

READ_TIMEOUT_S = 0.5
SILENCE_NS = 3_000_000_000
"""A camera that delivers nothing for so long is opened again."""
RETRY_S = 1.0
JOIN_TIMEOUT_S = 2.0

Listing = Callable[[], Sequence[CameraInfo]]


class Camera:
    """Frames of a webcam: always the newest one, taken by a thread that nobody keeps waiting."""

    live = True

    def __init__(
        self,
        info: CameraInfo,
        settings: SourceSettings,
        clock: Clock,
        *,
        connect: Connect = connect,
        listing: Listing = list_cameras,
    ) -> None:
        """Opens the camera within the settings' time limit.

        Raises:
            DeviceError: it can't be opened, or not in time. A driver that answers later finds the camera
                released at once.
        """
        self.name = info.name
        self._info = info
        self._settings = settings
        self._clock = clock
        self._connect = connect
        self._listing = listing
        self._news = threading.Condition()
        self._newest: tuple[Pixels, int] | None = None
        self._first_ns: int | None = None
        self._decided = threading.Event()
        self._stop = threading.Event()
        self._format: CaptureFormat | None = None
        self._failure: UnderstudyError | None = None
        # A driver that never answers can't be made to; the thread that waits for it must not keep the program alive.
        self._thread = threading.Thread(target=self._run, name=f"camera {info.name}", daemon=True)
        self._thread.start()
        delivered = self._await_opening().size
        self.size = usable_size(settings.size or turned(delivered, settings.rotate_deg))
        self._framing = Framing(self.size, settings.rotate_deg, settings.flip)

    @property
    def fps(self) -> float:
        """The rate that the camera promised when it was opened last."""
        return self._format.fps if self._format else 0.0

    @property
    def description(self) -> str:
        """The camera with the format that it really delivers."""
        if self._format is None:
            return self.name
        width, height = self._format.size
        text = f"{self.name} · {width}×{height} {self._format.coding} at {self._format.fps:.4g} fps"
        fits = self.size == turned(self._format.size, self._settings.rotate_deg)
        return text if fits else f"{text}, fitted to {self.size[0]}×{self.size[1]}"

    @property
    def path(self) -> str:
        """The device file; empty where the system has none."""
        return self._info.path

    def read(self) -> Frame | None:
        """The newest frame that was not given yet; None when none came in half a second.

        Raises:
            EndOfSource: the camera was closed.
        """
        with self._news:
            self._news.wait_for(lambda: self._newest is not None or self._stop.is_set(), READ_TIMEOUT_S)
            newest, self._newest = self._newest, None
        if self._stop.is_set():
            raise EndOfSource
        if newest is None:
            return None
        pixels, captured_ns = newest
        if self._first_ns is None:
            self._first_ns = captured_ns
        return Frame(self._framing.apply(pixels), captured_ns, captured_ns - self._first_ns)

    def close(self) -> None:
        """Ends the thread, which releases the camera.

        Raises:
            DeviceError: the driver does not answer; told once, and it is left to itself.
        """
        first = not self._stop.is_set()
        self._stop.set()
        with self._news:
            self._news.notify_all()
        if first and self._thread is not threading.current_thread():
            self._thread.join(JOIN_TIMEOUT_S)
            if self._thread.is_alive():
                raise DeviceError(
                    f"Camera {self._info.index} ({self.name}) did not let go in {JOIN_TIMEOUT_S:g} s; "
                    "its driver is stuck, and unplugging it helps."
                )

    def __enter__(self) -> Self:
        """The camera itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes the camera."""
        self.close()

    def _await_opening(self) -> CaptureFormat:
        limit_s = self._settings.open_timeout_s
        if not self._decided.wait(limit_s):
            self._stop.set()
            raise DeviceError(
                f"Camera {self._info.index} ({self.name}) did not open in {limit_s:g} s; is another program using it?"
            )
        if self._format is None:
            self._thread.join()
            raise self._failure or DeviceError(f"Camera {self._info.index} ({self.name}) can't be opened.")
        return self._format

    def _run(self) -> None:
        try:
            capture: Capture | None = self._connected()
        except UnderstudyError as error:
            self._failure = error
            capture = None
        finally:
            self._decided.set()
        while capture is not None:
            try:
                self._deliver(capture)
            finally:
                capture.release()
            capture = self._reconnected()

    def _connected(self) -> Capture:
        capture = self._connect(self._info, self._settings)
        self._format = capture.format
        return capture

    def _deliver(self, capture: Capture) -> None:
        """Hands pictures on until the camera is lost or closed."""
        heard_ns = self._clock.now_ns()
        while not self._stop.is_set() and self._clock.now_ns() - heard_ns < SILENCE_NS:
            try:
                grabbed = capture.grab(READ_TIMEOUT_S)
            except DeviceError:
                return
            captured_ns = self._clock.now_ns() - round(self._settings.latency_ms * 1e6)
            pixels = capture.retrieve() if grabbed else None
            if pixels is not None:
                heard_ns = self._clock.now_ns()
                with self._news:
                    self._newest = (pixels, captured_ns)
                    self._news.notify_all()

    def _reconnected(self) -> Capture | None:
        """The camera again, as soon as it is back; None when closed meanwhile."""
        while not self._stop.wait(RETRY_S):
            found = found_again(self._info, self._listing())
            if found is None:
                continue
            self._info = found
            try:
                return self._connected()
            except DeviceError:
                continue
        return None


def found_again(lost: CameraInfo, cameras: Sequence[CameraInfo]) -> CameraInfo | None:
    """The camera with the lost one's name, under its old number or another; None when there is none.

    Where cameras have no device files they can't be listed: there the lost one is tried as it was.
    """
    if not lost.path:
        return lost
    same = [camera for camera in cameras if camera.name == lost.name]
    return next((camera for camera in same if camera.path == lost.path), same[0] if same else None)
