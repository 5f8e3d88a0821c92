"""Where the eyeballs sit, how the lids lie on them, and their mesh."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tools.persona.geometry.layout import eye_rings
from tools.persona.meshes.mesh import Mesh, grid_triangles

Floats = npt.NDArray[np.float64]
Vector = tuple[float, float, float]
RADIUS_CM = 1.22
IRIS_CM = 0.585
LID_CM = 0.10
"""How far the lid's front edge stands off the eyeball."""
_RINGS, _SEGMENTS = 40, 64


def centres(face: Floats) -> tuple[Vector, Vector]:
    """Centres of the image's left and right eyeball for a face (468, 3) at rest."""
    found = []
    for ring in eye_rings():
        edge = face[ring]
        middle = (edge[0] + edge[8]) / 2
        x, y = edge[:, 0].mean() * 0.5 + middle[0] * 0.5, edge[:, 1].mean()
        lids = edge[[3, 4, 5, 11, 12, 13]]
        across = (lids[:, 0] - x) ** 2 + (lids[:, 1] - y) ** 2
        depth = np.sqrt(np.maximum((RADIUS_CM + LID_CM) ** 2 - across, 0.01))
        found.append((float(x), float(y), float((lids[:, 2] - depth).mean())))
    return found[0], found[1]


def seated(points: Floats, eyes: tuple[Vector, Vector]) -> Floats:
    """The control points with the lids' edges lying on the eyeballs."""
    out = points.copy()
    for ring, eye in zip(eye_rings(), eyes, strict=True):
        for place, vertex in enumerate(ring):
            around = points[vertex] - eye
            distance = np.linalg.norm(around)
            corner = place in (0, 8)
            least = RADIUS_CM + LID_CM * (0.3 if corner else 1.0)
            if distance < least or not corner:
                goal = max(least, min(float(distance), least + (0.25 if corner else 0.03)))
                out[vertex] = eye + around / distance * goal
    return out


def lid_rings(points: Floats, eyes: tuple[Vector, Vector]) -> Floats:
    """The lids' thickness: rings (2 * 3 * 16, 3) running from the edge back between lid and eyeball."""
    rows = []
    for ring, eye in zip(eye_rings(), eyes, strict=True):
        edge = points[ring]
        around = edge - eye
        away = around / np.linalg.norm(around, axis=1, keepdims=True)
        for radius in (RADIUS_CM + 0.035, RADIUS_CM - 0.03, RADIUS_CM - 0.25):
            rows.append(eye + away * radius)
    return np.concatenate(rows)


def eyeball() -> Mesh:
    """One eyeball at the origin looking along +z: sclera and iris surface, with the cornea's bulge left out."""
    angle = np.linspace(0, 0.75 * np.pi, _RINGS)[:, None]
    turn = np.linspace(0, 2 * np.pi, _SEGMENTS, endpoint=False)[None, :]
    radius = RADIUS_CM + 0.075 * np.clip(1 - (angle / 0.52) ** 2, 0, 1)
    points = np.stack(
        [
            radius * np.sin(angle) * np.cos(turn),
            radius * np.sin(angle) * np.sin(turn),
            radius * np.cos(angle) + 0 * turn,
        ],
        -1,
    )
    return Mesh(points.reshape(-1, 3), grid_triangles(_RINGS, _SEGMENTS, closed=True))
