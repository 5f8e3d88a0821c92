"""Strands drawn as depth-tested lines whose edges cover samples in part."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tools.persona.compiled import compiled
from tools.persona.render.camera import Camera
from tools.persona.render.raster import Buffer

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Order = npt.NDArray[np.intp]


@compiled
def _blend(
    image: Singles,
    depth: Singles,
    place: tuple[int, int],
    drop: tuple[float, float],
    colour: tuple[float, float, float],
) -> None:
    z, share = drop
    row, column = place
    if row < 0 or column < 0 or row >= depth.shape[0] or column >= depth.shape[1] or z >= depth[row, column]:
        return
    for c in range(3):
        image[row, column, c] += share * (colour[c] - image[row, column, c])


@compiled
def _draw(screen: Floats, colour: Singles, width: Singles, order: Order, target: tuple[Singles, Singles]) -> None:
    depth, image = target
    knots = screen.shape[1]
    for s in order:
        for k in range(knots - 1):
            x0, y0, z0 = screen[s, k, 0], screen[s, k, 1], screen[s, k, 2]
            dx, dy, dz = screen[s, k + 1, 0] - x0, screen[s, k + 1, 1] - y0, screen[s, k + 1, 2] - z0
            steep = abs(dy) > abs(dx)
            steps = int(max(abs(dx), abs(dy))) + 1
            for i in range(steps):
                t = (i + 0.5) / steps
                along = (k + t) / (knots - 1)
                half = 0.5 * width[s] * (1.0 - 0.7 * along * along)
                x, y, z = x0 + dx * t, y0 + dy * t, z0 + dz * t
                ink = (
                    colour[s, k, 0] * (1 - t) + colour[s, k + 1, 0] * t,
                    colour[s, k, 1] * (1 - t) + colour[s, k + 1, 1] * t,
                    colour[s, k, 2] * (1 - t) + colour[s, k + 1, 2] * t,
                )
                across = x if steep else y
                fixed = int(np.floor(y if steep else x))
                for j in range(int(np.floor(across - half)), int(np.floor(across + half)) + 1):
                    share = min(j + 1.0, across + half) - max(float(j), across - half)
                    _blend(image, depth, (fixed, j) if steep else (j, fixed), (z, min(share, 1.0)), ink)


def draw_strands(
    camera: Camera, points: Floats, colour: Singles, radius_cm: Floats, target: tuple[Buffer, Singles]
) -> None:
    """Draw strands (n, knots, 3) with lit colours of the same shape over a buffer's image (rows, columns, 3), the
    farthest first."""
    buffer, image = target
    screen = camera.project(points.reshape(-1, 3)).reshape(points.shape)
    width = 2 * radius_cm * camera.px_per_cm * camera.samples
    order = np.argsort(-screen[..., 2].mean(1), kind="stable")
    _draw(screen, np.ascontiguousarray(colour, np.float32), width.astype(np.float32), order, (buffer.depth, image))
