"""Tileable random fields, the raw stuff of every texture."""

import cv2
import numpy as np

from tools.room.tracer.vector import Vec
from tools.room.tracer.world import Floats


def field(shape: tuple[int, int], seed: int, roughness: float = 1.0, stretch: tuple[float, float] = (1, 1)) -> Floats:
    """A random field of zero mean and unit deviation that repeats without a seam.

    Args:
        shape: rows, columns.
        seed: of the generator.
        roughness: exponent of the falling spectrum: 0 is white noise, 1 clouds, 2 slow swells.
        stretch: how much longer the features are along rows-direction and columns-direction.
    """
    rng = np.random.default_rng(seed)
    y = np.fft.fftfreq(shape[0])[:, None] * shape[0] * stretch[0]
    x = np.fft.rfftfreq(shape[1])[None, :] * shape[1] * stretch[1]
    distance = np.maximum(np.hypot(y, x), 1.0)
    spectrum = np.fft.rfft2(rng.normal(size=shape)) / distance ** (roughness + 0.5 * (roughness > 0))
    spectrum[0, 0] = 0.0
    values = np.fft.irfft2(spectrum, s=shape)
    return np.asarray(values / values.std(), np.float32)


def ramp(values: Floats, colors: list[Vec]) -> Floats:
    """Colours along a scale: values 0..1 in, linear RGB (…, 3) out."""
    at = np.linspace(0.0, 1.0, len(colors))
    return np.stack([np.interp(values, at, [color[k] for color in colors]) for k in range(3)], -1).astype(np.float32)


def textured(rgb: Floats, height_m: Floats | float = 0.0) -> Floats:
    """A texture as materials take it: float32 (h, w, 4), linear RGB and height."""
    height = np.broadcast_to(np.asarray(height_m, np.float32), rgb.shape[:2])
    return np.ascontiguousarray(np.concatenate([np.clip(rgb, 0.0, None), height[..., None]], -1), np.float32)


def wrapped_blur(values: Floats, sigma_y: float, sigma_x: float) -> Floats:
    """A Gaussian blur that keeps a tile a tile."""
    pad = int(3 * max(sigma_y, sigma_x)) + 1
    wide = np.pad(values, [(pad, pad), (pad, pad)] + [(0, 0)] * (values.ndim - 2), mode="wrap")
    soft = cv2.GaussianBlur(wide, (0, 0), sigmaX=max(sigma_x, 1e-3), sigmaY=max(sigma_y, 1e-3))
    return np.asarray(soft[pad:-pad, pad:-pad], np.float32)
