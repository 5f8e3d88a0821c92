"""How the head is turned and where it is, from its landmarks."""

from dataclasses import dataclass
from math import asin, atan2, degrees

import numpy as np
from numpy.typing import NDArray

from pipeline.media import Points, Pose
from pipeline.video.tracking.mesh import RIGID, face_template


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """The similarity that leads from the mean head's coordinates to the picture's.

    Attributes:
        scale: picture pixels for one eye distance.
        rotation: float32 (3, 3).
        offset: float32 (3,), picture pixels.
    """

    scale: float
    rotation: NDArray[np.float32]
    offset: NDArray[np.float32]

    def to_head(self, landmarks: Points) -> Points:
        """Picture landmarks (n, 3) in the mean head's coordinates, float32."""
        return np.asarray((landmarks - self.offset) @ self.rotation / self.scale, np.float32)

    def shift_to_picture(self, shifts: Points) -> Points:
        """Displacements (n, 3) in the mean head's coordinates as picture pixels, float32."""
        return np.asarray(shifts @ self.rotation.T * self.scale, np.float32)

    @property
    def pose(self) -> Pose:
        """Yaw, pitch and roll in picture axes (x right, y down, z away)."""
        right, forward = self.rotation[:, 0], -self.rotation[:, 2]
        return Pose(
            yaw_deg=degrees(atan2(float(forward[0]), -float(forward[2]))),
            pitch_deg=degrees(asin(float(np.clip(-forward[1], -1.0, 1.0)))),
            roll_deg=degrees(atan2(float(right[1]), float(right[0]))),
        )


class HeadPose:
    """Fits the mean head to landmarks, by the points that expression moves little.

    Source: Umeyama 1991, "Least-squares estimation of transformation parameters between two point patterns".
    """

    def __init__(self) -> None:
        """Prepares the mean head."""
        self._rigid = np.array(RIGID)
        template = face_template()[self._rigid].astype(np.float64)
        self._centre = template.mean(axis=0)
        self._template = template - self._centre
        self._spread = float((self._template**2).sum())

    def place(self, landmarks: Points) -> Placement:
        """The placement for float32 (468, 3) landmarks with depth in the same unit."""
        points = landmarks[self._rigid].astype(np.float64)
        middle = points.mean(axis=0)
        u, singular, vt = np.linalg.svd((points - middle).T @ self._template)
        sign = np.array([1.0, 1.0, np.sign(np.linalg.det(u) * np.linalg.det(vt))])
        rotation = (u * sign) @ vt
        scale = float((singular * sign).sum()) / self._spread
        offset = middle - scale * rotation @ self._centre
        return Placement(scale, rotation.astype(np.float32), offset.astype(np.float32))

    def of(self, landmarks: Points) -> Pose:
        """The head's turn for float32 (468, 3) landmarks."""
        return self.place(landmarks).pose
