"""The eye: white, iris and pupil seen through the cornea."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tools.persona.body.eyeball import IRIS_CM, RADIUS_CM
from tools.persona.identity import Eyes
from tools.persona.surface.noise import fbm

Singles = npt.NDArray[np.float32]
_IRIS_DEPTH_CM = 0.30
_REFRACTION = 1 / 1.34


def _step(low: float, high: float, values: Singles) -> Singles:
    t = np.clip((values - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def _through_cornea(local: Singles, normals: Singles, views: Singles) -> Singles:
    """Where the bent line of sight meets the iris (n, 2), as a share of the iris' radius."""
    cosine = np.clip((normals * views).sum(1, keepdims=True), 0, 1)
    inner = np.sqrt(1 - _REFRACTION**2 * (1 - cosine**2))
    bent = -_REFRACTION * views + (_REFRACTION * cosine - inner) * normals
    plane = RADIUS_CM + 0.075 - _IRIS_DEPTH_CM
    reach = np.clip((plane - local[:, 2:3]) / np.minimum(bent[:, 2:3], -0.2), 0, 0.6)
    return np.asarray((local[:, :2] + bent[:, :2] * reach) / IRIS_CM, np.float32)


def _iris(spot: Singles, eyes: Eyes, seed: int) -> Singles:
    radius = np.sqrt((spot * spot).sum(1))
    turn = spot / np.maximum(radius, 1e-3)[:, None]
    rays = fbm(np.column_stack([turn * 5.5, radius * 0.9]), 1.3, 4, seed)
    threads = fbm(np.column_stack([turn * 14.0, radius * 1.4]), 1.3, 2, seed + 1)
    inner = _step(0.68, 0.38, radius + 0.10 * rays)
    outer, near = np.array(eyes.iris, np.float32), np.array(eyes.iris_inner, np.float32)
    colour = outer + inner[:, None] * (near - outer)
    colour = colour * np.clip(1 + 0.55 * rays + 0.40 * threads, 0.25, 2.0)[:, None]
    collarette = np.exp(-(((radius - eyes.pupil - 0.17 - 0.05 * rays) / 0.05) ** 2))
    colour = colour * (1 + 0.3 * collarette)[:, None]
    colour = colour * (1 - 0.75 * _step(0.78, 1.0, radius))[:, None]
    return np.asarray(colour * (1 - _step(eyes.pupil + 0.035, eyes.pupil - 0.02, radius))[:, None] + 0.002, np.float32)


def _white(local: Singles, eyes: Eyes, seed: int) -> Singles:
    side = np.asarray(np.abs(local[:, 0]) / RADIUS_CM, np.float32)
    vein = 1 - np.abs(fbm(local, (3.0, 6.0, 3.0), 4, seed)) * 2.2
    red = _step(0.42, 0.95, side) * (0.42 + 0.5 * np.clip(vein, 0, 1) ** 4) + 0.06
    white = np.array([1.0, 0.915, 0.83], np.float32) * eyes.sclera
    blood = np.array([0.92, 0.52, 0.45], np.float32)
    return np.asarray(white * (1 + red[:, None] * (blood - 1)), np.float32)


def eye_colour(local: Singles, views: Singles, eyes: Eyes, seed: int) -> tuple[Singles, Singles, Singles]:
    """Albedo (n, 3), the normals (n, 3) that the light below the cornea sees, and the iris' share (n,), for points and
    views (n, 3) in the eyeball's own frame (+z is the gaze)."""
    normals = local / np.maximum(np.sqrt((local * local).sum(1, keepdims=True)), 1e-6)
    across = np.sqrt((local[:, :2] ** 2).sum(1)) / IRIS_CM
    spot = _through_cornea(local, normals, views)
    share = _step(1.05, 0.92, across) * (local[:, 2] > 0)
    colour = _white(local, eyes, seed) * (1 - 0.30 * np.exp(-(((across - 1.04) / 0.10) ** 2)))[:, None]
    colour = colour + share[:, None] * (_iris(spot, eyes, seed + 9) - colour)
    hollow = np.column_stack([-0.45 * spot, np.ones(len(spot), np.float32)])
    hollow /= np.sqrt((hollow * hollow).sum(1, keepdims=True))
    bent = normals + share[:, None] * (hollow - normals)
    return colour, np.asarray(bent, np.float32), share
