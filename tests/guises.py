"""People in other guises, whose hair, beard, skin and glasses are known: rendered so, or drawn on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np

from pipeline.media import Face, Frame, Pixels
from pipeline.preflight.actor.target import as_frame
from pipeline.video.background.person_matte import PersonMatte
from pipeline.video.swap.portrait import Portrait, read_likeness
from pipeline.video.tracking.head_pose import HeadPose
from pipeline.video.tracking.mesh import FACE_OVAL
from pipeline.video.tracking.tracker import Tracker
from profiles.reference.figures import Colour
from profiles.store import BUILTIN
from tests.footage import make_tracker, models
from tools.persona.identity import Identity

STUBBLE_FROM, BEARD_FROM_CM = 0.5, 0.3
"""What a painted shadow or length is called: a closely shaven man has a shadow, and three days make stubble."""
GREY = (0.30, 0.29, 0.27)
"""Linear RGB of a strand without pigment."""
EYE_CORNERS = (33, 133, 362, 263)


@dataclass(frozen=True, slots=True)
class Rims:
    """A frame of glasses.

    Attributes:
        name: what it looks like.
        bgr: its colour.
        thickness: of the eyes' distance; 0.01 is a millimetre.
        exponent: 2 for round lenses, more for square ones.
    """

    name: str
    bgr: tuple[int, int, int]
    thickness: float
    exponent: float = 2.0


RIMS = (
    Rims("round black", (25, 20, 20), 0.035),
    Rims("square black", (25, 20, 20), 0.035, 5.0),
    Rims("thick black", (25, 20, 20), 0.06, 5.0),
    Rims("brown", (40, 60, 110), 0.03),
    Rims("gold wire", (90, 150, 190), 0.018),
    Rims("silver wire", (200, 200, 205), 0.018, 5.0),
    Rims("grey wire", (120, 120, 120), 0.015),
)


@cache
def portrait_frame(name: str) -> Frame:
    """A built-in persona's portrait as a frame with its face and matte."""
    return matted(as_frame(read_likeness(BUILTIN / name / "portrait.png", models())))


def pictured(pixels: Pixels) -> Frame:
    """Any picture of one person as a frame with the face and matte."""
    tracker = _tracker()
    tracker.reset()
    seen = tracker.process(Frame(pixels, 0, 0)).chosen_face
    assert seen is not None
    return matted(as_frame(Portrait(pixels, seen.landmarks, seen.pose)))


def matted(frame: Frame) -> Frame:
    """The frame with the person's matte."""
    stage = _matte()
    stage.reset()
    return stage.process(frame)


@cache
def _tracker() -> Tracker:
    return make_tracker()


@cache
def _matte() -> PersonMatte:
    return PersonMatte(models().path("selfie-segmentation-landscape"))


def wearing(frame: Frame, rims: Rims) -> Frame:
    """The frame with glasses drawn on the chosen face, in perspective of its pose."""
    face = frame.chosen_face
    assert face is not None
    lines = _outline(face, rims.exponent)
    every = np.vstack(lines)
    low = np.floor(every.min(axis=0) - 8).astype(int).clip(0)
    high = np.ceil(every.max(axis=0) + 8).astype(int).clip(0, frame.size)
    fine, scale = 4, HeadPose().place(face.landmarks).scale
    mask = np.zeros(((high[1] - low[1]) * fine, (high[0] - low[0]) * fine), np.uint8)
    width = max(1, round(rims.thickness * scale * fine))
    for line in lines:
        cv2.polylines(mask, [np.rint((line - low) * fine).astype(np.int32)], False, (255,), width, cv2.LINE_AA)
    share = cv2.resize(mask, (high[0] - low[0], high[1] - low[1]), interpolation=cv2.INTER_AREA)[..., None] / 255.0
    pixels = frame.pixels.copy()
    part = pixels[low[1] : high[1], low[0] : high[0]]
    part[:] = np.rint(part * (1 - share) + np.array(rims.bgr) * share)
    return replace(frame, pixels=pixels)


