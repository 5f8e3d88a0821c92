"""Pictures for terminals of sixteen colours: four greys in a pattern tell more than colours that nobody chose."""

import numpy as np
from numpy.typing import NDArray

LUMA = np.array((0.299, 0.587, 0.114), np.float32)
STEP = 85
"""Between the greys of such a terminal: 0, 85, 170, 255."""
PATTERN = (np.array(((0, 8, 2, 10), (12, 4, 14, 6), (3, 11, 1, 9), (15, 7, 13, 5)), np.float32) + 0.5) / 16.0
"""Source: B. E. Bayer, An optimum method for two-level rendition of continuous-tone pictures, 1973."""


def in_greys(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """uint8 (height, width, 3) RGB in four greys, whose mean over a few pixels is the picture's own grey."""
    height, width = pixels.shape[:2]
    thresholds = np.tile(PATTERN, (height // 4 + 1, width // 4 + 1))[:height, :width]
    levels = np.floor((pixels @ LUMA) / STEP + thresholds)
    grey = (np.clip(levels, 0, 3) * STEP).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=2)
