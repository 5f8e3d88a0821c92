"""Strands drawn as depth-tested lines of samples."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tools.persona.compiled import compiled
from tools.persona.render.camera import Camera
from tools.persona.render.raster import Buffer

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]


@compiled
def _draw(
    screen: Floats, colour: Singles, width: Singles, depth: Singles, image: Singles, hit: npt.NDArray[np.int32]
) -> None:
    rows, columns = depth.shape
    strands, knots = screen.shape[0], screen.shape[1]
    for s in range(strands):
        for k in range(knots - 1):
            x0, y0, z0 = screen[s, k, 0], screen[s, k, 1], screen[s, k, 2]
            x1, y1, z1 = screen[s, k + 1, 0], screen[s, k + 1, 1], screen[s, k + 1, 2]
            dx, dy = x1 - x0, y1 - y0
            steps = int(max(abs(dx), abs(dy))) + 1
            tall = abs(dx) > abs(dy)
            for i in range(steps):
                t = (i + 0.5) / steps
                place = (k + t) / (knots - 1)
                wide = width[s] * (1.0 - 0.75 * place * place)
                x, y, z = x0 + dx * t, y0 + dy * t, z0 + (z1 - z0) * t
                count = int(wide)
                key = (int(x) * 73856093) ^ (int(y) * 19349663) ^ (s * 83492791)
                if ((key >> 5) & 1023) / 1024.0 < wide - count:
                    count += 1
                for j in range(count):
                    px, py = int(np.floor(x)), int(np.floor(y))
                    if tall:
                        py += j - count // 2
                    else:
                        px += j - count // 2
                    if px < 0 or py < 0 or px >= columns or py >= rows or z >= depth[py, px]:
                        continue
                    depth[py, px] = z
                    hit[py, px] = 1 << 30
                    for c in range(3):
                        image[py, px, c] = colour[s, k, c] * (1 - t) + colour[s, k + 1, c] * t


def draw_strands(
    camera: Camera, points: Floats, colour: Singles, radius_cm: Floats, target: tuple[Buffer, Singles]
) -> None:
    """Draw strands (n, knots, 3) with lit colours of the same shape into a buffer and its image (rows, columns, 3)."""
    buffer, image = target
    screen = camera.project(points.reshape(-1, 3)).reshape(points.shape)
    width = 2 * radius_cm * camera.px_per_cm * camera.samples
    _draw(screen, np.ascontiguousarray(colour, np.float32), width.astype(np.float32), buffer.depth, image, buffer.label)
