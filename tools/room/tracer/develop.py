"""From radiance to the picture: exposure, glow of the lens, film curve, grain."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.room.tracer.world import Floats

_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
_SATURATED = 4.0
_CONTRAST = 0.45


@dataclass(frozen=True, slots=True)
class Development:
    """How a picture is printed."""

    mean_level: float = 105.0
    """Wanted mean luma of the picture, 0..255."""
    white: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """White balance: gain of red, green and blue."""
    glow: float = 0.06
    """Part of the light that the lens scatters."""
    vignette: float = 0.22
    """Light lost in the corners."""
    saturation: float = 1.0
    """Colourfulness; 1 keeps the scene's."""
    softness: float = 1.8
    """Blur of lens and sensor (the deviation of a Gaussian) in thousandths of half the picture's width."""
    grain: float = 1.1
    """Standard deviation of the sensor noise, in levels of 255."""


def _shoulder(light: Floats) -> Floats:
    """Linear light bent so that four times white just saturates.

    Source: the extended operator of Reinhard et al., "Photographic Tone Reproduction for Digital Images" (2002).
    """
    return np.asarray(np.clip(light * (1.0 + light / _SATURATED**2) / (1.0 + light), 0.0, 1.0), np.float32)


def _curve(light: Floats) -> Floats:
    """A film curve: linear in, display-referred sRGB out, 0..1.

    Half of the shoulder works on luminance, which keeps hues, and half on each colour, which lets highlights fade.
    """
    gray = np.maximum(light @ _LUMA, 1e-6)[..., None]
    by_gray = light * (_shoulder(gray) / gray)
    linear = np.clip(0.5 * by_gray + 0.5 * _shoulder(light), 0.0, 1.0)
    shown = np.where(linear < 0.0031308, linear * 12.92, 1.055 * np.power(linear, 1 / 2.4) - 0.055)
    return np.asarray(shown + _CONTRAST * (shown * shown * (3.0 - 2.0 * shown) - shown), np.float32)


def _scatter_in_lens(light: Floats, part: float) -> Floats:
    """Spread a part of the light over near and far neighbours."""
    height, width = light.shape[:2]
    small = cv2.resize(np.minimum(light, 30.0), (max(1, width // 4), max(1, height // 4)), interpolation=cv2.INTER_AREA)
    near = cv2.GaussianBlur(small, (0, 0), max(0.5, width / 900.0))
    far = cv2.GaussianBlur(small, (0, 0), max(0.5, width / 130.0))
    halo = cv2.resize(0.6 * near + 0.4 * far, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(light * (1.0 - part) + halo * part, np.float32)


def _shaded(light: Floats, part: float) -> Floats:
    """Darken toward the corners as a lens does (the fourth power of the cosine, scaled)."""
    height, width = light.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    square = ((x - width / 2) ** 2 + (y - height / 2) ** 2) / (width**2 / 4 + height**2 / 4)
    return np.asarray(light * (1.0 - part * square)[..., None], np.float32)


def _exposed(light: Floats, mean_level: float) -> Floats:
    """Print at the exposure that gives the wanted mean, found by bisection."""
    low, high = 1e-3, 1e3
    sample = light[::4, ::4]
    for _ in range(40):
        gain = (low * high) ** 0.5
        brighter = float((_curve(sample * gain) @ _LUMA).mean()) * 255.0 > mean_level
        low, high = (low, gain) if brighter else (gain, high)
    return _curve(light * (low * high) ** 0.5)


def develop(light: Floats, how: Development, seed: int) -> NDArray[np.uint8]:
    """The finished picture.

    Args:
        light: float32 (h, w, 3), linear RGB radiance.
        how: the print.
        seed: of the grain.

    Returns:
        uint8 (h, w, 3) BGR.
    """
    soft = cv2.GaussianBlur(light, (0, 0), max(0.3, how.softness * light.shape[1] / 2000.0))
    balanced = np.asarray(soft * np.array(how.white, np.float32), np.float32)
    light = _shaded(_scatter_in_lens(balanced, how.glow), how.vignette)
    printed = _exposed(np.maximum(light, 0.0), how.mean_level)
    gray = (printed @ _LUMA)[..., None]
    # A film's colours fade toward white where it is nearly exposed through.
    fade = how.saturation * (1.0 - 0.35 * np.clip(gray - 0.75, 0.0, 1.0) / 0.25)
    printed = gray + (printed - gray) * fade
    noise = np.random.default_rng(seed).normal(0.0, 1.0, printed.shape[:2] + (4,)).astype(np.float32)
    grain = cv2.GaussianBlur(noise, (0, 0), 0.7)
    grain = (grain[..., :1] + 0.4 * grain[..., 1:]) * how.grain * (1.3 - 0.8 * gray)
    levels = np.clip(printed * 255.0 + grain, 0.0, 255.0)
    return np.ascontiguousarray(np.rint(levels[..., ::-1]).astype(np.uint8))
