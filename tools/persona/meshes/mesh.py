"""A triangle mesh and its normals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tools.persona.compiled import compiled

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@compiled
def _sum_normals(points: Floats, triangles: Ints) -> Floats:
    out = np.zeros_like(points)
    for t in range(triangles.shape[0]):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        ux, uy, uz = points[b, 0] - points[a, 0], points[b, 1] - points[a, 1], points[b, 2] - points[a, 2]
        vx, vy, vz = points[c, 0] - points[a, 0], points[c, 1] - points[a, 1], points[c, 2] - points[a, 2]
        nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        for v in (a, b, c):
            out[v, 0] += nx
            out[v, 1] += ny
            out[v, 2] += nz
    return out


def unit(vectors: Floats) -> Floats:
    """The vectors of (..., 3) at length one; a null vector stays null."""
    length = np.sqrt((vectors * vectors).sum(-1, keepdims=True))
    return np.asarray(vectors / np.maximum(length, 1e-12))


def vertex_normals(points: Floats, triangles: Ints) -> Floats:
    """Area-weighted unit normals (n, 3) of the vertices (n, 3)."""
    return unit(_sum_normals(np.ascontiguousarray(points), triangles))


@compiled
def _carry(points: Floats, matrix: Floats, before: Floats, after: Floats) -> Floats:
    out = np.empty_like(points)
    for i in range(points.shape[0]):
        x, y, z = points[i, 0] - before[0], points[i, 1] - before[1], points[i, 2] - before[2]
        for k in range(3):
            out[i, k] = x * matrix[k, 0] + y * matrix[k, 1] + z * matrix[k, 2] + after[k]
    return out


def carried(points: Floats, matrix: Floats, before: Floats, after: Floats) -> Floats:
    """``matrix @ (point - before) + after`` for each of the points (n, 3)."""
    return _carry(np.ascontiguousarray(points), np.ascontiguousarray(matrix), before.astype(float), after.astype(float))


@compiled
def nearest(points: Floats, others: Floats) -> Ints:
    """Index (n,) of the nearest of the others (m, 3) to each of the points (n, 3)."""
    found = np.empty(points.shape[0], np.int64)
    for i in range(points.shape[0]):
        best = 1e18
        for j in range(others.shape[0]):
            dx, dy, dz = points[i, 0] - others[j, 0], points[i, 1] - others[j, 1], points[i, 2] - others[j, 2]
            gap = dx * dx + dy * dy + dz * dz
            if gap < best:
                best = gap
                found[i] = j
    return found


@dataclass(frozen=True, slots=True)
class Mesh:
    """Points with the triangles between them."""

    points: Floats
    """(n, 3), centimetres."""
    triangles: Ints
    """(m, 3), counter-clockwise from outside."""

    def normals(self) -> Floats:
        """Unit normals (n, 3)."""
        return vertex_normals(self.points, self.triangles)


def grid_triangles(rows: int, columns: int, closed: bool) -> Ints:
    """Triangles over a row-major grid of vertices; ``closed`` joins the last column to the first."""
    r, c = np.mgrid[0 : rows - 1, 0 : columns if closed else columns - 1]
    right = (c + 1) % columns
    a, b = (r * columns + c).ravel(), (r * columns + right).ravel()
    d, e = ((r + 1) * columns + c).ravel(), ((r + 1) * columns + right).ravel()
    return np.concatenate([np.stack([a, d, b], 1), np.stack([b, d, e], 1)]).astype(np.int64)
