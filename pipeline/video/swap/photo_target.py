"""A portrait made ready to be worn: textures at several sizes, and what is known about them beforehand."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media import Pixels, Points
from pipeline.video.swap.portrait import Portrait
from pipeline.video.swap.topology import Topology, with_ring
from pipeline.video.tracking.head_pose import HeadPose
from pipeline.video.tracking.mesh import CHIN, FACE_OVAL, FOREHEAD_TOP, LEFT_EYE, OUTER_LIPS, RIGHT_EYE

GRID_WIDTH, GRID_HEIGHT = 64, 80
"""The grid on the face on which colours, light and occlusion are judged."""
MARGIN = 0.06
BROWS = ((70, 63, 105, 66, 107, 55, 65, 52, 53, 46), (300, 293, 334, 296, 336, 285, 295, 282, 283, 276))
NOSTRILS = (129, 98, 97, 2, 326, 327, 358)
MOUTH_LINE = (78, 13, 308)
FACE_HEIGHTS_PX = (512, 384, 288, 216, 160, 120, 90, 64)


@dataclass(frozen=True, slots=True, eq=False)
class Texture:
    """The portrait's face at one size.

    Attributes:
        pixels: uint8 (height, width, 3) BGR.
        points: float32 (504, 2), the mesh with its ring, in texture pixels.
        face_height_px: from chin to forehead.
    """

    pixels: Pixels
    points: Points
    face_height_px: float


@dataclass(frozen=True, slots=True, eq=False)
class GridPoints:
    """Where the grid's points lie on the mesh.

    Attributes:
        corners: int32 (n, 3), indices of mesh points.
        weights: float32 (n, 3), barycentric.
        triangles: int32 (n,), indices of triangles.
    """

    corners: NDArray[np.int32]
    weights: NDArray[np.float32]
    triangles: NDArray[np.int32]

    def on(self, points: Points) -> NDArray[np.float32]:
        """float32 (80, 64, 2): the grid's points on a mesh at `points` (504, 2 or 3)."""
        plane = np.ascontiguousarray(points[:, :2])
        spots = self.weights[:, :1] * np.take(plane, self.corners[:, 0], axis=0)
        spots += self.weights[:, 1:2] * np.take(plane, self.corners[:, 1], axis=0)
        spots += self.weights[:, 2:] * np.take(plane, self.corners[:, 2], axis=0)
        return spots.reshape(GRID_HEIGHT, GRID_WIDTH, 2)


