"""Glasses: a bar over the nose, and rims below the eyes."""

import numpy as np

from pipeline.preflight.actor.traits.upright import SIDE_PX, Lab, UprightHead

NOSE_ROOT, BETWEEN_BROWS, NOSE_BRIDGE = 168, 9, 197
EYES = ((145, 133, 33), (374, 362, 263))
"""Of the person's right eye and the left one: the lower lid, the inner corner, the outer corner."""
BAR_PX = 4
"""Half the width of the strip down the nose; a bar lies over all of it."""
RIM_FROM_PX, RIM_TO_PX = 6, 34
"""A rim's lower edge lies so far below the lower lid, where 80 are from eye to eye."""
REACH_PX = 4
"""A frame's rims are narrower than this: beyond them is skin again."""
FRAMED = 6.5
"""A line that differs so much from the skin above it and below, in CIE Lab, is a frame's. Without glasses folds and
lids come to 6, thin grey wire on a small face as well, any other frame to 8 at least: measured on the built-in personas
and on real footage, with and without frames drawn on them."""


def glasses_of(head: UprightHead) -> float | None:
    """How clearly a frame is seen: the least of the differences of its bar and its rims from the skin, in CIE Lab.

    Returns:
        None where the eyes are not on the picture.
    """
    points = head.landmarks
    x = float(points[NOSE_ROOT, 0])
    lines = [_line(head.lab, (x, BAR_PX), (float(points[BETWEEN_BROWS, 1]), float(points[NOSE_BRIDGE, 1])))]
    for lid, inner, outer in EYES:
        half_px = 0.3 * abs(float(points[inner, 0] - points[outer, 0]))
        low = float(points[lid, 1])
        lines.append(_line(head.lab, (float(points[lid, 0]), half_px), (low + RIM_FROM_PX, low + RIM_TO_PX)))
    found = [line for line in lines if line is not None]
    return min(found) if len(found) == len(lines) else None


def _line(lab: Lab, across: tuple[float, float], rows: tuple[float, float]) -> float | None:
    """The difference of the clearest narrow line across a strip from what is above and below it.

    Args:
        lab: float32 (400, 400, 3).
        across: the strip's middle and half its width.
        rows: from and to.
    """
    left, right = round(across[0] - across[1]), round(across[0] + across[1]) + 1
    top, low = round(rows[0]) - REACH_PX, round(rows[1]) + REACH_PX
    if left < 0 or top < 0 or right > SIDE_PX or low > SIDE_PX or right - left < 2 or low - top <= 2 * REACH_PX:
        return None
    profile = np.median(lab[top:low, left:right], axis=1)
    above = profile[REACH_PX:-REACH_PX] - profile[: -2 * REACH_PX]
    below = profile[REACH_PX:-REACH_PX] - profile[2 * REACH_PX :]
    # What lies between its surroundings in colour is a slope, not a line.
    alike = (above * below).sum(axis=1)
    return float(np.sqrt(np.maximum(alike, 0.0)).max())
