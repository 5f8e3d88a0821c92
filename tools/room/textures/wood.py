"""Wood: sawn boards and laid floors."""

import numpy as np

from tools.room.textures.noise import field, ramp, textured, wrapped_blur
from tools.room.tracer.vector import Vec
from tools.room.tracer.world import Floats


def _grain(shape: tuple[int, int], seed: int) -> Floats:
    """Growth rings cut lengthwise, with fibres and pores; 0..1, the grain running along the columns."""
    rows, columns = shape
    bend = field(shape, seed, 1.6, (1.0, 5.0))
    v = np.arange(rows, dtype=np.float32)[:, None] / rows
    rings = 0.5 + 0.5 * np.sin(2 * np.pi * (7.0 * v + 0.75 * bend))
    fibres = wrapped_blur(np.random.default_rng(seed + 1).normal(size=shape).astype(np.float32), 0.6, columns / 90)
    fibres /= fibres.std()
    slow = field(shape, seed + 2, 1.2, (1.0, 8.0))
    tone = 0.5 + 0.17 * (rings**1.7 - 0.4) + 0.09 * fibres + 0.10 * slow
    return np.asarray(np.clip(tone, 0.0, 1.0), np.float32)


def boards(dark: Vec, light: Vec, seed: int) -> Floats:
    """Plain sawn wood; a tile is as long as it is wide, the grain running along u."""
    grain = _grain((512, 1024), seed)
    pores = wrapped_blur((np.random.default_rng(seed + 3).random((512, 1024)) > 0.995).astype(np.float32), 0.5, 7.0)
    rgb = ramp(1.0 - grain, [light, dark]) * (1.0 - np.clip(pores * 3.0, 0, 0.35))[..., None]
    return textured(rgb, (grain - 0.5) * 2e-4)


def floor(dark: Vec, light: Vec, planks: int, seed: int) -> Floats:
    """Planks side by side along v, each with its own cut and tone; joints are grooves."""
    rng = np.random.default_rng(seed)
    rows, columns = 128, 1024
    colors, heights = [], []
    for plank in range(planks):
        grain = np.roll(_grain((rows * 2, columns), seed + 10 * plank)[:rows], int(rng.integers(columns)), 1)
        tone = float(rng.normal(0.0, 0.11))
        rgb = ramp(np.clip(1.0 - grain + tone, 0, 1), [light, dark])
        groove = np.zeros((rows, columns), np.float32)
        groove[:2] = 1.0
        joint = int(rng.integers(columns))
        groove[:, joint : joint + 2] = 1.0
        colors.append(rgb * (1.0 - 0.75 * groove[..., None]))
        heights.append((grain - 0.5) * 1e-4 - groove * 1e-3)
    return textured(np.concatenate(colors), np.concatenate(heights))
