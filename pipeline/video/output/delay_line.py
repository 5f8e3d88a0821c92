"""Finished pictures on their way to the sinks, held until they are due."""

import threading
from collections import deque
from dataclasses import dataclass
from enum import Enum, auto

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import LaneError
from pipeline.media import Pixels

SPARE = 3
"""Buffers beyond what the delay needs: one being written, one being shown, one waiting."""


class Showing(Enum):
    """What an entry asks to be shown."""

    PICTURE = auto()
    """Its own planes."""
    AGAIN = auto()
    """What was shown last, because the policy holds it."""
    CARD = auto()
    """The card."""


@dataclass(slots=True, eq=False)
class Entry:
    """One instant of the output.

    Attributes:
        showing: what is seen.
        captured_ns: when its frame was captured.
        media_ns: its time in the source's own time.
        planes: uint8 (height * 3 // 2, width) I420 when `showing` is PICTURE; it belongs to the line.
        by_policy: whether the fail-safe policy made it.
    """

    showing: Showing
    captured_ns: int
    media_ns: int
    planes: NDArray[np.uint8] | None = None
    by_policy: bool = False


class DelayLine:
    """A bounded queue of I420 pictures in buffers that are used again.

    I420 is half the size of BGR: five seconds of 1080p at 30 fps take under 500 MB. The lane writes, the presenter
    takes; a full line drops its oldest picture and counts it, or makes the lane wait when it must lose nothing.
    """

    def __init__(self, size: tuple[int, int], capacity: int, lossless: bool) -> None:
        """A line without pictures; buffers are made when first needed.

        Args:
            size: width and height, both even.
            capacity: pictures held at most.
            lossless: whether a full line makes the lane wait.
        """
        self._shape = (size[1] * 3 // 2, size[0])
        self._capacity = capacity
        self._lossless = lossless
        self._entries: deque[Entry] = deque()
        self._free: list[NDArray[np.uint8]] = []
        self._made = 0
        self._closed = False
        self._changed = threading.Condition()
        self.dropped = 0
        """Pictures that were never shown."""

    @property
    def closed_and_empty(self) -> bool:
        """True when nothing is left and nothing will come."""
        with self._changed:
            return self._closed and not self._entries

    def write(self, pixels: Pixels, captured_ns: int, media_ns: int, *, by_policy: bool = False) -> None:
        """Converts a finished frame, uint8 (height, width, 3) BGR, and queues it."""
        planes = self._buffer()
        cv2.cvtColor(pixels, cv2.COLOR_BGR2YUV_I420, dst=planes)
        self._put(Entry(Showing.PICTURE, captured_ns, media_ns, planes, by_policy))

    def mark(self, showing: Showing, captured_ns: int, media_ns: int) -> None:
        """Queues an instant without a picture of its own, by the policy."""
        self._put(Entry(showing, captured_ns, media_ns, by_policy=True))

    def take(self, due_ns: int) -> Entry | None:
        """The newest entry captured at or before `due_ns` (the oldest at all when lossless); older ones are dropped.

        A picture that is taken has to be given back with `give_back`.
        """
        with self._changed:
            taken: Entry | None = None
            while self._entries and (self._lossless or self._entries[0].captured_ns <= due_ns):
                if taken is not None:
                    self._drop(taken)
                taken = self._entries.popleft()
                if self._lossless:
                    break
            if taken is not None:
                self._changed.notify_all()
            return taken

    def take_oldest(self) -> Entry | None:
        """The oldest entry, due or not; its picture has to be given back as well."""
        with self._changed:
            return self._entries.popleft() if self._entries else None

    def head_ns(self) -> int | None:
        """When the oldest entry was captured, or None when there is none."""
        with self._changed:
            return self._entries[0].captured_ns if self._entries else None

    def wait(self, timeout_s: float) -> None:
        """Waits until the line changes, at most `timeout_s`."""
        with self._changed:
            if self._entries or not self._closed:
                self._changed.wait(timeout_s)

    def give_back(self, planes: NDArray[np.uint8]) -> None:
        """Returns a picture's buffer."""
        with self._changed:
            self._free.append(planes)
            self._changed.notify_all()

    def close(self) -> None:
        """Ends the line; what stands in it can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _put(self, entry: Entry) -> None:
        """Queues an entry, making room as the line's kind demands."""
        with self._changed:
            while self._lossless and len(self._entries) >= self._capacity and not self._closed:
                self._changed.wait()
            while len(self._entries) >= self._capacity:
                self._drop(self._entries.popleft())
            self._entries.append(entry)
            self._changed.notify_all()

    def _drop(self, entry: Entry) -> None:
        """Counts an entry as lost and takes its buffer back."""
        self.dropped += 1
        if entry.planes is not None:
            self._free.append(entry.planes)

    def _buffer(self) -> NDArray[np.uint8]:
        """A buffer to write a picture into; the oldest waiting picture's when all are in use."""
        with self._changed:
            while not self._free:
                if self._made < self._capacity + SPARE:
                    self._made += 1
                    return np.empty(self._shape, np.uint8)
                oldest = next((entry for entry in self._entries if entry.planes is not None), None)
                if self._lossless and not self._closed:
                    self._changed.wait()
                elif oldest is not None:
                    self._entries.remove(oldest)
                    self._drop(oldest)
                else:
                    raise LaneError(f"The delay line has no free buffer of {self._made}; none was given back.")
            return self._free.pop()
