"""Triangles drawn as numbers: what they cover, what hides what, and what lies beyond the grid."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.video.swap.raster import draw_triangles

SIZE = (48, 64)
NOTHING = 999


def drawn(corners: NDArray[np.float32]) -> NDArray[np.uint16]:
    """The grid with every triangle's place."""
    index = np.full(SIZE, NOTHING, np.uint16)
    draw_triangles(index, corners, np.arange(len(corners)))
    return index


def by_opencv(corners: NDArray[np.float32]) -> NDArray[np.uint16]:
    """The same, one triangle after the other; a triangle's outline belongs to it whole."""
    index = np.full(SIZE, NOTHING, np.uint16)
    for number, corner in enumerate(np.rint(corners * 16).astype(np.int32)):
        cv2.fillConvexPoly(index, corner, number, cv2.LINE_4, 4)
    return index


@given(st.integers(0, 10_000), st.floats(4.0, 40.0))
def test_a_triangle_covers_what_another_way_of_drawing_it_covers(seed: int, reach: float) -> None:
    corners = np.random.default_rng(seed).uniform(-reach, 60.0, (1, 3, 2)).astype(np.float32)
    mine, other = drawn(corners) == 0, by_opencv(corners) == 0
    ring = cv2.dilate(other.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    core = cv2.erode(other.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=0) > 0
    assert not (mine & ~ring).any()
    assert not (core & ~mine).any()


def test_neighbours_leave_no_gap_between_them() -> None:
    rng = np.random.default_rng(1)
    x, y = np.meshgrid(np.linspace(-3, 66, 12), np.linspace(-3, 50, 10))
    inner = np.s_[1:-1, 1:-1]
    x[inner] += rng.uniform(-2, 2, x[inner].shape)
    y[inner] += rng.uniform(-2, 2, y[inner].shape)
    points = np.stack([x, y], axis=-1).astype(np.float32)
    a, b, c, d = points[:-1, :-1], points[:-1, 1:], points[1:, :-1], points[1:, 1:]
    corners = np.concatenate([np.stack([a, b, c], axis=2), np.stack([b, d, c], axis=2)]).reshape(-1, 3, 2)
    assert (drawn(corners) != NOTHING).all()


def test_the_later_triangle_hides_the_earlier_one() -> None:
    large = [[2.0, 2.0], [60.0, 2.0], [2.0, 44.0]]
    small = [[5.0, 5.0], [15.0, 5.0], [5.0, 15.0]]
    seen = drawn(np.array([large, small], np.float32))
    assert (seen == 1).sum() == (drawn(np.array([small], np.float32)) == 0).sum()
    assert not (drawn(np.array([small, large], np.float32)) == 0).any()


def test_nothing_and_what_lies_beyond_the_grid_draw_nothing() -> None:
    assert (drawn(np.zeros((0, 3, 2), np.float32)) == NOTHING).all()
    beyond = np.array([[[-30, 5], [-10, 5], [-20, 9]], [[5, 60], [9, 60], [7, 90]], [[70, 1], [90, 1], [80, 4]]])
    assert (drawn(beyond.astype(np.float32)) == NOTHING).all()


@pytest.mark.parametrize("spoilt", [np.nan, np.inf, -np.inf, 3e38, -3e38])
@pytest.mark.parametrize("place", [(0, 0), (2, 0), (0, 1), (1, 1), (2, 1)])
def test_a_corner_that_is_nowhere_spoils_its_own_triangle_only(spoilt: float, place: tuple[int, int]) -> None:
    good = np.array([[2.0, 2.0], [60.0, 2.0], [2.0, 44.0]], np.float32)
    bad = good.copy()
    bad[place] = spoilt
    seen = drawn(np.stack([bad, good, bad]))
    assert not np.isin(seen, [0, 2]).any()
    assert np.array_equal(seen == 1, drawn(good[np.newaxis]) == 0)
