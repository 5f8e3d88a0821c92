"""Half blocks: the colours of pixels reach the terminal, and rows that did not change are used again."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from rich.color import ColorSystem
from rich.console import Console

from console.pictures.half_blocks import HalfBlockRow, HalfBlocks, Palette

SEQUENCE = re.compile(r"\x1b\[([0-9;]*)m")


def cells_of(ansi: str) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """What a terminal would show: the colours of every cell's upper and lower half."""
    ink = paper = ()
    cells = []
    for part in re.split(r"(\x1b\[[0-9;]*m)", ansi):
        if match := SEQUENCE.fullmatch(part):
            numbers = tuple(int(number or 0) for number in match[1].split(";"))
            if numbers[:2] == (38, 2):
                ink = numbers[2:]
            elif numbers[:2] == (48, 2):
                paper = numbers[2:]
            continue
        cells += [((paper if glyph == " " else ink), paper) for glyph in part]
    return cells


@settings(max_examples=60, deadline=None)
@given(arrays(np.uint8, st.tuples(st.integers(1, 5).map(lambda n: 2 * n), st.integers(1, 12), st.just(3))))
def test_every_cell_has_the_colours_of_its_two_pixels(pixels: np.ndarray) -> None:
    blocks = HalfBlocks(Palette())
    blocks.show(pixels)
    for row, strip in enumerate(blocks.rows):
        cells = cells_of(strip.render(Console()))
        assert len(cells) == pixels.shape[1]
        shown = np.array(cells, int)
        wanted = pixels[2 * row : 2 * row + 2].swapaxes(0, 1).astype(int)
        assert np.abs(shown - wanted).max() < 8


@settings(max_examples=30, deadline=None)
@given(arrays(np.uint8, (4, 6, 3)), st.lists(st.integers(1, 5), min_size=1, max_size=3))
def test_cut_rows_keep_their_colours(pixels: np.ndarray, cuts: list[int]) -> None:
    blocks = HalfBlocks(Palette())
    blocks.show(pixels)
    row = blocks.rows[0]
    pieces = row.divide([*sorted(set(cuts)), 6])
    assert [cell for piece in pieces for cell in cells_of(piece.render(Console()))] == cells_of(row.render(Console()))


def test_segments_made_on_demand_carry_the_same_colours() -> None:
    blocks = HalfBlocks(Palette())
    blocks.show(np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [9, 9, 9]]], np.uint8))
    styles = [segment.style for segment in blocks.rows[0]]
    first = styles[0]
    assert first is not None and first.color is not None and first.bgcolor is not None
    assert first.color.get_truecolor() == (255, 0, 0)
    assert first.bgcolor.get_truecolor() == (0, 0, 255)
    assert blocks.rows[0].text == "▀▀"


def test_only_rows_that_changed_are_made_again() -> None:
    pixels = np.full((8, 5, 3), 100, np.uint8)
    blocks = HalfBlocks(Palette())
    assert blocks.show(pixels) == [0, 1, 2, 3]
    before = list(blocks.rows)
    moved = pixels.copy()
    moved[5, 2] = (200, 10, 10)
    assert blocks.show(moved) == [2]
    assert [old is new for old, new in zip(before, blocks.rows, strict=True)] == [True, True, False, True]


@pytest.mark.parametrize("noise", [-3, 2, 3])
def test_noise_of_a_camera_repaints_nothing(noise: int) -> None:
    blocks = HalfBlocks(Palette())
    pixels = np.full((4, 4, 3), 104, np.uint8)
    blocks.show(pixels)
    assert blocks.show((pixels.astype(int) + noise).astype(np.uint8)) == []


def test_a_slow_drift_is_followed() -> None:
    blocks = HalfBlocks(Palette())
    for level in range(0, 256):
        blocks.show(np.full((2, 3, 3), level, np.uint8))
    shown = np.array(cells_of(blocks.rows[0].render(Console())), int)
    assert np.abs(shown - 255).max() <= 12


def test_no_ghost_of_the_last_picture_stays_in_a_row_that_changes() -> None:
    rng = np.random.default_rng(1)
    blocks = HalfBlocks(Palette())
    blocks.show(rng.integers(24, 40, (2, 40, 3)).astype(np.uint8))
    card = np.full((2, 40, 3), 30, np.uint8)
    card[0, 0] = 255
    blocks.show(card)
    cells = cells_of(blocks.rows[0].render(Console()))
    assert len(set(cells[1:])) == 1


def test_another_size_is_taken_whole() -> None:
    blocks = HalfBlocks(Palette())
    blocks.show(np.zeros((4, 4, 3), np.uint8))
    assert blocks.show(np.zeros((6, 9, 3), np.uint8)) == [0, 1, 2]
    assert all(row.cell_length == 9 for row in blocks.rows)


def test_a_terminal_of_256_colours_gets_no_true_colour() -> None:
    row = HalfBlockRow([31 << 10], [31], Palette(ColorSystem.EIGHT_BIT))
    ansi = row.render(Console())
    assert "38;5;" in ansi and "48;5;" in ansi and ";2;" not in ansi


def test_equal_neighbours_are_not_named_twice() -> None:
    row = HalfBlockRow([5] * 50, [9] * 50, Palette())
    assert row.render(Console()).count("\x1b[") == 3