def _outline(face: Face, exponent: float) -> Sequence[np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    """The lines of a frame on the picture: lenses, temples and the bar over the nose."""
    placement = HeadPose().place(face.landmarks)
    middle = placement.to_head(face.landmarks)[list(EYE_CORNERS)].mean(axis=0)

    def seen(points: Sequence[tuple[float, float, float]]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        places = (np.array(points, np.float32) + middle) @ placement.rotation.T * placement.scale + placement.offset
        return np.asarray(places[:, :2], np.float32)

    turn = np.linspace(0, 2 * np.pi, 80)
    across, down = (np.sign(wave) * np.abs(wave) ** (2 / exponent) for wave in (np.cos(turn), np.sin(turn)))
    lines = []
    for side in (-1, 1):
        lines.append(
            seen([(0.36 * side + 0.26 * x, 0.05 + 0.22 * y, -0.16) for x, y in zip(across, down, strict=True)])
        )
        lines.append(seen([(0.62 * side, 0.0, -0.16), (0.78 * side, 0.0, 0.1), (0.8 * side, 0.0, 0.5)]))
    lines.append(seen([(x, -0.02 - 0.03 * (1 - (x / 0.1) ** 2), -0.18) for x in np.linspace(-0.1, 0.1, 10)]))
    return lines


def painted_skin(who: Identity) -> Colour:
    """The colour that somebody's skin was painted with."""
    return lab_of(who.skin.base)


def painted_hair(who: Identity) -> Colour:
    """The colour that somebody's hair was painted with, grey strands and all."""
    share = 0.8 * who.hair.grey
    return lab_of([part * (1 - share) + grey * share for part, grey in zip(who.hair.colour, GREY, strict=True)])


def painted_beard(who: Identity) -> str:
    """What the beard that somebody was painted with is called."""
    if who.hair.beard_cm > BEARD_FROM_CM:
        return "beard"
    return "stubble" if who.hair.beard_cm > 0 or who.skin.stubble >= STUBBLE_FROM else "none"


def lab_of(linear: Sequence[float]) -> Colour:
    """Linear RGB 0..1 in CIE L*a*b*."""
    light = np.array(linear[::-1], np.float32).reshape(1, 1, 3)
    lightness, red, yellow = cv2.cvtColor(light, cv2.COLOR_LBGR2Lab)[0, 0]
    return float(lightness), float(red), float(yellow)


def hanging_hair(frame: Frame, linear: Sequence[float]) -> Frame:
    """The frame with long hair drawn on both sides of the chosen face, from the temples over the shoulders.

    Args:
        frame: with a face that looks at the camera.
        linear: the hair's colour, linear RGB.
    """
    face = frame.chosen_face
    assert face is not None
    placement = HeadPose().place(face.landmarks)
    middle, scale = face.landmarks[list(EYE_CORNERS), :2].mean(axis=0), placement.scale
    random = np.random.default_rng(5)
    pixels = frame.pixels.copy()
    base = (np.array(linear[::-1]) * 1.3) ** (1 / 2.2) * 255
    for _ in range(2600):
        side, root = random.choice([-1, 1]), random.uniform(0.0, 1.0)
        x = side * (0.70 + 0.27 * root) + random.normal(0, 0.01)
        y = np.linspace(-0.75 + 0.35 * root, 2.3 + random.normal(0, 0.06), 12)
        bend = side * (0.12 * np.sin(2.0 * (y + 0.3)) * (0.4 + 0.6 * root) + 0.04)
        curve = np.stack([x + bend - side * 0.28 * np.clip(-0.2 - y, 0, 1), y], axis=1) * scale + middle
        colour = tuple(float(part) for part in np.clip(base * np.exp(random.normal(0, 0.18)), 0, 255))
        cv2.polylines(pixels, [np.rint(curve * 8).astype(np.int32)], False, colour, 2, cv2.LINE_AA, 3)
    oval = np.rint(face.landmarks[list(FACE_OVAL), :2]).astype(np.int32)
    inside = cv2.fillPoly(np.zeros(pixels.shape[:2], np.uint8), [oval], (1,)).astype(np.bool_)
    pixels[inside] = frame.pixels[inside]
    return matted(replace(frame, pixels=pixels, matte=None))
