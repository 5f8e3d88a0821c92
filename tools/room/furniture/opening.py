"""Windows: the hole in the wall, the frame, what is seen through it, curtains."""

from dataclasses import dataclass

import numpy as np

from tools.room.mesh import Mesh, box, grid, joined, quad, tube
from tools.room.scene import BLACK, Material
from tools.room.tracer.vector import Vec
from tools.room.tracer.world import Floats


@dataclass(frozen=True, slots=True)
class Hole:
    """A rectangular window in a wall; along the wall, then up, in metres."""

    left: float
    right: float
    bottom: float
    top: float
    depth: float = 0.16
    """Thickness of the wall."""


def wall_with_hole(span: tuple[float, float], height: float, hole: Hole) -> Mesh:
    """A wall in the plane z = 0 with a window and its reveals, the room at −z."""
    low, high = span
    parts = [
        quad((low, 0, 0), (hole.left - low, 0, 0), (0, height, 0)),
        quad((hole.right, 0, 0), (high - hole.right, 0, 0), (0, height, 0)),
        quad((hole.left, 0, 0), (hole.right - hole.left, 0, 0), (0, hole.bottom, 0)),
        quad((hole.left, hole.top, 0), (hole.right - hole.left, 0, 0), (0, height - hole.top, 0)),
    ]
    shifts = [(low, 0.0), (hole.right, 0.0), (hole.left, 0.0), (hole.left, hole.top)]
    parts = [Mesh(p.points, p.normals, p.uv + np.array(s), p.faces) for p, s in zip(parts, shifts, strict=True)]
    across, up = hole.right - hole.left, hole.top - hole.bottom
    reveals = [
        quad((hole.left, hole.bottom, 0), (0, 0, hole.depth), (0, up, 0)),
        quad((hole.right, hole.bottom, 0), (0, 0, hole.depth), (0, up, 0)),
        quad((hole.left, hole.top, 0), (across, 0, 0), (0, 0, hole.depth)),
        quad((hole.left, hole.bottom, 0), (across, 0, 0), (0, 0, hole.depth)),
    ]
    return joined(parts + reveals)


def sash(hole: Hole, panes: tuple[int, int], thickness: float = 0.055) -> Mesh:
    """A window frame with glazing bars in the outer part of the reveal."""
    near, far = hole.depth * 0.55, hole.depth * 0.55 + 0.05
    bars = []
    for k in range(panes[0] + 1):
        wide = thickness if k in (0, panes[0]) else thickness * 0.55
        x = hole.left + (hole.right - hole.left) * k / panes[0]
        low = float(np.clip(x - wide / 2, hole.left, hole.right - wide))
        bars.append(box((low, hole.bottom, near), (low + wide, hole.top, far)))
    for k in range(panes[1] + 1):
        wide = thickness if k in (0, panes[1]) else thickness * 0.45
        y = hole.bottom + (hole.top - hole.bottom) * k / panes[1]
        low = float(np.clip(y - wide / 2, hole.bottom, hole.top - wide))
        bars.append(box((hole.left, low, near + 0.005), (hole.right, low + wide, far - 0.005)))
    return joined(bars)


def sill(hole: Hole) -> Mesh:
    """A board under the window that stands out a little into the room."""
    return box(
        (hole.left - 0.05, hole.bottom - 0.03, -0.09), (hole.right + 0.05, hole.bottom + 0.005, hole.depth * 0.6)
    )


def outlook(picture: Floats, glow: Vec) -> Material:
    """A view that gives off light; made for uv 0..1 over the view."""
    return Material(color=BLACK, texture=picture, specular=0.0, glow=glow, sampled=True, blocks=False)


def view_plane(hole: Hole, picture: Floats, distance: float, margin: float) -> Mesh:
    """A plane behind the window's middle, wider by `margin` on both sides and shaped like the picture; uv 0..1."""
    across = hole.right - hole.left + 2 * margin
    up = across * picture.shape[0] / picture.shape[1]
    corner = (hole.left - margin, (hole.bottom + hole.top - up) / 2, hole.depth + distance)
    return quad(corner, (across, 0, 0), (0, up, 0), whole=True)


def curtain(width: float, height: float, folds: float, seed: int) -> Mesh:
    """Hanging cloth with folds that wander and open downwards; from x = 0 and y = 0, about the plane z = 0."""
    rng = np.random.default_rng(seed)
    s, t = np.linspace(0, 1, 220), np.linspace(0, 1, 40)
    drift = np.cumsum(rng.normal(0, 0.16, 220))
    drift = np.convolve(np.pad(drift, 12, mode="edge"), np.ones(25) / 25, mode="valid")
    phase = 2 * np.pi * folds * s + drift
    deep = 0.028 + 0.020 * t[:, None]
    wave = np.sin(phase)[None, :] + 0.28 * np.sin(2 * phase + 0.7 + 1.4 * t[:, None])
    points = np.empty((40, 220, 3))
    points[..., 0] = width * s[None, :] + 0.012 * np.cos(phase)[None, :] * (0.4 + t[:, None])
    points[..., 1] = height * (1 - t[:, None]) + 0.0 * s[None, :]
    points[..., 2] = deep * wave + 0.01 * np.sin(5 * t[:, None] + 9 * s[None, :])
    return grid(points)


def rod(low: float, high: float, radius: float = 0.012) -> Mesh:
    """A curtain rod along x with knobs, about y = 0 and z = 0."""
    way = np.stack([np.linspace(low, high, 8), np.zeros(8), np.zeros(8)], -1)
    thick = np.full(8, radius)
    thick[[0, -1]] = radius * 2.1
    return tube(way, thick, 12)
