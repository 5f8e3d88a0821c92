"""A face mesh drawn into the picture, as maps that say where each pixel comes from."""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media import Points
from pipeline.video.swap.topology import signed_areas

GRID_LIMIT_PX = 170
"""Maps are computed on a grid of at most about this many points a side and interpolated in between."""
SUBPIXEL_BITS = 4

Map = NDArray[np.float32]
Rectangle = tuple[int, int, int, int]


class MeshWarp:
    """One mesh on one picture: which triangle is seen at each point of a rectangle.

    Triangles that face away are left out, nearer ones hide farther ones.
    """

    def __init__(self, points: Points, triangles: NDArray[np.int32], rectangle: Rectangle) -> None:
        """Draws the mesh.

        Args:
            points: float32 (n, 3) in picture pixels, depth away from the camera.
            triangles: int32 (t, 3) indices, positive area when they face the camera.
            rectangle: left, top, width, height of the part of the picture that maps are wanted for.
        """
        self._left, self._top, self._width, self._height = rectangle
        self._step = max(2, -(-max(self._width, self._height) // GRID_LIMIT_PX))
        self._columns = -(-self._width // self._step)
        self._rows = -(-self._height // self._step)
        self._points = points
        self._triangles = triangles
        self._index = self._draw()

    def part(self, points: Points) -> Rectangle | None:
        """The smallest part of the rectangle, on the grid, that holds the points; left and top from its corner."""
        low = np.floor((points[:, :2].min(axis=0) - [self._left, self._top]) / self._step).astype(int) - 1
        high = np.ceil((points[:, :2].max(axis=0) - [self._left, self._top]) / self._step).astype(int) + 1
        left, top = (max(0, int(value)) * self._step for value in low)
        right = min(self._width, int(high[0]) * self._step)
        bottom = min(self._height, int(high[1]) * self._step)
        return (left, top, right - left, bottom - top) if right - left > 1 and bottom - top > 1 else None

    def maps_to(self, source: Points, part: Rectangle | None = None) -> tuple[Map, Map]:
        """For every pixel of the rectangle the place in another picture whose mesh lies at `source` (n, 2 or 3).

        Args:
            source: the mesh on the other picture.
            part: left, top, width and height within the rectangle, as `part` gives it; None for all of it.

        Returns:
            x and y, each float32 (height, width); far outside where there is no mesh.
        """
        left, top, width, height = part or (0, 0, self._width, self._height)
        columns, rows = -(-width // self._step), -(-height // self._step)
        first_column, first_row = left // self._step, top // self._step
        index = self._index[first_row : first_row + rows, first_column : first_column + columns]
        x = np.arange(first_column, first_column + columns, dtype=np.float32) * self._step + (self._step - 1) / 2
        y = np.arange(first_row, first_row + rows, dtype=np.float32) * self._step + (self._step - 1) / 2
        picked = np.take(self._affine(source), index, axis=1, mode="clip")
        maps = []
        for a, b, c in (picked[:3], picked[3:]):
            a *= x
            b *= y[:, np.newaxis]
            a += b
            a += c
            maps.append(self._full(a)[:height, :width])
        return maps[0], maps[1]

    def covered(self) -> NDArray[np.uint8]:
        """uint8 (height, width): 255 where the maps are good, at least a grid step inside the mesh."""
        inside = (self._index != len(self._triangles)).astype(np.uint8) * 255
        inside = cv2.erode(inside, np.ones((3, 3), np.uint8), borderValue=255)
        size = (self._columns * self._step, self._rows * self._step)
        full = cv2.resize(inside, size, interpolation=cv2.INTER_NEAREST)
        return np.ascontiguousarray(full[: self._height, : self._width], np.uint8)

    def _draw(self) -> NDArray[np.uint16]:
        """uint16 (rows, columns): the triangle seen at each grid point, `t` where there is none."""
        count = len(self._triangles)
        index = np.full((self._rows, self._columns), count, np.uint16)
        facing = np.flatnonzero(signed_areas(self._points, self._triangles) > 0)
        depth = self._points[:, 2][self._triangles[facing]].sum(axis=1)
        order = facing[np.argsort(-depth)]
        origin = np.array([self._left, self._top], np.float32) + (self._step - 1) / 2
        grid = (self._points[:, :2] - origin) * ((1 << SUBPIXEL_BITS) / self._step)
        corners = np.rint(grid).astype(np.int32)[self._triangles[order]]
        fill = cv2.fillConvexPoly
        for number, corner in zip(order.tolist(), corners, strict=True):
            fill(index, corner, number, cv2.LINE_4, SUBPIXEL_BITS)
        return index

    def _affine(self, source: Points) -> NDArray[np.float32]:
        """float32 (6, t + 1): per triangle, from a pixel of the rectangle to the source."""
        to = self._points[:, :2][self._triangles] - np.array([self._left, self._top], np.float32)
        come = source[:, :2][self._triangles]
        to_edges, come_edges = to[:, 1:] - to[:, :1], come[:, 1:] - come[:, :1]
        area = to_edges[:, 0, 0] * to_edges[:, 1, 1] - to_edges[:, 0, 1] * to_edges[:, 1, 0]
        area = np.where(np.abs(area) < 1e-6, 1e-6, area)
        (x1, y1), (x2, y2) = to_edges[:, 0].T, to_edges[:, 1].T
        affine = np.empty((6, len(to) + 1), np.float32)
        for row in range(2):
            v1, v2 = come_edges[:, 0, row], come_edges[:, 1, row]
            a, b = (v1 * y2 - v2 * y1) / area, (v2 * x1 - v1 * x2) / area
            affine[3 * row, :-1], affine[3 * row + 1, :-1] = a, b
            affine[3 * row + 2, :-1] = come[:, 0, row] - a * to[:, 0, 0] - b * to[:, 0, 1]
        affine[:, -1] = (0, 0, -1e4, 0, 0, -1e4)
        return affine

    def _full(self, grid: Map) -> Map:
        """A grid of values interpolated to every pixel of its part of the rectangle."""
        size = (grid.shape[1] * self._step, grid.shape[0] * self._step)
        return np.asarray(cv2.resize(grid, size, interpolation=cv2.INTER_LINEAR), np.float32)
