"""Pictures in pixels, for terminals that speak kitty's graphics protocol.

Source: https://sw.kovidgoyal.net/kitty/graphics-protocol/
"""

import base64
from collections.abc import Callable
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment

from console.pictures.half_blocks import UPPER_HALF, style_of
from console.pictures.painting import Painting
from console.pictures.placeholders import PlaceholderRow
from console.pictures.shared_memory import SharedMemory

MOST = (640, 360)
"""Width and height of the largest picture that is sent through shared memory; the terminal stretches it."""
MOST_DIRECT = (320, 180)
"""The same for one that is sent as text."""
CHUNK = 4096
"""Characters of payload that one sequence may carry."""


def sequence(keys: str, payload: str = "") -> str:
    """One command to the terminal."""
    return f"\x1b_G{keys};{payload}\x1b\\" if payload else f"\x1b_G{keys}\x1b\\"


def chunked(keys: str, payload: str) -> str:
    """A command with a payload of any length."""
    if len(payload) <= CHUNK:
        return sequence(keys, payload)
    parts = [payload[start : start + CHUNK] for start in range(0, len(payload), CHUNK)]
    middle = (sequence("q=2,m=1", part) for part in parts[1:-1])
    return "".join((sequence(f"{keys},m=1", parts[0]), *middle, sequence("q=2,m=0", parts[-1])))


class KittyCanvas:
    """Draws by giving the terminal pixels under one number, and placeholders to the screen."""

    def __init__(
        self, write: Callable[[str], None], number: int, painting: Painting, memory: SharedMemory | None
    ) -> None:
        """Draws nothing yet.

        Args:
            write: takes text to the terminal.
            number: of the picture, 1 to 2**24 - 1; nobody else's at this terminal.
            painting: has the size of a cell.
            memory: takes the pixels to the terminal; None where they go as text.
        """
        self.number = number
        self.rows: list[PlaceholderRow] = []
        self._write, self._cell, self._memory = write, painting.cell, memory
        self._cells = (0, 0)
        self._pixels: NDArray[np.uint8] | None = None
        self._looked_at = False

    def fit(self, columns: int, rows: int) -> tuple[int, int]:
        """The pixels of so many cells, or fewer in the same shape."""
        self._cells = columns, rows
        width, height = columns * self._cell[0], rows * self._cell[1]
        most = MOST if self._memory else MOST_DIRECT
        scale = min(1.0, most[0] / max(1, width), most[1] / max(1, height))
        return round(width * scale), round(height * scale)

    def show(self, pixels: NDArray[np.uint8]) -> list[int]:
        """Gives the terminal the next picture in place of the last; the rows are painted again where they are new."""
        columns, rows = self._cells
        self._pixels = pixels
        self._send(pixels)
        told = self._looked_at
        if len(self.rows) != rows or self.rows[0].cell_length != columns:
            self.rows = [PlaceholderRow(self, row, 0, columns) for row in range(rows)]
            told = True
        self._looked_at = False
        return list(range(rows)) if told else []

    def clear(self) -> None:
        """Has the terminal forget the picture."""
        if self._pixels is not None:
            self._write(sequence(f"a=d,d=I,i={self.number},q=2"))
        self._pixels, self.rows = None, []
        if self._memory:
            self._memory.close()

    def segments(self, row: int, start: int, end: int) -> list[Segment]:
        """The cells in half blocks, from the newest picture."""
        self._looked_at = True
        if self._pixels is None:
            return [Segment(" " * (end - start))]
        columns, rows = self._cells
        height, width = self._pixels.shape[:2]
        x = np.arange(start, end) * width // max(1, columns)
        y = np.array((2 * row, 2 * row + 1)) * height // max(1, 2 * rows)
        red, green, blue = np.moveaxis(
            self._pixels[np.ix_(y.clip(0, height - 1), x.clip(0, width - 1))] >> 3, 2, 0
        ).astype(np.int32)
        upper, lower = (red << 10 | green << 5 | blue).tolist()
        return [Segment(UPPER_HALF, style_of(*cell)) for cell in zip(upper, lower, strict=True)]

    def _send(self, pixels: NDArray[np.uint8]) -> None:
        height, width = pixels.shape[:2]
        columns, rows = self._cells
        keys = f"a=T,U=1,i={self.number},c={columns},r={rows},f=24,s={width},v={height},q=2"
        if self._memory is None:
            self._write(chunked(keys, base64.b64encode(pixels.tobytes()).decode("ascii")))
            return
        # Memory that is full takes the next picture, or the one after.
        with suppress(OSError):
            name = self._memory.put(pixels)
            self._write(sequence(f"{keys},t=s,S={pixels.nbytes}", base64.b64encode(name.encode()).decode("ascii")))
