"""Cloth: plain weaves and a patterned rug."""

import numpy as np

from tools.room.color import shaded
from tools.room.textures.noise import field, ramp, textured
from tools.room.tracer.vector import Vec
from tools.room.tracer.world import Floats


def weave(color: Vec, seed: int, threads: int = 60, contrast: float = 1.0) -> Floats:
    """A plain weave with uneven yarn; a tile holds `threads` threads each way."""
    size = 512
    at = np.arange(size) / size * threads * np.pi
    warp, weft = np.abs(np.sin(at))[None, :], np.abs(np.sin(at))[:, None]
    over = (np.floor(at / np.pi)[None, :] + np.floor(at / np.pi)[:, None]) % 2
    thread = np.where(over > 0, warp, weft).astype(np.float32)
    slub_x = field((size, size), seed, 0.6, (1.0, 12.0))
    slub_y = field((size, size), seed + 1, 0.6, (12.0, 1.0))
    tone = 0.5 + contrast * (0.16 * (thread - 0.6) + 0.09 * slub_x * (1 - over) + 0.09 * slub_y * over)
    rgb = ramp(np.clip(tone, 0, 1), [shaded(color, 0.55), color, shaded(color, 1.4)])
    return textured(rgb, 3e-4 * thread)


def stripes(first: Vec, second: Vec, count: int, seed: int) -> Floats:
    """A weave in two colours, striped along v."""
    base = weave((1.0, 1.0, 1.0), seed)
    bands = (np.floor(np.arange(512) / 512 * count * 2) % 2)[None, :, None]
    tint = np.where(bands > 0, np.array(first), np.array(second)).astype(np.float32)
    return textured(base[..., :3] * tint, base[..., 3])
