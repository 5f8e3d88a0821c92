"""The skin's tone, from the cheeks and the forehead."""

import numpy as np
from numpy.typing import NDArray

from pipeline.preflight.actor.traits.upright import Mask, UprightHead

# fmt: off
RIGHT_CHEEK_PATCH = (117, 118, 101, 36, 50, 123)
LEFT_CHEEK_PATCH = (346, 347, 330, 266, 280, 352)
FOREHEAD_PATCH = (104, 69, 108, 151, 337, 299, 333, 297, 338, 10, 109, 67)
# fmt: on
HIGHLIGHT_PERCENTILE = 75.0
"""Of a patch the lighter quarter is left out: oily skin mirrors the lamp there."""
FOREHEAD_DELTA = 25.0
"""A forehead that differs so much from the cheeks is covered by hair or a hat."""
NEARER_CHEEK_DEG = 15.0
"""From this turn of the head on, only the cheek counts that is turned toward the camera."""
LEAST_PX = 40


def skin_of(head: UprightHead) -> NDArray[np.float32] | None:
    """float32 (3,), CIE L*a*b*: the skin's tone; None where no cheek is seen."""
    cheeks = [tone for patch in cheek_patches(head) if (tone := tone_of(head, head.hull(patch))) is not None]
    if not cheeks:
        return None
    forehead = tone_of(head, head.hull(FOREHEAD_PATCH))
    cheek = np.mean(cheeks, axis=0)
    tones = [cheek]
    if forehead is not None and np.linalg.norm(forehead - cheek) < FOREHEAD_DELTA:
        tones.append(forehead)
    return np.asarray(np.mean(tones, axis=0), np.float32)


def cheek_patches(head: UprightHead) -> tuple[tuple[int, ...], ...]:
    """The landmarks about the cheeks that the camera sees well, the person's right one first."""
    if head.pose.yaw_deg > NEARER_CHEEK_DEG:
        return (RIGHT_CHEEK_PATCH,)
    if head.pose.yaw_deg < -NEARER_CHEEK_DEG:
        return (LEFT_CHEEK_PATCH,)
    return RIGHT_CHEEK_PATCH, LEFT_CHEEK_PATCH


def tone_of(head: UprightHead, region: Mask) -> NDArray[np.float32] | None:
    """float32 (3,): the median colour of a region without its highlights; None where too little of it is there."""
    if head.person is not None:
        region = region & (head.person > 0.5)
    pixels = head.lab[region]
    if len(pixels) < LEAST_PX:
        return None
    dull = pixels[pixels[:, 0] <= np.percentile(pixels[:, 0], HIGHLIGHT_PERCENTILE)]
    return np.asarray(np.median(dull, axis=0), np.float32)
