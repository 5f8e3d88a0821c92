"""The audio lane's queues between threads. They are bounded."""

import threading
from collections import deque
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.stream import RATE_HZ
from pipeline.media import Block


class Ring:
    """A stretch of sound between one thread that writes and one that reads; both may wait.

    Late sound is of no use: when the ring is full the oldest is dropped and counted. A lossless ring makes the writer
    wait instead.
    """

    def __init__(self, capacity: int, *, lossless: bool = False) -> None:
        """An empty ring for so many samples."""
        self._samples: NDArray[np.float32] = np.zeros(capacity, np.float32)
        self._lossless = lossless
        self._read = self._written = 0
        self._instants: deque[tuple[int, int]] = deque()
        """Positions of blocks' first samples, and when those were captured; of what is held, and one before."""
        self._closed = False
        self._changed = threading.Condition()
        self.dropped = 0
        """Samples that were overwritten before they were read."""
        self.overruns = 0
        """How often that happened; what is thrown away between two reads counts once."""
        self._losing = self._deaf = False

    @property
    def fill(self) -> int:
        """Samples held."""
        with self._changed:
            return self._written - self._read

    @property
    def closed(self) -> bool:
        """Whether nothing more will come."""
        return self._closed

    def write(self, block: Block, *, patient: bool = False) -> None:
        """Appends a block's first channel, waiting for room if `patient`. Once closed it goes nowhere."""
        samples = block.samples[:, 0]
        waits = self._lossless or patient
        with self._changed:
            while (
                waits
                and not self._closed
                and not self._deaf
                and self._written - self._read + len(samples) > self._room()
            ):
                self._changed.wait()
            if self._closed or self._deaf or len(samples) == 0:
                return
            self._instants.append((self._written, block.captured_ns))
            kept = samples[-self._room() :]
            self._written += len(samples) - len(kept)
            self._copy_in(kept)
            self._written += len(kept)
            late = self._written - self._room() - self._read
            if late > 0:
                self._read += late
                self._lose(late)
                self._forget()
            self._changed.notify_all()

    def read(self, count: int) -> Block | None:
        """The oldest `count` samples, or those that are left once the ring is closed; None while there are too few."""
        with self._changed:
            held = self._written - self._read
            if held < count and not (self._closed and held > 0):
                return None
            taken = min(count, held)
            block = Block(self._copy_out(taken)[:, np.newaxis], RATE_HZ, self._captured_ns())
            self._read += taken
            self._losing = False
            self._changed.notify_all()
            return block

    @property
    def captured_ns(self) -> int | None:
        """When the next sample to be read was captured; None when none waits."""
        with self._changed:
            return self._captured_ns() if self._written > self._read else None

    def skip(self, count: int, *, lost: bool = False, again: bool = False) -> int:
        """Throws the oldest samples away, at most `count`; how many there were.

        Args:
            count: how many.
            lost: they are counted as dropped.
            again: they belong to what was thrown away before, which is one overrun.
        """
        with self._changed:
            taken = min(count, self._written - self._read)
            self._read += taken
            if lost and taken:
                self._losing |= again
                self._lose(taken)
            self._changed.notify_all()
            return taken

    def wait(self, count: int, timeout_s: float) -> bool:
        """Waits until so many samples are held or the ring is closed, at most `timeout_s`; whether it is so."""
        with self._changed:
            return self._changed.wait_for(lambda: self._closed or self._written - self._read >= count, timeout_s)

    def close(self) -> None:
        """Ends the ring; what it holds can still be read."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def deafen(self) -> None:
        """Takes nothing until `listen`: what it holds and what comes is for nobody, and counts as nothing."""
        with self._changed:
            self._deaf, self._losing, self._read = True, False, self._written
            self._instants.clear()
            self._changed.notify_all()

    def listen(self) -> None:
        """Takes what comes again."""
        with self._changed:
            self._deaf = False

    def _lose(self, count: int) -> None:
        """Counts samples that nobody will hear."""
        self.dropped += count
        self.overruns += not self._losing
        self._losing = True

    def _room(self) -> int:
        return len(self._samples)

    def _copy_in(self, samples: NDArray[np.float32]) -> None:
        start = self._written % self._room()
        first = min(len(samples), self._room() - start)
        self._samples[start : start + first] = samples[:first]
        self._samples[: len(samples) - first] = samples[first:]

    def _copy_out(self, count: int) -> NDArray[np.float32]:
        start = self._read % self._room()
        first = min(count, self._room() - start)
        return np.concatenate([self._samples[start : start + first], self._samples[: count - first]])

    def _captured_ns(self) -> int:
        """When the next sample to be read was captured."""
        self._forget()
        position, captured_ns = self._instants[0]
        return captured_ns + round((self._read - position) * 1e9 / RATE_HZ)

    def _forget(self) -> None:
        """Leaves out the instants of blocks that are read or lost to the last sample."""
        while len(self._instants) > 1 and self._instants[1][0] <= self._read:
            self._instants.popleft()


class Rings:
    """All that one thread writes to; others may come and go between two blocks."""

    def __init__(self, rings: Iterable[Ring]) -> None:
        """Those that are there from the start."""
        self._rings = tuple(rings)
        self._left = 0
        self._changing = threading.Lock()

    def __iter__(self) -> Iterator[Ring]:
        """Those that are there now, whatever comes or goes meanwhile."""
        return iter(self._rings)

    @property
    def overruns(self) -> int:
        """The overruns of all that there ever were."""
        with self._changing:
            return self._left + sum(ring.overruns for ring in self._rings)

    def add(self, ring: Ring) -> None:
        """Has one more be written to."""
        with self._changing:
            self._rings = (*self._rings, ring)

    def remove(self, gone: Ring) -> None:
        """Leaves one out; what it lost stays counted."""
        with self._changing:
            self._left += sum(ring.overruns for ring in self._rings if ring is gone)
            self._rings = tuple(ring for ring in self._rings if ring is not gone)
