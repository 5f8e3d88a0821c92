"""The square that a face network sees of a picture, placed as the networks' training material was."""

from dataclasses import dataclass
from math import tanh
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import StageError
from pipeline.media import Face, Points
from pipeline.video.neural.face_model import Matrix
from pipeline.video.tracking.head_pose import HeadPose, Placement
from pipeline.video.tracking.mesh import LEFT_CHEEK, RIGHT_CHEEK, face_template
from profiles.engines.face import DfmSettings, FaceType

BROWS = (70, 63, 105, 66, 107, 336, 296, 334, 293, 300)
NOSE = (168, 197, 5, 4, 98, 97, 2, 326, 327)
EYES = (33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380)
MOUTH_CORNERS = (61, 291)
ALIGNED = (*BROWS, *NOSE, *EYES, *MOUTH_CORNERS)
"""The mesh points that lie where the 33 points lie by which training material was aligned: of the usual 68, numbers 17
to 47, 48 and 54."""
BROW_END = 0.02
"""The brows span the unit square; the mesh's own outermost brow points lie so far within."""
BROW_TOP = 0.01
BRIDGE = (168, 197, 5)
LEAST_SIDE_PX, MOST_SIDE_PX = 4.0, 16384.0


@dataclass(frozen=True, slots=True)
class Crop:
    """The square in the units of the face template, in which the brows are 1 wide.

    Attributes:
        coverage: its side.
        x: how far its middle lies right of the template's.
        y: how far below.
        follows_turn: whether it moves toward the back of a head that turns, so that all of the head is seen.
    """

    coverage: float
    x: float = 0.0
    y: float = 0.0
    follows_turn: bool = False


CROPS = MappingProxyType(
    {
        FaceType.HALF: Crop(1.0),
        FaceType.MID_FULL: Crop(1.19),
        FaceType.FULL: Crop(1.597),
        FaceType.WHOLE_FACE: Crop(2.131, y=-0.07),
        FaceType.HEAD: Crop(2.98, y=-0.50, follows_turn=True),
    }
)
"""What training material of each type shows."""


def crop_for(settings: DfmSettings) -> Crop:
    """The crop that a profile asks for; what it leaves open suits the face type."""
    usual = CROPS[settings.face_type]
    return Crop(
        settings.coverage if settings.coverage is not None else usual.coverage,
        settings.x_offset,
        settings.y_offset if settings.y_offset is not None else usual.y,
        usual.follows_turn,
    )


def similarity(points: Points, template: Points) -> Matrix:
    """The turn, scale and shift that bring points nearest to a template, by least squares.

    Source: Umeyama 1991, "Least-squares estimation of transformation parameters between two point patterns"; in a
    plane it is one complex factor.

    Args:
        points: float (n, 2).
        template: float (n, 2).

    Raises:
        StageError: the points are all in one place.
    """
    middle, wanted = points.mean(axis=0), template.mean(axis=0)
    (x, y), (u, v) = np.asarray(points - middle, np.float64).T, np.asarray(template - wanted, np.float64).T
    spread = float(x @ x + y @ y)
    cosine, sine = float(x @ u + y @ v), float(x @ v - y @ u)
    if not spread > 1e-6 or not cosine * cosine + sine * sine > 1e-12:
        raise StageError("The face is too small or too distorted to be aligned.")
    a, b = cosine / spread, sine / spread
    turned = np.array([[a, -b], [b, a]])
    return np.column_stack([turned, wanted - turned @ middle]).astype(np.float32)


def unit_template() -> Points:
    """float32 (468, 2): the mean head from the front, its brows as wide as the unit square and at its upper side."""
    head = face_template()[:, :2]
    brows = head[list(BROWS)]
    left, right = float(brows[:, 0].min()), float(brows[:, 0].max())
    scale = (1.0 - 2.0 * BROW_END) / (right - left)
    corner = np.array([(left + right) / 2, brows[:, 1].min()])
    return np.asarray((head - corner) * scale + [0.5, BROW_TOP], np.float32)


class Alignment:
    """Finds the square on a face. Holds nothing of the actor."""

    def __init__(self) -> None:
        """Prepares the template."""
        self._poses = HeadPose()
        self._aligned = np.array(ALIGNED)
        self._template = unit_template()[self._aligned]
        self._head = face_template()[[*ALIGNED, *BRIDGE, RIGHT_CHEEK, LEFT_CHEEK]]

    def matrix(self, face: Face, crop: Crop, size: int, *, steady: bool) -> Matrix:
        """From the picture to a square of `size` pixels.

        Args:
            face: where the face is.
            crop: what of it the square shows.
            size: the square's side in pixels.
            steady: place a face at rest by the points that speech and expression do not move, and align that; the
                square then stands still while the face moves, and lies where it would lie on a face at rest.

        Raises:
            StageError: the face is too small or too distorted.
        """
        placement = self._poses.place(face.landmarks)
        points = self._at_rest(placement) if steady else face.landmarks[self._aligned, :2]
        to_template = similarity(points, self._template)
        side_px = crop.coverage / float(np.hypot(to_template[0, 0], to_template[1, 0]))
        if not LEAST_SIDE_PX < side_px < MOST_SIDE_PX:
            raise StageError("The face is too small or too large to be aligned.")
        x, y = crop.x, crop.y
        if crop.follows_turn:
            x += self._turn(placement, to_template)
        scale = size / crop.coverage
        matrix = to_template * np.float32(scale)
        # Places are told by the middles of pixels, of which the first is at 0.
        matrix[:, 2] += np.float32((size - 1) / 2) - np.float32(scale) * np.array([0.5 + x, 0.5 + y], np.float32)
        return matrix

    def _at_rest(self, placement: Placement) -> NDArray[np.float32]:
        """float32 (33, 2): where the mean head's points lie when it is placed as the actor's head is."""
        return np.asarray(_placed(self._head[: len(ALIGNED)], placement)[:, :2])

    def _turn(self, placement: Placement, to_template: Matrix) -> float:
        """How far the square moves toward the back of a turned head, in template units; hardly at small turns."""
        places = _placed(self._head[len(ALIGNED) :], placement)[:, :2] @ to_template[:, :2].T
        nose, right, left = places[: len(BRIDGE), 0].mean(), places[-2, 0], places[-1, 0]
        yaw = float((left - nose) - (nose - right))
        return yaw * abs(tanh(2.0 * yaw)) / 2.0


def _placed(head: Points, placement: Placement) -> NDArray[np.float32]:
    """Points of the mean head on the picture, float32 (n, 3)."""
    return placement.shift_to_picture(head) + placement.offset
