"""Pictures blurred beyond recognition."""

import cv2
import numpy as np

from pipeline.media import Face, Pixels
from pipeline.video.tracking.mesh import FACE_OVAL

FACE_CELLS = 6
"""A blurred face keeps so many cells a side: no feature survives."""
PICTURE_CELLS = 8
"""Cells on a blurred picture's longer side: a face that fills the picture is a few patches of colour."""


def blurred_picture(pixels: Pixels) -> Pixels:
    """A picture reduced to light and colour, uint8 (height, width, 3)."""
    height, width = pixels.shape[:2]
    cell_px = max(height, width) / PICTURE_CELLS
    cells = (max(2, round(width / cell_px)), max(2, round(height / cell_px)))
    tiny = cv2.resize(pixels, cells, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(tiny, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def blur_face(pixels: Pixels, face: Face, strength: float = 1.0) -> None:
    """Blurs the head of a face in place.

    Args:
        pixels: uint8 (height, width, 3) BGR, written to.
        face: where the head is.
        strength: 0 leaves it, 1 blurs it wholly.
    """
    height, width = pixels.shape[:2]
    oval = face.landmarks[list(FACE_OVAL), :2]
    oval = oval + 0.2 * (oval - oval.mean(axis=0))
    left, top = (max(0, int(value) - 4) for value in oval.min(axis=0))
    right, bottom = min(width, int(oval[:, 0].max()) + 5), min(height, int(oval[:, 1].max()) + 5)
    part = pixels[top:bottom, left:right]
    if part.shape[0] < 2 or part.shape[1] < 2:
        return
    tiny = cv2.resize(part, (FACE_CELLS, FACE_CELLS), interpolation=cv2.INTER_AREA)
    blurred = cv2.resize(tiny, (part.shape[1], part.shape[0]), interpolation=cv2.INTER_CUBIC)
    mask = np.zeros(part.shape[:2], np.uint8)
    hull = cv2.convexHull(np.rint(oval - [left, top]).astype(np.int32))
    cv2.fillConvexPoly(mask, hull, (round(255 * strength),))
    soft = max(1, part.shape[1] // 20)
    blend(part, np.asarray(blurred, np.uint8), np.asarray(cv2.blur(mask, (soft, soft)), np.uint8))


def blend(part: Pixels, over: Pixels, alpha: Pixels, scratch: Pixels | None = None) -> None:
    """Lays `over` on `part` in place.

    Args:
        part: uint8 (height, width, 3), written to; may be a view.
        over: uint8 (height, width, 3); written to where `scratch` is given.
        alpha: uint8 (height, width), the share of `over`, 0..255.
        scratch: uint8 (height, width, 3), memory to use.
    """
    alpha3 = cv2.cvtColor(alpha, cv2.COLOR_GRAY2BGR, dst=scratch)
    share = cv2.multiply(over, alpha3, dst=None if scratch is None else over, scale=1 / 255)
    cv2.bitwise_not(alpha3, dst=alpha3)
    cv2.multiply(part, alpha3, dst=part, scale=1 / 255)
    cv2.add(part, share, dst=part)
