"""Where networks that are aligned by five points have them, and the square of a face that lies so."""

from dataclasses import dataclass
from math import hypot

import numpy as np

from pipeline.errors import StageError
from pipeline.media import Points
from pipeline.video.neural.alignment import LEAST_SIDE_PX, MOST_SIDE_PX, similarity
from pipeline.video.neural.face_model import Matrix

CORNERS_OF_RIGHT_EYE, CORNERS_OF_LEFT_EYE = (33, 133), (362, 263)
NOSE_TIP = 4
"""On the mean face 4 lies where most templates have the nose; 1, just below, does not."""
MOUTH_CORNERS = (61, 291)


@dataclass(frozen=True, slots=True)
class Template:
    """Where the five points lie in the unit square.

    Attributes:
        name: as it is published.
        places: the eyes, the nose's tip and the corners of the mouth, from left to right.
    """

    name: str
    places: tuple[tuple[float, float], ...]


ARCFACE_112_V1 = Template(
    "arcface 112 v1", ((0.3547, 0.4566), (0.6453, 0.4566), (0.5000, 0.6115), (0.3791, 0.7769), (0.6209, 0.7769))
)
ARCFACE_112_V2 = Template(
    "arcface 112 v2", ((0.3419, 0.4616), (0.6565, 0.4598), (0.5002, 0.6405), (0.3710, 0.8247), (0.6315, 0.8233))
)
ARCFACE_128 = Template(
    "arcface 128", ((0.3617, 0.4039), (0.6370, 0.4024), (0.5002, 0.5604), (0.3871, 0.7216), (0.6151, 0.7203))
)
FFHQ_512 = Template(
    "ffhq 512", ((0.3769, 0.4686), (0.6229, 0.4691), (0.5012, 0.6133), (0.3931, 0.7254), (0.6115, 0.7249))
)


def five_points(landmarks: Points) -> Points:
    """float32 (5, 2): the middles of the eyes, the nose's tip and the corners of the mouth, as templates have them.

    Args:
        landmarks: float (468, 2) or (468, 3).
    """
    places = landmarks[:, :2]
    eyes = [places[list(corners)].mean(axis=0) for corners in (CORNERS_OF_RIGHT_EYE, CORNERS_OF_LEFT_EYE)]
    return np.asarray([*eyes, places[NOSE_TIP], *places[list(MOUTH_CORNERS)]], np.float32)


def template_matrix(landmarks: Points, template: Template, size: int) -> Matrix:
    """From the picture to a square of `size` pixels on which the five points lie as near the template as can be.

    Raises:
        StageError: the face is too small, too large or too distorted.
    """
    # Training material was cut with a template's shares times the side as places of pixels, of which the first is at 0.
    wanted = np.array(template.places, np.float32) * np.float32(size)
    matrix = similarity(five_points(landmarks), wanted)
    if not LEAST_SIDE_PX < size / hypot(matrix[0, 0], matrix[1, 0]) < MOST_SIDE_PX:
        raise StageError("The face is too small or too large to be aligned.")
    return matrix
