"""Stand-ins for everything that is slow, absent or rare: a clock, a camera, a virtual camera, a stage."""

import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import ClassVar, Self

import numpy as np
import pyvirtualcam.camera
from numpy.typing import NDArray

from pipeline.errors import DeviceError, StageError
from pipeline.media import Block, Frame, Picture, Pixels
from pipeline.stage import EndOfSource
from pipeline.video.devices.capture import CaptureFormat
from profiles.profile import Profile

FRAME_NS = 33_333_333


class FakeClock:
    """Time that passes only when it is told to, or, when `jumps`, as far as anyone wants to wait."""

    def __init__(self, start_ns: int = 0, *, jumps: bool = True) -> None:
        self._now_ns = start_ns
        self._jumps = jumps
        self._moved = threading.Condition()
        self.waited_ns: list[int] = []
        """Every instant that was waited for."""

    def now_ns(self) -> int:
        """The present instant."""
        with self._moved:
            return self._now_ns

    def advance(self, nanoseconds: int) -> None:
        """Lets time pass and wakes whoever waited for it."""
        with self._moved:
            self._now_ns += nanoseconds
            self._moved.notify_all()

    def wait_until(self, instant_ns: int, interrupt: threading.Event) -> bool:
        """Returns when the instant is reached or `interrupt` is set; True when interrupted."""
        with self._moved:
            self.waited_ns.append(instant_ns)
            if self._jumps and not interrupt.is_set():
                self._now_ns = max(self._now_ns, instant_ns)
            while self._now_ns < instant_ns and not interrupt.is_set():
                # An event can't wake a condition, so that it is looked at now and then.
                self._moved.wait(0.005)
            return interrupt.is_set()


def make_frame(index: int = 0, size: tuple[int, int] = (64, 64), *, interval_ns: int = FRAME_NS) -> Frame:
    """A frame whose every pixel tells its index."""
    width, height = size
    return Frame(np.full((height, width, 3), index % 256, np.uint8), index * interval_ns, index * interval_ns)


