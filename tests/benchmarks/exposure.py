"""How much of the actor an output picture shows: figures for one frame against the next and against its input."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media import Face, Pixels
from pipeline.video.tracking.mesh import FACE_OVAL, INNER_LIPS, LEFT_EYE, RIGHT_EYE, eye_distance_px

SAME_GREY = 4.0
"""A neighbourhood that differs by less on average counts as unchanged; video coding alone moves it by 1 or 2."""
STILL_GREY = 1.5
"""The input counts as still where its neighbourhood changes by less from one frame to the next."""
OPEN_MARGIN = 0.06
"""Eyes and mouth are left out with a margin of this share of the eye distance."""

LEAST_DIFFERENCE, MOST_TEXTURE, MOST_UNCHANGED = 4.0, 0.90, 0.75
"""Beyond one of these limits an output shows the actor."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Exposure:
    """What one frame shows of the actor."""

    frame: int
    difference: float
    """Mean absolute difference to the input inside the face oval, eyes and inner mouth left out, grey levels."""
    unchanged: float
    """Share of that region whose neighbourhood is as in the input."""
    texture: float
    """Normalised cross-correlation of fine texture with the input in that region: near 1 for the raw face."""
    yaw_deg: float
    score: float


@dataclass(frozen=True, slots=True)
class Flicker:
    """How much the output changes where the input stands still."""

    frame: int
    rms: float
    """Root mean square change there, grey levels."""
    share: float
    """Share of the still pixels that change by more than 12 grey levels."""


def face_region(face: Face, size: tuple[int, int]) -> Mask:
    """The inside of the face oval without eyes and inner mouth, bool (height, width)."""
    mask = np.zeros((size[1], size[0]), np.uint8)
    cv2.fillPoly(mask, [np.rint(face.landmarks[list(FACE_OVAL), :2]).astype(np.int32)], 1)
    margin = max(1, round(OPEN_MARGIN * eye_distance_px(face.landmarks)))
    for group in (RIGHT_EYE, LEFT_EYE, INNER_LIPS):
        spots = np.rint(face.landmarks[list(group), :2]).astype(np.int32)
        cv2.fillPoly(mask, [spots], 0)
        cv2.polylines(mask, [spots], True, 0, 2 * margin)
    return mask.astype(bool)


def exposure(number: int, face: Face, shown: Pixels, given: Pixels) -> Exposure:
    """What an output picture shows of its input's face."""
    region = face_region(face, (given.shape[1], given.shape[0]))
    apart = np.abs(shown.astype(np.float32) - given.astype(np.float32)).mean(axis=2)
    around = cv2.blur(apart, (7, 7))
    sigma = max(1.0, 0.04 * eye_distance_px(face.landmarks))
    fine = [_fine(picture, sigma)[region] for picture in (shown, given)]
    texture = float(np.corrcoef(fine[0], fine[1])[0, 1]) if region.sum() > 50 else float("nan")
    return Exposure(
        number,
        float(apart[region].mean()) if region.any() else float("nan"),
        float((around[region] < SAME_GREY).mean()) if region.any() else float("nan"),
        texture,
        face.pose.yaw_deg,
        face.score,
    )


def flicker(number: int, shown: tuple[Pixels, Pixels], given: tuple[Pixels, Pixels]) -> Flicker:
    """How the output changed from one frame to the next where the input did not."""
    moved = cv2.blur(np.abs(given[1].astype(np.float32) - given[0].astype(np.float32)).mean(axis=2), (9, 9))
    still = moved < STILL_GREY
    change = np.abs(shown[1].astype(np.float32) - shown[0].astype(np.float32)).mean(axis=2)[still]
    if change.size == 0:
        return Flicker(number, 0.0, 0.0)
    return Flicker(number, float(np.sqrt((change**2).mean())), float((change > 12.0).mean()))


def _fine(picture: Pixels, sigma: float) -> NDArray[np.float32]:
    """The picture's fine texture: grey levels less their own blur."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32)
    soft = cv2.GaussianBlur(grey, (0, 0), sigma * 0.35)
    return np.asarray(soft - cv2.GaussianBlur(grey, (0, 0), sigma * 2.0), np.float32)
