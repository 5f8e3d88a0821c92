"""Sinks for measurements in memory that cost next to nothing and do not grow."""

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.stream import RATE_HZ
from pipeline.media import Picture


class Screen:
    """A sink for pictures that notes how many there were."""

    name = description = "nothing"
    steady, dropped = True, 0

    def __init__(self) -> None:
        self.count = 0

    def write(self, picture: Picture) -> None:
        """Counts it."""
        self.count += 1

    def close(self) -> None:
        """Nothing is held."""

    def __enter__(self) -> "Screen":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Tape:
    """A sink for sound with room for all of it from the start, so that it does not grow meanwhile."""

    name = description = "memory"
    paced, is_file, buffered_ns = False, False, 0

    def __init__(self, seconds: float) -> None:
        self.samples: NDArray[np.float32] = np.full(round(seconds * RATE_HZ), 1e-9, np.float32)
        self.count = 0

    def write(self, samples: NDArray[np.float32]) -> None:
        """Keeps what there is room for."""
        room = self.samples[self.count : self.count + len(samples)]
        room[:] = samples[: len(room)]
        self.count += len(room)

    def close(self) -> None:
        """All is kept."""

    def __enter__(self) -> "Tape":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
