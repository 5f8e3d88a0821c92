"""Ears: a rim, a fold, a bowl and a lobe as relief over an oval patch."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tools.persona.meshes.mesh import Mesh, grid_triangles

Floats = npt.NDArray[np.float64]
_SEGMENTS, _RINGS = 96, 40
_HEIGHT_CM, _WIDTH_CM = 2.95, 1.65
"""Half height and half width of the patch."""


def _bell(values: Floats, centre: float, width: float) -> Floats:
    return np.asarray(np.exp(-(((values - centre) / width) ** 2)))


def _arc(turn: Floats, centre: float, width: float) -> Floats:
    """Weight of an angle, degrees, round a centre (0 back, 90 up, 180 front)."""
    gap = (turn - centre + 180) % 360 - 180
    return np.asarray(np.exp(-((gap / width) ** 4)))


def _relief(share: Floats, turn: Floats) -> Floats:
    """Height outward (cm) over the patch by share of the outline's radius and angle."""
    helix = 0.40 * _bell(share, 0.92, 0.085) * np.maximum(_arc(turn, 45, 95), 0.2 * _arc(turn, 270, 40))
    crus = 0.22 * _bell(share, 0.62, 0.2) * _arc(turn, 165, 22)
    groove = -0.20 * _bell(share, 0.75, 0.08) * _arc(turn, 35, 75)
    antihelix = 0.34 * _bell(share, 0.56, 0.11) * _arc(turn, 0, 75)
    branch = 0.16 * _bell(share, 0.48, 0.12) * _arc(turn, 95, 28)
    bowl = -0.34 * np.exp(-((share / 0.42) ** 4)) * (1 - 0.75 * _arc(turn, 75, 45) * np.clip(share * 3, 0, 1))
    tragus = 0.50 * _bell(share, 0.58, 0.16) * _arc(turn, 203, 24)
    antitragus = 0.24 * _bell(share, 0.52, 0.12) * _arc(turn, 292, 24)
    lobe = 0.10 * _bell(share, 0.85, 0.25) * _arc(turn, 270, 45)
    root = -0.75 * np.clip(share - 0.45, 0, 1) * _arc(turn, 195, 50)
    return np.asarray(root + helix + crus + groove + antihelix + branch + bowl + tragus + antitragus + lobe)


def _outline(turn: Floats) -> tuple[Floats, Floats]:
    a = np.radians(turn)
    back, up = np.cos(a), np.sin(a)
    lobe = np.where(up < 0, np.abs(up) ** 0.72 * -1.0, up)
    narrow = 1 + 0.16 * up - 0.30 * np.clip(-up - 0.15, 0, 1) * (1 - 0.25 * np.clip(-up - 0.7, 0, 1))
    return _WIDTH_CM * narrow * back * np.where(back < 0, 0.80, 1.0), _HEIGHT_CM * lobe * np.where(up < 0, 0.94, 1.0)


def _patch() -> Floats:
    """One ear (n, 3): backward, up, outward."""
    turn = np.linspace(0, 360, _SEGMENTS, endpoint=False)[None, :]
    back, up = _outline(turn)
    rows = []
    for share in np.linspace(0, 1, _RINGS - 6):
        rows.append(np.stack([back * share, up * share, _relief(np.full_like(turn, share), turn)], -1))
    rim = _relief(np.full_like(turn, 1.0), turn)
    for share, drop in ((1.025, 0.08), (1.02, 0.2), (0.98, 0.32), (0.88, 0.42), (0.7, 0.7), (0.45, 1.6)):
        rows.append(np.stack([back * share, up * share, rim - drop], -1))
    grid = np.concatenate(rows)
    grid[..., 0] += 0.10 * grid[..., 1]
    grid[..., 2] += 0.03 * (grid[..., 1] - 0.5) ** 2 - 0.10 * grid[..., 0]
    return grid.reshape(-1, 3)


def ear(size: float) -> Mesh:
    """The ear at the image's right on the mean head; ``size`` as in ``Shape.ear_size``."""
    local = _patch() * (1 + 0.12 * size)
    flare = np.radians(25)
    lean = np.radians(-8)
    back, up, out = local.T
    back, up = back * np.cos(lean) - up * np.sin(lean), back * np.sin(lean) + up * np.cos(lean)
    depth, side = back * np.cos(flare) - out * np.sin(flare), back * np.sin(flare) + out * np.cos(flare)
    points = np.stack([7.05 + side + 0.38, 1.75 + up, -8.65 - depth], 1)
    return Mesh(points, grid_triangles(_RINGS, _SEGMENTS, closed=True))


def mirrored(mesh: Mesh) -> Mesh:
    """The mesh on the other side."""
    return Mesh(mesh.points * np.array([-1.0, 1.0, 1.0]), mesh.triangles[:, ::-1].copy())
