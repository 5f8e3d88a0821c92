"""What may happen before a camera, made of what ships: other people, other light, and things before the face."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media import Face, Frame, Pixels
from profiles.store import BUILTIN
from tests.footage import chosen, scaled, tracked_clip

Mask = NDArray[np.bool_]
Colour = tuple[float, float, float]

GREY = (128, 128, 128)
CUP: Colour = (190, 120, 60)
"""Blue, as no face is."""
CHEEK = 50
"""The landmark whose surroundings give the actor's skin."""


def cut_out(name: str, index: int, height: int) -> Pixels:
    """The person of a clip with a little room around, at a height: the detector sees no small faces."""
    frame = tracked_clip(name)[index]
    left, top, width, face_height = chosen(frame).box
    middle, reach = left + width / 2, 0.8 * face_height
    y0, y1 = max(0, round(top - 0.4 * face_height)), round(top + 1.4 * face_height)
    part = frame.pixels[y0:y1, round(middle - reach) : round(middle + reach)]
    return scaled(part, (round(part.shape[1] * height / part.shape[0]), height))


@cache
def likeness(name: str, height: int) -> Pixels:
    """A persona as another person: the middle of the portrait, at a height. It can't be written to."""
    portrait = cv2.imread(str(BUILTIN / name / "portrait.png"))
    assert portrait is not None
    width = portrait.shape[1]
    part = portrait[:, width // 8 : -width // 8]
    guest = scaled(np.asarray(part, np.uint8), (round(part.shape[1] * height / part.shape[0]), height))
    guest.flags.writeable = False
    return guest


def beside(left: Pixels, right: Pixels) -> Pixels:
    """Two pictures side by side, the lower one filled up with grey."""
    height = max(left.shape[0], right.shape[0])
    parts = [
        cv2.copyMakeBorder(part, height - part.shape[0], 0, 0, 0, cv2.BORDER_CONSTANT, value=GREY)
        for part in (left, right)
    ]
    return np.ascontiguousarray(np.hstack(parts), np.uint8)


def with_guest(pixels: Pixels, name: str, seen: float = 0.5) -> Pixels:
    """A persona's likeness at the right edge of a picture, of which the edge leaves a share to be seen."""
    guest = likeness(name, round(0.8 * pixels.shape[0]))
    width = round(seen * guest.shape[1])
    together = pixels.copy()
    together[-guest.shape[0] :, -width:] = guest[:, :width]
    return together


def darkened(pixels: Pixels, share: float = 0.35) -> Pixels:
    """A picture in less light."""
    return np.asarray(cv2.convertScaleAbs(pixels, alpha=share), np.uint8)


def lit_from_aside(frame: Frame, darkest: float = 0.35) -> Pixels:
    """A frame whose light comes from the left: from the face's middle on it falls to a share of itself."""
    left, _, width, _ = chosen(frame).box
    across = (np.arange(frame.size[0]) - left) / width
    light = np.interp(across, [0.2, 0.8], [1.0, darkest]).astype(np.float32)
    return np.asarray(frame.pixels * light[np.newaxis, :, np.newaxis], np.uint8)


def noisy(pixels: Pixels, seed: int, sigma: float = 4.0) -> Pixels:
    """A picture as a poor sensor gives it."""
    noise = np.random.default_rng(seed).normal(0, sigma, pixels.shape)
    return np.clip(pixels + noise, 0, 255).astype(np.uint8)


def cut(pixels: Pixels, share: float = 0.6) -> Pixels:
    """The left part of a picture."""
    return np.ascontiguousarray(pixels[:, : round(share * pixels.shape[1])])


def turn(size: tuple[int, int], turn_deg: float) -> NDArray[np.float64]:
    """The affine map (2, 3) that turns a picture counterclockwise about its middle."""
    return np.asarray(cv2.getRotationMatrix2D((size[0] / 2, size[1] / 2), turn_deg, 1.0), np.float64)


def turned(pixels: Pixels, turn_deg: float) -> Pixels:
    """A picture turned counterclockwise about its middle, its border drawn out."""
    size = (pixels.shape[1], pixels.shape[0])
    return np.asarray(cv2.warpAffine(pixels, turn(size, turn_deg), size, borderMode=cv2.BORDER_REPLICATE), np.uint8)


@dataclass(frozen=True)
class Covered:
    """A frame on which something lies before the face, and the pixels of it."""

    frame: Frame
    thing: Mask


def hand_before(frame: Frame, raised: float = 1.0) -> Covered:
    """A hand of the actor's own colour before the cheek and the mouth; at 0 it's still below the chin."""
    face = chosen(frame)
    mask, joints = hand_shape(face, frame.size, raised)
    return drawn(frame, mask, joints, skin_of(face, frame.pixels))


def cup_before(frame: Frame, raised: float = 1.0) -> Covered:
    """A blue cup before the mouth; at 0 it's still below the chin."""
    left, top, width, height = chosen(frame).box
    mask = np.zeros((frame.size[1], frame.size[0]), np.uint8)
    rim = top + (1.15 - 0.6 * raised) * height
    corners = [(0.28, 0.0), (0.72, 0.0), (0.66, 0.55), (0.34, 0.55)]
    points = [(left + x * width, rim + y * height) for x, y in corners]
    cv2.fillPoly(mask, [np.rint(points).astype(np.int32)], (255,))
    return drawn(frame, mask, np.zeros_like(mask), CUP)


THINGS: dict[str, Callable[[Frame, float], Covered]] = {"hand": hand_before, "cup": cup_before}


def hand_shape(face: Face, size: tuple[int, int], raised: float) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """uint8 (height, width) twice: a palm with four fingers and a wrist, and the lines between the fingers."""
    left, top, width, height = face.box
    mask, joints = (np.zeros((size[1], size[0]), np.uint8) for _ in range(2))

    def at(x: float, y: float) -> tuple[int, int]:
        return round(left + x * width), round(top + (y + 0.75 * (1.0 - raised)) * height)

    thick = max(2, round(0.14 * width))
    tips = [(0.28, 0.56), (0.42, 0.50), (0.56, 0.51), (0.69, 0.57)]
    for x, y in tips:
        cv2.line(mask, at(x, y), at(0.15 + 0.72 * x, 0.86), (255,), thick)
    palm = [at(0.22, 0.84), at(0.74, 0.84), at(0.70, 1.25), at(0.80, 2.5), at(0.35, 2.5), at(0.32, 1.25)]
    cv2.fillPoly(mask, [np.array(palm, np.int32)], (255,))
    for (x, y), (other_x, other_y) in zip(tips, tips[1:], strict=False):
        middle = (x + other_x) / 2
        cv2.line(
            joints, at(middle, (y + other_y) / 2 + 0.03), at(0.15 + 0.72 * middle, 0.86), (255,), max(1, thick // 8)
        )
    return mask, joints


def skin_of(face: Face, pixels: Pixels) -> Colour:
    """The colour of the actor's cheek, BGR."""
    x, y = np.rint(face.landmarks[CHEEK, :2]).astype(int)
    reach = max(1, round(0.04 * face.box[2]))
    blue, green, red = np.median(pixels[y - reach : y + reach, x - reach : x + reach].reshape(-1, 3), axis=0)
    return float(blue), float(green), float(red)


def drawn(frame: Frame, mask: NDArray[np.uint8], lines: NDArray[np.uint8], colour: Colour) -> Covered:
    """A thing of a colour on a frame, rounded by its shading, with darker lines on it and a soft edge."""
    depth = cv2.distanceTransform(mask, cv2.DIST_L2, 3)
    reach = 0.12 * chosen(frame).box[2]
    light = 0.72 + 0.33 * np.minimum(depth / reach, 1.0)
    light *= 1.0 - 0.35 * cv2.GaussianBlur(lines, (0, 0), 1.0).astype(np.float32) / 255
    grain = np.random.default_rng(8).normal(1.0, 0.015, mask.shape)
    painted = np.clip(np.array(colour) * (light * grain)[..., np.newaxis], 0, 255)
    alpha = (cv2.GaussianBlur(mask, (0, 0), 1.0).astype(np.float32) / 255)[..., np.newaxis]
    pixels = (frame.pixels * (1 - alpha) + painted * alpha).astype(np.uint8)
    return Covered(replace(frame, pixels=pixels), mask > 0)
