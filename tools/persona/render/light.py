"""Soft lights, and how much of each reaches every vertex past the head, hair and shoulders.

Source: R. Ramamoorthi and P. Hanrahan, "An Efficient Representation for Irradiance Environment Maps", 2001;
visibility by depth maps from many directions. Own code.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tools.persona.compiled import compiled
from tools.persona.geometry.mesh import unit
from tools.persona.render.raster import depth_map

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
_RADIUS_CM = 26.0


@dataclass(frozen=True, slots=True)
class Lamp:
    """A soft light far away, brightest in one direction."""

    towards: tuple[float, float, float]
    """From the face to the lamp."""
    sharpness: float
    """About 2 for a wall of light, 12 for a soft box, 60 for a window far away."""
    colour: tuple[float, float, float]
    """Radiance at its centre, linear RGB."""


def axes(rig: tuple[Lamp, ...]) -> Floats:
    """Unit directions (lamps, 3)."""
    return unit(np.array([lamp.towards for lamp in rig], np.float64))


def sphere_directions(count: int) -> Floats:
    """Evenly spread unit directions (count, 3), by the golden angle."""
    k = np.arange(count) + 0.5
    z, turn = 1 - 2 * k / count, np.pi * (1 + 5**0.5) * k
    r = np.sqrt(1 - z * z)
    return np.stack([r * np.cos(turn), r * np.sin(turn), z], 1)


def harmonics(directions: Floats) -> Floats:
    """The nine real spherical harmonics up to order two (n, 9)."""
    x, y, z = directions.T
    return np.stack(
        [
            np.full_like(x, 0.282095), 0.488603 * y, 0.488603 * z, 0.488603 * x, 1.092548 * x * y,
            1.092548 * y * z, 0.315392 * (3 * z * z - 1), 1.092548 * x * z, 0.546274 * (x * x - y * y),
        ],
        1,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Arriving:
    """The light that reaches each vertex."""

    harmonics: Floats
    """(vertices, 27): nine coefficients of the seen radiance for red, green and blue."""
    lamps: Floats
    """(vertices, lamps): share 0..1 of each lamp that is seen."""
    sky: Floats
    """(vertices,): share of the hemisphere above the surface that is open."""


@compiled
def _seen(screen: Floats, depth: Singles, bias: float) -> Floats:
    out = np.zeros(screen.shape[0])
    rows, columns = depth.shape
    for i in range(screen.shape[0]):
        x, y, hits = screen[i, 0], screen[i, 1], 0.0
        ix, iy = int(np.floor(x)), int(np.floor(y))
        if ix < 0 or iy < 0 or ix >= columns - 1 or iy >= rows - 1:
            out[i] = 1.0
            continue
        fx, fy = x - ix, y - iy
        for dx in range(2):
            for dy in range(2):
                weight = (fx if dx else 1 - fx) * (fy if dy else 1 - fy)
                gap = screen[i, 2] - depth[iy + dy, ix + dx]
                hits += weight * min(max(1.0 - (gap - bias) / bias, 0.0), 1.0)
        out[i] = hits
    return out


def _frame(direction: Floats) -> Floats:
    """Rows: two axes across the direction, and away from the light."""
    helper = np.array([0.0, 1.0, 0.0]) if abs(direction[1]) < 0.9 else np.array([1.0, 0.0, 0.0])
    across = unit(np.cross(helper, direction))
    return np.stack([across, np.cross(direction, across), -direction])


@dataclass(frozen=True, slots=True)
class Casters:
    """What throws shadows."""

    points: Floats
    triangles: Ints


def arriving(
    receivers: Floats, normals: Floats, casters: Casters, rig: tuple[Lamp, ...], quality: tuple[int, int]
) -> Arriving:
    """Light at receivers (n, 3) with unit normals; ``quality`` is the number of directions and the depth maps' side."""
    count, side = quality
    directions, lamp_axes = sphere_directions(count), axes(rig)
    sharp = np.array([lamp.sharpness for lamp in rig])
    power = np.exp(sharp[None] * (directions @ lamp_axes.T - 1))
    radiance = power @ np.array([lamp.colour for lamp in rig])
    basis = harmonics(directions) * (4 * np.pi / count)
    middle, scale = casters.points.mean(0), side / (2 * _RADIUS_CM)
    out, seen_lamps = np.zeros((len(receivers), 27)), np.zeros((len(receivers), len(rig)))
    sky, whole = np.zeros(len(receivers)), np.zeros(len(receivers))
    start = receivers + 0.12 * normals - middle
    for k, direction in enumerate(directions):
        turn = _frame(direction).T * scale
        depth = np.full((side, side), np.inf, np.float32)
        shift = np.array([side / 2, side / 2, 0])
        depth_map((casters.points - middle) @ turn + shift, casters.triangles, depth)
        visible = _seen(start @ turn + shift, depth, 0.28 * scale)
        facing = np.clip(normals @ direction, 0, 1)
        visible *= normals @ direction > -0.35
        sky += visible * facing
        whole += facing
        out += visible[:, None] * np.outer(basis[k], radiance[k]).ravel()[None]
        seen_lamps += visible[:, None] * power[k][None]
    return Arriving(out, seen_lamps / power.sum(0), sky / np.maximum(whole, 1e-6))
