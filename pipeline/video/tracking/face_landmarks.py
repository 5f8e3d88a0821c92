"""The 468 points of one face, given roughly where it is."""

from dataclasses import dataclass, replace
from math import atan2, cos, pi, sin
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.inference.litert import Network
from pipeline.media import LANDMARK_COUNT, Pixels, Points
from pipeline.video.tracking.face_detector import Detection

INPUT_PX = 192
SCALE = np.float32(1.0 / 255.0)
THREADS = 2
"""The network takes 0.7 ms on two cores, 1.2 ms on one; more threads bring nothing."""
MARGIN = 1.5
RIGHT_EYE_OUTER, LEFT_EYE_OUTER = 33, 263


@dataclass(frozen=True, slots=True)
class Region:
    """A square on the picture, turned so that the eyes are level in it.

    Attributes:
        centre_x, centre_y: in picture pixels.
        side: in picture pixels.
        angle_rad: from the picture's x axis to the line from the right eye to the left.
    """

    centre_x: float
    centre_y: float
    side: float
    angle_rad: float

    @classmethod
    def of_detection(cls, detection: Detection) -> "Region":
        """The region that a detection asks to be looked at."""
        left, top, width, height = detection.box
        right_eye, left_eye = detection.keypoints[0], detection.keypoints[1]
        angle_rad = atan2(float(left_eye[1] - right_eye[1]), float(left_eye[0] - right_eye[0]))
        return cls(left + width / 2, top + height / 2, MARGIN * max(width, height), angle_rad)

    @classmethod
    def of_landmarks(cls, landmarks: Points) -> "Region":
        """The region for the next frame, from this frame's landmarks (468, 2 or 3)."""
        low, high = landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)
        centre, extent = (low + high) / 2, high - low
        eyes = landmarks[LEFT_EYE_OUTER, :2] - landmarks[RIGHT_EYE_OUTER, :2]
        return cls(
            float(centre[0]), float(centre[1]), MARGIN * float(extent.max()), atan2(float(eyes[1]), float(eyes[0]))
        )

    def turned(self) -> "Region":
        """The same square, for a face that is the other way up."""
        return replace(self, angle_rad=self.angle_rad + pi)

    def to_picture(self, size_px: int) -> NDArray[np.float64]:
        """float64 (2, 3): from a square crop of `size_px` to picture pixels, pixel centres at whole numbers.

        The crop's pixel `size_px / 2` is the region's centre; the network's own zero lies half a pixel before it.
        """
        scale = self.side / size_px
        a, b = scale * cos(self.angle_rad), scale * sin(self.angle_rad)
        half = size_px / 2
        return np.array([[a, -b, self.centre_x - half * (a - b)], [b, a, self.centre_y - half * (a + b)]])


class FaceLandmarks:
    """The face mesh network.

    Source: Kartynnik et al. 2019, "Real-time Facial Surface Geometry from Monocular Video", arXiv:1907.06724.
    """

    def __init__(self, model: Path) -> None:
        """Loads the network.

        Raises:
            ModelError: the file can't be loaded.
        """
        self._network = Network(model, (INPUT_PX, INPUT_PX, 3), THREADS)
        self._crop = np.empty((INPUT_PX, INPUT_PX, 3), np.uint8)
        self._rgb = np.empty_like(self._crop)

    def locate(self, pixels: Pixels, region: Region, *, mirrored: bool = False) -> tuple[Points, float]:
        """The landmarks in a region, and how sure the network is that there is a face.

        Args:
            pixels: uint8 (height, width, 3) BGR.
            region: where to look.
            mirrored: whether the picture goes on beyond its edge as its own mirror image, so that half a face there
                looks like a whole one.

        Returns:
            float32 (468, 3) in picture pixels, and the presence score 0..1.
        """
        matrix = region.to_picture(INPUT_PX)
        border = cv2.BORDER_REFLECT_101 if mirrored else cv2.BORDER_REPLICATE
        sample(pixels, matrix, self._crop, border)
        cv2.cvtColor(self._crop, cv2.COLOR_BGR2RGB, dst=self._rgb)
        np.multiply(self._rgb, SCALE, out=self._network.input)
        points, logit = self._network.run()
        crop = points.reshape(LANDMARK_COUNT, 3)
        landmarks = np.empty((LANDMARK_COUNT, 3), np.float32)
        landmarks[:, :2] = crop[:, :2] @ matrix[:, :2].T + matrix[:, 2]
        landmarks[:, 2] = crop[:, 2] * (region.side / INPUT_PX)
        return landmarks, float(1.0 / (1.0 + np.exp(-np.clip(logit.ravel()[0], -50.0, 50.0))))


def sample(pixels: Pixels, matrix: NDArray[np.float64], crop: Pixels, border: int = cv2.BORDER_REPLICATE) -> None:
    """Warps the picture into `crop`; `matrix` leads from crop to picture.

    A crop that shrinks the picture more than twice is taken from a half-size copy of its surroundings, so that noise
    is averaged instead of picked at single pixels.
    """
    size = crop.shape[0]
    shrink = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    if shrink >= 2.0:
        corners = np.array([[0, 0, 1], [size, 0, 1], [0, size, 1], [size, size, 1]]) @ matrix.T
        height, width = pixels.shape[:2]
        x0, y0 = (max(0, int(value) // 2 * 2) for value in corners.min(axis=0))
        x1, y1 = min(width, int(corners[:, 0].max()) + 2), min(height, int(corners[:, 1].max()) + 2)
        if x1 - x0 >= 4 and y1 - y0 >= 4:
            inside = pixels[y0 : y0 + (y1 - y0) // 2 * 2, x0 : x0 + (x1 - x0) // 2 * 2]
            size_px = (inside.shape[1] // 2, inside.shape[0] // 2)
            pixels = np.asarray(cv2.resize(inside, size_px, interpolation=cv2.INTER_AREA), np.uint8)
            matrix = matrix / 2
            matrix[:, 2] -= (np.array([x0, y0]) + 0.5) / 2
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    cv2.warpAffine(pixels, matrix, (size, size), dst=crop, flags=flags, borderMode=border)
