"""What a preflight looks at: a stretch of sound and a stretch of pictures, and where they came from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.media import Frame


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """What a microphone gave.

    Attributes:
        samples: float32 (n, channels) in -1..1, as the device or the file gave them, before any resampling.
        rate_hz: the rate that it told.
        device: its name for people.
        gaps: how often the device lost sound, by its own counters or by the clock.
        others_dbfs: the loudness of every other input over the same seconds, by name; empty where nobody listened.
        played: float32 (n,), what the call's other end was playing meanwhile at the same rate, or None.
    """

    samples: NDArray[np.float32]
    rate_hz: int
    device: str = ""
    gaps: int = 0
    others_dbfs: tuple[tuple[str, float], ...] = ()
    played: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What a camera gave.

    Attributes:
        frames: in the order of capture, some whole and most of them a quarter as wide and high, tracked: with
            faces, and with the matte of the person where there is one.
        device: its name for people.
        asked_size: width and height that were asked of it, or None.
        asked_fps: the rate that was asked of it, or None.
        dropped: frames that the camera lost, by its own counters.
        instants_ns: when each delivered frame was captured, those that were not kept too; empty where all were.
    """

    frames: tuple[Frame, ...]
    device: str = ""
    asked_size: tuple[int, int] | None = None
    asked_fps: float | None = None
    dropped: int = 0
    instants_ns: tuple[int, ...] = ()

    @property
    def times_ns(self) -> tuple[int, ...]:
        """When every frame that was delivered was captured."""
        return self.instants_ns or tuple(frame.captured_ns for frame in self.frames)
