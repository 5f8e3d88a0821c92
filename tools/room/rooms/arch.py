"""A round-topped field of paint on a wall."""

import numpy as np

from tools.room.mesh import Mesh, grid


def arch(width: float, height: float) -> Mesh:
    """An upright with a half-round top, standing on y = 0, centred on x = 0, in the plane z = 0."""
    x = np.linspace(-width / 2, width / 2, 65)
    top = height - width / 2 + np.sqrt(np.maximum(0.0, (width / 2) ** 2 - x**2))
    points = np.stack([np.stack([x, np.zeros(65), np.zeros(65)], -1), np.stack([x, top, np.zeros(65)], -1)])
    return grid(points, points[..., :2].copy())
