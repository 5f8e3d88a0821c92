"""The actor's face on some of a camera's frames, all at one scale, with what of it is skin."""

from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media import Face, Frame, Pixels, Points
from pipeline.preflight.evidence import Seen
from pipeline.video.tracking.mesh import CHIN, FOREHEAD_TOP, LEFT_EYE, OUTER_LIPS, RIGHT_EYE, inner_face

FACE_PX = 128
"""From the hairline's landmark to the chin on every close-up."""
MOST = 16
"""So many frames tell as much as all of them about what lasts."""
MARGIN_PX = 6
SKIN_SHARE = 0.92
FEWEST_SKIN_PX = 400
RIGHT_BROW = (70, 63, 105, 66, 107, 55, 65, 52, 53, 46)
LEFT_BROW = (300, 293, 334, 296, 336, 285, 295, 282, 283, 276)

Mask = NDArray[np.bool_]
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, eq=False)
class Closeup:
    """One face, scaled.

    Attributes:
        face: where it is on the whole frame.
        bgr: uint8 (h, w, 3), the face and a little around it, as far as it is on the frame.
        landmarks: float32 (468, 2), in this picture's pixels.
        oval: bool (h, w), the face without its rim.
        skin: bool (h, w), the same without eyes, brows and lips.
        scale: this picture's pixels for one of the frame's.
    """

    face: Face
    bgr: Pixels
    landmarks: Points
    oval: Mask
    skin: Mask
    scale: float


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What a camera gave, with what most checks look at picked out of it.

    Attributes:
        seen: everything.
        fine: up to 16 of the frames of full size, evenly over the time.
        closeups: the face on as many of them as show one.
        faces: the actor's face on every frame that shows it.
    """

    seen: Seen
    fine: tuple[Frame, ...]
    closeups: tuple[Closeup, ...]
    faces: tuple[tuple[Frame, Face], ...]

    @classmethod
    def of(cls, seen: Seen) -> "View":
        """The view of what a camera gave."""
        largest = max((frame.size for frame in seen.frames), default=(0, 0), key=lambda size: size[0] * size[1])
        full = [frame for frame in seen.frames if frame.size == largest]
        faces = tuple((frame, face) for frame in seen.frames if (face := face_of(frame)) is not None)
        shown = [(frame, face) for frame, face in faces if frame.size == largest]
        closeups = (closeup(frame.pixels, face) for frame, face in _evenly(shown))
        return cls(seen, tuple(_evenly(full)), tuple(one for one in closeups if one is not None), faces)


def _evenly(items: list[Item]) -> list[Item]:
    """Up to `MOST` of some items, evenly over the list."""
    places = np.linspace(0, len(items) - 1, min(MOST, len(items)))
    return [items[round(place)] for place in places]


def face_of(frame: Frame) -> Face | None:
    """The actor's face on a frame: the chosen one, or else the largest that is followed."""
    followed = [face for face in frame.faces if face.is_followed and face.score > 0.0]
    return frame.chosen_face or max(followed, key=lambda face: face.box[3], default=None)


def closeup(pixels: Pixels, face: Face) -> Closeup | None:
    """The close-up of a face; None where too little of it is on the picture.

    Args:
        pixels: uint8 (height, width, 3) BGR.
        face: a face on them.
    """
    length_px = float(np.linalg.norm(face.landmarks[CHIN] - face.landmarks[FOREHEAD_TOP]))
    if not np.isfinite(length_px) or length_px < 4.0:
        return None
    scale = FACE_PX / length_px
    margin = MARGIN_PX / scale
    left, top = (max(0, int(edge - margin)) for edge in face.box[:2])
    right = min(pixels.shape[1], int(face.box[0] + face.box[2] + margin) + 1)
    bottom = min(pixels.shape[0], int(face.box[1] + face.box[3] + margin) + 1)
    if right - left < 4 or bottom - top < 4:
        return None
    size = (round((right - left) * scale), round((bottom - top) * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    bgr = np.asarray(cv2.resize(pixels[top:bottom, left:right], size, interpolation=method), np.uint8)
    factors = np.array([size[0] / (right - left), size[1] / (bottom - top)])
    landmarks = ((face.landmarks[:, :2] - [left, top]) * factors).astype(np.float32)
    oval, skin = _masks(landmarks, (size[1], size[0]))
    if np.count_nonzero(skin) < FEWEST_SKIN_PX:
        return None
    return Closeup(face, bgr, landmarks, oval, skin, scale)


def _masks(landmarks: Points, shape: tuple[int, int]) -> tuple[Mask, Mask]:
    """bool (h, w): the face without its rim, and the same without eyes, brows and lips."""
    oval = np.zeros(shape, np.uint8)
    cv2.fillPoly(oval, [np.rint(inner_face(landmarks, SKIN_SHARE)).astype(np.int32)], (1,))
    features = np.zeros(shape, np.uint8)
    for points in (RIGHT_EYE + RIGHT_BROW, LEFT_EYE + LEFT_BROW, OUTER_LIPS):
        hull = cv2.convexHull(np.rint(landmarks[list(points)]).astype(np.int32))
        cv2.fillConvexPoly(features, hull, (1,))
    features = np.asarray(cv2.dilate(features, np.ones((5, 5), np.uint8)), np.uint8)
    return oval > 0, (oval > 0) & (features == 0)


def lab_of(bgr: Pixels) -> NDArray[np.float32]:
    """float32 (h, w, 3): CIE L*a*b* of a BGR picture, L* 0..100."""
    return np.asarray(cv2.cvtColor(bgr.astype(np.float32) / 255.0, cv2.COLOR_BGR2Lab), np.float32)


def linear_of(bgr: Pixels) -> NDArray[np.float32]:
    """float32 of the same shape, 0..1: light in proportion, by the curve of sRGB (IEC 61966-2-1)."""
    levels = np.arange(256) / 255.0
    curve = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4).astype(np.float32)
    return np.asarray(curve[bgr], np.float32)


def luminance_of(bgr: Pixels) -> NDArray[np.float32]:
    """float32 (h, w), 0..1: linear light by the weights of ITU-R BT.709."""
    return np.asarray(linear_of(bgr) @ np.array([0.0722, 0.7152, 0.2126], np.float32), np.float32)
