"""Triangles drawn as their numbers, all of them at once."""

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int32]

FAR = 1e6
"""A triangle with a corner so many points away, or one that is no number, is left out."""


def draw_triangles(index: NDArray[np.uint16], corners: NDArray[np.float32], numbers: NDArray[np.integer]) -> None:
    """Writes each triangle's number into the points that it covers; of two triangles the later one wins.

    A point is covered when the triangle, widened to the nearest lines of points, reaches into the point's square along
    its line; neighbours leave no gap between them. A call per triangle is as fast while the interpreter is idle; beside
    a busy thread every call that gives it away waits for its turn to come back, six hundred times a picture.

    Args:
        index: (rows, columns), C-contiguous, written to.
        corners: float32 (t, 3, 2), x and y in grid points; those that lie beyond the grid are cut off, and triangles
            that reach beyond `FAR` are not drawn.
        numbers: (t,), in the order of drawing.
    """
    rows, columns = index.shape
    near = (np.abs(corners) < FAR).all(axis=(1, 2))
    corners, numbers = corners[near], np.asarray(numbers)[near]
    triangles = np.take_along_axis(corners, np.argsort(corners[..., 1], axis=1)[..., np.newaxis], axis=1)
    lowest = np.clip(np.rint(triangles[:, 0, 1]), 0, rows).astype(np.int32)
    lines = np.maximum(np.clip(np.rint(triangles[:, 2, 1]), -1, rows - 1).astype(np.int32) - lowest + 1, 0)
    line = _counted(lines, lowest)
    one, other = _ends(triangles, lines, line)
    first = np.rint(np.clip(np.minimum(one, other), 0, columns)).astype(np.int32)
    last = np.rint(np.clip(np.maximum(one, other), -1, columns - 1)).astype(np.int32)
    points = np.maximum(last - first + 1, 0)
    spots = np.repeat(numbers.astype(index.dtype), lines)
    index.reshape(-1)[_counted(points, line * columns + first)] = np.repeat(spots, points)


def _ends(
    triangles: NDArray[np.float32], lines: Numbers, line: Numbers
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Where lines cross the long side and one of the short ones; beyond a corner it is taken through that corner.

    Args:
        triangles: (t, 3, 2), the corners by y.
        lines: how many lines each triangle has, (t,).
        line: their y, (n,).
    """
    (x0, y0), (x1, y1), (x2, y2) = triangles.transpose(1, 2, 0)
    tall, upper, lower = (np.maximum(side, np.float32(1e-6)) for side in (y2 - y0, y1 - y0, y2 - y1))
    each = np.stack([y0, y1, y2, x0, x1, (x2 - x0) / tall, (x1 - x0) / upper, (x2 - x1) / lower])
    y0, y1, y2, x0, x1, long_side, upper_side, lower_side = np.repeat(each, lines, axis=1)
    y = np.clip(line.astype(np.float32), y0, y2)
    down, beyond = y - y0, y - y1
    return x0 + long_side * down, np.where(beyond < 0, x0 + upper_side * down, x1 + lower_side * beyond)


def _counted(counts: Numbers, firsts: Numbers) -> Numbers:
    """From each first number on as many as are counted, (sum of counts,)."""
    ends = np.cumsum(counts, dtype=np.int32)
    return np.arange(ends[-1] if len(ends) else 0, dtype=np.int32) + np.repeat(firsts - ends + counts, counts)
