"""The head at rest and in motion: landmarks, skull, neck, lids and the mouth's inside as one smooth surface."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from tools.persona.body import eyeball
from tools.persona.geometry import skull
from tools.persona.geometry.expression import Expression, expressed
from tools.persona.geometry.features import shaped
from tools.persona.geometry.landmarks import FACE_POINTS, MOUTH_RING, mean_face
from tools.persona.geometry.layout import CONTROL_POINTS, LIDS, Layout, eye_rings, layout
from tools.persona.geometry.sculpt import sculpted
from tools.persona.identity import Shape
from tools.persona.meshes.mesh import vertex_normals

Floats = npt.NDArray[np.float64]
Vector = tuple[float, float, float]


def _mean_rest() -> tuple[Floats, Floats]:
    """Landmarks and band of the mean face with its mouth closed."""
    face = shaped(mean_face().points, Shape())
    return face, skull.band(face, face, 0.0).reshape(-1, 3)


def _sock(points: Floats) -> Floats:
    """Rings (80, 3) leading from the lips' inner edge back into the mouth."""
    edge = points[list(MOUTH_RING)]
    k = np.arange(20)
    lower = np.where(k <= 10, -1.0, 1.0) * np.sin(np.pi * (k % 10) / 10)
    rows = []
    for back, spread, scale in ((0.40, 0.10, 0.99), (1.3, 0.8, 0.97), (3.6, 1.3, 0.85), (5.2, 0.2, 0.1)):
        ring = edge * np.array([scale, 1.0, 1.0])
        ring[:, 1] += spread * lower
        ring[:, 2] = ring[:, 2] * 0.6 + edge[:, 2].max() * 0.4 - back
        rows.append(ring)
    rows[-1] = rows[-1].mean(0) + 0.01 * (rows[-1] - rows[-1].mean(0))
    return np.concatenate(rows)


@dataclass(frozen=True, slots=True)
class Head:
    """One identity's head, ready to be posed."""

    control: Floats
    """(n, 3) landmarks and band at rest."""
    mean: Floats
    """The same points of the mean head, where weights are measured."""
    eyes: tuple[Vector, Vector]
    relief: Floats
    """(vertices, 3) sculpted detail at rest: along normal, and a free y and z offset."""
    offset: Floats
    """Added to the control points so that the smooth surface passes through the landmarks."""
    layout: Layout

    def surface(self, expression: Expression) -> Floats:
        """The finest vertices (n, 3) in an expression, head upright."""
        moved = expressed(self.control, self.mean, expression, self.eyes)
        points = _refined(_complete(moved, self.eyes) + self.offset, self.layout)
        normals = vertex_normals(points, self.layout.triangles)
        points = points + normals * self.relief[:, :1]
        points[:, 1:] += self.relief[:, 1:]
        return _clear_of_eyes(points, self.eyes)


def _complete(moved: Floats, eyes: tuple[Vector, Vector]) -> Floats:
    return np.concatenate([moved, eyeball.lid_rings(moved, eyes), _sock(moved)])


def _refined(points: Floats, shape: Layout) -> Floats:
    for level in shape.levels:
        points = level.apply(points)
    return points


def _clear_of_eyes(points: Floats, eyes: tuple[Vector, Vector]) -> Floats:
    """Push the lids' skin out of the eyeballs."""
    for eye in eyes:
        around = points - eye
        distance = np.linalg.norm(around, axis=1)
        inside = (distance < eyeball.RADIUS_CM + 0.06) & (distance > eyeball.RADIUS_CM + 0.015)
        points[inside] = eye + around[inside] / distance[inside, None] * (eyeball.RADIUS_CM + 0.06)
    return points


def _interpolating(control: Floats, eyes: tuple[Vector, Vector], shape: Layout) -> Floats:
    offset = np.zeros((CONTROL_POINTS, 3))
    goal = _complete(control, eyes)
    share = np.full((FACE_POINTS, 1), 0.35)
    share[np.concatenate([np.concatenate(eye_rings()), np.array(MOUTH_RING)])] = 0.8
    for _ in range(3):
        reached = _refined(goal + offset, shape)[:FACE_POINTS]
        offset[:FACE_POINTS] += share * (goal[:FACE_POINTS] - reached)
    return offset


@dataclass(frozen=True, slots=True)
class MeanSurface:
    """The mean head, unsculpted: where patterns and weights are measured."""

    control: Floats
    """(n, 3) landmarks and band."""
    points: Floats
    """(vertices, 3) of the finest level."""
    eyes: tuple[Vector, Vector]


@lru_cache(maxsize=1)
def mean_surface() -> MeanSurface:
    """The mean head at rest."""
    face, band = _mean_rest()
    eyes = eyeball.centres(face)
    control = np.concatenate([eyeball.seated(face, eyes), band])
    offset = _interpolating(control, eyes, layout())
    return MeanSurface(control, _refined(_complete(control, eyes) + offset, layout()), eyes)


def build_head(shape: Shape, age: float) -> Head:
    """The head of an identity; ``age`` 0..1 deepens its lines."""
    mean_points, mean_band = _mean_rest()
    face = shaped(mean_face().points, shape)
    eyes = eyeball.centres(face)
    face = eyeball.seated(face, eyes)
    band = skull.band(face, mean_points, shape.neck_width).reshape(-1, 3)
    control = np.concatenate([face, band])
    grid = layout()
    assert control.shape[0] == LIDS
    offset = _interpolating(control, eyes, grid)
    rest = mean_surface()
    return Head(control, rest.control, eyes, sculpted(rest.points, mean_points, age), offset, grid)
