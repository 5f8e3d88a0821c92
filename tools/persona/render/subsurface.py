"""Light that enters skin at one place and leaves at another, as a blur of the light on it.

Source: sums of Gaussians after E. d'Eon and D. Luebke, "Advanced Techniques for Realistic Real-Time Skin Rendering",
2007. Own code.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Singles = npt.NDArray[np.float32]
_LOBES = {
    0: ((0.03, 0.22), (0.09, 0.33), (0.22, 0.45)),
    1: ((0.02, 0.50), (0.08, 0.50)),
    2: ((0.015, 0.65), (0.05, 0.35)),
}
"""Blur radii in centimetres and their shares for red, green and blue."""


def _blurred(image: Singles, sigma: float) -> Singles:
    if sigma < 0.4:
        return image
    shrink = max(1, int(sigma / 4))
    if shrink == 1:
        return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.float32)
    rows, columns = image.shape[:2]
    small = cv2.resize(image, (max(columns // shrink, 1), max(rows // shrink, 1)), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), sigma / shrink)
    return np.asarray(cv2.resize(small, (columns, rows), interpolation=cv2.INTER_LINEAR), np.float32)


def scattered(light: Singles, mask: Singles, samples_per_cm: float) -> Singles:
    """Light (rows, columns, 3) on skin, spread inside ``mask`` (rows, columns) 0..1."""
    out = np.zeros_like(light)
    for channel, lobes in _LOBES.items():
        plane = light[..., channel] * mask
        for radius, share in lobes:
            sigma = radius * samples_per_cm
            weight = _blurred(mask, sigma)
            out[..., channel] += share * _blurred(plane, sigma) / np.maximum(weight, 1e-3)
    return out
