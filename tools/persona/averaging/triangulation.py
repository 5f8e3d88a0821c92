"""Triangles over the landmarks, open at the eyes and the mouth.

Source: incremental Delaunay triangulation after A. Bowyer and D. Watson, 1981.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tools.persona.geometry.landmarks import EYE_RING, LIPS_LOWER, LIPS_UPPER, MOUTH_RING, OVAL

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Triangle = tuple[int, int, int]
_FAR = 1e4


def _flattened(points: Floats) -> Floats:
    """The face (468, 3) unrolled onto a plane (468, 2), its lips drawn as nested ellipses."""
    flat = np.column_stack([np.arctan2(points[:, 0], points[:, 2] + 9.5) * 9.5, points[:, 1]])
    below = flat[:, 1] < -3.3
    fade = np.clip(1 - (points[:, 0] / 2.75) ** 2, 0, 1) * np.clip(1 - (-6 - flat[:, 1]) / 2, 0, 1)
    flat[below, 1] -= 0.45 * fade[below]
    for ring, (lower, upper) in enumerate(zip(LIPS_LOWER, LIPS_UPPER, strict=True)):
        size, turn = 1 - 0.14 * ring, np.pi * (1 - np.arange(11) / 10)
        for ids, side in ((lower, -1.0), (upper, 1.0)):
            flat[list(ids)] = np.column_stack([2.75 * np.cos(turn), side * 1.35 * np.sin(turn)]) * size + [0, -3.35]
    return flat


def _circle(points: Floats, triangle: Triangle) -> tuple[float, float, float]:
    """Centre and squared radius of the circle through three points."""
    a, b, c = (points[k] for k in triangle)
    u, v = b - a, c - a
    double = 2 * (u[0] * v[1] - u[1] * v[0])
    x, y = (v[1] * (u @ u) - u[1] * (v @ v)) / double, (u[0] * (v @ v) - v[0] * (u @ u)) / double
    return float(a[0] + x), float(a[1] + y), float(x * x + y * y)


def _area(points: Floats, triangle: Triangle) -> float:
    a, b, c = (points[k] for k in triangle)
    return float((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))


def delaunay(points: Floats) -> list[Triangle]:
    """The Delaunay triangles over points (n, 2)."""
    count = len(points)
    field = np.vstack([points, [[-_FAR, -_FAR], [3 * _FAR, -_FAR], [-_FAR, 3 * _FAR]]])
    circles: dict[Triangle, tuple[float, float, float]] = {}
    circles[count, count + 1, count + 2] = _circle(field, (count, count + 1, count + 2))
    for new in range(count):
        x, y = field[new]
        struck = [t for t, (cx, cy, r2) in circles.items() if (x - cx) ** 2 + (y - cy) ** 2 < r2 * (1 + 1e-12)]
        rim: dict[tuple[int, int], None] = {}
        for triangle in struck:
            del circles[triangle]
            for k in range(3):
                edge = (triangle[k], triangle[(k + 1) % 3])
                if rim.pop((edge[1], edge[0]), 0) == 0:
                    rim[edge] = None
        for first, second in rim:
            made = (first, second, new)
            if abs(_area(field, made)) > 1e-9:
                circles[made] = _circle(field, made)
    return [triangle for triangle in circles if max(triangle) < count]


def face_triangles(points: Floats, mirror: Ints) -> Ints:
    """Counter-clockwise triangles (n, 3) over the landmarks (468, 3), the same on both sides."""
    flat = _flattened(points)
    half = np.flatnonzero(points[:, 0] < 1e-6)
    middle = np.abs(points[:, 0]) < 1e-6
    bulged = flat[half].copy()
    bulged[:, 0] += 1e-3 * middle[half] * (1 - (bulged[:, 1] / 12) ** 2)
    holes = [set(OVAL), set(MOUTH_RING), set(EYE_RING)]
    kept = []
    for triangle in delaunay(bulged):
        corners = half[list(triangle)]
        if not any(set(corners.tolist()) <= hole for hole in holes) and not middle[corners].all():
            kept.append(corners)
    left = np.array(kept)
    whole = np.vstack([left, mirror[left]])
    clockwise = np.array([_area(flat, (int(a), int(b), int(c))) < 0 for a, b, c in whole])
    whole[clockwise] = whole[clockwise][:, ::-1]
    return whole
