"""What a person looks like, read from the frames of a camera or from one portrait."""

from collections.abc import Callable, Sequence
from typing import TypeVar, get_args

import numpy as np
from numpy.typing import NDArray

from pipeline.media import Face, Frame
from pipeline.preflight.actor.traits.beard import Growth, facial_hair, growth_of
from pipeline.preflight.actor.traits.glasses import FRAMED, glasses_of
from pipeline.preflight.actor.traits.hair import Hair, Length, hair_of
from pipeline.preflight.actor.traits.shape import proportions_of
from pipeline.preflight.actor.traits.skin import skin_of
from pipeline.preflight.actor.traits.upright import UprightHead
from pipeline.video.tracking.head_pose import HeadPose
from profiles.reference.figures import Colour, LooksReference

SURE_SCORE = 0.8
SHAPE_TURN_DEG, LOOK_TURN_DEG = 25.0, 40.0
"""Proportions and colours are taken from heads that are turned less, yaw and pitch together."""
ALIKE_DEG = 10.0
"""Frames on which the head is turned so much farther than on the most frontal one are as good."""
SHAPES, LOOKS = 60, 9
"""So many frames are measured."""
FINE_ENLARGED = 3.0
"""Stubble and rims can't be told on a face that has to be enlarged more: its eyes are less than 27 pixels apart."""
UPPER_LIP, LOWER_LIP = 13, 14

Seen = tuple[Frame, Face]
Subject = TypeVar("Subject")
Reading = TypeVar("Reading")


def looks_of(frames: Sequence[Frame]) -> LooksReference:
    """The looks of the person whose face is chosen on the frames, or the largest face where none is.

    What can't be told is None: everything where no face is seen, the hair where nobody told the person from the room
    or the head is cut off, stubble and glasses on a small face.

    Args:
        frames: tracked, with the person's matte; of different sizes if need be. One is enough.
    """
    seen = [(frame, face) for frame in frames if (face := _face(frame)) is not None]
    if not seen:
        return LooksReference()
    shape = _proportions(seen)
    heads = [UprightHead.of(frame, face) for frame, face in _best(seen)]
    toned = [(head, skin) for head in heads if (skin := skin_of(head)) is not None]
    hair = [found for head, skin in toned if (found := hair_of(head, skin)) is not None]
    fine = [head for head in heads if head.enlarged <= FINE_ENLARGED]
    growth, rims = _known(growth_of, fine), _known(glasses_of, fine)
    return LooksReference(
        **shape,
        hair=_colour([one.colour for one in hair if one.colour is not None]) if _has_hair(hair) else None,
        hair_length=_length(hair),
        skin=_colour([skin for _, skin in toned]),
        facial_hair=facial_hair(_typical(growth)) if growth else None,
        glasses=float(np.median(rims)) >= FRAMED if rims else None,
    )


def _face(frame: Frame) -> Face | None:
    """Whose looks count on a frame."""
    face = frame.chosen_face or max(frame.faces, key=lambda each: each.box[2] * each.box[3], default=None)
    if face is None or not face.is_followed or face.score < SURE_SCORE or not np.isfinite(face.landmarks).all():
        return None
    return face


def _turn_deg(face: Face) -> float:
    """How far a head is turned from the camera."""
    return abs(face.pose.yaw_deg) + abs(face.pose.pitch_deg)


def _best(seen: Sequence[Seen]) -> list[Seen]:
    """The few frames for colours: large, frontal, and from all over the time."""
    frontal = [each for each in seen if _turn_deg(each[1]) <= LOOK_TURN_DEG]
    if not frontal:
        return []
    width = max(frame.size[0] for frame, _ in frontal)
    large = [each for each in frontal if each[0].size[0] == width]
    least_deg = min(_turn_deg(face) for _, face in large)
    alike = [each for each in large if _turn_deg(each[1]) <= least_deg + ALIKE_DEG]
    return [alike[index] for index in _spread(len(alike), LOOKS)]


def _spread(count: int, most: int) -> list[int]:
    """At most so many indices, evenly."""
    return sorted({int(index) for index in np.linspace(0, count - 1, min(count, most))})


def _proportions(seen: Sequence[Seen]) -> dict[str, float]:
    """The proportions of the resting face: of the more frontal half, the half whose mouth is more closed."""
    frontal = sorted((face for _, face in seen if _turn_deg(face) <= SHAPE_TURN_DEG), key=_turn_deg)
    frontal = frontal[: max(1, len(frontal) // 2)]
    shapes = [HeadPose().place(face.landmarks).to_head(face.landmarks) for face in frontal[:SHAPES]]
    shapes.sort(key=lambda shape: float(np.linalg.norm(shape[UPPER_LIP] - shape[LOWER_LIP])))
    found = _known(proportions_of, shapes[: max(1, len(shapes) // 2)])
    if not found:
        return {}
    names = ("eye_spacing", "jaw_width", "face_length")
    return {name: round(float(np.median([getattr(one, name) for one in found])), 4) for name in names}


def _known(measure: Callable[[Subject], Reading | None], subjects: Sequence[Subject]) -> list[Reading]:
    """What a measure tells of those that it can be taken of."""
    return [found for subject in subjects if (found := measure(subject)) is not None]


def _colour(colours: Sequence[NDArray[np.float32]]) -> Colour | None:
    """The median colour, or None of none."""
    if not colours:
        return None
    lightness, red, yellow = (round(float(part), 1) for part in np.median(colours, axis=0))
    return lightness, red, yellow


def _has_hair(hair: Sequence[Hair]) -> bool:
    """Whether most looks saw hair."""
    return 2 * sum(one.colour is not None for one in hair) > len(hair)


def _length(hair: Sequence[Hair]) -> Length | None:
    """The class of most looks; between two of a kind, the middle one."""
    if not hair:
        return None
    return sorted((one.length for one in hair), key=get_args(Length).index)[len(hair) // 2]


def _typical(growth: Sequence[Growth]) -> Growth:
    """The median of what several looks tell."""
    return Growth(*(float(np.median([getattr(one, name) for one in growth])) for name in ("shadow", "cover")))
