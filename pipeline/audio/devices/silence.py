"""No microphone, where a lane wants one: silence in real time."""

import threading
from typing import Self

import numpy as np

from pipeline.audio.stream import BLOCK_SAMPLES, RATE_HZ
from pipeline.clock import Clock
from pipeline.media import Block
from pipeline.stage import EndOfSource

NOTHING = "no microphone"
BLOCK_NS = BLOCK_SAMPLES * 1_000_000_000 // RATE_HZ


class Silence:
    """A source that says nothing, block after block."""

    live = True
    name = description = NOTHING

    def __init__(self, clock: Clock) -> None:
        self._clock, self._closed = clock, threading.Event()
        self._due_ns = clock.now_ns()

    def read(self) -> Block:
        """10 ms of silence, when they are over.

        Raises:
            EndOfSource: it was closed.
        """
        captured_ns = self._due_ns
        self._due_ns += BLOCK_NS
        if self._clock.wait_until(self._due_ns, self._closed):
            raise EndOfSource
        return Block(np.zeros((BLOCK_SAMPLES, 1), np.float32), RATE_HZ, captured_ns)

    def close(self) -> None:
        """Ends it, and a read that waits."""
        self._closed.set()

    def __enter__(self) -> Self:
        """The source itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes it."""
        self.close()
