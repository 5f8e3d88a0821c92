"""Where a network's face is drawn on the actor, and how far: softly, and never so little that the actor is seen."""

from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media import Points
from pipeline.video.neural.alignment import BROWS, EYES, MOUTH_CORNERS, NOSE
from pipeline.video.tracking.mesh import FACE_OVAL, OUTER_LIPS
from profiles.engines.face import MergeSettings

SIDE = 128
"""Masks are worked on at this size: their edges are soft."""
CORE = (*BROWS, *NOSE, *EYES, *MOUTH_CORNERS, *OUTER_LIPS)
"""Brows, eyes, nose and mouth: by what stands between them a person is known."""
CORE_SHARE = 0.95
LEAST_COVERED = 0.45
"""A network that takes less of that for a face did not see one: a hand or a cup hides half of it at most."""
TOLERATED = 0.15
"""So much of it may be left out for ever: masks differ at the brows and at an open mouth."""
ALLOWANCE_S = 2.0
"""Half of it may be left out for about four times as long, a quarter for ten times; then it is drawn over."""
RECOVERY = 0.5
"""With all of it drawn, the allowance grows back at this rate."""

Mask: TypeAlias = NDArray[np.uint8]
"""uint8 (128, 128), 0..255."""


class Allowance:
    """Says when it can't be that a thing hides the face, which is still followed: then it must not be left out."""

    def __init__(self) -> None:
        """Starts with all of it."""
        self._spent_s = 0.0
        self._at_ns: int | None = None
        self._refuses = False

    def refuses(self, hidden: float, at_ns: int) -> bool:
        """Whether what is left out is to be drawn over; once it is, it stays so until nothing is left out.

        Args:
            hidden: the share of the face that the network leaves out, 0..1.
            at_ns: when.
        """
        elapsed_s = 0.0 if self._at_ns is None else (at_ns - self._at_ns) / 1e9
        self._at_ns = at_ns
        beyond = max(0.0, hidden - TOLERATED)
        if 0 <= elapsed_s < 2.0:
            self._spent_s = max(0.0, self._spent_s + elapsed_s * (beyond if beyond > 0 else -RECOVERY))
        self._refuses = beyond > 0 and (self._refuses or self._spent_s > ALLOWANCE_S)
        return self._refuses


def polygon(points: Points) -> Mask:
    """The inside of a polygon given in the mask's pixels."""
    mask = np.zeros((SIDE, SIDE), np.uint8)
    spots = np.clip(np.rint(points * 16), -(1 << 20), 1 << 20).astype(np.int32)
    cv2.fillPoly(mask, [spots], (255,), cv2.LINE_AA, 4)
    return mask


def outline(landmarks: Points) -> Mask:
    """The inside of the face's oval; landmarks (468, 2) in the mask's pixels."""
    return polygon(landmarks[list(FACE_OVAL)])


def core(landmarks: Points, size: float) -> tuple[Mask, float]:
    """Where the actor is known by, and how large that is in pixels; a part of it may lie beyond the mask.

    Args:
        landmarks: (468, 2) in the mask's pixels.
        size: how much larger than the actor's the face is drawn; the actor's own is smaller by that, seen from there.
    """
    points = landmarks[list(CORE)]
    middle = landmarks.mean(axis=0)
    hull = np.asarray(cv2.convexHull(np.asarray(points, np.float32))[:, 0], np.float32)
    hull = hull.mean(axis=0) + CORE_SHARE * (hull - hull.mean(axis=0))
    hull = np.asarray(middle + (hull - middle) / size, np.float32)
    return polygon(hull), float(cv2.contourArea(hull))


def covered(mask: Mask, region: Mask, area: float) -> float:
    """How much of a region a mask covers, 0..1; the area is that of all of it, in pixels."""
    both = cv2.sumElems(cv2.multiply(mask, region, scale=1 / 255))[0] / 255.0
    return min(1.0, both / area) if area > 1.0 else 0.0


def softened(mask: Mask, settings: MergeSettings) -> Mask:
    """The mask drawn in, or out, and made soft; it ends within the square."""
    radius = round(abs(settings.erode) * SIDE)
    if radius > 0:
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
        # Beyond the square the network has drawn nothing, but that is no reason to draw less within it.
        change = cv2.erode if settings.erode > 0 else cv2.dilate
        mask = np.asarray(change(mask, kernel), np.uint8)
    window = round(settings.blur * SIDE / 2) // 2 * 2 + 1
    edge = window
    ended = np.zeros_like(mask)
    ended[edge:-edge, edge:-edge] = mask[edge:-edge, edge:-edge]
    for _ in range(2):
        ended = np.asarray(cv2.blur(ended, (window, window), borderType=cv2.BORDER_CONSTANT), np.uint8)
    return ended


def kept_covered(soft: Mask, mask: Mask, region: Mask) -> Mask:
    """The soft mask, but in a region at least as strong as the network's own: drawn in or not, it hides the actor."""
    least = cv2.blur(cv2.min(mask, region), (5, 5))
    return np.asarray(cv2.max(soft, least), np.uint8)
