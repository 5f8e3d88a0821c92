"""Which way up a face is."""

from math import atan2

import cv2
import numpy as np

from pipeline.media import Pixels, Points
from pipeline.video.tracking.face_detector import Detection, FaceDetector
from pipeline.video.tracking.face_landmarks import Region, sample
from pipeline.video.tracking.mesh import CHIN, FOREHEAD_TOP

SIDE_PX = 64
"""Of the pictures that are compared: both fit into one look of the detector, at the size of face it knows best."""
SURROUNDINGS = 1.2
"""Side of the compared pictures against that of the region for the landmarks."""
SURE_SCORE = 0.5
"""A face that is seen less surely tells nothing."""


def is_upside_down(detector: FaceDetector, pixels: Pixels, landmarks: Points) -> bool:
    """Whether landmarks lie on a face the wrong way up.

    To both networks a face upside down looks like a face: brow, nose and mouth are found on chin, nose and brow, and
    agree. But shown a face both ways at once, side by side, the detector is surer of the one that stands upright.

    Args:
        detector: the face detector.
        pixels: uint8 (height, width, 3) BGR.
        landmarks: float32 (468, 3), in picture pixels.
    """
    region = Region.of_landmarks(landmarks)
    down = landmarks[CHIN, :2] - landmarks[FOREHEAD_TOP, :2]
    upright = Region(
        region.centre_x, region.centre_y, SURROUNDINGS * region.side, atan2(-float(down[0]), float(down[1]))
    )
    face = np.empty((SIDE_PX, SIDE_PX, 3), np.uint8)
    sample(pixels, upright.to_picture(SIDE_PX), face)
    both = np.ascontiguousarray(np.hstack([face, np.asarray(cv2.rotate(face, cv2.ROTATE_180), np.uint8)]))
    found = detector.detect(both)
    return _surest(found, 0.0) < _surest(found, float(SIDE_PX))


def _surest(found: list[Detection], left: float) -> float:
    """The best score of a face in the half of the picture that begins at `left`; 0 where there is none."""
    inside = (one.score for one in found if left <= one.box[0] + one.box[2] / 2 < left + SIDE_PX)
    return max((score for score in inside if score >= SURE_SCORE), default=0.0)
