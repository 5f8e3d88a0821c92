"""Moves the mean face's landmarks to an identity's proportions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from tools.persona.geometry.lips import closed
from tools.persona.identity import Shape

Floats = npt.NDArray[np.float64]
Vector = tuple[float, float, float]
_DEPTH_STRETCH = 1.07
"""The landmark network flattens faces a little; real heads are deeper."""
_NOD_DEG, _NOD_CENTRE = 6.0, (0.0, 1.5, -2.0)
"""People look up a little at a desk's camera; this brings the mean face back to level."""
_BUMPS: dict[str, tuple[tuple[Vector, Vector, Vector], ...]] = {
    "jaw_width": (((6.0, -4.6, -4.0), (3.2, 3.2, 5.0), (0.65, 0.0, 0.0)),),
    "cheekbones": (((5.2, 0.2, -1.0), (2.2, 1.6, 3.0), (0.30, 0.0, 0.35)),),
    "cheek_fullness": (((4.5, -2.8, -0.5), (2.0, 2.2, 3.0), (0.35, 0.0, 0.40)),),
    "nose_width": (((1.35, -0.4, 1.8), (0.8, 0.9, 1.8), (0.30, 0.0, 0.0)),),
    "nose_length": (((0.0, -0.5, 3.0), (1.7, 1.5, 3.5), (0.0, -0.35, 0.10)),),
    "nose_tip": (((0.0, 0.1, 3.4), (1.0, 1.1, 2.0), (0.0, 0.0, 0.40)),),
    "nose_bridge": (((0.0, 2.4, 1.3), (0.8, 1.5, 1.5), (0.0, 0.0, 0.35)),),
    "eye_spacing": (((3.1, 3.0, -1.0), (1.9, 1.2, 2.5), (0.22, 0.0, 0.0)),),
    "brow_height": (((3.4, 5.0, 0.0), (2.6, 1.0, 3.0), (0.0, 0.40, 0.0)),),
    "brow_ridge": (((2.6, 4.8, 0.0), (2.4, 0.9, 3.0), (0.0, 0.0, 0.35)),),
    "chin": (((0.0, -7.3, 1.8), (2.2, 1.5, 2.5), (0.0, -0.30, 0.40)),),
    "chin_width": (((2.0, -7.2, 1.2), (1.5, 1.5, 2.5), (0.40, 0.0, 0.0)),),
}  # fmt: skip
_EYE_CENTRE = (3.15, 3.0, -1.0)


def _falloff(points: Floats, centre: Vector, radius: Vector) -> Floats:
    distance = (points - np.array(centre)) / np.array(radius)
    return np.asarray(np.exp(-(distance * distance).sum(-1)))


def _mirrored(points: Floats, move: Callable[[Floats], Floats]) -> Floats:
    """Apply a move defined at x > 0 to both sides."""
    flip = np.array([-1.0, 1.0, 1.0])
    return np.asarray(points + move(points) + move(points * flip) * flip)


def _bump(centre: Vector, radius: Vector, offset: Floats) -> Callable[[Floats], Floats]:
    return lambda points: np.asarray(_falloff(points, centre, radius)[:, None] * offset)


def _bumps(points: Floats, shape: Shape) -> Floats:
    for name, bumps in _BUMPS.items():
        amount = float(getattr(shape, name))
        for centre, radius, offset in bumps:
            vector = 1.35 * np.array(offset) * amount
            if centre[0] == 0.0:
                points = points + _falloff(points, centre, radius)[:, None] * vector
            else:
                points = _mirrored(points, _bump(centre, radius, vector))
    return points


def _eyes(points: Floats, shape: Shape) -> Floats:
    angle, scale = np.radians(4.0) * shape.eye_tilt, 0.10 * shape.eye_size
    open_up = np.diag([1.13, 1.22, 1.0])
    turn = (
        np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
        * (1 + scale)
        @ open_up
    )

    def move(p: Floats) -> Floats:
        weight = _falloff(p, _EYE_CENTRE, (1.9, 1.2, 4.0))[:, None]
        return np.asarray(weight * ((p - _EYE_CENTRE) @ (turn - np.eye(3)).T) * np.array([1.0, 1.0, 0.3]))

    return _mirrored(points, move)


def _nod() -> Floats:
    angle = np.radians(_NOD_DEG)
    return np.array([[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]])


def unnodded(points: Floats) -> Floats:
    """Points (n, 3) of the level head as they lay before it was levelled, where features are placed by hand."""
    return np.asarray((points - _NOD_CENTRE) @ _nod() + _NOD_CENTRE)


def shaped(points: Floats, shape: Shape) -> Floats:
    """The (468, 3) landmarks of the mean face moved to an identity's proportions, mouth closed."""
    points = _eyes(_bumps(points * np.array([1.0, 1.0, _DEPTH_STRETCH]), shape), shape)
    points = (points - _NOD_CENTRE) @ _nod().T + _NOD_CENTRE
    points = closed(points, shape.lip_fullness, shape.mouth_width)
    low = np.clip(-points[:, 1] / 8.0, 0, 1.2)
    points[:, 1] -= 0.5 * shape.face_length * low
    return points
