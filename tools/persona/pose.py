"""Where the head is turned, and carrying points there."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from tools.persona.geometry.expression import Expression
from tools.persona.geometry.head import mean_surface
from tools.persona.meshes.mesh import carried

Floats = npt.NDArray[np.float64]
PIVOT = np.array([0.0, -4.5, -9.0])


@dataclass(frozen=True, slots=True)
class Pose:
    """How a person holds the head and where the eyes look."""

    yaw_deg: float = 0.0
    """Positive turns the face to the image's right."""
    pitch_deg: float = 0.0
    """Positive looks up."""
    roll_deg: float = 0.0
    """Positive tips the head to the image's right."""
    gaze_yaw_deg: float = 0.0
    gaze_pitch_deg: float = 0.0
    """Of the eyes against the head."""
    shift_cm: tuple[float, float, float] = (0.0, 0.0, 0.0)
    breath_cm: float = 0.0
    """How far the shoulders are raised."""
    expression: Expression = field(default_factory=Expression)


def rotation(yaw_deg: float, pitch_deg: float, roll_deg: float = 0.0) -> Floats:
    """The (3, 3) turn of a head: roll first, then pitch, then yaw."""
    a, b, c = np.radians([yaw_deg, -pitch_deg, -roll_deg])
    yaw = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
    pitch = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    roll = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    return np.asarray(yaw @ pitch @ roll)


@lru_cache(maxsize=1)
def neck_weights() -> Floats:
    """How much of the head's turn each fine vertex of the head follows (vertices,)."""
    y = mean_surface().points[:, 1]
    z = mean_surface().points[:, 2]
    t = np.clip((y + 14.5 + np.clip(z + 6.0, 0, 4) * 0.8) / 6.5, 0, 1)
    return np.asarray(t * t * (3 - 2 * t))


def turned(points: Floats, pose: Pose, weights: Floats | None = None) -> Floats:
    """Points (n, 3) of the head carried into a pose; ``weights`` (n,) let the neck follow less."""
    turn = rotation(pose.yaw_deg, pose.pitch_deg, pose.roll_deg)
    moved = carried(points, turn, PIVOT, PIVOT + np.array(pose.shift_cm))
    if weights is None:
        return moved
    still = points + np.array([0.35, 0.35, 0.35]) * np.array(pose.shift_cm) + [0, pose.breath_cm, 0]
    share = weights[:, None]
    half = rotation(pose.yaw_deg * 0.5, pose.pitch_deg * 0.5, pose.roll_deg * 0.5)
    middle = carried(points, half, PIVOT, PIVOT + 0.6 * np.array(pose.shift_cm))
    return np.asarray((1 - share) ** 2 * still + 2 * share * (1 - share) * middle + share**2 * moved)
