"""Soft lights, and how much of each reaches every vertex past the head, hair and shoulders.

Source: R. Ramamoorthi and P. Hanrahan, "An Efficient Representation for Irradiance Environment Maps", 2001;
visibility by depth maps from many directions. Own code.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tools.persona.compiled import compiled
from tools.persona.meshes.mesh import carried, unit
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
def _open(depth: Singles, x: float, y: float, z: float, bias: float) -> float:
    """Share of light passing a depth map at a place, softened over the map's four nearest cells."""
    rows, columns = depth.shape
    ix, iy = int(np.floor(x)), int(np.floor(y))
    if ix < 0 or iy < 0 or ix >= columns - 1 or iy >= rows - 1:
        return 1.0
    fx, fy, hits = x - ix, y - iy, 0.0
    for dx in range(2):
        for dy in range(2):
            weight = (fx if dx else 1 - fx) * (fy if dy else 1 - fy)
            gap = z - depth[iy + dy, ix + dx]
            hits += weight * min(max(1.0 - (gap - bias) / bias, 0.0), 1.0)
    return hits


@compiled
def _add(
    start: Floats,
    normals: Floats,
    map_of: tuple[Singles, Floats, float],
    direction: tuple[Floats, Floats, Floats],
    sums: Singles,
) -> None:
    """Add one direction's light: sums are 27 harmonics, then the lamps, then open and whole sky."""
    depth, turn, bias = map_of
    axis, coefficients, power = direction
    lamps = power.size
    for i in range(start.shape[0]):
        facing = normals[i, 0] * axis[0] + normals[i, 1] * axis[1] + normals[i, 2] * axis[2]
        sums[i, 28 + lamps] += max(facing, 0.0)
        if facing < -0.35:
            continue
        px, py, pz = start[i, 0], start[i, 1], start[i, 2]
        x = px * turn[0, 0] + py * turn[0, 1] + pz * turn[0, 2] + depth.shape[1] / 2
        y = px * turn[1, 0] + py * turn[1, 1] + pz * turn[1, 2] + depth.shape[0] / 2
        z = px * turn[2, 0] + py * turn[2, 1] + pz * turn[2, 2]
        visible = _open(depth, x, y, z, bias)
        if visible <= 0.0:
            continue
        for k in range(27):
            sums[i, k] += visible * coefficients[k]
        for k in range(lamps):
            sums[i, 27 + k] += visible * power[k]
        sums[i, 27 + lamps] += visible * max(facing, 0.0)


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
    sums = np.zeros((len(receivers), 29 + len(rig)), np.float32)
    start = np.ascontiguousarray(receivers + 0.12 * normals - middle)
    shadow = casters.points - middle
    centre, nowhere = np.array([side / 2, side / 2, 0.0]), np.zeros(3)
    for k, direction in enumerate(directions):
        turn = _frame(direction) * scale
        depth = np.full((side, side), np.inf, np.float32)
        depth_map(carried(shadow, turn, nowhere, centre), casters.triangles, depth)
        light = (direction, np.outer(basis[k], radiance[k]).ravel(), power[k])
        _add(start, normals, (depth, turn, 0.28 * scale), light, sums)
    lamps, sky = sums[:, 27 : 27 + len(rig)] / power.sum(0), sums[:, -2] / np.maximum(sums[:, -1], 1e-6)
    return Arriving(sums[:, :27].astype(np.float64), lamps.astype(np.float64), sky.astype(np.float64))
