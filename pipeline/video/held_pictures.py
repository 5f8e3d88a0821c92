"""Pictures held in memory as a camera: measurements are of what comes after it, and not of a decoder."""

import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from pipeline.clock import Clock, Playhead
from pipeline.media import Frame, Pixels
from pipeline.stage import EndOfSource


class HeldPictures:
    """Pictures in an endless loop, there and back, at their times or as fast as they are taken."""

    name = description = "pictures in memory"

    def __init__(self, pictures: Sequence[Pixels], fps: float, clock: Clock, playhead: Playhead | None = None) -> None:
        """A camera that begins with the first read.

        Args:
            pictures: of one size, uint8 (height, width, 3) BGR.
            fps: how many make a second.
            clock: the program's clock.
            playhead: says when each is due; without one they come as fast as they are taken.
        """
        self._pictures = [*pictures, *pictures[-2:0:-1]]
        self._clock, self._playhead = clock, playhead
        self._closed = threading.Event()
        self._count = 0
        self.fps, self.live = fps, playhead is not None
        self.size = (pictures[0].shape[1], pictures[0].shape[0])

    def read(self) -> Frame:
        """The next frame, at its time.

        Raises:
            EndOfSource: the camera was closed.
        """
        media_ns, captured_ns = round(self._count * 1e9 / self.fps), self._clock.now_ns()
        if self._playhead is not None:
            captured_ns = self._playhead.due_ns(media_ns, captured_ns)
            self._clock.wait_until(captured_ns, self._closed)
        if self._closed.is_set():
            raise EndOfSource
        pixels = self._pictures[self._count % len(self._pictures)]
        self._count += 1
        return Frame(pixels, captured_ns, media_ns)

    def close(self) -> None:
        """Ends a read that waits."""
        self._closed.set()

    def __enter__(self) -> Self:
        """The camera itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes it."""
        self.close()
