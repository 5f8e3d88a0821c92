"""Rows of cells that stand for a part of a picture which the terminal holds.

Each cell is a character of a private area, its ink the picture's number, and marks over it tell which part of the
picture it stands for: to everything but the terminal they are text, and go where text goes.

Source: kitty's graphics protocol, "Unicode placeholders", with its table of marks.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

from rich.segment import Segment
from textual.strip import Strip

PLACEHOLDER = "\U0010eeee"
SPANS = """
305 30d-30e 310 312 33d-33f 346 34a-34c 350-352 357 35b 363-36f 483-487 592-595 597-599 59c-5a1 5a8-5a9 5ab-5ac 5af 5c4
610-617 657-65b 65d-65e 6d6-6dc 6df-6e2 6e4 6e7-6e8 6eb-6ec 730 732-733 735-736 73a 73d 73f-741 743 745 747 749-74a
7eb-7f1 7f3 816-819 81b-823 825-827 829-82d 951 953-954 f82-f83 f86-f87 135d-135f 17dd 193a 1a17 1a75-1a7c 1b6b
1b6d-1b73 1cd0-1cd2 1cda-1cdb 1ce0 1dc0-1dc1 1dc3-1dc9 1dcb-1dcc 1dd1-1de6 1dfe 20d0-20d1 20d4-20d7 20db-20dc 20e1
20e7 20e9 20f0 2cef-2cf1 2de0-2dff a66f a67c-a67d a6f0-a6f1 a8e0-a8f1 aab0 aab2-aab3 aab7-aab8 aabe-aabf aac1 fe20-fe26
10a0f 10a38 1d185-1d189 1d1aa-1d1ad 1d242-1d244
"""


def _marks(spans: str) -> tuple[str, ...]:
    ends = [[int(end, 16) for end in span.split("-")] for span in spans.split()]
    return tuple(chr(code) for span in ends for code in range(span[0], span[-1] + 1))


MARKS = _marks(SPANS)
"""The mark of each number of a row or a column, from zero on."""


def placed(image: int, row: int, start: int, end: int) -> str:
    """Terminal text for the columns from `start` up to `end` of a row; each cell after the first goes one further.

    Args:
        image: number of the picture, 24 bits.
        row: the row, within the table of marks.
        start: the first column.
        end: the column after the last.
    """
    if start >= end:
        return ""
    if start >= len(MARKS) or row >= len(MARKS):
        return " " * (end - start)
    ink = f"\x1b[38;2;{image >> 16};{image >> 8 & 255};{image & 255}m"
    return f"{ink}{PLACEHOLDER}{MARKS[row]}{MARKS[start]}{PLACEHOLDER * (end - start - 1)}\x1b[0m"


class HeldPicture(Protocol):
    """A picture that the terminal holds."""

    @property
    def number(self) -> int:
        """Its number."""

    def segments(self, row: int, start: int, end: int) -> list[Segment]:
        """The same cells for those who can't see what the terminal holds."""


class PlaceholderRow(Strip):
    """A row of placeholders. Who looks at its segments gets half blocks: a modal that dims, a screenshot, a test."""

    __slots__ = ("_end", "_picture", "_row", "_start")

    def __init__(self, picture: HeldPicture, row: int, start: int, end: int) -> None:
        self._picture, self._row, self._start, self._end = picture, row, start, end
        super().__init__((), end - start)
        self._render_cache = placed(picture.number, row, start, end)

    @property
    def _segments(self) -> list[Segment]:
        return self._picture.segments(self._row, self._start, self._end)

    @_segments.setter
    def _segments(self, segments: list[Segment]) -> None:
        """They are made when they are looked at."""

    def crop(self, start: int, end: int | None = None) -> Strip:
        """The cells from `start` up to `end`."""
        width = self._end - self._start
        start, end = max(0, start), width if end is None else min(width, end)
        if (start, end) == (0, width):
            return self
        return PlaceholderRow(self._picture, self._row, self._start + start, self._start + max(start, end))

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        """The row in pieces that end at `cuts`."""
        ends = [cut for cut in cuts if cut <= self._end - self._start]
        return [self.crop(start, end) for start, end in zip([0, *ends], ends, strict=False)]
