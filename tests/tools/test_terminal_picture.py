"""A terminal's screen, drawn."""

import pytest

from tools.terminal_picture import CELL, FONTS, INK, PAPER, Look, looks, picture

RED, BLUE = (200, 0, 0), (0, 0, 200)


def test_colours_are_read_and_go_on_over_the_end_of_a_row() -> None:
    first, second, third = looks("\x1b[1;38;2;200;0;0;48;5;21ma\n\x1b[7mb\x1b[0mc\n\x1b[31;44md\x1b[39;49m")
    assert first == [("a", Look(RED, (0, 0, 255), bold=True))]
    assert second == [("b", Look(RED, (0, 0, 255), bold=True, reverse=True)), ("c", Look())]
    assert third == [("d", Look((205, 49, 49), (36, 114, 200)))]


def test_what_is_no_letter_takes_no_cell() -> None:
    assert [letter for letter, _ in next(looks("\x1b]8;;http://x\x1b\\a\x1b[2Kb\x0f"))] == ["a", "b"]


@pytest.mark.skipif(not FONTS.is_dir(), reason="the package fonts-dejavu-core is not installed")
def test_blocks_fill_their_share_of_a_cell_and_leave_no_seam() -> None:
    drawn = picture("\x1b[38;2;200;0;0;48;2;0;0;200m▀▀█ \x1b[0mx")
    across, down = CELL
    assert drawn.size == (5 * across, down)
    assert {drawn.getpixel((x, 2)) for x in range(3 * across)} == {RED}
    assert {drawn.getpixel((x, down - 2)) for x in range(2 * across)} == {BLUE}
    assert drawn.getpixel((3 * across + 1, 2)) == BLUE
    letter = {drawn.getpixel((x, y)) for x in range(4 * across, 5 * across) for y in range(down)}
    assert {INK, PAPER} <= letter
