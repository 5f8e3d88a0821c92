"""Where faces are looked for, and when."""

from dataclasses import dataclass
from itertools import cycle
from math import ceil

ROUND_NS = 500_000_000
"""Within this time every face of some size is looked for once."""
LOOKS = 4
"""Parts searched in one round, each on a frame of its own."""
SHARED = 0.15
"""Neighbouring parts share at least this much of their side."""
MIN_SIDE_PX = 96
"""A smaller picture is searched as a whole only."""


@dataclass(frozen=True, slots=True)
class Fineness:
    """How large the parts of a picture are.

    Attributes:
        side: as a share of the picture's shorter side; the detector sees faces of an eighth of a part's side.
        beyond: how far parts reach over the picture's edge, as a share of their side.
    """

    side: float
    beyond: float


LARGE, SMALL = Fineness(1.0, 0.15), Fineness(0.72, 0.1)


@dataclass(frozen=True, slots=True)
class Part:
    """A square that is searched by itself, in picture pixels.

    Where it reaches beyond the picture, the picture goes on as its own mirror image: half of a face that the edge cuts
    becomes a whole one.
    """

    left: int
    top: int
    side: int


class Search:
    """Says which parts of the picture to look at on which frame; None stands for the whole of it.

    The whole picture shows the detector large faces only. Large overlapping squares, which show faces of an eighth of
    the picture's height, come round twice a second; in the looks between, smaller squares and the whole take turns.
    At the start every part is looked at, one a frame.
    """

    def __init__(self) -> None:
        """Begins with the first frame."""
        self._size = (0, 0)
        self._next_ns: int | None = None
        self._plan((1, 1))

    def due(self, size: tuple[int, int], at_ns: int, *, urgent: bool) -> list[Part | None]:
        """What to look at now: at most one part, and the whole picture on every frame while it is urgent.

        Args:
            size: width and height of the picture.
            at_ns: the frame's time.
            urgent: nobody wears the likeness.
        """
        if size != self._size:
            self._plan(size)
        looks: list[Part | None] = [None] if urgent else []
        if self._unseen:
            self._next_ns = at_ns + self._interval_ns
            return [*looks, self._unseen.pop(0)]
        wait_ns = 0 if self._next_ns is None else self._next_ns - at_ns
        if not 0 < wait_ns <= self._interval_ns:
            # Frames rarely come when a look is due: counting from there and not from the frame keeps the mean.
            on_time = self._next_ns is not None and -self._interval_ns < wait_ns <= 0
            self._next_ns = at_ns + self._interval_ns + (wait_ns if on_time else 0)
            part = self._turn()
            if part is not None or not urgent:
                looks.append(part)
        return looks

    def reset(self) -> None:
        """Begins anew with the next frame."""
        self._size, self._next_ns = (0, 0), None

    def _plan(self, size: tuple[int, int]) -> None:
        """Lays out the parts of a picture."""
        large, small = parts(size, LARGE), parts(size, SMALL)
        looks = max(LOOKS, len(large) + 1)
        self._size, self._balance = size, 0
        self._unseen = [*large, *small]
        self._quick, self._slow = cycle(large), cycle([*small, None])
        self._quick_looks, self._looks = len(large), looks
        self._interval_ns = ROUND_NS // looks

    def _turn(self) -> Part | None:
        """The next part: the quick ones spread evenly among the slow ones."""
        self._balance += self._quick_looks
        if self._balance >= self._looks:
            self._balance -= self._looks
            return next(self._quick)
        return next(self._slow)


def parts(size: tuple[int, int], fineness: Fineness) -> list[Part]:
    """Overlapping squares that cover a picture and a little beyond, row by row; none for a tiny picture.

    Args:
        size: width and height of the picture.
        fineness: how large they are.
    """
    if min(size) < MIN_SIDE_PX:
        return []
    side = round(fineness.side * min(size))
    beyond = round(fineness.beyond * side)
    return [Part(left, top, side) for top in _starts(size[1], side, beyond) for left in _starts(size[0], side, beyond)]


def _starts(length: int, side: int, beyond: int) -> list[int]:
    """Where squares begin along one side of the picture."""
    if side >= length:
        return [(length - side) // 2]
    span = length + 2 * beyond
    count = max(2, ceil((span - SHARED * side) / (side * (1.0 - SHARED))))
    return [round(-beyond + index * (span - side) / (count - 1)) for index in range(count)]
