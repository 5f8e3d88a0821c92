"""Light on a face: in logarithms of colour it adds, and over a face it changes smoothly."""

from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.video.swap.appearance import Grid
from pipeline.video.swap.photo_target import GRID_HEIGHT, GRID_WIDTH

DARK = 0.05
"""Added to colours 0..1, so that the noise of dark ones does not count as light."""
WHITE = float(np.log(1.0 + DARK))
"""Where a channel is full: light can't make it brighter."""
PERCEIVED = np.array([[5.7, 20.9, 11.4], [0.0, -60.0, 60.0], [45.0, -45.0, 0.0]], np.float32)
"""From logarithms of blue, green and red to lightness and two chromas, about as large as ΔE is on skin."""
CELL = 4
"""Light is fitted on cells of so many grid points a side."""
CELL_COVER = 0.25
FEWEST_CELLS = 20
SURE_CHANGE = 0.06
"""A cell that differs from the fit by more than this, in logarithms, counts little."""
STEPS = ((3, 3.0), (3, 2.0), (6, 2.0), (6, 1.0), (6, 1.0))
"""How many of the six terms are fitted in turn, and with how many times the tolerance."""
RIDGE = 0.01

Terms: TypeAlias = NDArray[np.float64]


def _terms(height: int, width: int) -> Terms:
    """float64 (height * width, 6): a quadratic's terms over the grid, from -1 to 1."""
    y, x = np.meshgrid(
        *((np.arange(count) + 0.5) / count * 2.0 - 1.0 for count in (height, width)),
        indexing="ij",
    )
    return np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], axis=-1).reshape(-1, 6)


TERMS = _terms(GRID_HEIGHT, GRID_WIDTH).astype(np.float32)
CELL_TERMS = _terms(GRID_HEIGHT // CELL, GRID_WIDTH // CELL)


def logarithms(lab: Grid) -> Grid:
    """float32 (80, 64, 3): the logarithms of blue, green and red, softened by a point.

    Args:
        lab: float32 (80, 64, 3), CIE Lab, L* 0..100.
    """
    bgr = np.maximum(cv2.cvtColor(lab, cv2.COLOR_Lab2BGR), np.float32(0.0)) + np.float32(DARK)
    return np.asarray(cv2.blur(cv2.log(bgr), (3, 3)), np.float32)


def perceived(colours: Grid) -> Grid:
    """float32 (80, 64, 3): lightness and two chromas of logarithms of colours, or of their differences."""
    return np.asarray(cv2.transform(colours, PERCEIVED), np.float32)


def fitted_light(change: Grid, weight: Grid) -> Grid:
    """float32 (80, 64, 3): the smooth light that explains most of a change, whatever the rest does.

    A quadratic for each channel, by iteratively reweighted least squares (Geman and McClure's weights).

    Args:
        change: float32 (80, 64, 3), a difference of logarithms.
        weight: float32 (80, 64), how far each point counts.
    """
    size = (GRID_WIDTH // CELL, GRID_HEIGHT // CELL)
    cover = cv2.resize(weight, size, interpolation=cv2.INTER_AREA).ravel()
    kept = np.flatnonzero(cover > CELL_COVER)
    if len(kept) < FEWEST_CELLS:
        return np.zeros_like(change)
    sums = cv2.resize(change * weight[..., np.newaxis], size, interpolation=cv2.INTER_AREA).reshape(-1, 3)
    share = cover[kept].astype(np.float64)
    cells = sums[kept] / share[:, np.newaxis]
    found, off = np.zeros((1, 3)), cells - np.sort(cells, axis=0)[len(cells) // 2]
    for count, tolerance in STEPS:
        trust = share / (1.0 + np.einsum("ij,ij->i", off, off) / (tolerance * SURE_CHANGE) ** 2) ** 2
        terms = CELL_TERMS[kept, :count]
        weighted = (terms * trust[:, np.newaxis]).T
        matrix = weighted @ terms
        matrix.flat[count + 1 :: count + 1] += RIDGE
        found = np.linalg.solve(matrix, weighted @ cells)
        off = cells - terms @ found
    return (TERMS @ found.astype(np.float32)).reshape(change.shape)
