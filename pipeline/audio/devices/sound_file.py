"""The sound of a file as a source, in real time or as fast as it is taken."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import av
import av.error
import numpy as np
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from pipeline.audio.stream import BLOCK_SAMPLES, RATE_HZ
from pipeline.clock import Clock, Playhead
from pipeline.errors import MediaError
from pipeline.media import Block
from pipeline.stage import EndOfSource


class SoundFile:
    """Blocks of a file's first sound track, 48 kHz mono."""

    live = False

    def __init__(
        self, path: Path, clock: Clock, playhead: Playhead | None = None, *, loop: bool = False, paced: bool = True
    ) -> None:
        """Opens the file.

        Args:
            path: anything that PyAV reads.
            clock: the program's clock.
            playhead: shared with the pictures of the same recording.
            loop: begin again at the end.
            paced: hand blocks out when they are due; else as fast as they are taken.

        Raises:
            MediaError: there is no such file, or no sound in it.
        """
        self.name, self._path = path.name, path
        self._clock, self._playhead = clock, playhead or Playhead()
        self._loop, self._paced = loop, paced
        self._closed = threading.Event()
        self._blocks = self._cut(self._samples())
        self._first: NDArray[np.float32] | None = next(self._blocks, None)
        if self._first is None:
            raise MediaError(f"{path} holds no sound that can be read; give a file with a sound track.")
        self._position = 0
        self.description = f"{self.name} · sound"

    def read(self) -> Block:
        """The next 10 ms; in real time it is waited for, and `captured_ns` is when it was due.

        Raises:
            EndOfSource: the file is over, damaged from here on, or closed.
        """
        samples, self._first = self._first, None
        if samples is None:
            samples = next(self._blocks, None)
        if samples is None or self._closed.is_set():
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
        """Ends a read that waits."""
        self._closed.set()

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
        while True:
            count = 0
            for piece in decoded(self._path):
                count += len(piece)
                yield piece
            if not self._loop or count == 0:
                return


def decoded(path: Path) -> Iterator[NDArray[np.float32]]:
    """The first sound track of a file in float32 pieces, 48 kHz mono; ends where the file is damaged.

    Raises:
        MediaError: the file is not there, can't be read, or has no sound.
    """
    if not path.is_file():
        raise MediaError(f"There is no file {path}; check the name.")
    try:
        container = av.open(f"file:{path.absolute()}", options={"protocol_whitelist": "file"})
    except (av.error.FFmpegError, OSError) as error:
        raise MediaError(f"{path} can't be read as sound: {error.strerror}; give another file.") from error
    with container:
        if not container.streams.audio:
            raise MediaError(f"{path} holds no sound; give a file with a sound track.")
        resampler = AudioResampler("flt", "mono", RATE_HZ)
        try:
            for frame in container.decode(container.streams.audio[0]):
                for piece in resampler.resample(frame):
                    yield piece.to_ndarray()[0]
        except (av.error.FFmpegError, OSError):
            return
        for piece in resampler.resample(None):
            yield piece.to_ndarray()[0]
