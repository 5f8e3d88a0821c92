"""A face mesh drawn into the picture, as maps that say where each pixel comes from."""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media import Points
from pipeline.video.swap.raster import draw_triangles
from pipeline.video.swap.topology import Topology, facing

GRID_LIMIT_PX = 170
"""Maps are computed on a grid of at most about this many points a side and interpolated in between."""
EDGE_ON = 0.06
"""Triangles seen at a smaller cosine are lines: nothing can be told from them."""
RIM = np.ones((3, 3), np.uint8)
SMOOTHING = (7, 7)
"""Grid points over which the actor's own motion is smoothed."""

Map = NDArray[np.float32]
Rectangle = tuple[int, int, int, int]

NOWHERE = np.array([[0], [0], [-1e4], [0], [0], [-1e4]], np.float32)
"""An affine map that leads outside every picture."""


class MeshWarp:
    """One mesh on one picture: which triangle is seen at each point of a rectangle.

    Triangles that face away are left out, nearer ones hide farther ones.
    """

    def __init__(self, points: Points, topology: Topology, rectangle: Rectangle) -> None:
        """Draws the mesh.

        Args:
            points: float32 (n, 3) in picture pixels, depth away from the camera.
            topology: the mesh's triangles.
            rectangle: left, top, width, height of the part of the picture that maps are wanted for.
        """
        self._left, self._top, self._width, self._height = rectangle
        self._step = max(2, -(-max(self._width, self._height) // GRID_LIMIT_PX))
        self._columns = -(-self._width // self._step)
        self._rows = -(-self._height // self._step)
        self._points = points
        self._triangles = topology.triangles
        self._index = self._draw()

    def part(self, points: Points) -> Rectangle | None:
        """The smallest part of the rectangle, on the grid, that holds the points; left and top from its corner."""
        low = np.floor((points[:, :2].min(axis=0) - [self._left, self._top]) / self._step).astype(int) - 1
        high = np.ceil((points[:, :2].max(axis=0) - [self._left, self._top]) / self._step).astype(int) + 1
        left, top = (max(0, int(value)) * self._step for value in low)
        right = min(self._width, int(high[0]) * self._step)
        bottom = min(self._height, int(high[1]) * self._step)
        return (left, top, right - left, bottom - top) if right - left > 1 and bottom - top > 1 else None

    def maps_to(self, source: Points, part: Rectangle) -> tuple[Map, Map]:
        """For every pixel of a part the place in another picture whose face lies at `source` (n, 2 or 3).

        Args:
            source: the mesh on the other picture.
            part: left, top, width and height within the rectangle, as `part` gives it.

        Returns:
            x and y, each float32 (height, width); far outside where no face is seen.
        """
        map_x, map_y = self._places(self._affine(source), self._face_index(), part)
        return self._full(map_x)[: part[3], : part[2]], self._full(map_y)[: part[3], : part[2]]

    def shift_to(self, source: Points) -> tuple[Map, Map]:
        """For every grid point how far away it was when the mesh moved here from `source` (n, 2 or 3).

        The motion is smoothed over a few grid steps and comes to rest at the ring.

        Returns:
            x and y in pixels, each float32 (rows, columns).
        """
        affine = self._affine(source - np.array([self._left, self._top, 0], np.float32)[: source.shape[1]])
        affine[:, -1] = (1, 0, 0, 0, 1, 0)
        maps = self._places(affine, self._index, (0, 0, self._width, self._height))
        x, y = self._grid_x(0, self._columns), self._grid_x(0, self._rows)[:, np.newaxis]
        shift_x, shift_y = cv2.blur(maps[0] - x, SMOOTHING), cv2.blur(maps[1] - y, SMOOTHING)
        return np.asarray(shift_x, np.float32), np.asarray(shift_y, np.float32)

    def moved_by(self, shift: tuple[Map, Map]) -> tuple[Map, Map]:
        """For every pixel of the rectangle where it came from, given the grid points' shifts.

        Returns:
            x and y in the rectangle's pixels, each float32 (height, width).
        """
        full_x, full_y = (self._full(part)[: self._height, : self._width] for part in shift)
        full_x += np.arange(self._width, dtype=np.float32)
        full_y += np.arange(self._height, dtype=np.float32)[:, np.newaxis]
        return full_x, full_y

    def _face_index(self) -> NDArray[np.uint16]:
        """uint16 (rows, columns): the triangles, less the grid points on the mesh's rim, which may lie outside.

        Beyond the face the ring's triangles lead to where the other picture's face has ended.
        """
        on_mesh = cv2.erode((self._index < len(self._triangles)).astype(np.uint8), RIM, borderValue=1)
        return np.where(on_mesh > 0, self._index, np.uint16(len(self._triangles)))

    def _places(self, affine: NDArray[np.float32], index: NDArray[np.uint16], part: Rectangle) -> tuple[Map, Map]:
        """The affine maps of triangles evaluated at the grid points of a part, x and y."""
        left, top, width, height = (-(-value // self._step) for value in part)
        picked = np.take(affine, index[top : top + height, left : left + width], axis=1, mode="clip")
        x, y = self._grid_x(left, picked.shape[2]), self._grid_x(top, picked.shape[1])[:, np.newaxis]
        for a, b, c in (picked[:3], picked[3:]):
            a *= x
            b *= y
            a += b
            a += c
        return picked[0], picked[3]

    def _grid_x(self, first: int, count: int) -> NDArray[np.float32]:
        """Where grid points lie along an axis of the rectangle, in pixels."""
        return np.arange(first, first + count, dtype=np.float32) * self._step + np.float32((self._step - 1) / 2)

    def _draw(self) -> NDArray[np.uint16]:
        """uint16 (rows, columns): the triangle seen at each grid point, `t` where there is none."""
        count = len(self._triangles)
        index = np.full((self._rows, self._columns), count, np.uint16)
        seen = np.flatnonzero(facing(self._points, self._triangles) > EDGE_ON)
        depth = self._points[:, 2][self._triangles[seen]].sum(axis=1)
        order = seen[np.argsort(-depth)]
        origin = np.array([self._left, self._top], np.float32) + (self._step - 1) / 2
        grid = (self._points[:, :2] - origin) / np.float32(self._step)
        draw_triangles(index, grid.astype(np.float32)[self._triangles[order]], order)
        return index

    def _affine(self, source: Points) -> NDArray[np.float32]:
        """float32 (6, t + 1): per triangle, from a pixel of the rectangle to the source."""
        first, (x1, y1), (x2, y2) = self._corners(self._points - np.array([self._left, self._top, 0], np.float32))
        area = x1 * y2 - x2 * y1
        area[np.abs(area) < 1e-6] = 1e-6
        affine = np.empty((6, len(area) + 1), np.float32)
        for row, (come, v1, v2) in enumerate(zip(*self._corners(source), strict=True)):
            a, b = (v1 * y2 - v2 * y1) / area, (v2 * x1 - v1 * x2) / area
            affine[3 * row, :-1], affine[3 * row + 1, :-1] = a, b
            affine[3 * row + 2, :-1] = come - a * first[0] - b * first[1]
        affine[:, -1:] = NOWHERE
        return affine

    def _corners(self, points: Points) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        """float32 (2, t), x and y of each triangle's first corner and of its two edges from there."""
        corners = np.take(np.ascontiguousarray(points[:, :2].T), self._triangles.T, axis=1)
        return corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]

    def _full(self, grid: Map) -> Map:
        """A grid of values interpolated to every pixel of its part of the rectangle."""
        size = (grid.shape[1] * self._step, grid.shape[0] * self._step)
        return np.asarray(cv2.resize(grid, size, interpolation=cv2.INTER_LINEAR), np.float32)
