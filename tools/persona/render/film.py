"""From linear light to a picture: exposure, curve, grain, eight bits."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Singles = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]


def _curve(light: Singles) -> Singles:
    """A soft shoulder: straight up to middle grey, bending towards white."""
    bent = np.where(light < 0.45, light, 0.45 + (1 - np.exp(-(light - 0.45) / 0.62)) * 0.60)
    return np.clip(bent, 0, 1)


def developed(light: Singles, grain: float, seed: int) -> Picture:
    """An 8-bit BGR picture (rows, columns, 3) from linear RGB light of the same shape."""
    glow = cv2.GaussianBlur(np.minimum(light, 4.0), (0, 0), max(light.shape[0] / 180, 1))
    light = 0.965 * light + 0.035 * glow
    curved = _curve(light)
    encoded = np.where(curved <= 0.0031308, 12.92 * curved, 1.055 * np.power(np.maximum(curved, 1e-6), 1 / 2.4) - 0.055)
    noise = np.random.default_rng(seed).standard_normal(light.shape[:2], np.float32)
    soft = np.asarray(cv2.GaussianBlur(noise, (0, 0), 0.6), np.float32)[..., None]
    encoded = encoded + grain * soft * (0.4 + encoded * (1 - encoded) * 2.4)
    return np.asarray(np.clip(encoded * 255 + 0.5, 0, 255).astype(np.uint8)[..., ::-1])
