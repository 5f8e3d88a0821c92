"""A camera and a microphone in memory that play a score, and sinks that note what comes out when."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.stream import BLOCK_SAMPLES, RATE_HZ
from pipeline.clock import Clock, Playhead
from pipeline.media import Block, Frame, Picture, Pixels
from pipeline.selftest.score import Score, flash
from pipeline.stage import EndOfSource
from pipeline.video.held_pictures import HeldPictures

GRID = (9, 16)
"""Rows and columns of patches whose brightness is noted."""
SPARSE = 4
"""One pixel of so many in each direction says how bright a patch is."""


class _InMemory:
    """What the others have in common."""

    def __init__(self, name: str, clock: Clock) -> None:
        self.name = self.description = name
        self._clock = clock
        self._closed = threading.Event()

    def close(self) -> None:
        """Ends a read that waits."""
        self._closed.set()

    def __enter__(self) -> Self:
        """The device itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes it."""
        self.close()


class FlashingCamera(HeldPictures):
    """Pictures in an endless loop that flash when the score says so."""

    def __init__(self, score: Score, pictures: Sequence[Pixels], playhead: Playhead, clock: Clock) -> None:
        """A camera with pictures of one size, uint8 (height, width, 3) BGR."""
        super().__init__(pictures, score.fps, clock, playhead)
        self._score = score

    def read(self) -> Frame:
        """The next frame, at its time.

        Raises:
            EndOfSource: the camera was closed.
        """
        frame = super().read()
        return replace(frame, pixels=flash(frame.pixels)) if self._score.flashes(frame.media_ns) else frame


class BeepingMicrophone(_InMemory):
    """Silence that beeps when the score says so."""

    live = True

    def __init__(self, score: Score, playhead: Playhead, clock: Clock) -> None:
        """A microphone that begins with the camera of the same playhead."""
        super().__init__("beeps in memory", clock)
        self._score, self._playhead = score, playhead
        self._position = 0

    def read(self) -> Block:
        """The next 10 ms, when their last sample has come.

        Raises:
            EndOfSource: the microphone was closed.
        """
        position, self._position = self._position, self._position + BLOCK_SAMPLES
        captured_ns = self._playhead.due_ns(position * 1_000_000_000 // RATE_HZ, self._clock.now_ns())
        if self._clock.wait_until(captured_ns + BLOCK_SAMPLES * 1_000_000_000 // RATE_HZ, self._closed):
            raise EndOfSource
        return Block(self._score.sound(position, BLOCK_SAMPLES)[:, np.newaxis], RATE_HZ, captured_ns)


class WatchingSink(_InMemory):
    """Notes how bright each patch of each picture is, and when it came."""

    steady = True
    dropped = 0

    def __init__(self, clock: Clock) -> None:
        """A sink that has seen nothing."""
        super().__init__("watched in memory", clock)
        self._instants_ns: list[int] = []
        self._patches: list[NDArray[np.float32]] = []

    def write(self, picture: Picture) -> None:
        """Looks at a picture."""
        now_ns = self._clock.now_ns()
        width, height = picture.size
        rows, columns = (
            np.arange(count + 1) * side // count // 2 * 2 for count, side in zip(GRID, (height, width), strict=True)
        )
        luma = picture.planes[:height]
        patches = [
            luma[top:bottom:SPARSE, left:right:SPARSE].mean()
            for top, bottom in zip(rows, rows[1:], strict=False)
            for left, right in zip(columns, columns[1:], strict=False)
        ]
        self._instants_ns.append(now_ns)
        self._patches.append(np.array(patches, np.float32))

    def seen(self) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """When each picture came (n,), and the brightness of its patches (n, patches), 0..255."""
        count = len(self._instants_ns)
        patches = np.array(self._patches[:count], np.float32).reshape(count, GRID[0] * GRID[1])
        return np.array(self._instants_ns[:count], np.int64), patches


class ListeningSink(_InMemory):
    """Notes every sample and when it came."""

    paced, is_file = False, False
    buffered_ns = 0

    def __init__(self, clock: Clock) -> None:
        """A sink that has heard nothing."""
        super().__init__("listened to in memory", clock)
        self._instants_ns: list[int] = []
        self._pieces: list[NDArray[np.float32]] = []

    def write(self, samples: NDArray[np.float32]) -> None:
        """Listens to float32 (n,): its first sample is heard at this instant."""
        self._instants_ns.append(self._clock.now_ns())
        self._pieces.append(samples.copy())

    def heard(self) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """When each sample was heard (n,), and the samples (n,)."""
        count = len(self._pieces)
        pieces, instants_ns = self._pieces[:count], self._instants_ns[:count]
        steps = [np.arange(len(piece)) * 1_000_000_000 // RATE_HZ for piece in pieces]
        if not pieces:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        times = [instant_ns + step for instant_ns, step in zip(instants_ns, steps, strict=True)]
        return np.concatenate(times).astype(np.int64), np.concatenate(pieces)
