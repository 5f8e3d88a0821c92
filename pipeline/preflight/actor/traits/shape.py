"""The face's proportions, from its landmarks turned upright."""

from dataclasses import dataclass

import numpy as np

from pipeline.media import Points
from pipeline.video.tracking.mesh import (
    CHIN,
    FACE_OVAL,
    FOREHEAD_TOP,
    LEFT_CHEEK,
    LEFT_EYE_INNER,
    RIGHT_CHEEK,
    RIGHT_EYE_INNER,
)

RIGHT_MOUTH_CORNER, LEFT_MOUTH_CORNER = 61, 291


@dataclass(frozen=True, slots=True)
class Proportions:
    """Lengths over the width of the face, which is from one cheekbone's side to the other's."""

    eye_spacing: float
    """Between the eyes' inner corners."""
    jaw_width: float
    """At the height of the mouth's corners."""
    face_length: float
    """From the hairline's landmark to the chin."""


def proportions_of(shape: Points) -> Proportions | None:
    """The proportions of one look at a face.

    Args:
        shape: float32 (468, 3) in the mean head's coordinates, facing the camera; depth counts in, so that a face that
            was turned measures as it would from the front.

    Returns:
        None where the landmarks make no face.
    """
    width = _distance(shape, RIGHT_CHEEK, LEFT_CHEEK)
    if not np.isfinite(shape).all() or width < 1e-3:
        return None
    mouth_y = float(shape[[RIGHT_MOUTH_CORNER, LEFT_MOUTH_CORNER], 1].mean())
    right, left = (_beside(shape[list(side)], mouth_y) for side in _SIDES)
    return Proportions(
        eye_spacing=_distance(shape, RIGHT_EYE_INNER, LEFT_EYE_INNER) / width,
        jaw_width=(left - right) / width,
        face_length=_distance(shape, FOREHEAD_TOP, CHIN) / width,
    )


_LOW = FACE_OVAL.index(CHIN)
_SIDES = (FACE_OVAL[_LOW : FACE_OVAL.index(RIGHT_CHEEK) + 1], FACE_OVAL[FACE_OVAL.index(LEFT_CHEEK) : _LOW + 1][::-1])
"""The jaw's lines from the chin up to the cheekbones, the person's right one first."""


def _distance(shape: Points, one: int, other: int) -> float:
    """Between two landmarks."""
    return float(np.linalg.norm(shape[one] - shape[other]))


def _beside(line: Points, at_y: float) -> float:
    """Where a jaw's line, from the chin upward, crosses a height: x."""
    return float(np.interp(-at_y, -line[:, 1], line[:, 0]))
