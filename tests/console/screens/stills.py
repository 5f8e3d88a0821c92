"""A screen as a few kilobytes of text that a diff can be read of: its rows, where which look begins, and the looks."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TypeAlias

from rich.color import Color
from rich.style import Style

from console.app import UnderstudyApp

FOLDER = Path(__file__).parents[1] / "snapshots"
LETTERS = "".join(chr(code) for span in ("az", "AZ", "αω", "АЯ") for code in range(ord(span[0]), ord(span[1]) + 1))
FLAGS = ("bold", "dim", "italic", "underline", "reverse", "strike")
Cell: TypeAlias = tuple[str, str]
"""What stands in a cell, and its look; a wide letter is followed by cells without any."""


def cells_of(app: UnderstudyApp) -> list[list[Cell]]:
    """Every cell of the screen, row by row."""
    looks: dict[Style, str] = {}
    rows = []
    for strip in app.screen._compositor.render_strips():
        cells: list[Cell] = []
        for segment in strip:
            style = segment.style or Style()
            look = looks[style] if style in looks else looks.setdefault(style, _look(style))
            cells.extend((letter, look) for letter in segment.text)
        rows.append(cells)
    return rows


def still_of(first: Sequence[Sequence[Cell]], second: Sequence[Sequence[Cell]], themes: tuple[str, str]) -> str:
    """Both looks of one screen as text.

    Raises:
        AssertionError: the screen says something else in the second theme.
    """
    texts = [[_text(row) for row in screen] for screen in (first, second)]
    assert texts[0] == texts[1], difference("The second theme", *map("\n".join, texts))
    pairs = [[(one[1], other[1]) for one, other in zip(a, b, strict=True)] for a, b in zip(first, second, strict=True)]
    legend: dict[tuple[str, str], str] = {}
    marks = [_runs(row, legend) for row in pairs]
    looks = [f"{letter} {one} | {other}" for (one, other), letter in legend.items()]
    return "\n".join((*texts[0], "", "LOOKS BY ROW", *_ranges(marks), "", " | ".join(themes).upper(), *looks, ""))


def difference(name: str, wanted: str, got: str) -> str:
    """The first lines that differ, in words."""
    pairs = zip(wanted.splitlines(), got.splitlines(), strict=False)
    lines = [f"{number:>3} - {old}\n{number:>3} + {new}" for number, (old, new) in enumerate(pairs, 1) if old != new]
    return "\n".join((f"{name} looks different; UPDATE_SNAPSHOTS=1 keeps it as it is now:", *lines[:40]))


def _text(row: Sequence[Cell]) -> str:
    return "".join(letter for letter, _ in row).replace("\\", "/").rstrip()


def _runs(row: Sequence[tuple[str, str]], legend: dict[tuple[str, str], str]) -> str:
    return " ".join(
        f"{legend.setdefault(pair, LETTERS[len(legend) % len(LETTERS)])}{sum(1 for _ in run)}"
        for pair, run in groupby(row)
    )


def _ranges(marks: Sequence[str]) -> Iterator[str]:
    """Rows that look alike are told once."""
    number = 1
    for mark, run in groupby(marks):
        last = number + sum(1 for _ in run) - 1
        yield f"{number}{f'-{last}' if last > number else ''}: {mark}"
        number = last + 1


def _look(style: Style) -> str:
    flags = [flag for flag in FLAGS if getattr(style, flag)]
    return " ".join((f"{_ink(style.color)} on {_ink(style.bgcolor)}", *flags))


def _ink(colour: Color | None) -> str:
    return colour.triplet.hex if colour is not None and colour.triplet is not None else str(colour and colour.name)
