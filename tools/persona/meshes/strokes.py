"""Distances to lines drawn on the face: what creases, folds and brows are made from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tools.persona.compiled import compiled

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Stroke:
    """A soft line of relief on both sides of the face."""

    path: Floats
    """(n, 3) points at the image's left, on the mean head."""
    width_cm: float
    depth_cm: float
    """Along the normal; negative is a crease."""
    taper: float = 0.3
    """Share of the length over which each end fades."""


@compiled
def along(points: Floats, path: Floats) -> tuple[Floats, Floats]:
    """Distance (n,) of points (n, 3) to a line of points (m, 3), and the place 0..1 along it (n,)."""
    count = path.shape[0] - 1
    distance, place = np.full(points.shape[0], 1e9), np.zeros(points.shape[0])
    for i in range(points.shape[0]):
        for s in range(count):
            dot, length = 0.0, 0.0
            for k in range(3):
                edge = path[s + 1, k] - path[s, k]
                dot += (points[i, k] - path[s, k]) * edge
                length += edge * edge
            t = min(max(dot / max(length, 1e-9), 0.0), 1.0)
            gap = 0.0
            for k in range(3):
                d = points[i, k] - path[s, k] - t * (path[s + 1, k] - path[s, k])
                gap += d * d
            if gap < distance[i]:
                distance[i] = gap
                place[i] = (s + t) / count
    return np.sqrt(distance), place


def relief(points: Floats, strokes: tuple[Stroke, ...]) -> Floats:
    """The strokes' height (n,), centimetres, at points (n, 3) of the mean head."""
    folded = points * np.array([1.0, 1.0, 1.0])
    folded[:, 0] = -np.abs(folded[:, 0])
    total = np.zeros(len(points))
    for stroke in strokes:
        low, high = stroke.path.min(0) - 3 * stroke.width_cm, stroke.path.max(0) + 3 * stroke.width_cm
        near = np.flatnonzero(((folded > low) & (folded < high)).all(1))
        if near.size == 0:
            continue
        distance, place = along(np.ascontiguousarray(folded[near]), np.ascontiguousarray(stroke.path))
        ends = np.minimum(place, 1 - place) / max(stroke.taper, 1e-3)
        fade = np.clip(ends, 0, 1)
        total[near] += stroke.depth_cm * np.exp(-((distance / stroke.width_cm) ** 2)) * fade * fade * (3 - 2 * fade)
    return total
