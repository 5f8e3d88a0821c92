"""What is seen through the windows, as a camera focused indoors sees it."""

import cv2
import numpy as np

from tools.room.color import kelvin, mixed, shaded, srgb
from tools.room.textures.noise import field, ramp, textured
from tools.room.tracer.vector import Vec
from tools.room.tracer.world import Floats


def _foliage(shape: tuple[int, int], rng: np.random.Generator, greens: list[Vec], crowns: int) -> tuple[Floats, Floats]:
    """Tree crowns made of thousands of dabs: colour and cover."""
    color, cover = np.zeros(shape + (3,), np.float32), np.zeros(shape, np.float32)
    for _ in range(crowns):
        middle = rng.uniform([0, shape[0] * 0.30], [shape[1], shape[0] * 0.95])
        radius = rng.uniform(60, 130)
        base = greens[int(rng.integers(len(greens)))]
        for _ in range(420):
            offset = rng.normal(0, radius * 0.42, 2)
            # Leaves that look up at the sky are brighter.
            light = float(np.clip(0.85 - offset[1] / radius * 0.7 + rng.normal(0, 0.35), 0.12, 2.2))
            at = (int(middle[0] + offset[0]), int(middle[1] + offset[1] * 0.85))
            axes = (int(rng.uniform(3, 11)), int(rng.uniform(2, 6)))
            turn = float(rng.uniform(0, 180))
            cv2.ellipse(color, at, axes, turn, 0, 360, shaded(base, light), -1, cv2.LINE_AA)
            cv2.ellipse(cover, at, axes, turn, 0, 360, 1.0, -1, cv2.LINE_AA)
    return color, cover


def garden(seed: int, haze: float = 0.35) -> Floats:
    """A bright overcast sky over trees and a hedge; about 1 where the sky is."""
    shape = (640, 960)
    rng = np.random.default_rng(seed)
    v = np.linspace(0, 1, shape[0], dtype=np.float32)[:, None] * np.ones((1, shape[1]), np.float32)
    clouds = np.clip(v * 1.3 + 0.04 * field(shape, seed, 1.4), 0, 1)
    picture = ramp(clouds, [srgb("c9dcf2"), srgb("eef3f7"), srgb("fbf8f0")])
    for depth, greens in enumerate((["8fa08c", "9aa88f"], ["5d7a4a", "6f8a4f", "4d6b45"])):
        color, cover = _foliage(shape, rng, [shaded(srgb(code), 0.75) for code in greens], 16 - 4 * depth)
        soft = cv2.GaussianBlur(cover, (0, 0), 1.5)[..., None]
        part = haze * (1.3 - depth)
        color = color * (1 - part) + np.array(srgb("dfe8ec"), np.float32) * part
        picture = picture * (1 - soft) + color * soft
    lawn = np.clip((v - 0.86) * 40, 0, 1)[..., None]
    grass = np.array(srgb("7f9a52"), np.float32) * (0.55 + 0.08 * field(shape, seed + 3, 0.6, (1, 4)))[..., None]
    picture = picture * (1 - lawn) + grass * lawn
    return textured(cv2.GaussianBlur(picture.astype(np.float32), (0, 0), 3.0))


def _disc(picture: Floats, at: tuple[float, float], radius: float, color: Vec) -> None:
    """Add one out-of-focus point of light: an even disc with a slightly brighter rim."""
    margin = int(radius) + 3
    x, y = int(at[0]), int(at[1])
    if not (margin <= x < picture.shape[1] - margin and margin <= y < picture.shape[0] - margin):
        return
    yy, xx = np.mgrid[-margin : margin + 1, -margin : margin + 1]
    distance = np.hypot(yy, xx)
    body = np.clip(radius - distance + 0.5, 0, 1) * (0.8 + 0.35 * np.clip((distance / radius), 0, 1) ** 5)
    spot = body[..., None] * np.array(color, np.float32)
    picture[y - margin : y + margin + 1, x - margin : x + margin + 1] += spot.astype(np.float32)


def _towers(shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    """Far towers against the last light, with lit windows, out of focus."""
    v = np.linspace(0, 1, shape[0], dtype=np.float32)[:, None] * np.ones((1, shape[1]), np.float32)
    picture = ramp(v, [srgb("10182a"), srgb("222f49"), srgb("4b536a"), srgb("8a6f66"), srgb("4a3d40")]) * 0.55
    for _ in range(46):
        width, top = int(rng.uniform(35, 120)), int(shape[0] * rng.uniform(0.28, 0.68))
        left = int(rng.uniform(-60, shape[1]))
        tone = float(rng.uniform(0.5, 1.3))
        cv2.rectangle(picture, (left, top), (left + width, shape[0]), shaded(srgb("161b2a"), tone), -1)
        for _ in range(int(width * (shape[0] - top) / 900)):
            x, y = int(rng.uniform(left + 4, left + width - 4)), int(rng.uniform(top + 6, shape[0]))
            glow = kelvin(float(rng.choice([2700, 3200, 4200])), float(rng.uniform(0.15, 0.7)))
            cv2.rectangle(picture, (x, y), (x + 4, y + 6), glow, -1)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 7.0), np.float32)


def city(seed: int) -> Floats:
    """A city at dusk: soft towers and the discs of lamps far out of focus."""
    shape = (800, 1280)
    rng = np.random.default_rng(seed)
    picture = _towers(shape, rng)
    tints = [kelvin(2600), kelvin(2900), kelvin(3600), kelvin(6500), srgb("ff5a4a"), srgb("7ee0c8"), srgb("ffd9a0")]
    for _ in range(210):
        y = shape[0] * float(np.clip(rng.beta(3.0, 2.2) * 0.85 + 0.22, 0, 0.97))
        tint = mixed(tints[int(rng.integers(len(tints)))], (1.0, 1.0, 1.0), 0.15)
        strength = float(rng.gamma(1.3, 0.17)) + 0.03
        _disc(picture, (rng.uniform(0, shape[1]), y), float(rng.uniform(11, 15)), shaded(tint, strength))
    return textured(np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.9), np.float32))
