"""Teeth, gums and tongue."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tools.persona.geometry.expression import turned_about_hinge
from tools.persona.meshes.mesh import Mesh, grid_triangles

Floats = npt.NDArray[np.float64]
_UPPER_CM = (0.86, 0.68, 0.76, 0.70, 0.70, 0.95)
_LOWER_CM = (0.54, 0.60, 0.68, 0.70, 0.72, 0.95)
"""Widths of the teeth from the middle outward."""
_HALF_ARCH_CM, _ARCH_DEPTH_CM = 2.75, 3.9
_ACROSS, _DOWN = 12, 14


def _arch(length: Floats) -> tuple[Floats, Floats, Floats]:
    """x, z and the outward angle at a distance along the arch from its middle."""
    turn = np.linspace(0, np.pi / 2, 400)
    x, z = _HALF_ARCH_CM * np.sin(turn), -_ARCH_DEPTH_CM * (1 - np.cos(turn))
    run = np.concatenate([[0], np.cumsum(np.hypot(np.diff(x), np.diff(z)))])
    at = np.interp(np.abs(length), run, turn)
    side = np.sign(length)
    x, z = _HALF_ARCH_CM * np.sin(at) * side, -_ARCH_DEPTH_CM * (1 - np.cos(at))
    return x, z, np.arctan2(_ARCH_DEPTH_CM * np.sin(at), _HALF_ARCH_CM * np.cos(at)) * side


def _tooth(middle: float, width: float, height: float) -> Mesh:
    """One tooth hanging from y = 0 down, with its gum above."""
    u = np.linspace(-1, 1, _ACROSS)[None, :]
    v = np.linspace(-0.45, 1, _DOWN)[:, None]
    crown = np.clip(v, 0, 1)
    narrow = np.where(v < 0, 0.98, 0.84 + 0.16 * np.sin(np.minimum(crown, 0.8) * np.pi * 0.62))
    x, z, out = _arch(middle + 0.52 * width * u * narrow)
    round_edge = np.clip(1 - np.abs(u) ** 6 * 0.5 - np.clip((crown - 0.86) / 0.14, 0, 1) ** 2 * 0.9, -0.5, 1)
    bulge = (0.13 * np.sqrt(np.clip(1 - u**2, 0, 1)) + 0.09 * np.sin(crown * np.pi * 0.9)) * round_edge - 0.10 * (
        v < 0
    ) * 0.3
    bulge = np.where(np.abs(u) > 0.99, bulge - 0.12, bulge)
    y = -height * np.where(v < 0, v * 1.0, crown - 0.03 * (u**2) * crown)
    points = np.stack([x + bulge * np.sin(out), np.broadcast_to(y, x.shape), z + bulge * np.cos(out)], -1)
    return Mesh(points.reshape(-1, 3), grid_triangles(_DOWN, _ACROSS, closed=False))


def _gum(points: Floats, height: float) -> Floats:
    arch = 0.10 * height
    return np.asarray(np.clip((points[:, 1] + arch) / (0.05 * height) + 0.5, 0, 1))


def _row(widths: tuple[float, ...], heights: Floats) -> tuple[Mesh, Floats]:
    points: list[Floats] = []
    triangles: list[npt.NDArray[np.int64]] = []
    gums: list[Floats] = []
    start, edge = 0, 0.0
    for width, height in zip(widths, heights, strict=True):
        for side in (-1.0, 1.0):
            tooth = _tooth(side * (edge + width / 2), width, float(height))
            points.append(tooth.points)
            triangles.append(tooth.triangles + start)
            gums.append(_gum(tooth.points, float(height)))
            start += len(tooth.points)
        edge += width
    return Mesh(np.concatenate(points), np.concatenate(triangles)), np.concatenate(gums)


class Mouth:
    """What shows between open lips."""

    def __init__(self, contact: Floats) -> None:
        """``contact`` (3,) is where the lips meet in the middle."""
        upper, gum_up = _row(_UPPER_CM, np.array([0.99, 0.93, 0.97, 0.88, 0.82, 0.76]))
        lower, gum_low = _row(_LOWER_CM, np.array([0.84, 0.85, 0.88, 0.82, 0.75, 0.7]))
        front = contact + np.array([0, 0, -0.36])
        self._upper = Mesh(upper.points + front + [0, 0.78, 0.0], upper.triangles)
        flipped = lower.points * np.array([0.93, -1.0, 0.95])
        self._lower = Mesh(flipped + front + [0, -0.98, -0.34], lower.triangles[:, ::-1].copy())
        self._gums = (gum_up, gum_low)
        self._tongue = self._shape(front)

    @staticmethod
    def _shape(front: Floats) -> Mesh:
        turn, polar = np.meshgrid(np.linspace(0, 2 * np.pi, 36, endpoint=False), np.linspace(0, np.pi, 24))
        x, y, z = np.sin(polar) * np.cos(turn), np.sin(polar) * np.sin(turn), np.cos(polar)
        groove = 0.16 * np.exp(-((x / 0.16) ** 2)) * (y > 0)
        points = np.stack([1.85 * x, 0.55 * y - groove, 2.3 * z], -1).reshape(-1, 3)
        return Mesh(points + front + [0, -1.15, -2.75], grid_triangles(24, 36, closed=True))

    def posed(self, jaw_deg: float, tongue_up: float) -> list[tuple[str, Mesh, Floats]]:
        """Kind, mesh and gum share (n,) of each part with the jaw open; ``tongue_up`` 0..1 lifts the tongue's tip."""
        low = turned_about_hinge(self._lower.points, jaw_deg)
        tongue = turned_about_hinge(self._tongue.points, 0.8 * jaw_deg)
        tip = np.clip((tongue[:, 2] - tongue[:, 2].min()) / np.ptp(tongue[:, 2]), 0, 1) ** 2
        tongue[:, 1] += tongue_up * 0.9 * tip
        return [
            ("teeth", self._upper, self._gums[0]),
            ("teeth", Mesh(low, self._lower.triangles), self._gums[1]),
            ("tongue", Mesh(tongue, self._tongue.triangles), np.zeros(len(tongue))),
        ]
