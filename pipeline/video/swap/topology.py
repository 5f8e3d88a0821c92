"""The triangles that the face mesh is drawn with, and a ring around it where the warp comes to rest."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media import LANDMARK_COUNT, Points
from pipeline.video.tracking.mesh import FACE_OVAL, INNER_LIPS, LEFT_EYE, OUTER_LIPS, RIGHT_EYE, face_template

RING_REACH = 0.34
"""The ring lies this much farther out than the oval, as a share of the oval's own distance from the centre."""
CONTOUR_SPACING, SPACING = 0.03, 0.075
"""Points closer together than this, in eye distances, are not worth a triangle; contours are followed more closely."""


@dataclass(frozen=True, slots=True, eq=False)
class Topology:
    """What every face mesh has in common.

    Attributes:
        triangles: int32 (t, 3), rows of indices into the 468 landmarks followed by the ring's points, clockwise as the
            picture shows a face from the front; those that touch the ring come last.
        face_count: how many triangles do not touch the ring.
    """

    triangles: NDArray[np.int32]
    face_count: int

    @classmethod
    def build(cls) -> "Topology":
        """Triangulates the mean head (Delaunay) between points that lie far enough apart."""
        template = with_ring(face_template())
        chosen = _spaced(template)
        points = template[chosen, :2]
        scaled = ((points - points.min(axis=0)) * 400.0 + 8.0).astype(np.float32)
        low, high = scaled.min(axis=0), scaled.max(axis=0)
        plane = cv2.Subdiv2D((0, 0, int(high[0] - low[0]) + 32, int(high[1] - low[1]) + 32))
        numbers = [plane.insert((float(x), float(y))) for x, y in scaled]
        index_of = {number: index for index, number in enumerate(numbers)}
        corners = np.asarray(plane.getTriangleList(), np.float32).reshape(-1, 3, 2)
        rows = []
        for triangle in corners:
            found = [index_of.get(int(plane.locate((float(x), float(y)))[2]), -1) for x, y in triangle]
            if min(found) >= 0:
                rows.append(found)
        triangles = chosen[_clockwise(np.array(rows, np.int32), scaled)]
        on_ring = triangles.max(axis=1) >= LANDMARK_COUNT
        ordered = np.concatenate([triangles[~on_ring], triangles[on_ring]])
        return cls(np.ascontiguousarray(ordered, np.int32), int(np.count_nonzero(~on_ring)))


def _spaced(points: Points) -> NDArray[np.int32]:
    """int32 (m,): the points to triangulate: the ring, the contours, and others that lie far enough apart."""
    contours = [*FACE_OVAL, *OUTER_LIPS, *INNER_LIPS, *RIGHT_EYE, *LEFT_EYE]
    order = [*range(LANDMARK_COUNT, len(points)), *contours, *range(LANDMARK_COUNT)]
    kept: list[int] = []
    for rank, index in enumerate(order):
        spacing = CONTOUR_SPACING if rank < len(points) - LANDMARK_COUNT + len(contours) else SPACING
        if not kept or np.linalg.norm(points[kept] - points[index], axis=1).min() >= spacing:
            kept.append(index)
    return np.array(kept, np.int32)


def with_ring(landmarks: Points) -> Points:
    """The landmarks (468, 3) followed by one point outside each point of the oval, float32 (504, 3)."""
    oval = landmarks[list(FACE_OVAL)]
    ring = oval + RING_REACH * (oval - oval.mean(axis=0))
    return np.concatenate([landmarks[:LANDMARK_COUNT], ring]).astype(np.float32)


def signed_areas(points: Points, triangles: NDArray[np.int32]) -> NDArray[np.float32]:
    """float32 (t,): twice the area of each triangle in the picture, positive when it faces the camera."""
    a, b, c = (points[triangles[:, i], :2] for i in range(3))
    ab, ac = b - a, c - a
    return np.asarray(ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0])


def facing(points: Points, triangles: NDArray[np.int32]) -> NDArray[np.float32]:
    """float32 (t,): the cosine between each triangle's normal and the view, positive when it faces the camera.

    Args:
        points: float32 (n, 3).
        triangles: int32 (t, 3).
    """
    corners = np.take(np.ascontiguousarray(points.T), triangles.T, axis=1)
    (ax, ay, az), (bx, by, bz) = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    flat, sideways, upward = ax * by - ay * bx, ay * bz - az * by, az * bx - ax * bz
    return np.asarray(flat / np.sqrt(flat * flat + sideways * sideways + upward * upward + 1e-6), np.float32)


def _clockwise(triangles: NDArray[np.int32], points: Points) -> NDArray[np.int32]:
    """The triangles with corners ordered so that their area is positive; empty ones are left out."""
    areas = signed_areas(points, triangles)
    ordered = np.where((areas < 0)[:, np.newaxis], triangles[:, ::-1], triangles)
    return np.ascontiguousarray(ordered[np.abs(areas) > 1e-3])
