"""The skull's surface by direction, and strands growing over it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from tools.persona.meshes.mesh import nearest, unit
from tools.persona.strands.fibres import Roots
from tools.persona.surface.noise import fbm

Floats = npt.NDArray[np.float64]
Flow = Callable[[Floats], Floats]
CENTRE = np.array([0.0, 4.0, -8.5])
_ROWS, _COLUMNS = 120, 240


class Scalp:
    """Distance from the head's middle to its skin in every direction."""

    def __init__(self, points: Floats) -> None:
        row, column, radius = self._place(points)
        top = np.zeros((_ROWS, _COLUMNS), np.float32)
        count = np.zeros((_ROWS, _COLUMNS), np.float32)
        np.add.at(top, (row.astype(int) % _ROWS, column.astype(int) % _COLUMNS), radius)
        np.add.at(count, (row.astype(int) % _ROWS, column.astype(int) % _COLUMNS), 1.0)
        wide, many = np.hstack([top] * 3), np.hstack([count] * 3)
        total, weight = (np.asarray(cv2.GaussianBlur(image, (0, 0), 1.5)) for image in (wide, many))
        self._radius = (total / np.maximum(weight, 1e-4))[:, _COLUMNS : 2 * _COLUMNS]

    @staticmethod
    def _place(points: Floats) -> tuple[Floats, Floats, Floats]:
        d = points - CENTRE
        radius = np.linalg.norm(d, axis=1)
        polar = np.arccos(np.clip(d[:, 2] / np.maximum(radius, 1e-6), -1, 1))
        turn = np.arctan2(d[:, 0], -d[:, 1]) % (2 * np.pi)
        return polar / np.pi * (_ROWS - 1e-3), turn / (2 * np.pi) * (_COLUMNS - 1e-3), radius

    def above(self, points: Floats) -> tuple[Floats, Floats]:
        """Height (n,) of points (n, 3) over the skin along the line from the middle, and that line (n, 3)."""
        row, column, radius = self._place(points)
        i, j = np.clip(row.astype(int), 0, _ROWS - 2), column.astype(int) % _COLUMNS
        u, v, k = row - i, column - j, (j + 1) % _COLUMNS
        table = self._radius
        found = (table[i, j] * (1 - v) + table[i, k] * v) * (1 - u) + (
            table[i + 1, j] * (1 - v) + table[i + 1, k] * v
        ) * u
        return radius - found, (points - CENTRE) / np.maximum(radius, 1e-6)[:, None]


@dataclass(frozen=True, slots=True)
class Growth:
    """How strands grow; arrays are per strand."""

    length_cm: Floats
    lift: Floats
    """Share of the start direction that follows the skin's normal, 0..1."""
    bend: float = 0.35
    """How fast a strand turns into the flow."""
    gravity: float = 0.0
    wave: float = 0.0
    """Disorder of the direction."""
    wave_per_cm: float = 0.4
    layer_cm: float = 0.5
    """Thickness of the lying hair."""
    disorder: float = 0.10
    """Spread of the start directions."""
    cling: float = 0.0
    """How strongly strands are drawn back down to their layer, 0..1."""
    knots: int = 12
    tied: Floats | None = None
    """Where strands come together and end (3,), if anywhere."""


def grown(roots: Roots, scalp: Scalp, flow: Flow, growth: Growth, seed: int) -> Floats:
    """Strands (n, knots, 3) from roots, turning into a flow and staying above the skin."""
    rng = np.random.default_rng(seed)
    count = len(roots.points)
    layer = rng.random(count) * growth.layer_cm
    heading = unit(roots.normals * growth.lift[:, None] + flow(roots.points) * (1 - growth.lift)[:, None])
    heading = unit(heading + growth.disorder * rng.normal(0, 1, (count, 3)))
    point, rows = roots.points - 0.03 * roots.normals, []
    step = (growth.length_cm / (growth.knots - 1))[:, None]
    own = rng.normal(0, 1, (count, 3)) * 0.35
    for k in range(growth.knots):
        rows.append(point)
        sway = np.stack(
            [fbm((point + own).astype(np.float32), growth.wave_per_cm, 2, seed + axis) for axis in range(3)], 1
        )
        heading = unit(
            heading + growth.bend * flow(point) + growth.wave * sway - growth.gravity * np.array([0, 1.0, 0])
        )
        left = (
            1.0
            if growth.tied is None
            else np.clip(np.linalg.norm(point - growth.tied, axis=1, keepdims=True) / 2.5 - 0.8, 0, 1)
        )
        point = point + heading * step * left * (0.4 + 1.2 * k / (growth.knots - 1))
        height, out = scalp.above(point)
        least = np.minimum(0.05 + layer * min((k + 1) / 3, 1.0), 0.05 + 0.6 * (k + 1) * step[:, 0])
        gap = least - height
        point = point + out * np.where(gap > 0, gap, growth.cling * gap)[:, None]
    return np.stack(rows, 1)


def clumped(strands: Floats, size: int, amount: float, seed: int) -> Floats:
    """Strands drawn together at their tips: each towards one of ``len / size`` chosen neighbours."""
    rng = np.random.default_rng(seed)
    leaders = rng.choice(len(strands), max(len(strands) // size, 1), replace=False)
    led_by = nearest(np.ascontiguousarray(strands[:, 0]), np.ascontiguousarray(strands[leaders, 0]))
    goal = strands[leaders[led_by]]
    share = amount * np.linspace(0, 1, strands.shape[1])[None, :, None] ** 1.3
    return np.asarray(strands + share * (goal - strands) * rng.uniform(0.5, 1.0, (len(strands), 1, 1)))
