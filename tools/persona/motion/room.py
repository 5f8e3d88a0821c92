"""The room behind the demo actor: a wall, a shelf with things, a window's light, out of focus."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Singles = npt.NDArray[np.float32]
Colour = tuple[float, float, float]


def _box(image: Singles, corners: tuple[float, float, float, float], colour: Colour) -> None:
    """Fill a rectangle given as shares of the picture (left, top, right, bottom)."""
    height, width = image.shape[:2]
    left, top, right, bottom = corners
    image[int(top * height) : int(bottom * height), int(left * width) : int(right * width)] = colour


def _books(image: Singles, left: float, right: float, bottom: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    palette: tuple[Colour, ...] = (
        (0.20, 0.08, 0.06),
        (0.07, 0.11, 0.17),
        (0.30, 0.27, 0.20),
        (0.10, 0.14, 0.10),
        (0.28, 0.19, 0.08),
        (0.34, 0.33, 0.31),
    )
    x = left
    while x < right - 0.008:
        wide, tall = rng.uniform(0.010, 0.022), rng.uniform(0.10, 0.155)
        shade = rng.uniform(0.6, 1.1)
        colour = palette[int(rng.integers(len(palette)))]
        _box(
            image,
            (x, bottom - tall, min(x + wide, right), bottom),
            (colour[0] * shade, colour[1] * shade, colour[2] * shade),
        )
        x += wide + 0.0015


def _plant(image: Singles, x: float, bottom: float, seed: int) -> None:
    height, width = image.shape[:2]
    rng = np.random.default_rng(seed)
    _box(image, (x - 0.022, bottom - 0.07, x + 0.022, bottom), (0.34, 0.22, 0.15))
    for _ in range(46):
        angle, reach = rng.uniform(-2.6, -0.5), rng.uniform(0.05, 0.13)
        tip = (x * width + np.cos(angle) * reach * height, (bottom - 0.07) * height + np.sin(angle) * reach * height)
        green = rng.uniform(0.5, 1.2)
        start = (int(x * width), int((bottom - 0.07) * height))
        cv2.line(
            image,
            start,
            (int(tip[0]), int(tip[1])),
            (0.05 * green, 0.13 * green, 0.045 * green),
            int(rng.integers(3, 8)),
            cv2.LINE_AA,
        )


def room(width: int, height: int) -> Singles:
    """The backdrop (height, width, 3) in linear RGB, blurred as by a lens focused on the face."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    light = 0.16 + 0.30 * np.exp(-(((x / width - 0.08) / 0.55) ** 2)) + 0.05 * (1 - y / height)
    image = np.ascontiguousarray(light[..., None] * np.array([1.0, 0.95, 0.88], np.float32))
    for shelf, (first, last) in ((0.36, (0.70, 0.93)), (0.62, (0.78, 1.0))):
        _books(image, first, last, shelf, int(shelf * 100))
        _box(image, (0.655, shelf, 1.0, shelf + 0.018), (0.16, 0.10, 0.06))
        _box(image, (0.655, shelf + 0.018, 1.0, shelf + 0.035), (0.10, 0.085, 0.07))
    _plant(image, 0.715, 0.62, 5)
    _box(image, (0.10, 0.14, 0.27, 0.46), (0.34, 0.31, 0.26))
    _box(image, (0.113, 0.165, 0.257, 0.435), (0.22, 0.27, 0.30))
    _box(image, (0.113, 0.33, 0.257, 0.435), (0.20, 0.17, 0.11))
    _box(image, (0.0, 0.80, 1.0, 1.0), (0.17, 0.115, 0.075))
    image *= (0.75 + 0.25 * light / light.max())[..., None]
    blurred = cv2.GaussianBlur(image, (0, 0), width / 95)
    grain = np.random.default_rng(2).standard_normal((height, width)).astype(np.float32)
    cloud = cv2.GaussianBlur(grain, (0, 0), width / 12) * (width / 12)
    return np.asarray(blurred * (1 + 0.03 * cloud)[..., None], np.float32)