def make_picture(index: int = 0, size: tuple[int, int] = (64, 64), *, interval_ns: int = FRAME_NS) -> Picture:
    """A grey picture whose every luminance tells its index."""
    width, height = size
    planes = np.full((height * 3 // 2, width), 128, np.uint8)
    planes[:height] = 16 + index % 220
    return Picture(planes, index * interval_ns, index * interval_ns)


class FakeSource:
    """Gives the items that it was made with: a frame, None for a time-out, or an error to raise."""

    name = "fake source"
    description = "fake source · 64×64 at 30 fps"

    def __init__(
        self,
        items: Iterable[Frame | None | Exception] = (),
        *,
        size: tuple[int, int] = (64, 64),
        fps: float = 30.0,
        live: bool = False,
    ) -> None:
        self._items = iter(list(items))
        self._closed = threading.Event()
        self.size = size
        self.fps = fps
        self.live = live
        self.read_count = 0

    @classmethod
    def of(cls, count: int, size: tuple[int, int] = (64, 64)) -> Self:
        """A source of `count` different frames."""
        return cls([make_frame(index, size) for index in range(count)], size=size)

    @property
    def closed(self) -> bool:
        """True once it was given back."""
        return self._closed.is_set()

    def read(self) -> Frame | None:
        """The next item."""
        if self._closed.is_set():
            raise EndOfSource
        self.read_count += 1
        item = next(self._items, EndOfSource())
        if isinstance(item, Exception):
            raise item
        return item

    def close(self) -> None:
        """Ends it."""
        self._closed.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class FakeSink:
    """Keeps a copy of everything that is written to it; fails at picture number `fails_at`."""

    name = "fake sink"
    description = "fake sink · 64×64"
    dropped = 0

    def __init__(self, *, steady: bool = False, fails_at: int | None = None, fails_to_close: bool = False) -> None:
        self.steady = steady
        self.pictures: list[Picture] = []
        self.closed = False
        self.close_count = 0
        self.gate = threading.Event()
        """Clear it to make `write` hang."""
        self.gate.set()
        self._fails_at = fails_at
        self._fails_to_close = fails_to_close

    def write(self, picture: Picture) -> None:
        """Keeps the picture."""
        self.gate.wait()
        if self.closed:
            raise DeviceError("The fake sink is closed.")
        if self._fails_at is not None and len(self.pictures) >= self._fails_at:
            raise DeviceError("The fake sink took no more.")
        self.pictures.append(replace(picture, planes=picture.planes.copy()))

    def close(self) -> None:
        """Takes no more."""
        self.close_count += 1
        first, self.closed = not self.closed, True
        if first and self._fails_to_close:
            raise DeviceError("The fake sink could not be closed.")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@dataclass
class FakeStage:
    """Adds `offset` to every pixel; fails on the frames whose number, counted from 0, is in `fails_on`."""

    name: str = "fake"
    offset: int = 1
    fails_on: frozenset[int] = frozenset()
    latency_ns: int = 0
    count: int = 0
    resets: int = 0
    closes: int = 0
    adjusted: list[Profile] = field(default_factory=list)

    def process(self, frame: Frame) -> Frame:
        """The brighter frame."""
        number, self.count = self.count, self.count + 1
        if number in self.fails_on:
            raise StageError(f"The stage {self.name} could not do frame {number}.")
        pixels: Pixels = frame.pixels + np.uint8(self.offset)
        return replace(frame, pixels=pixels)

    def adjust(self, profile: Profile) -> None:
        """Remembers what it was told."""
        self.adjusted.append(profile)

    def reset(self) -> None:
        """Counts."""
        self.resets += 1

    def close(self) -> None:
        """Counts."""
        self.closes += 1


class FakeCapture:
    """Delivers pictures that are put into it; `unplug` makes it fail."""

    def __init__(self, size: tuple[int, int] = (96, 64), fps: float = 30.0, coding: str = "MJPG") -> None:
        self.format = CaptureFormat(size, fps, coding)
        self._pictures: deque[Pixels | None] = deque()
        self._change = threading.Condition()
        self._plugged = True
        self.released = threading.Event()
        self.taken = 0

    def put(self, pixels: Pixels | None) -> None:
        with self._change:
            self._pictures.append(pixels)
            self._change.notify_all()

    def show(self, level: int) -> None:
        width, height = self.format.size
        self.put(np.full((height, width, 3), level, np.uint8))

    def unplug(self) -> None:
        with self._change:
            self._plugged = False
            self._change.notify_all()

    def grab(self, timeout_s: float) -> bool:
        with self._change:
            self._change.wait_for(lambda: self._pictures or not self._plugged, timeout_s)
            if not self._plugged:
                raise DeviceError("gone")
            return bool(self._pictures)

    def retrieve(self) -> Pixels | None:
        self.taken += 1
        return self._pictures.popleft()

    def release(self) -> None:
        self.released.set()


class FakeBackend:
    """What pyvirtualcam feeds; takes pictures of at most 1000 pixels' width."""

    made: "ClassVar[list[FakeBackend]]" = []

    def __init__(self, *, width: int, height: int, fps: float, fourcc: int, device: str | None) -> None:
        if width > 1000:
            raise RuntimeError("too\nwide")
        self.options = (width, height, fps, pyvirtualcam.camera.decode_fourcc(fourcc))
        self._device = device or "fake camera"
        self.sent: list[NDArray[np.uint8]] = []
        self.closes = 0
        FakeBackend.made.append(self)

    def device(self) -> str:
        return self._device

    def native_fourcc(self) -> int | None:
        return None

    def send(self, frame: NDArray[np.uint8]) -> None:
        self.sent.append(frame)

    def close(self) -> None:
        self.closes += 1


class FakeVoice:
    """A voice that gives everything back, lower by a factor, until it is told to fail."""

    name = "fake voice"

    def __init__(self, factor: float = 0.5, latency_ns: int = 0) -> None:
        self.factor, self.latency_ns = factor, latency_ns
        self.failing = False
        self.adjusted: list[Profile] = []
        self.closed = False

    def process(self, block: Block) -> Block:
        """The block, lower."""
        if self.failing:
            raise StageError("The fake voice was told to fail.")
        return Block(block.samples * np.float32(self.factor), block.rate_hz, block.captured_ns - self.latency_ns)

    def adjust(self, profile: Profile) -> None:
        """Keeps what it is told."""
        self.adjusted.append(profile)

    def reset(self) -> None:
        """Nothing is remembered."""

    def close(self) -> None:
        """Keeps that it was closed."""
        self.closed = True
