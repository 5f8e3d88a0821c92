"""The hair: whether there is any, its colour, and how far down it hangs, from what the camera sees of it."""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.preflight.actor.traits.upright import EYES_PX, SIDE_PX, Lab, Mask, UprightHead
from pipeline.video.tracking.mesh import CHIN, FACE_OVAL, LEFT_EYE_OUTER, RIGHT_EYE_OUTER

BROWS = (105, 334)
SURELY_PERSON = 0.8
RIM_PX = 7
"""The matte's rim is as wide as a pixel of its own: what lies there may be the room."""
SHADED = 0.62
"""Skin in the shade of the head keeps more of its lightness; what is darker is hair."""
OTHER_HUE = 5.0
"""Shade takes an equal share of L*, a* and b*; what lies farther from that line is no skin."""
REDDER = 9.0
"""Blood reddens skin beyond that line, up to here."""
SHEEN_PERCENTILE = 75.0
"""The lighter quarter of the hair mirrors lamp and window."""
SPARSE = 0.02
"""Hair covers less of a bald head."""
LOCKS_PX = 4
"""A strand beside the face is at least so wide."""
LONG_ROWS = 0.8
"""Share of the rows from the eyes to the chin in which long hair lies beside the face: it covers ear and jaw."""

Length = Literal["none", "short", "long"]


@dataclass(frozen=True, slots=True, eq=False)
class Hair:
    """What one look at a head tells of its hair.

    Attributes:
        share: of the head beyond the face and above the brows, 0..1.
        colour: float32 (3,), CIE L*a*b*; None where there is too little of it.
        fall: share of the rows from the eyes to the chin in which it lies beside the face, on the fuller side, 0..1.
    """

    share: float
    colour: NDArray[np.float32] | None
    fall: float

    @property
    def length(self) -> Length:
        """The class of its length."""
        if self.colour is None:
            return "none"
        return "long" if self.fall >= LONG_ROWS else "short"


def hair_of(head: UprightHead, skin: NDArray[np.float32]) -> Hair | None:
    """The hair as one frame shows it.

    Args:
        head: the head.
        skin: float32 (3,), the skin's tone on the same frame.

    Returns:
        None where nobody told the person from the room, or where the top of the head is not on the picture.
    """
    region = scalp(head)
    if region is None:
        return None
    pixels = head.smoothed()[region]
    hairy = is_no_skin(pixels, skin)
    share = float(hairy.mean())
    if share < SPARSE:
        return Hair(share, None, 0.0)
    colour = np.median(pixels[hairy], axis=0)
    nearer = np.linalg.norm(pixels - colour, axis=1) < np.linalg.norm(pixels - skin, axis=1)
    hair = pixels[hairy | nearer]
    dull = hair[hair[:, 0] <= np.percentile(hair[:, 0], SHEEN_PERCENTILE)]
    colour = np.asarray(np.median(dull, axis=0), np.float32)
    return Hair(share, colour, _fall(head, colour, skin))


def scalp(head: UprightHead) -> Mask | None:
    """bool (400, 400): the head beyond the face and above the brows; None where hardly anything of it is seen."""
    if head.person is None:
        return None
    kernel = np.ones((RIM_PX, RIM_PX), np.uint8)
    person = cv2.erode((head.person > SURELY_PERSON).astype(np.uint8), kernel).astype(np.bool_)
    brow_y = int(head.landmarks[list(BROWS), 1].mean())
    region: Mask = person & ~head.hull(FACE_OVAL)
    region[max(0, brow_y) :] = False
    return region if np.count_nonzero(region) > (EYES_PX / 4) ** 2 else None


def is_no_skin(pixels: Lab, skin: NDArray[np.float32]) -> Mask:
    """bool (n,): which colours are not that skin in more or less light.

    Args:
        pixels: float32 (n, 3), CIE L*a*b*.
        skin: float32 (3,).
    """
    light = pixels[:, 0] / max(float(skin[0]), 1.0)
    redder = pixels[:, 1] - skin[1] * light
    yellower = pixels[:, 2] - skin[2] * light
    distance = np.hypot(np.where(redder > 0, redder * (OTHER_HUE / REDDER), redder), yellower)
    return np.asarray((light < SHADED) | (distance > OTHER_HUE), np.bool_)


def _fall(head: UprightHead, colour: NDArray[np.float32], skin: NDArray[np.float32]) -> float:
    """Share of the rows from the eyes to the chin in which hair lies beside the face."""
    assert head.person is not None
    person = head.person > SURELY_PERSON
    hairy = np.linalg.norm(head.lab - colour, axis=2) < 0.8 * np.linalg.norm(head.lab - skin, axis=2)
    oval = head.hull(FACE_OVAL)
    locks = hairy & person & ~oval
    top = int(head.landmarks[[RIGHT_EYE_OUTER, LEFT_EYE_OUTER], 1].mean())
    low = min(int(head.landmarks[CHIN, 1]), SIDE_PX)
    if not 0 <= top < low:
        return 0.0
    middle = round(float(head.landmarks[[RIGHT_EYE_OUTER, LEFT_EYE_OUTER, CHIN], 0].mean()))
    sides = (locks[top:low, : max(0, middle)], locks[top:low, max(0, middle) :])
    return max(float((side.sum(axis=1) >= LOCKS_PX).mean()) for side in sides)