class PhotoTarget:
    """Everything about a portrait that does not change from frame to frame.

    Attributes:
        topology: the mesh's triangles.
        textures: the face from large to small.
        lab: float32 (80, 64, 3), the face on the grid in CIE Lab.
        bgr: float32 (80, 64, 3), the same in BGR 0..1.
        inside: float32 (80, 64), how far each grid point lies inside the oval, in face heights, 0 outside.
        skin: float32 (80, 64), 1 on plain skin, 0 on eyes, brows, lips and outside.
        shape: float32 (468, 3), the landmarks in the mean head's coordinates.
        openings: float32 (80, 64), 1 in the eyes' openings.
        lips: float32 (80, 64), 1 on and about the lips.
        grid: where the grid's points lie on the mesh.
        features: float32 (80, 64), what is dark in every face, in L*: brows, eyes, nostrils and lips; 0 elsewhere.
        mirror: float64 (2, 3), where a grid point's counterpart on the face's other side lies.
    """

    def __init__(self, portrait: Portrait) -> None:
        """Cuts the textures and measures the face."""
        self.topology = Topology.build()
        points = with_ring(portrait.landmarks)
        self._box = _box(points)
        self.textures = tuple(self._texture(portrait.pixels, points, height) for height in FACE_HEIGHTS_PX)
        self.shape = HeadPose().place(portrait.landmarks).to_head(portrait.landmarks)
        grid_points = (points[:, :2] - self._box[:2]) / (self._box[2:] / [GRID_WIDTH, GRID_HEIGHT]) - 0.5
        self._grid_points = np.column_stack([grid_points, points[:, 2]]).astype(np.float32)
        self.grid = self._locate_grid()
        self.bgr = self._thumbnail(portrait.pixels)
        self.lab = np.asarray(cv2.cvtColor(self.bgr, cv2.COLOR_BGR2Lab), np.float32)
        self.inside = self._inside()
        self.skin = self._skin()
        self.openings = self._region((RIGHT_EYE, LEFT_EYE), 0)
        self.lips = self._region((OUTER_LIPS,), 5)
        self.features = self._drawn_features()
        self.mirror = _mirror(*self._grid_points[[FOREHEAD_TOP, CHIN], :2].astype(np.float64))

    def texture_for(self, face_height_px: float) -> Texture:
        """The smallest texture that a face of this height does not have to stretch."""
        fitting = [texture for texture in self.textures if texture.face_height_px >= 0.9 * face_height_px]
        return fitting[-1] if fitting else self.textures[0]

    def _texture(self, pixels: Pixels, points: Points, wanted_px: int) -> Texture:
        """The face cut out and brought to a height; a small portrait is not enlarged."""
        face_px = float(np.linalg.norm(points[CHIN, :2] - points[FOREHEAD_TOP, :2]))
        scale = min(1.0, wanted_px / face_px)
        width, height = (max(8, round(float(side) * scale)) for side in self._box[2:])
        steps = self._box[2:] / [width, height]
        matrix = np.array([[steps[0], 0, self._box[0]], [0, steps[1], self._box[1]]])
        matrix[:, 2] += (steps - 1) / 2
        blur = max(1, int(1 / scale + 0.5))
        source = cv2.blur(pixels, (blur, blur)) if blur > 1 else pixels
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        cut = cv2.warpAffine(source, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
        own = (points[:, :2] - self._box[:2] + 0.5) / steps - 0.5
        return Texture(np.asarray(cut, np.uint8), own.astype(np.float32), face_px * scale)

    def _thumbnail(self, pixels: Pixels) -> NDArray[np.float32]:
        """float32 (80, 64, 3) BGR 0..1, averaged over each grid cell."""
        small = self.textures[-3].pixels
        return np.asarray(
            cv2.resize(small, (GRID_WIDTH, GRID_HEIGHT), interpolation=cv2.INTER_AREA).astype(np.float32) / 255.0,
            np.float32,
        )

    def _locate_grid(self) -> GridPoints:
        """The triangle that each grid point lies in and its weights there; beyond the ring they stay near the mesh."""
        triangles = self.topology.triangles
        index = np.full((GRID_HEIGHT, GRID_WIDTH), -1, np.int32)
        for number, corners in enumerate(np.rint(self._grid_points[:, :2] * 16).astype(np.int32)[triangles]):
            cv2.fillConvexPoly(index, corners, (number,), cv2.LINE_4, 4)
        chosen = index.ravel()
        spots = np.stack(np.meshgrid(np.arange(GRID_WIDTH), np.arange(GRID_HEIGHT)), axis=-1).reshape(-1, 2)
        on_mesh = spots[chosen >= 0]
        for beyond in np.flatnonzero(chosen < 0):
            nearest = on_mesh[np.abs(on_mesh - spots[beyond]).sum(axis=1).argmin()]
            chosen[beyond] = index[nearest[1], nearest[0]]
        a, b, c = (self._grid_points[triangles[chosen, i], :2] for i in range(3))
        area = _cross(b - a, c - a)
        area = np.where(np.abs(area) < 1e-6, 1e-6, area)
        first = np.clip(_cross(b - spots, c - spots) / area, -0.5, 1.5)
        second = np.clip(_cross(c - spots, a - spots) / area, -0.5, 1.5)
        weights = np.stack([first, second, 1 - first - second], axis=-1)
        return GridPoints(triangles[chosen], weights.astype(np.float32), chosen)

    def _inside(self) -> NDArray[np.float32]:
        """The distance to the oval's edge."""
        scale = 4
        mask = np.zeros((GRID_HEIGHT * scale, GRID_WIDTH * scale), np.uint8)
        _fill(mask, self._grid_points[list(FACE_OVAL)], scale)
        distance = cv2.distanceTransform(mask, cv2.DIST_L2, 5)
        face_height = float(np.linalg.norm(self._grid_points[CHIN, :2] - self._grid_points[FOREHEAD_TOP, :2])) * scale
        small = cv2.resize(distance, (GRID_WIDTH, GRID_HEIGHT), interpolation=cv2.INTER_AREA)
        return np.asarray(small, np.float32) / np.float32(face_height)

    def _skin(self) -> NDArray[np.float32]:
        """Where plain skin is expected: inside the oval, away from eyes with brows and from the lips."""
        scale = 4
        other = np.zeros((GRID_HEIGHT * scale, GRID_WIDTH * scale), np.uint8)
        for group in (RIGHT_EYE, LEFT_EYE):
            points = self._grid_points[list(group), :2]
            low, high = points.min(axis=0), points.max(axis=0)
            width = high[0] - low[0]
            box = np.array(
                [[low[0] - 0.15 * width, low[1] - 0.75 * width], [high[0] + 0.15 * width, low[1] - 0.75 * width]]
                + [[high[0] + 0.15 * width, high[1] + 0.2 * width], [low[0] - 0.15 * width, high[1] + 0.2 * width]]
            )
            _fill(other, box, scale)
        _fill(other, self._grid_points[list(OUTER_LIPS)], scale)
        grown = cv2.dilate(other, np.ones((2 * scale + 1, 2 * scale + 1), np.uint8))
        free = 1.0 - cv2.resize(grown, (GRID_WIDTH, GRID_HEIGHT), interpolation=cv2.INTER_AREA).astype(np.float32)
        return np.asarray(np.clip(free, 0, 1) * (self.inside > 0.02), np.float32)

    def _region(self, groups: tuple[tuple[int, ...], ...], grow: int) -> NDArray[np.float32]:
        """The polygons of some groups of points, grown by so many grid points."""
        scale = 4
        mask = np.zeros((GRID_HEIGHT * scale, GRID_WIDTH * scale), np.uint8)
        for group in groups:
            _fill(mask, self._grid_points[list(group)], scale)
        grown = cv2.dilate(mask, np.ones((2 * grow * scale + 1, 2 * grow * scale + 1), np.uint8))
        return np.asarray(cv2.resize(grown, (GRID_WIDTH, GRID_HEIGHT), interpolation=cv2.INTER_LINEAR), np.float32)

    def _drawn_features(self) -> NDArray[np.float32]:
        """A face reduced to its dark parts, with neither beard nor shading."""
        scale = 4
        drawing = np.zeros((GRID_HEIGHT * scale, GRID_WIDTH * scale), np.float32)

        def spots(group: tuple[int, ...]) -> NDArray[np.int32]:
            return np.asarray(np.rint((self._grid_points[list(group), :2] + 0.5) * scale - 0.5), np.int32)

        for groups, darkness in ((BROWS, 12.0), ((RIGHT_EYE, LEFT_EYE), 14.0), ((OUTER_LIPS,), 5.0)):
            for group in groups:
                cv2.fillPoly(drawing, [spots(group)], (-darkness,))
        for line, darkness, width in ((MOUTH_LINE, 10.0, 4), (NOSTRILS, 8.0, 6)):
            cv2.polylines(drawing, [spots(line)], False, (-darkness,), width)
        soft = cv2.GaussianBlur(drawing, (0, 0), scale)
        return np.asarray(cv2.resize(soft, (GRID_WIDTH, GRID_HEIGHT), interpolation=cv2.INTER_AREA), np.float32)


def _box(points: Points) -> NDArray[np.float64]:
    """Left, top, width, height of the oval with a margin."""
    oval = points[list(FACE_OVAL), :2].astype(np.float64)
    low, extent = oval.min(axis=0), np.ptp(oval, axis=0)
    return np.concatenate([low - MARGIN * extent, extent * (1 + 2 * MARGIN)])


def _mirror(top: NDArray[np.float64], bottom: NDArray[np.float64]) -> NDArray[np.float64]:
    """float64 (2, 3): the reflection of points about a line."""
    along = (bottom - top) / np.linalg.norm(bottom - top)
    turn = 2.0 * np.outer(along, along) - np.eye(2)
    return np.column_stack([turn, top - turn @ top])


def _cross(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    """The z component of the products of vectors (..., 2)."""
    return np.asarray(a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0])


def _fill(mask: NDArray[np.uint8], polygon: NDArray[np.floating], scale: int) -> None:
    """Fills a polygon, given in grid points, on a mask `scale` times as fine."""
    spots = np.rint((polygon[:, :2] + 0.5) * scale - 0.5).astype(np.int32)
    cv2.fillPoly(mask, [spots], 1)
