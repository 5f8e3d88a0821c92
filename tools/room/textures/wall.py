"""Walls: painted plaster and brick."""

import cv2
import numpy as np

from tools.room.color import mixed, shaded
from tools.room.textures.noise import field, ramp, textured, wrapped_blur
from tools.room.tracer.vector import Vec
from tools.room.tracer.world import Floats


def plaster(color: Vec, seed: int, unevenness: float = 1.0) -> Floats:
    """Rolled paint on plaster; made for tiles about 2 m wide."""
    clouds = field((1024, 1024), seed, 1.1)
    orange_peel = wrapped_blur(field((1024, 1024), seed + 1, 0.0), 1.4, 1.4)
    orange_peel /= orange_peel.std()
    tone = 0.5 + unevenness * (0.10 * clouds + 0.03 * orange_peel)
    rgb = ramp(np.clip(tone, 0, 1), [shaded(color, 0.90), color, shaded(color, 1.08)])
    return textured(rgb, 1.2e-4 * orange_peel * unevenness + 6e-4 * clouds * unevenness)


def _brick_mask(shape: tuple[int, int], rng: np.random.Generator) -> tuple[Floats, Floats]:
    """A running bond of 12 by 4 bricks: 1 on a brick, 0 in the mortar; and a random number for each brick."""
    mask, tone = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    courses, across = 12, 4
    height, width = shape[0] / courses, shape[1] / across
    for course in range(courses):
        for k in range(-1, across + 1):
            left, top = (k + 0.5 * (course % 2)) * width, course * height
            gap = rng.uniform(5.0, 7.5, 4)
            low = (max(0, int(left + gap[0])), int(top + gap[1]))
            high = (min(shape[1], int(left + width - gap[2])) - 1, int(top + height - gap[3]))
            # The brick cut by the tile's edge goes on at the other side with the same number.
            number = float(np.random.default_rng(course * 97 + (k % across) * 7).normal())
            if high[0] > low[0]:
                cv2.rectangle(mask, low, high, 1.0, -1)
                cv2.rectangle(tone, low, high, number, -1)
    return mask, tone


def brick(color: Vec, mortar: Vec, seed: int) -> Floats:
    """Old brickwork; a tile holds 12 courses of 4 bricks, so about 1 m wide and 0.9 m high."""
    shape = (1152, 1280)
    mask, tone = _brick_mask(shape, np.random.default_rng(seed))
    ragged = field(shape, seed, 0.5)
    mask = np.clip((wrapped_blur(mask, 3.0, 3.0) - 0.5 + 0.10 * ragged) * 4.0 + 0.5, 0.0, 1.0)
    rough, stains = field(shape, seed + 1, 0.45), field(shape, seed + 2, 1.2)
    shade = np.clip(0.5 + 0.17 * tone + 0.06 * rough + 0.08 * stains, 0.0, 1.0)
    burnt = mixed(shaded(color, 0.38), (0.03, 0.025, 0.03), 0.3)
    bricks = ramp(shade, [burnt, color, mixed(shaded(color, 1.35), mortar, 0.35)])
    joints = ramp(np.clip(0.5 + 0.12 * rough + 0.1 * stains, 0, 1), [shaded(mortar, 0.6), mortar, shaded(mortar, 1.2)])
    rgb = joints + (bricks - joints) * mask[..., None]
    height = 5e-3 * wrapped_blur(mask, 1.5, 1.5) + 5e-4 * rough + 4e-4 * tone * mask
    return textured(rgb, height)
