"""Lips at rest: the landmarks of the mouth redrawn as a closed mouth with a clean cross-section."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tools.persona.geometry.landmarks import LIPS_LOWER, LIPS_UPPER

Floats = npt.NDArray[np.float64]
_ACROSS = -np.cos(np.pi * np.arange(11) / 10)
"""Even places along a lip line, -1 left corner .. 1 right corner."""
_BELLY = np.sqrt(np.maximum(1 - _ACROSS**2, 0))


def _even_curve(ring: Floats, half_width: float) -> Floats:
    """A lip line (11, 3) redrawn as a symmetric smooth curve through its own shape."""
    u = ring[:, 0] / half_width
    basis = np.stack([np.ones(11), u**2, u**4], 1)
    fitted, *_ = np.linalg.lstsq(basis, ring[:, 1:], rcond=None)
    at = np.stack([np.ones(11), _ACROSS**2, _ACROSS**4], 1)
    return np.column_stack([_ACROSS * half_width, at @ fitted])


def _section(outer: Floats, contact: Floats, bulge: float) -> list[Floats]:
    """Rings from the lip's outer line to the line where the lips meet."""
    rings = []
    for share, forward in ((0.0, 0.0), (0.36, 0.20), (0.74, 0.17), (1.0, -0.16)):
        ring = outer + (contact - outer) * share
        ring[:, 2] += forward * bulge * _BELLY
        rings.append(ring)
    return rings


def closed(points: Floats, fullness: float, width: float) -> Floats:
    """The landmarks (468, 3) with a closed mouth; ``fullness`` and ``width`` as in ``Shape``."""
    out = points.copy()
    half = 2.62 * (1 + 0.09 * width)
    upper = _even_curve(points[list(LIPS_UPPER[0])], half)
    lower = _even_curve(points[list(LIPS_LOWER[0])], half)
    lower[:, 1] += 0.34 * _BELLY
    upper[:, 1] += (
        _BELLY * 0.10 * fullness
        - 0.10 * np.exp(-((_ACROSS / 0.13) ** 2))
        + 0.05 * np.exp(-(((np.abs(_ACROSS) - 0.28) / 0.16) ** 2))
    )
    lower[:, 1] -= _BELLY * 0.20 * fullness
    contact = (upper + lower) / 2
    corner = (upper[0] + lower[0]) / 2
    contact[:, 1] = corner[1] + 0.09 * _BELLY**2 - 0.05 * np.exp(-((_ACROSS / 0.2) ** 2))
    contact[:, 2] = corner[2] - 0.1 + (contact[5, 2] - corner[2] + 0.1) * _BELLY**1.2
    for line in (upper, lower):
        line[[0, -1]] = corner * np.array([[1, 1, 1], [-1, 1, 1]])
    contact[[0, -1]] = upper[[0, -1]] + np.array([[0.12, 0, -0.18], [-0.12, 0, -0.18]])
    for rings, outer, bulge in ((LIPS_UPPER, upper, 1.0), (LIPS_LOWER, lower, 1.25)):
        for ids, ring in zip(rings, _section(outer, contact, bulge * (1 + 0.6 * fullness)), strict=True):
            out[list(ids)] = ring
    out[list(LIPS_UPPER[3])[1:-1], 1] += 0.012
    return _raised_chin(out, points)


def _raised_chin(out: Floats, points: Floats) -> Floats:
    """The skin below the mouth follows the lower lip up."""
    lips = {i for ring in LIPS_UPPER + LIPS_LOWER for i in ring}
    rest = np.array([i for i in range(len(points)) if i not in lips])
    below = np.clip(-3.3 - points[rest, 1], 0, None)
    weight = np.exp(-((points[rest, 0] / 2.6) ** 2)) * np.exp(-((below / 3.0) ** 2)) * (below > 0)
    out[rest, 1] += 0.34 * weight
    return out
