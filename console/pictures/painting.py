"""How pictures are drawn, as the terminal has answered and the user has settled it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from textual.strip import Strip

USUAL_CELL = (10, 20)
"""Width and height of a cell in pixels where the terminal has not told."""


class Way(StrEnum):
    """A way to draw a picture in cells."""

    HALF_BLOCKS = "half blocks"
    """Two colours a cell; every terminal can."""
    SHARED = "kitty, through shared memory"
    """Pixels, to a terminal of this computer."""
    DIRECT = "kitty, through the terminal's line"
    """Pixels, as text."""


@dataclass(frozen=True, slots=True)
class Painting:
    """A way of drawing at a terminal."""

    way: Way = Way.HALF_BLOCKS
    cell: tuple[int, int] = USUAL_CELL
    """Width and height of a cell in pixels."""


@runtime_checkable
class HasPainting(Protocol):
    """An app that knows how its terminal draws."""

    @property
    def painting(self) -> Painting:
        """The way."""


class Canvas(Protocol):
    """What a picture is drawn on."""

    @property
    def rows(self) -> Sequence[Strip]:
        """The picture as it stands, a row of cells each."""

    def fit(self, columns: int, rows: int) -> tuple[int, int]:
        """Takes so many cells; the width and height in pixels of a picture that fills them."""

    def show(self, pixels: NDArray[np.uint8]) -> list[int]:
        """Takes the next picture, uint8 RGB of that size; the numbers of the rows to be painted again."""

    def clear(self) -> None:
        """Gives everything back; the next picture begins anew."""
