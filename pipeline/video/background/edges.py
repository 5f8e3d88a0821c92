"""A small matte brought to the picture's size along the picture's own edges."""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media import Pixels

RADIUS = 3
REACH = np.ones((7, 7), np.uint8)
"""The picture's edges move the matte's outline by at most half of this, in the matte's points: they may be its own."""
EDGE_VARIANCE = 0.0012
"""Grey-level variance (0..1 squared) below which a patch counts as flat."""
LOW, HIGH = 0.42, 0.93
"""Matte values that become wholly room and wholly person."""


def sharpened_matte(matte: NDArray[np.uint8], half: Pixels) -> NDArray[np.uint8]:
    """uint8 (height, width): the matte at the size of `half`.

    Source: He and Sun 2015, "Fast Guided Filter", arXiv:1505.00996.

    Args:
        matte: uint8 (h, w), smaller.
        half: uint8 (height, width, 3) BGR, the picture at half its size, the guide.
    """
    gray = np.asarray(cv2.cvtColor(half, cv2.COLOR_BGR2GRAY), np.uint8)
    guide = cv2.resize(_shrunk(gray, matte.shape[1]), matte.shape[::-1], interpolation=cv2.INTER_LINEAR)
    guide = guide.astype(np.float32) * np.float32(1 / 255)
    small_slope, small_level = _coefficients(guide, matte.astype(np.float32) * (1 / 255))
    slope = cv2.resize(small_slope, gray.shape[::-1], interpolation=cv2.INTER_LINEAR)
    level = cv2.resize(small_level, gray.shape[::-1], interpolation=cv2.INTER_LINEAR)
    soft = np.asarray(cv2.multiply(gray, slope, scale=1 / 255, dtype=cv2.CV_32F), np.float32)
    cv2.add(soft, level, dst=soft)
    span = 255.0 / (HIGH - LOW)
    np.maximum(soft, np.float32(LOW), out=soft)
    sharp = cv2.convertScaleAbs(soft, alpha=span, beta=-LOW * span)
    size = gray.shape[::-1]
    least, most = (cv2.resize(limit, size) for limit in (cv2.erode(matte, REACH), cv2.dilate(matte, REACH)))
    return np.asarray(cv2.min(cv2.max(sharp, least), most), np.uint8)


def halved(pixels: Pixels) -> Pixels:
    """A picture or mask at half its size, averaged."""
    size = (max(1, pixels.shape[1] // 2), max(1, pixels.shape[0] // 2))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def _shrunk(gray: NDArray[np.uint8], width_px: int) -> NDArray[np.uint8]:
    """A picture halved, averaging, while it stays wider than so many pixels."""
    while gray.shape[1] >= 2 * width_px and gray.shape[0] >= 2:
        gray = halved(gray)
    return gray


def _coefficients(
    guide: NDArray[np.float32], matte: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The local line `matte = slope * guide + level`, averaged over neighbourhoods."""
    size = (2 * RADIUS + 1, 2 * RADIUS + 1)
    mean_guide, mean_matte = cv2.blur(guide, size), cv2.blur(matte, size)
    variance = cv2.blur(guide * guide, size) - mean_guide * mean_guide
    slope = (cv2.blur(guide * matte, size) - mean_guide * mean_matte) / (variance + EDGE_VARIANCE)
    level = mean_matte - slope * mean_guide
    return np.asarray(cv2.blur(slope, size)), np.asarray(cv2.blur(level, size))
