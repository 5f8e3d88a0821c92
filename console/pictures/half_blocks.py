"""Pictures as rows of half blocks, two pixels a cell, encoded for the terminal without a style object per cell.

Colours are cut to five bits a channel: neighbouring cells then often share a colour and need no new code, and a
camera's noise does not repaint rows in which nothing moves.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rich.color import Color, ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from console.pictures.greys import in_greys

LEVEL_STEP = 8
"""Width of one five-bit level."""
HYSTERESIS = 3
"""A row is left as it is until a channel in it lies this far beyond the bounds of the level that is shown."""
UPPER_HALF = "▀"


class Palette:
    """The terminal's codes for five-bit colours, made when a colour is first seen; 32,768 at most of either kind."""

    def __init__(self, system: ColorSystem = ColorSystem.TRUECOLOR) -> None:
        self._system = system
        self.few = system is ColorSystem.STANDARD
        """Whether the terminal has no more than sixteen colours."""
        self._front: list[str | None] = [None] * 32768
        self._back: list[str | None] = [None] * 32768

    def front(self, code: int) -> str:
        """The sequence that sets the ink."""
        return self._front[code] or self._made(self._front, code, foreground=True)

    def back(self, code: int) -> str:
        """The sequence that sets the paper."""
        return self._back[code] or self._made(self._back, code, foreground=False)

    def _made(self, table: list[str | None], code: int, *, foreground: bool) -> str:
        colour = Color.from_rgb(*colour_of(code)).downgrade(self._system)
        sequence = f"\x1b[{';'.join(colour.get_ansi_codes(foreground))}m"
        table[code] = sequence
        return sequence


def colour_of(code: int) -> tuple[int, int, int]:
    """Red, green and blue, 0..255, of a five-bit colour code."""
    red, green, blue = code >> 10, code >> 5 & 31, code & 31
    return red << 3 | red >> 2, green << 3 | green >> 2, blue << 3 | blue >> 2


def encode(upper: Sequence[int], lower: Sequence[int], palette: Palette) -> str:
    """One row of cells as terminal text: a colour is named only where it changes."""
    parts: list[str] = []
    add, front, back = parts.append, palette.front, palette.back
    ink = paper = -1
    for top, bottom in zip(upper, lower, strict=True):
        if bottom != paper:
            add(back(bottom))
            paper = bottom
        if top == bottom:
            add(" ")
            continue
        if top != ink:
            add(front(top))
            ink = top
        add(UPPER_HALF)
    add("\x1b[0m")
    return "".join(parts)


class HalfBlockRow(Strip):
    """A row of cells that is terminal text from the start.

    Segments, which cost a style object a cell, are made only for those who look at them: a modal that dims the
    screen, a screenshot, a test.
    """

    __slots__ = ("_lower", "_made", "_palette", "_upper")

    def __init__(self, upper: Sequence[int], lower: Sequence[int], palette: Palette) -> None:
        self._upper, self._lower, self._palette = upper, lower, palette
        self._made: list[Segment] | None = None
        super().__init__((), len(upper))
        self._made = None
        self._render_cache = encode(upper, lower, palette)

    @property
    def _segments(self) -> list[Segment]:
        if self._made is None:
            cells = zip(self._upper, self._lower, strict=True)
            self._made = [Segment(UPPER_HALF, style_of(top, bottom)) for top, bottom in cells]
        return self._made

    @_segments.setter
    def _segments(self, segments: list[Segment]) -> None:
        self._made = segments

    def crop(self, start: int, end: int | None = None) -> Strip:
        """The cells from `start` up to `end`."""
        start, end = max(0, start), len(self._upper) if end is None else min(len(self._upper), end)
        if (start, end) == (0, len(self._upper)):
            return self
        return HalfBlockRow(self._upper[start:end], self._lower[start:end], self._palette)

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        """The row in pieces that end at `cuts`."""
        ends = [cut for cut in cuts if cut <= len(self._upper)]
        return [self.crop(start, end) for start, end in zip([0, *ends], ends, strict=False)]


@lru_cache(maxsize=8192)
def style_of(top: int, bottom: int) -> Style:
    """The style of a cell with two five-bit colours."""
    return Style.from_color(Color.from_rgb(*colour_of(top)), Color.from_rgb(*colour_of(bottom)))


class HalfBlocks:
    """Turns pictures into rows, using again every row in which nothing has changed."""

    def __init__(self, palette: Palette) -> None:
        self._palette = palette
        self._levels: NDArray[np.uint8] = np.zeros((0, 0, 3), np.uint8)
        self.rows: list[HalfBlockRow] = []
        """The picture as it stands."""

    def fit(self, columns: int, rows: int) -> tuple[int, int]:
        """One pixel a column, two a row."""
        return columns, 2 * rows

    def clear(self) -> None:
        """The terminal holds nothing but text."""

    def show(self, pixels: NDArray[np.uint8]) -> list[int]:
        """Takes the next picture, uint8 (2 * rows, columns, 3) RGB; the numbers of the rows that have changed."""
        if self._palette.few:
            pixels = in_greys(pixels)
        levels: NDArray[np.uint8] = pixels >> np.uint8(3)
        if self._levels.shape == levels.shape:
            changed = np.flatnonzero(self._moved(pixels)).tolist()
        else:
            changed = list(range(len(levels) // 2))
            self._levels = levels.copy()
            self.rows = [HalfBlockRow((), (), self._palette)] * len(changed)
        for row in changed:
            pair = slice(2 * row, 2 * row + 2)
            self._levels[pair] = levels[pair]
            red, green, blue = np.moveaxis(levels[pair].astype(np.int32), 2, 0)
            upper, lower = (red << 10 | green << 5 | blue).tolist()
            self.rows[row] = HalfBlockRow(upper, lower, self._palette)
        return changed

    def _moved(self, pixels: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """By row of cells, whether a channel of a pixel has clearly left the level that is shown."""
        over = pixels.astype(np.int16) - (self._levels.astype(np.int16) << 3)
        far = (over < -HYSTERESIS) | (over >= LEVEL_STEP + HYSTERESIS)
        moved: NDArray[np.bool_] = np.any(far.reshape(len(self.rows), -1), axis=1)
        return moved
