"""A head cut out of the picture upright and at one size, with the person's matte: what the looks are read from."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media import Face, Frame, Points, Pose
from pipeline.video.tracking.face_landmarks import sample
from pipeline.video.tracking.head_pose import HeadPose
from pipeline.video.tracking.mesh import LEFT_CHEEK, RIGHT_CHEEK

SIDE_PX = 400
"""The cut's width and height."""
EYES_PX = 80.0
"""The distance of the outer eye corners on it."""
MIDDLE = (200.0, 168.0)
"""Where the middle between the ears comes to lie: more room is wanted below for long hair than above."""
GRAIN_PX = 1.5
"""Noise is averaged over so much."""

Mask = NDArray[np.bool_]
Lab = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class UprightHead:
    """A head on a square of 400 pixels, the line through its eyes level.

    Attributes:
        lab: float32 (400, 400, 3), CIE L*a*b* D65, L* 0..100.
        person: float32 (400, 400), the person's share of each pixel 0..1; None where nobody told him from the room.
        landmarks: float32 (468, 3) on this square.
        shape: float32 (468, 3), the same in the mean head's coordinates, facing the camera.
        pose: how the head is turned.
        enlarged: how many of its pixels one of the picture's fills along a side; beyond 1 it is blurred.
    """

    lab: Lab
    person: NDArray[np.float32] | None
    landmarks: Points
    shape: Points
    pose: Pose
    enlarged: float

    @classmethod
    def of(cls, frame: Frame, face: Face) -> "UprightHead":
        """The head of a face on a frame."""
        placement = HeadPose().place(face.landmarks)
        to_picture = _to_picture(face, placement.scale, placement.pose.roll_deg)
        pixels = np.empty((SIDE_PX, SIDE_PX, 3), np.uint8)
        sample(frame.pixels, to_picture, pixels)
        lab = cv2.cvtColor(pixels.astype(np.float32) / np.float32(255.0), cv2.COLOR_BGR2Lab)
        enlarged = EYES_PX / placement.scale
        turn = np.linalg.inv(to_picture[:, :2])
        landmarks = np.column_stack(
            [(face.landmarks[:, :2] - to_picture[:, 2]) @ turn.T, face.landmarks[:, 2] * enlarged]
        ).astype(np.float32)
        shape = placement.to_head(face.landmarks)
        return cls(np.asarray(lab, np.float32), _person(frame, to_picture), landmarks, shape, placement.pose, enlarged)

    def smoothed(self) -> Lab:
        """float32 (400, 400, 3): the colours without the noise in which single pixels of skin have any hue."""
        return np.asarray(cv2.GaussianBlur(self.lab, (0, 0), GRAIN_PX), np.float32)

    def polygon(self, points: Points) -> Mask:
        """bool (400, 400): the inside of a polygon, float32 (n, 2) on this square."""
        mask = np.zeros((SIDE_PX, SIDE_PX), np.uint8)
        cv2.fillPoly(mask, [np.rint(points[:, :2]).astype(np.int32)], (1,))
        return mask.astype(np.bool_)

    def hull(self, indices: tuple[int, ...]) -> Mask:
        """bool (400, 400): the convex hull of some landmarks."""
        return self.polygon(np.asarray(cv2.convexHull(self.landmarks[list(indices), :2])[:, 0], np.float32))


def _to_picture(face: Face, scale: float, roll_deg: float) -> NDArray[np.float64]:
    """float64 (2, 3): from the square to the picture."""
    middle = face.landmarks[[RIGHT_CHEEK, LEFT_CHEEK], :2].astype(np.float64).mean(axis=0)
    step, roll_rad = scale / EYES_PX, np.radians(roll_deg)
    a, b = step * np.cos(roll_rad), step * np.sin(roll_rad)
    turn = np.array([[a, -b], [b, a]])
    return np.column_stack([turn, middle - turn @ np.array(MIDDLE)])


def _person(frame: Frame, to_picture: NDArray[np.float64]) -> NDArray[np.float32] | None:
    """float32 (400, 400): the matte on the square; nobody is outside of the picture."""
    if frame.matte is None:
        return None
    height, width = frame.matte.shape
    share = np.array([[width / frame.size[0]], [height / frame.size[1]]])
    matrix = to_picture * share
    matrix[:, 2] += (share[:, 0] - 1) / 2
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    cut = cv2.warpAffine(frame.matte, matrix, (SIDE_PX, SIDE_PX), flags=flags, borderMode=cv2.BORDER_CONSTANT)
    return np.asarray(cut.astype(np.float32) / np.float32(255.0), np.float32)
