"""Which vertex is what in the head's coarse mesh, and the triangles between them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from tools.persona.geometry.landmarks import EYE_RING, FACE_POINTS, MOUTH_RING, OVAL, mean_face
from tools.persona.geometry.skull import STATIONS
from tools.persona.meshes.subdivision import Level, subdivide

Ints = npt.NDArray[np.int64]
LID_RINGS = 3
SOCK_RINGS = 4
LEVELS = 3
BAND = FACE_POINTS
LIDS = BAND + STATIONS * 36
SOCK = LIDS + 2 * LID_RINGS * 16
CONTROL_POINTS = SOCK + SOCK_RINGS * 20


_SIDES = {36: np.arange(36) >= 18, 20: (np.arange(20) >= 5) & (np.arange(20) < 15)}
"""Which quads of the face's edge and of the mouth lie on the image's left or right, by the ring's length."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The head's mesh at its coarse and finer levels."""

    levels: tuple[Level, ...]
    coarse: Ints
    """Triangles of the control mesh."""

    @property
    def triangles(self) -> Ints:
        """Triangles of the finest level."""
        return self.levels[-1].triangles


def eye_rings() -> tuple[Ints, Ints]:
    """The lid edge of the image's left and right eye, 16 landmarks each, in matching order."""
    left = np.array(EYE_RING)
    return left, mean_face().mirror[left]


def _strip(first: Ints, second: Ints) -> Ints:
    """Triangles between two closed rings; a ring across the middle line gets mirrored diagonals on its two sides."""
    a, b = first, np.roll(first, -1)
    c, d = second, np.roll(second, -1)
    half = _SIDES.get(len(first), np.zeros(len(first), bool))[:, None]
    one = np.where(half, np.stack([a, b, d], 1), np.stack([a, b, c], 1))
    two = np.where(half, np.stack([a, d, c], 1), np.stack([b, d, c], 1))
    return np.concatenate([one, two])


def _wound_like(strip: Ints, faces: Ints) -> Ints:
    """The strip, turned round if it runs along a shared edge in the same direction as its neighbour."""
    edges = {(int(t[i]), int(t[(i + 1) % 3])) for t in faces for i in range(3)}
    clash = any((int(t[i]), int(t[(i + 1) % 3])) in edges for t in strip for i in range(3))
    return strip[:, ::-1] if clash else strip


def _chain(rings: list[Ints], faces: Ints) -> Ints:
    for first, second in zip(rings[:-1], rings[1:], strict=True):
        faces = np.concatenate([faces, _wound_like(_strip(first, second), faces)])
    return faces


@lru_cache(maxsize=1)
def layout() -> Layout:
    """The layout of every head (identities differ in points only)."""
    faces = mean_face().triangles
    faces = _chain([np.array(OVAL)] + [BAND + j * 36 + np.arange(36) for j in range(STATIONS)], faces)
    for side, ring in enumerate(eye_rings()):
        start = LIDS + side * LID_RINGS * 16
        faces = _chain([ring] + [start + j * 16 + np.arange(16) for j in range(LID_RINGS)], faces)
    faces = _chain([np.array(MOUTH_RING)] + [SOCK + j * 20 + np.arange(20) for j in range(SOCK_RINGS)], faces)
    levels: list[Level] = []
    triangles, count = faces, CONTROL_POINTS
    for _ in range(LEVELS):
        level = subdivide(triangles, count)
        levels.append(level)
        triangles, count = level.triangles, level.starts.size - 1
    return Layout(tuple(levels), faces)
