"""Joinery and small things: shelves, panels, skirtings, picture frames, vases."""

import numpy as np

from tools.room.mesh import Mesh, Points, box, joined, quad, turned_body
from tools.room.scene import Material, Scene
from tools.room.tracer.vector import Vec
from tools.room.tracer.world import Floats

VASES = {
    "bottle": "0 0, 45 0, 60 30, 65 80, 50 140, 20 190, 16 250, 22 270",
    "moon": "0 0, 35 0, 70 30, 95 85, 90 130, 60 175, 35 190, 38 205",
    "bowl": "0 0, 35 0, 40 10, 85 45, 110 80, 107 82, 80 50, 1 20",
    "cup": "0 0, 34 0, 38 8, 41 85, 38 85, 35 12, 1 10",
    "jug": "0 0, 50 0, 62 50, 58 120, 40 170, 42 220, 48 235, 40 220",
    "tall": "0 0, 50 0, 52 50, 70 190, 75 270, 55 330, 30 355, 34 370",
}
"""Profiles of ceramics as pairs of radius and height in millimetres."""


def _rounded(profile: Points) -> list[tuple[float, float]]:
    """A profile with its corners cut twice, so that it reads as thrown by hand. Source: Chaikin (1974)."""
    points = profile
    for _ in range(2):
        a, b = points[:-1], points[1:]
        cut = np.stack([0.75 * a + 0.25 * b, 0.25 * a + 0.75 * b], 1).reshape(-1, 2)
        points = np.concatenate([points[:1], cut, points[-1:]])
    return [(max(1e-4, float(r)), float(y)) for r, y in points]


def vase(name: str, size: float = 1.0) -> Mesh:
    """A piece of ceramics standing on the origin; its name is one of `VASES`."""
    profile = np.array([[float(number) / 1000.0 for number in pair.split()] for pair in VASES[name].split(",")])
    return turned_body(_rounded(profile), 48).scaled(size)


def bookcase(low: Vec, high: Vec, boards: list[float], uprights: list[float], thickness: float = 0.025) -> Mesh:
    """An open case: boards at the given heights and uprights at the given x, between two corners; with a back."""
    parts = [box((low[0], y, low[2]), (high[0], y + thickness, high[2])) for y in boards]
    parts += [box((x, low[1], low[2] - 0.003), (x + thickness, high[1], high[2])) for x in uprights]
    parts.append(quad((low[0], low[1], high[2]), (high[0] - low[0], 0, 0), (0, high[1] - low[1], 0)))
    return joined(parts)


def _field(low: tuple[float, float], high: tuple[float, float]) -> list[Mesh]:
    """One panel between stiles and rails: sunk ground, raised middle, and a bead around."""
    (left, bottom), (right, top) = low, high
    bead, inset = 0.016, 0.06
    return [
        box((left, bottom, -0.004), (right, top, 0.0)),
        box((left + inset, bottom + inset, -0.016), (right - inset, top - inset, 0.0)),
        box((left, bottom, -0.042), (left + bead, top, 0.0)),
        box((right - bead, bottom, -0.042), (right, top, 0.0)),
        box((left, bottom, -0.042), (right, bottom + bead, 0.0)),
        box((left, top - bead, -0.042), (right, top, 0.0)),
    ]


def panelling(span: tuple[float, float], height: float, count: int) -> Mesh:
    """Framed panels against the plane z = 0, standing out to −z: rails, stiles, raised fields and a cap."""
    low, high = span
    stile, rail, each = 0.085, 0.10, (high - low) / count
    parts = [
        box((low, 0.12, -0.030), (high, 0.12 + rail, 0.0)),
        box((low, height - rail, -0.030), (high, height, 0.0)),
        box((low, 0.0, -0.040), (high, 0.12, 0.0)),
        box((low, height, -0.060), (high, height + 0.022, 0.0)),
        box((low, height - 0.018, -0.045), (high, height, 0.0)),
    ]
    for k in range(count + 1):
        x = low + each * k - stile / 2
        parts.append(box((x, 0.12 + rail, -0.030), (x + stile, height - rail, 0.0)))
    for k in range(count):
        left, right = low + each * k + stile / 2, low + each * (k + 1) - stile / 2
        parts.extend(_field((left, 0.12 + rail), (right, height - rail)))
    return joined(parts)


def framed(scene: Scene, picture: Floats, at: Vec, size: tuple[float, float], frame: Material) -> None:
    """A print behind a mat in a frame, hung on the plane z = `at[2]` with its centre at a place."""
    x, y, z = at
    w, h = size[0] / 2, size[1] / 2
    bar, mat = 0.022, 0.16 * min(size)
    bars = [
        box((x - w - bar, y - h - bar, z - 0.028), (x + w + bar, y - h, z - 0.001)),
        box((x - w - bar, y + h, z - 0.028), (x + w + bar, y + h + bar, z - 0.001)),
        box((x - w - bar, y - h, z - 0.028), (x - w, y + h, z - 0.001)),
        box((x + w, y - h, z - 0.028), (x + w + bar, y + h, z - 0.001)),
    ]
    scene.add(frame, *bars)
    board = Material(color=(0.80, 0.78, 0.73), roughness=0.03, specular=0.035)
    scene.add(board, quad((x - w, y - h, z - 0.010), (2 * w, 0, 0), (0, 2 * h, 0)))
    inner = quad((x - w + mat, y - h + mat, z - 0.012), (2 * (w - mat), 0, 0), (0, 2 * (h - mat), 0), whole=True)
    scene.add(Material(texture=picture, roughness=0.03, specular=0.035), inner)


def shell(width: tuple[float, float], depth: tuple[float, float], height: float) -> dict[str, Mesh]:
    """The six faces of a room by name: floor, ceiling, left, right, back (far), front (behind the camera)."""
    (x0, x1), (z0, z1) = width, depth
    return {
        "floor": quad((x0, 0, z0), (x1 - x0, 0, 0), (0, 0, z1 - z0)),
        "ceiling": quad((x0, height, z0), (x1 - x0, 0, 0), (0, 0, z1 - z0)),
        "left": quad((x0, 0, z0), (0, 0, z1 - z0), (0, height, 0)),
        "right": quad((x1, 0, z0), (0, 0, z1 - z0), (0, height, 0)),
        "back": quad((x0, 0, z1), (x1 - x0, 0, 0), (0, height, 0)),
        "front": quad((x0, 0, z0), (x1 - x0, 0, 0), (0, height, 0)),
    }
