"""A z-buffer rasteriser: triangles to samples, with perspective-correct weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tools.persona.compiled import compiled

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Labels = npt.NDArray[np.int32]


@compiled
def _fill(screen: Floats, triangles: Ints, first: int, target: tuple[Singles, Labels, Singles]) -> None:
    depth, label, weights = target
    rows, columns = depth.shape
    for t in range(triangles.shape[0]):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        ax, ay, bx, by = screen[a, 0], screen[a, 1], screen[b, 0], screen[b, 1]
        cx, cy = screen[c, 0], screen[c, 1]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if abs(area) < 1e-9:
            continue
        top = max(int(np.ceil(min(ay, by, cy) - 0.5)), 0)
        low = min(int(np.floor(max(ay, by, cy) - 0.5)), rows - 1)
        left = max(int(np.ceil(min(ax, bx, cx) - 0.5)), 0)
        right = min(int(np.floor(max(ax, bx, cx) - 0.5)), columns - 1)
        ia, ib, ic = 1.0 / screen[a, 2], 1.0 / screen[b, 2], 1.0 / screen[c, 2]
        for y in range(top, low + 1):
            py = y + 0.5
            for x in range(left, right + 1):
                px = x + 0.5
                u = ((bx - px) * (cy - py) - (by - py) * (cx - px)) / area
                v = ((cx - px) * (ay - py) - (cy - py) * (ax - px)) / area
                w = 1.0 - u - v
                if u < -1e-9 or v < -1e-9 or w < -1e-9:
                    continue
                inverse = u * ia + v * ib + w * ic
                z = 1.0 / inverse
                if z < depth[y, x]:
                    depth[y, x] = z
                    label[y, x] = first + t
                    weights[y, x, 0] = u * ia * z
                    weights[y, x, 1] = v * ib * z


@compiled
def _mix(triangles: Ints, label: Labels, weights: Singles, values: Singles) -> Singles:
    out = np.empty((label.size, values.shape[1]), np.float32)
    for i in range(label.size):
        t = label[i]
        u, v = weights[i, 0], weights[i, 1]
        w = np.float32(1.0) - u - v
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        for k in range(values.shape[1]):
            out[i, k] = u * values[a, k] + v * values[b, k] + w * values[c, k]
    return out


@dataclass(slots=True)
class Buffer:
    """What each sample of the picture sees."""

    depth: Singles
    """(rows, columns), centimetres from the lens along its axis; infinite where nothing is."""
    label: Labels
    """(rows, columns): the triangle's number, counted over all meshes drawn; -1 is nothing."""
    weights: Singles
    """(rows, columns, 2): barycentric weights of the triangle's first two corners."""

    @staticmethod
    def empty(rows: int, columns: int) -> Buffer:
        """A buffer that sees nothing yet."""
        return Buffer(
            np.full((rows, columns), np.inf, np.float32),
            np.full((rows, columns), -1, np.int32),
            np.zeros((rows, columns, 2), np.float32),
        )

    def draw(self, screen: Floats, triangles: Ints, first: int) -> None:
        """Draw triangles over projected vertices (n, 3); ``first`` is the number of the first triangle."""
        _fill(np.ascontiguousarray(screen), triangles, first, (self.depth, self.label, self.weights))

    def seen(self, first: int, count: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """Rows and columns of the samples that see triangles ``first .. first + count - 1``."""
        rows, columns = np.nonzero((self.label >= first) & (self.label < first + count))
        return rows, columns

    def sample(
        self, place: tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]], triangles: Ints, first: int, values: Floats
    ) -> Singles:
        """Vertex values (n, k) as seen at the samples of ``place`` (m, k)."""
        label = (self.label[place] - first).astype(np.int32)
        return _mix(triangles, label, self.weights[place], np.ascontiguousarray(values, np.float32))


@compiled
def depth_map(screen: Floats, triangles: Ints, depth: Singles) -> None:
    """Draw orthographic depths (x, y in pixels, z growing away from the light) keeping the nearest."""
    rows, columns = depth.shape
    for t in range(triangles.shape[0]):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        ax, ay, bx, by = screen[a, 0], screen[a, 1], screen[b, 0], screen[b, 1]
        cx, cy = screen[c, 0], screen[c, 1]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if abs(area) < 1e-9:
            continue
        top, low = max(int(np.ceil(min(ay, by, cy))), 0), min(int(np.floor(max(ay, by, cy))), rows - 1)
        left, right = max(int(np.ceil(min(ax, bx, cx))), 0), min(int(np.floor(max(ax, bx, cx))), columns - 1)
        for y in range(top, low + 1):
            for x in range(left, right + 1):
                u = ((bx - x) * (cy - y) - (by - y) * (cx - x)) / area
                v = ((cx - x) * (ay - y) - (cy - y) * (ax - x)) / area
                w = 1.0 - u - v
                if u < -1e-9 or v < -1e-9 or w < -1e-9:
                    continue
                z = u * screen[a, 2] + v * screen[b, 2] + w * screen[c, 2]
                if z < depth[y, x]:
                    depth[y, x] = z
