"""A terminal's screen as a picture: tmux capture-pane -eNp | python -m tools.terminal_picture OUT.png

Blocks and lines are drawn as areas, so that no seam shows between two cells; everything else comes from a font.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from PIL import Image, ImageDraw, ImageFont

FONTS = Path("/usr/share/fonts/truetype/dejavu")
"""Where Debian's package fonts-dejavu-core puts them."""
SIZE = 18
CELL = 11, 22
"""Pixels of a cell, across and down."""
BASELINE = 17
Colour: TypeAlias = tuple[int, int, int]
Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right and bottom, as shares of a cell."""
INK: Colour = (203, 212, 220)
PAPER: Colour = (13, 16, 20)
SEQUENCE = re.compile(r"\x1b\[([0-9;:]*)([A-Za-z])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x0e\x0f]")
BASIC: tuple[Colour, ...] = (
    (0, 0, 0),
    (205, 49, 49),
    (13, 188, 121),
    (229, 229, 16),
    (36, 114, 200),
    (188, 63, 188),
    (17, 168, 205),
    (229, 229, 229),
)
LEVELS = (0, 95, 135, 175, 215, 255)
SHADES = {"░": 0.25, "▒": 0.5, "▓": 0.75}
THIN, THICK = 0.05, 0.09
"""Half a line's width, as a share of a cell's height."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell looks."""

    ink: Colour = INK
    paper: Colour = PAPER
    bold: bool = False
    reverse: bool = False


def looks(screen: str) -> Iterator[list[tuple[str, Look]]]:
    """The letters of each row and how they look; a look goes on over the end of a row."""
    look = Look()
    for line in screen.splitlines():
        row: list[tuple[str, Look]] = []
        at = 0
        for found in SEQUENCE.finditer(line):
            row += [(letter, look) for letter in line[at : found.start()]]
            at = found.end()
            if found[2] == "m":
                look = _changed(look, [int(part or 0) for part in re.split("[;:]", found[1])])
        row += [(letter, look) for letter in line[at:]]
        yield row


def picture(screen: str) -> Image.Image:
    """A terminal's screen, drawn."""
    rows = list(looks(screen))
    across = max((len(row) for row in rows), default=1)
    drawn = Image.new("RGB", (across * CELL[0], len(rows) * CELL[1]), PAPER)
    canvas = ImageDraw.Draw(drawn)
    fonts = tuple(ImageFont.truetype(str(FONTS / f"DejaVuSansMono{kind}.ttf"), SIZE) for kind in ("", "-Bold"))
    for y, row in enumerate(rows):
        for x, (letter, look) in enumerate(row):
            _draw(canvas, (x * CELL[0], y * CELL[1]), letter, look, fonts[look.bold])
    return drawn


def _draw(
    canvas: ImageDraw.ImageDraw, corner: tuple[int, int], letter: str, look: Look, font: ImageFont.FreeTypeFont
) -> None:
    ink, paper = (look.paper, look.ink) if look.reverse else (look.ink, look.paper)
    _fill(canvas, corner, (0.0, 0.0, 1.0, 1.0), paper)
    if letter in SHADES:
        share = SHADES[letter]
        mixed = tuple(round(front * share + back * (1 - share)) for front, back in zip(ink, paper, strict=True))
        _fill(canvas, corner, (0.0, 0.0, 1.0, 1.0), mixed)
    elif boxes := _boxes(letter):
        for box in boxes:
            _fill(canvas, corner, box, ink)
    elif letter != " ":
        canvas.text((corner[0], corner[1] + BASELINE), letter, ink, font, anchor="ls")


def _boxes(letter: str) -> list[Box]:
    """The areas that a block or a line fills; nothing for any other letter."""
    number = ord(letter)
    if letter == "▀":
        return [(0.0, 0.0, 1.0, 0.5)]
    if 0x2581 <= number <= 0x2588:
        return [(0.0, 1.0 - (number - 0x2580) / 8, 1.0, 1.0)]
    if 0x2589 <= number <= 0x258F:
        return [(0.0, 0.0, (0x2590 - number) / 8, 1.0)]
    flat, upright = 0.5 * CELL[1] / CELL[0], 0.5
    lines: dict[str, list[Box]] = {
        "─": [(0.0, upright - THIN / 2, 1.0, upright + THIN / 2)],
        "━": [(0.0, upright - THICK / 2, 1.0, upright + THICK / 2)],
        "│": [(0.5 - THIN * flat, 0.0, 0.5 + THIN * flat, 1.0)],
        "┃": [(0.5 - THICK * flat, 0.0, 0.5 + THICK * flat, 1.0)],
    }
    return lines.get(letter, [])


def _fill(canvas: ImageDraw.ImageDraw, corner: tuple[int, int], box: Box, colour: tuple[int, ...]) -> None:
    left, top = corner[0] + round(box[0] * CELL[0]), corner[1] + round(box[1] * CELL[1])
    right, bottom = corner[0] + round(box[2] * CELL[0]), corner[1] + round(box[3] * CELL[1])
    canvas.rectangle((left, top, max(left, right - 1), max(top, bottom - 1)), colour)


def _changed(look: Look, codes: list[int]) -> Look:
    """The look after one sequence of codes."""
    while codes:
        code = codes.pop(0)
        if code == 0:
            look = Look()
        elif code in (1, 22):
            look = replace(look, bold=code == 1)
        elif code in (7, 27):
            look = replace(look, reverse=code == 7)
        elif code in (38, 48):
            colour = _colour(codes)
            look = replace(look, ink=colour) if code == 38 else replace(look, paper=colour)
        elif code == 39 or 30 <= code <= 37:
            look = replace(look, ink=INK if code == 39 else BASIC[code - 30])
        elif code == 49 or 40 <= code <= 47:
            look = replace(look, paper=PAPER if code == 49 else BASIC[code - 40])
    return look


def _colour(codes: list[int]) -> Colour:
    """The colour that the next codes name, which are taken away."""
    if codes.pop(0) == 2:
        red, green, blue = codes.pop(0), codes.pop(0), codes.pop(0)
        return red, green, blue
    number = codes.pop(0)
    if number >= 232:
        return (8 + 10 * (number - 232),) * 3
    if number >= 16:
        red, rest = divmod(number - 16, 36)
        return LEVELS[red], LEVELS[rest // 6], LEVELS[rest % 6]
    return BASIC[number % 8]


if __name__ == "__main__":
    picture(sys.stdin.read()).save(sys.argv[1], optimize=True)
