"""What a user may ask of a source."""

from dataclasses import dataclass
from enum import StrEnum

from pipeline.errors import UnderstudyError


class Pace(StrEnum):
    """How fast a file is read."""

    REALTIME = "realtime"
    """As its time stamps say."""
    MAX = "max"
    """As fast as it is taken."""


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """Where frames come from, and how they should be."""

    camera: str = "auto"
    """`auto` (the first webcam, else the demo actor), `demo`, a number, a device file, a device's name, or a file."""
    size: tuple[int, int] | None = None
    """Width and height of the frames; None for what the source has."""
    fps: float | None = None
    """Rate asked of a camera; a file with a higher rate is thinned out to it."""
    rotate_deg: int = 0
    """Clockwise; 0, 90, 180 or 270."""
    flip: bool = False
    """Mirrors left and right, after the turn."""
    loop: bool = False
    """A file starts again at its end."""
    pace: Pace = Pace.REALTIME
    open_timeout_s: float = 5.0
    """How long a camera may take to open."""
    latency_ms: float = 0.0
    """How old a camera's picture is when it arrives, where that is known."""

    def __post_init__(self) -> None:
        """Refuses what no source can do.

        Raises:
            UnderstudyError: the turn, the size or the rate is out of its range.
        """
        if self.rotate_deg not in (0, 90, 180, 270):
            raise UnderstudyError(f"A picture can't be turned by {self.rotate_deg}°; give 0, 90, 180 or 270.")
        if self.size is not None and not all(64 <= side <= 3840 for side in self.size):
            raise UnderstudyError(f"The size {self.size[0]}x{self.size[1]} is out of range; give sides of 64 to 3840.")
        if self.fps is not None and not 1.0 <= self.fps <= 240.0:
            raise UnderstudyError(f"A rate of {self.fps:g} fps is out of range; give 1 to 240.")
