"""Shoulders and chest in a shirt."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tools.persona.meshes.mesh import Mesh, grid_triangles

Floats = npt.NDArray[np.float64]
_SEGMENTS = 160
_KEYS = (
    (5.3, 4.7, -9.8, -15.6, -14.0, -12.6),
    (5.7, 5.0, -9.8, -15.0, -13.0, -11.7),
    (6.1, 5.4, -9.8, -15.0, -12.9, -11.7),
    (6.7, 5.8, -9.7, -15.7, -13.4, -12.2),
    (7.5, 6.4, -9.6, -16.8, -14.0, -12.9),
    (9.3, 7.4, -9.6, -18.3, -14.9, -14.0),
    (12.5, 8.9, -9.5, -21.0, -16.3, -16.0),
    (16.2, 10.0, -9.4, -24.0, -18.0, -19.0),
    (19.3, 10.6, -9.4, -27.5, -20.4, -23.0),
    (21.3, 11.0, -9.4, -32.0, -24.5, -28.0),
    (22.0, 11.4, -9.4, -38.0, -31.5, -35.0),
    (22.0, 11.8, -9.4, -50.0, -46.0, -48.0),
)  # fmt: skip
"""Rings from inside the collar down: half width, half depth, middle z, and y in front, at the side and behind."""
_ROWS = 90


def torso(width: float) -> tuple[Mesh, Floats]:
    """The torso's mesh and its rings' number from the collar, 0 .. 11 (n,); ``width`` scales the shoulders."""
    keys = np.array(_KEYS)
    place = np.linspace(0, len(keys) - 1, _ROWS)
    table = np.stack([_smooth(place, keys[:, k]) for k in range(keys.shape[1])], 1)[:, :, None]
    turn = np.linspace(0, 2 * np.pi, _SEGMENTS, endpoint=False)[None, :]
    ahead, side = np.cos(turn), np.sin(turn)
    shape = 2.0 + 0.6 * np.clip((place[:, None] - 5) / 4, 0, 1)
    round_off = (np.abs(ahead) ** shape + np.abs(side) ** shape) ** (-1 / shape)
    spread = 1 + width * np.clip((place[:, None] - 4) / 4, 0, 1)
    x = table[:, 0] * spread * side * round_off
    z = table[:, 2] + table[:, 1] * ahead * round_off
    front, back = np.clip(ahead, 0, 1) ** 1.5, np.clip(-ahead, 0, 1) ** 1.5
    y = 1.7 + table[:, 4] + (table[:, 3] - table[:, 4]) * front + (table[:, 5] - table[:, 4]) * back
    points = np.stack([x, y, z], -1).reshape(-1, 3)
    return Mesh(points, grid_triangles(_ROWS, _SEGMENTS, closed=True)), np.repeat(place, _SEGMENTS)


def _smooth(at: Floats, values: Floats) -> Floats:
    slopes = np.gradient(values)
    i = np.clip(at.astype(int), 0, len(values) - 2)
    t = at - i
    a, b = (1 + 2 * t) * (1 - t) ** 2, t * t * (3 - 2 * t)
    c, d = t * (1 - t) ** 2, t * t * (t - 1)
    return np.asarray(a * values[i] + b * values[i + 1] + c * slopes[i] + d * slopes[i + 1])
