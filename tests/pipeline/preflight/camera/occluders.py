"""Things drawn before a face: sheets, microphones, masks and hands."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media import Face, Pixels
from pipeline.preflight.camera.closeups import closeup, lab_of

SIDE = 96
"""A thing is drawn on so many points a side, which cover the box round the face."""
KINDS = ("sheet", "microphone", "mask", "hand")
LEAST_APART = 30.0
"""ΔE of a thing's colour from the skin's; a hand's is the skin's own."""


@dataclass(frozen=True, slots=True, eq=False)
class Thing:
    """Something opaque, over the box round a face.

    Attributes:
        name: what it is, and how much of the box it hides.
        bgr: uint8 (96, 96, 3).
        alpha: float32 (96, 96), 0..1.
        passes: whether it comes and goes.
    """

    name: str
    bgr: Pixels
    alpha: NDArray[np.float32]
    passes: bool


def drawn_thing(random: np.random.Generator, pixels: Pixels, face: Face) -> Thing:
    """A thing of a random kind, place, size and colour."""
    kind = KINDS[int(random.integers(len(KINDS)))]
    one = closeup(pixels, face)
    assert one is not None
    skin = np.median(one.bgr[one.skin], axis=0)
    shape = _SHAPES[kind](random)
    colour = skin * random.uniform(0.75, 0.95) if kind == "hand" else _other_colour(random, skin)
    texture = random.normal(0.0, 1.0, (SIDE, SIDE, 1))
    texture = cv2.GaussianBlur(texture.astype(np.float32), (0, 0), random.uniform(1.0, 4.0))[..., np.newaxis]
    slope = np.linspace(-1.0, 1.0, SIDE)[np.newaxis, :, np.newaxis] * random.uniform(-0.15, 0.15)
    shading = 1.0 + slope + 0.06 * texture / texture.std()
    if kind == "hand":
        shading = shading * (1.0 - 0.35 * _fingers(random))[..., np.newaxis]
    bgr = np.clip(colour * shading, 0, 255).astype(np.uint8)
    alpha = cv2.GaussianBlur(shape.astype(np.float32), (0, 0), 0.8)
    return Thing(f"{kind}, {100 * shape.mean():.0f} %", bgr, np.asarray(alpha, np.float32), kind == "hand")


def covered(pixels: Pixels, face: Face, thing: Thing) -> Pixels:
    """The picture with a thing over the face's box; it rolls with the head."""
    left, top, wide, tall = face.box
    corners = np.array([[0, 0], [SIDE, 0], [0, SIDE]], np.float32)
    on_picture = np.array([[left, top], [left + wide, top], [left, top + tall]], np.float32)
    matrix = cv2.getAffineTransform(corners, on_picture)
    size = (pixels.shape[1], pixels.shape[0])
    bgr = cv2.warpAffine(thing.bgr, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    alpha = cv2.warpAffine(thing.alpha, matrix, size, flags=cv2.INTER_LINEAR)[..., np.newaxis]
    return np.asarray(np.rint(pixels + alpha * (bgr.astype(np.float32) - pixels)), np.uint8)


def _other_colour(random: np.random.Generator, skin: NDArray[np.float64]) -> NDArray[np.float64]:
    """A colour that is not the skin's."""
    while True:
        colour = random.choice([20.0, 60.0, 120.0, 180.0, 235.0], 3)
        both = lab_of(np.array([[colour, skin]], np.uint8))[0]
        if float(np.linalg.norm(both[0] - both[1])) > LEAST_APART:
            return np.asarray(colour, np.float64)


def _places() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Positions over the box, 0..1."""
    line = (np.arange(SIDE) + 0.5) / SIDE
    x, y = np.meshgrid(line, line)
    return x, y


def _sheet(random: np.random.Generator) -> NDArray[np.bool_]:
    """Paper from one side or from below."""
    x, y = _places()
    along = random.choice([0.0, 1.0])
    way = x if along else 1.0 - y
    return np.asarray((way if random.random() < 0.5 or not along else 1.0 - way) < random.uniform(0.3, 0.45))


def _microphone(random: np.random.Generator) -> NDArray[np.bool_]:
    """A big head before mouth and nose, on a stand."""
    x, y = _places()
    middle, height = random.uniform(0.35, 0.65), random.uniform(0.62, 0.8)
    ball = np.hypot(x - middle, (y - height) / 1.15) < random.uniform(0.25, 0.34)
    return np.asarray(ball | ((np.abs(x - middle) < 0.07) & (y > height)))


def _mask(random: np.random.Generator) -> NDArray[np.bool_]:
    """Cloth over mouth and nose."""
    x, y = _places()
    return np.asarray((y > random.uniform(0.5, 0.62)) & (np.abs(x - 0.5) < 0.46))


def _hand(random: np.random.Generator) -> NDArray[np.bool_]:
    """A palm over a cheek, the mouth or an eye."""
    x, y = _places()
    middle = (random.uniform(0.25, 0.75), random.uniform(0.35, 0.75))
    wide, tall = random.uniform(0.3, 0.4), random.uniform(0.26, 0.36)
    return np.asarray(((x - middle[0]) / wide) ** 2 + ((y - middle[1]) / tall) ** 2 < 1.0)


def _fingers(random: np.random.Generator) -> NDArray[np.float64]:
    """Dark lines between fingers, 0..1."""
    x, y = _places()
    turn = random.uniform(0.0, np.pi)
    across = x * np.cos(turn) + y * np.sin(turn)
    return np.asarray(np.exp(-np.square(np.sin(np.pi * across / 0.17) / 0.25)))


_SHAPES = {"sheet": _sheet, "microphone": _microphone, "mask": _mask, "hand": _hand}
