"""Smooth surfaces from coarse meshes.

Source: C. Loop, "Smooth Subdivision Surfaces Based on Triangles", 1987 (weights by J. Warren).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tools.persona.compiled import compiled

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Level:
    """One round of subdivision as a sparse linear map from coarse vertices to fine ones."""

    triangles: Ints
    """(4n, 3): the fine triangles; a coarse vertex keeps its index."""
    starts: Ints
    columns: Ints
    weights: Floats

    def apply(self, values: Floats) -> Floats:
        """Carry (coarse, k) vertex values to (fine, k)."""
        return _multiply(self.starts, self.columns, self.weights, np.ascontiguousarray(values))


@compiled
def _multiply(starts: Ints, columns: Ints, weights: Floats, values: Floats) -> Floats:
    out = np.zeros((starts.size - 1, values.shape[1]))
    for row in range(starts.size - 1):
        for at in range(starts[row], starts[row + 1]):
            for k in range(values.shape[1]):
                out[row, k] += weights[at] * values[columns[at], k]
    return out


class _Edges:
    """The edges of a mesh and the vertices opposite to each."""

    def __init__(self, triangles: Ints) -> None:
        self.index: dict[tuple[int, int], int] = {}
        self.opposite: list[list[int]] = []
        for a, b, c in triangles.tolist():
            for first, second, other in ((a, b, c), (b, c, a), (c, a, b)):
                key = (min(first, second), max(first, second))
                at = self.index.setdefault(key, len(self.opposite))
                if at == len(self.opposite):
                    self.opposite.append([])
                self.opposite[at].append(other)


def subdivide(triangles: Ints, count: int) -> Level:
    """Build one level over a mesh of ``count`` vertices."""
    edges = _Edges(triangles)
    rows = _even_rows(edges, count) + _odd_rows(edges)
    starts = np.cumsum([0] + [len(row) for row in rows])
    columns = np.array([column for row in rows for column, _ in row], np.int64)
    weights = np.array([weight for row in rows for _, weight in row])
    fine = []
    for a, b, c in triangles.tolist():
        ab, bc, ca = (count + edges.index[min(e), max(e)] for e in ((a, b), (b, c), (c, a)))
        fine += [(a, ab, ca), (b, bc, ab), (c, ca, bc), (ab, bc, ca)]
    return Level(np.array(fine, np.int64), starts.astype(np.int64), columns, weights)


def _even_rows(edges: _Edges, count: int) -> list[list[tuple[int, float]]]:
    near: list[set[int]] = [set() for _ in range(count)]
    rim: list[list[int]] = [[] for _ in range(count)]
    for (a, b), at in edges.index.items():
        near[a].add(b)
        near[b].add(a)
        if len(edges.opposite[at]) == 1:
            rim[a].append(b)
            rim[b].append(a)
    rows = []
    for vertex in range(count):
        around = sorted(rim[vertex]) if rim[vertex] else sorted(near[vertex])
        share = 1 / 8 if rim[vertex] else (3 / 16 if len(around) == 3 else 3 / (8 * max(len(around), 1)))
        rows.append([(vertex, 1 - share * len(around))] + [(other, share) for other in around])
    return rows


def _odd_rows(edges: _Edges) -> list[list[tuple[int, float]]]:
    rows = []
    for (a, b), at in edges.index.items():
        opposite = edges.opposite[at]
        if len(opposite) == 2:
            rows.append([(a, 3 / 8), (b, 3 / 8), (opposite[0], 1 / 8), (opposite[1], 1 / 8)])
        else:
            rows.append([(a, 1 / 2), (b, 1 / 2)])
    return rows
