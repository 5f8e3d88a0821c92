"""What the camera sees, for the operator: as it is, with the faces that were found, and with what is covered."""

from collections.abc import Callable
from math import ceil, floor

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media import Face, FaceReading, Frame, Pasted, Pixels
from pipeline.telemetry import Shown
from pipeline.video.cast.roster import roster
from pipeline.video.screen.gallery import Gallery, Size, thumbnail
from pipeline.video.tracking.choice import UNSEEN_SCORE
from pipeline.video.tracking.mesh import FACE_OVAL, LEFT_EYE, OUTER_LIPS, RIGHT_EYE
from profiles.profile import Profile

WORN_RGB, ROLE_RGB, OTHER_RGB, VEIL_RGB = (70, 230, 120), (90, 190, 255), (255, 190, 60), (255, 80, 80)
"""The actor's face, one with a role, one that is nobody's, and where somebody was lost."""
FACE_TINT, ROOM_TINT, HIDDEN_TINT = (40, 230, 90), (40, 90, 230), (240, 60, 50)
"""Where the target's face lies, where the room is, and where somebody else is blurred."""
TINT_SHARE = 0.6
LINES = (FACE_OVAL, RIGHT_EYE, LEFT_EYE, OUTER_LIPS)
LINES_FROM_PX, POINTS_FROM_PX = 16, 120
"""A face that is so high on the screen has its features drawn, or all its landmarks; a smaller one would be hidden."""
LEAST_TEXT_PX, MOST_TEXT_PX, TEXT_SHARE = 8, 22, 0.07
"""Height of the letters, in pixels and as a share of the picture."""
NAMED_FROM_PX = 72
"""In a lower picture a name hides whom it names."""
PLATE = 4
"""By how much the picture is darker under a name."""
SUBPIXEL_BITS = 4

Mask = NDArray[np.uint8]
Draw = Callable[[Pixels, Frame, Profile], None]


def show_source(gallery: Gallery, source: Pixels, frame: Frame, profile: Profile) -> None:
    """Hangs what is wanted of a frame.

    Args:
        gallery: where it goes.
        source: uint8 (height, width, 3) BGR, what the camera saw.
        frame: what the lane made of it, with what it found; it has its faces, and whatever else it came to have.
        profile: whose roles the faces have.
    """
    drawers: tuple[tuple[Shown, Draw | None], ...] = (
        (Shown.SOURCE, None),
        (Shown.FACES, _draw_faces),
        (Shown.MASK, _tint),
    )
    small: dict[Size, Pixels] = {}
    for shown, draw in drawers:
        for size in gallery.due(shown):
            if size not in small:
                small[size] = thumbnail(source, size)
            picture = small[size]
            if draw is not None:
                picture = picture.copy()
                draw(picture, frame, profile)
            gallery.hang(shown, picture)


def _draw_faces(picture: Pixels, frame: Frame, profile: Profile) -> None:
    """Draws boxes, landmarks and names of a frame's faces on a small picture of it, RGB."""
    scale = np.array([picture.shape[1] / frame.size[0], picture.shape[0] / frame.size[1]], np.float32)
    readings = {reading.track_id: reading for reading in roster(frame.faces, profile)}
    for face in frame.faces:
        colour = _colour(face)
        points = (face.landmarks[:, :2] + np.float32(0.5)) * scale - np.float32(0.5)
        low = np.array(face.box[:2], np.float32) * scale
        high = low + np.array(face.box[2:], np.float32) * scale
        if face.is_followed and face.score > UNSEEN_SCORE:
            _draw_landmarks(picture, points, float(high[1] - low[1]), colour)
        cv2.rectangle(picture, _fixed(low), _fixed(high), colour, 1, cv2.LINE_AA, SUBPIXEL_BITS)
        _name(picture, readings.get(face.track_id), (low, high), colour)


def _colour(face: Face) -> tuple[int, int, int]:
    if face.score <= UNSEEN_SCORE:
        return VEIL_RGB
    if face.chosen:
        return WORN_RGB
    return OTHER_RGB if face.role is None else ROLE_RGB


