"""The noise filter: light averaged over neighbours that see the same kind of surface."""

import math

import cv2
import numpy as np

from tools.room.tracer.compiled import compiled, in_bands
from tools.room.tracer.film import SQUARES
from tools.room.tracer.path import ALBEDO, DIFFUSE, EMITTED, GLOSSY, NEARNESS, NORMAL
from tools.room.tracer.world import Floats

_LEVELS = 5
_KERNEL = np.array([0.0625, 0.25, 0.375, 0.25, 0.0625])
_DARKEST = 0.02


@compiled
def _likeness(guide: Floats, here: tuple[int, int], there: tuple[int, int]) -> float:
    """How much two pixels show the same surface, 0..1: by normal and by nearness."""
    a, b = guide[here[0], here[1]], guide[there[0], there[1]]
    facing = max(0.0, a[0] * b[0] + a[1] * b[1] + a[2] * b[2])
    gap = abs(a[3] - b[3]) / (0.03 * a[3] + 1e-3)
    tint = abs(a[4] - b[4]) + abs(a[5] - b[5]) + abs(a[6] - b[6])
    return float(facing**48 * math.exp(-gap - tint * a[7]))


@compiled
def _average(light: Floats, guide: Floats, here: tuple[int, int], step: int, out: Floats) -> None:
    """One pixel of one round: the mean of 25 pixels around it that see the same surface in like light."""
    y, x = here
    middle = light[y, x, 0] + light[y, x, 1] + light[y, x, 2]
    spread = 12.0 * math.sqrt(light[y, x, 4]) + 0.004 * middle + 3e-4
    total = 0.0
    out[:4] = 0.0
    for j in range(-2, 3):
        for i in range(-2, 3):
            yy = min(max(y + j * step, 0), light.shape[0] - 1)
            xx = min(max(x + i * step, 0), light.shape[1] - 1)
            other = light[yy, xx]
            weight = _KERNEL[j + 2] * _KERNEL[i + 2] * math.exp(-abs(other[0] + other[1] + other[2] - middle) / spread)
            weight *= _likeness(guide, here, (yy, xx))
            total += weight
            for channel in range(3):
                out[channel] += weight * other[channel]
            out[3] += weight * weight * other[3]
    for channel in range(3):
        out[channel] /= total
    out[3] /= total * total


@compiled
def _average_rows(light: Floats, guide: Floats, rows: tuple[int, int], step: int, out: Floats) -> None:
    """One round of the filter over some rows; light is (h, w, 5): RGB, variance of their mean, the same smoothed."""
    for y in range(rows[0], rows[1]):
        for x in range(light.shape[1]):
            _average(light, guide, (y, x), step, out[y, x])


def _level(light: Floats, guide: Floats, step: int) -> Floats:
    """One round of the filter."""
    out = np.empty_like(light)
    in_bands(lambda first, end: _average_rows(light, guide, (first, end), step, out), light.shape[0])
    return out


def _guide(film: Floats, tint_weight: float) -> Floats:
    """What tells surfaces apart: normal, nearness, colour and the weight of colour; float32 (h, w, 8)."""
    # Where an unsharp edge mixes two surfaces, the mixture of a single pixel is itself noisy.
    normal = cv2.GaussianBlur(film[..., NORMAL : NORMAL + 3], (5, 5), 0)
    normal = normal / np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-6)
    nearness = cv2.GaussianBlur(film[..., NEARNESS], (5, 5), 0)[..., None]
    color = cv2.GaussianBlur(film[..., ALBEDO : ALBEDO + 3], (5, 5), 0)
    weight = np.full_like(nearness, tint_weight)
    return np.ascontiguousarray(np.concatenate([normal, nearness, color, weight], -1), np.float32)


def _smooth(color: Floats, variance: Floats, guide: Floats) -> Floats:
    """Filter a noisy light, coarser each round, until only what the noise cannot explain is left."""
    # A single pixel brighter than all its neighbours is a rare path, not a thing.
    ring = np.ones((3, 3), np.uint8)
    ring[1, 1] = 0
    color = np.minimum(color, cv2.dilate(color, ring))
    light = np.concatenate([color, variance[..., None], variance[..., None]], -1).astype(np.float32)
    for level in range(_LEVELS):
        light[..., 4] = cv2.GaussianBlur(light[..., 3], (7, 7), 0)
        light = _level(light, guide, 1 << level)
    return light[..., :3]


def develop_light(film: Floats) -> Floats:
    """The radiance of the picture with the noise filtered out.

    Diffuse light is filtered without the colour of the surface, so that textures stay sharp.
    Source: Dammertz et al., "Edge-Avoiding À-Trous Wavelet Transform" (2010); Schied et al., "SVGF" (2017).

    Args:
        film: float32 (h, w, 18) from `film.expose`.

    Returns:
        float32 (h, w, 3), linear RGB.
    """
    albedo = np.maximum(film[..., ALBEDO : ALBEDO + 3], _DARKEST)
    gray = albedo.mean(-1)
    bare = film[..., DIFFUSE : DIFFUSE + 3] / albedo
    spread = np.asarray(film[..., SQUARES] / (gray * gray), np.float32)
    diffuse = _smooth(np.asarray(bare, np.float32), spread, _guide(film, 0.0)) * albedo
    glossy = _smooth(film[..., GLOSSY : GLOSSY + 3], film[..., SQUARES + 1], _guide(film, 4.0))
    return np.asarray(film[..., EMITTED : EMITTED + 3] + diffuse + glossy, np.float32)
