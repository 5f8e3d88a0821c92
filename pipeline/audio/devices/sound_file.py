"""The sound of a file as a source, in real time or as fast as it is taken."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.devices.sound_decoder import SoundDecoder, pictures_s
from pipeline.audio.stream import BLOCK_SAMPLES, RATE_HZ
from pipeline.clock import Clock, Playhead
from pipeline.media import Block
from pipeline.stage import EndOfSource


class SoundFile:
    """Blocks of a file's first sound track, 48 kHz mono, at their times against the file's first picture."""

    live = False

    def __init__(
        self, path: Path, clock: Clock, playhead: Playhead | None = None, *, loop: bool = False, paced: bool = True
    ) -> None:
        """Opens the file.

        Args:
            path: anything that PyAV reads.
            clock: the program's clock.
            playhead: shared with the pictures of the same recording.
            loop: begin again at the end, of the pictures where the file has some: they begin again as well.
            paced: hand blocks out when they are due; else as fast as they are taken.

        Raises:
            MediaError: there is no such file, or no sound in it that can be read.
        """
        self.name, self._path = path.name, path
        self._clock, self._playhead = clock, playhead or Playhead()
        self._loop, self._paced = loop, paced
        self._closed, self._lock = threading.Event(), threading.Lock()
        self._decoder = SoundDecoder(path)
        self._lap_s = pictures_s(path) if loop else None
        self._blocks = self._cut(self._samples())
        self._position = round(self._decoder.start_ns * RATE_HZ / 1e9)
        self.description = f"{self.name} · sound"

    def read(self) -> Block:
        """The next 10 ms; in real time it is waited for, and `captured_ns` is when it was due.

        Raises:
            EndOfSource: the file is over, damaged from here on, or closed.
        """
        with self._lock:
            samples = None if self._closed.is_set() else next(self._blocks, None)
        if samples is None:
            raise EndOfSource
        position_ns = self._position * 1_000_000_000 // RATE_HZ
        self._position += len(samples)
        if not self._paced:
            return Block(samples[:, np.newaxis], RATE_HZ, position_ns)
        due_ns = self._playhead.due_ns(position_ns, self._clock.now_ns())
        # A microphone hands a block over when its last sample has come.
        if self._clock.wait_until(due_ns + len(samples) * 1_000_000_000 // RATE_HZ, self._closed):
            raise EndOfSource
        return Block(samples[:, np.newaxis], RATE_HZ, due_ns)

    def close(self) -> None:
        """Ends a read that waits and gives the file back."""
        self._closed.set()
        with self._lock:
            self._decoder.close()

    def __enter__(self) -> Self:
        """The source itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes it."""
        self.close()

    def _cut(self, pieces: Iterator[NDArray[np.float32]]) -> Iterator[NDArray[np.float32]]:
        """The same samples in blocks; the last one may be shorter."""
        held: NDArray[np.float32] = np.zeros(0, np.float32)
        for piece in pieces:
            held = np.concatenate([held, piece])
            while len(held) >= BLOCK_SAMPLES:
                yield held[:BLOCK_SAMPLES]
                held = held[BLOCK_SAMPLES:]
        if len(held):
            yield held

    def _samples(self) -> Iterator[NDArray[np.float32]]:
        """Everything in the file, again and again when it is looped."""
        laps = done = 0
        while True:
            laps += 1
            began = done
            end = None if self._lap_s is None else round(laps * self._lap_s * RATE_HZ)
            for piece in self._decoder.pieces():
                kept = piece if end is None else piece[: end - done]
                done += len(kept)
                yield kept
            if not self._loop or done == began:
                return
            if end is not None and done < end:
                yield np.zeros(end - done, np.float32)
                done = end
            self._decoder.close()
            self._decoder = SoundDecoder(self._path)