def _draw_landmarks(picture: Pixels, points: NDArray[np.float32], height_px: float, colour: tuple[int, ...]) -> None:
    """Every point of a large face, the features of a smaller one, nothing on one of a few pixels."""
    if height_px < LINES_FROM_PX:
        return
    if height_px >= POINTS_FROM_PX:
        for point in points:
            cv2.circle(picture, _fixed(point), 1 << SUBPIXEL_BITS, colour, -1, cv2.LINE_AA, SUBPIXEL_BITS)
        return
    lines = [np.rint(points[list(line)] * (1 << SUBPIXEL_BITS)).astype(np.int32) for line in LINES]
    cv2.polylines(picture, lines, True, colour, 1, cv2.LINE_AA, SUBPIXEL_BITS)


def _name(
    picture: Pixels,
    reading: FaceReading | None,
    box: tuple[NDArray[np.float32], NDArray[np.float32]],
    colour: tuple[int, ...],
) -> None:
    """Writes who it is over a face, below it where there is no room; the number alone where no more can be read."""
    height, width = picture.shape[:2]
    if reading is None or height < NAMED_FROM_PX:
        return
    low, high = box
    font, size_px = cv2.FontFace("sans"), min(MOST_TEXT_PX, max(LEAST_TEXT_PX, round(TEXT_SHARE * height)))
    text = str(reading)
    _, _, length, _ = cv2.getTextSize((1, 1), text, (0, 0), font, size_px, 600)
    if length > width // 2:
        text = f"#{reading.track_id}"
        _, _, length, _ = cv2.getTextSize((1, 1), text, (0, 0), font, size_px, 600)
    left = min(max(0, round(float(low[0]))), max(0, width - length - 1))
    above, below = round(float(low[1])) - 3, round(float(high[1])) + size_px + 1
    baseline = above if above >= size_px else min(below, height - 2)
    plate = picture[max(0, baseline - size_px) : baseline + 2, max(0, left - 1) : left + length + 2]
    plate[:] = plate // PLATE
    cv2.putText(picture, text, (left, baseline), colour, font, size_px, 600)


def _tint(picture: Pixels, frame: Frame, _: Profile) -> None:
    """Tints a small picture of a frame, RGB, where it is covered: the room, people who are blurred, worn faces."""
    size = (picture.shape[1], picture.shape[0])
    person = frame.matte if frame.cut_out is None else frame.cut_out
    if person is not None:
        _lay(picture, ROOM_TINT, np.asarray(cv2.bitwise_not(_at(person, size)), np.uint8))
    if frame.strangers is not None:
        _lay(picture, HIDDEN_TINT, _at(frame.strangers, size))
    for pasted in frame.pasted:
        _lay_pasted(picture, pasted, frame.size)


def _lay_pasted(picture: Pixels, pasted: Pasted, of: Size) -> None:
    """Tints a small picture, of a frame of some size, where a face was pasted."""
    scale = picture.shape[1] / of[0], picture.shape[0] / of[1]
    height, width = pasted.alpha.shape
    # The small picture's own pixels around it, and what they show of the frame.
    left, right = floor(pasted.left * scale[0]), ceil((pasted.left + width) * scale[0])
    top, bottom = floor(pasted.top * scale[1]), ceil((pasted.top + height) * scale[1])
    before = pasted.left - round(left / scale[0]), pasted.top - round(top / scale[1])
    after = round(right / scale[0]) - pasted.left - width, round(bottom / scale[1]) - pasted.top - height
    framed = cv2.copyMakeBorder(
        pasted.alpha, max(0, before[1]), max(0, after[1]), max(0, before[0]), max(0, after[0]), cv2.BORDER_CONSTANT
    )
    part = picture[top:bottom, left:right]
    _lay(part, FACE_TINT, _at(np.asarray(framed, np.uint8), (part.shape[1], part.shape[0])))


def _at(mask: Mask, size: Size) -> Mask:
    """A mask at a picture's size."""
    return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), np.uint8)


def _lay(picture: Pixels, tint: tuple[int, int, int], mask: Mask) -> None:
    """Tints a picture where a mask says so; light and dark are still told apart."""
    share = mask.astype(np.float32) * np.float32(TINT_SHARE / 255)
    solid = np.empty_like(picture)
    solid[:] = tint
    picture[:] = cv2.blendLinear(solid, picture, share, 1 - share)


def _fixed(point: NDArray[np.float32]) -> tuple[int, int]:
    """A place in the fractions of a pixel that OpenCV draws with."""
    x, y = np.rint(point * (1 << SUBPIXEL_BITS)).astype(int)
    return int(x), int(y)
