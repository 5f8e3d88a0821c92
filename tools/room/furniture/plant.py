"""Plants of curved leaves, in pots."""

import numpy as np

from tools.room.color import mixed, srgb
from tools.room.mesh import Mesh, Points, grid, joined, tube, turned_body
from tools.room.scene import Material, Scene
from tools.room.textures.noise import field, ramp, textured
from tools.room.tracer.vector import Vec


def foliage(color: Vec, seed: int) -> Material:
    """Leaf green with paler veins, let through by light; made for uv 0..1 over a leaf."""
    shape = (256, 128)
    v, u = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    across = np.abs(u / shape[1] - 0.5) * 2
    side = 0.5 + 0.5 * np.cos((v / shape[0] * 9 + across * 1.1) * 2 * np.pi)
    vein = np.clip(np.exp(-((across / 0.05) ** 2)) + 0.5 * side**14 * (1 - across), 0, 1)
    tone = np.clip(0.45 + 0.10 * field(shape, seed, 1.0) + 0.38 * vein, 0, 1)
    pale = mixed(color, (0.55, 0.62, 0.30), 0.35)
    rgb = ramp(tone, [mixed(color, (0.01, 0.02, 0.01), 0.35), color, pale])
    return Material(texture=textured(rgb, vein * -4e-4), roughness=0.38, specular=0.04, translucent=0.28, bump=0.6)


def leaf(length: float, width: float, droop: float, fold: float, point: float = 1.0) -> Mesh:
    """A leaf from the origin along +z, face up; uv 0..1 across and along.

    Args:
        length: metres.
        width: metres.
        droop: angle in radians by which the tip bends down.
        fold: rise of the edges above the midrib, in parts of the half width.
        point: above 1 the widest place moves toward the stem and the tip gets sharp.
    """
    t = np.linspace(0.0, 1.0, 12)
    bend = droop * t
    step = length / 11
    z, y = (
        np.concatenate([[0], np.cumsum(np.cos(bend[1:]) * step)]),
        -np.concatenate([[0], np.cumsum(np.sin(bend[1:]) * step)]),
    )
    half = width / 2 * np.sin(np.pi * np.clip(t, 0.015, 0.995) ** (1.0 / (0.6 + 0.6 * point))) ** 0.85
    s = np.linspace(-1.0, 1.0, 7)
    ripple = 0.04 * width * np.sin(t[:, None] * 15) * s[None, :] ** 2
    points = np.empty((12, 7, 3))
    points[..., 0] = half[:, None] * s
    points[..., 1] = y[:, None] + fold * half[:, None] * np.abs(s) + ripple
    points[..., 2] = z[:, None]
    uv = np.stack(np.meshgrid(np.linspace(0.03, 0.97, 7), t), -1)
    return grid(points, uv)


def _aimed(mesh: Mesh, rise: float, heading: float) -> Mesh:
    """A leaf raised by an angle and turned to a compass heading, in degrees."""
    return mesh.turned(-rise, "x").turned(heading, "y")


def _arch(start: Points, heading: float, reach: float, rise: float, fall: float) -> Points:
    """A stem that goes up and out and then bows down; (14, 3)."""
    t = np.linspace(0.0, 1.0, 14)
    out = reach * t
    y = rise * t - fall * t * t
    angle = np.radians(heading)
    return np.asarray(start + np.stack([np.sin(angle) * out, y, np.cos(angle) * out], -1))


def rubber_tree(height: float, seed: int) -> tuple[Mesh, Mesh]:
    """Large oval leaves around a few upright stems: leaves and wood, the pot's soil at y = 0."""
    rng = np.random.default_rng(seed)
    leaves, wood = [], []
    for stem in range(3):
        lean, heading = rng.uniform(0.04, 0.16), stem * 120 + rng.uniform(-25, 25)
        top = height * rng.uniform(0.75, 1.0)
        path = _arch(np.array([0.03 * np.sin(stem), 0.0, 0.03 * np.cos(stem)]), heading, lean * top * 1.6, top, 0.0)
        wood.append(tube(path, np.linspace(0.011, 0.005, 14)))
        count = int(top / 0.056)
        for k in range(count):
            part = 0.22 + 0.78 * (k + 0.5) / count
            base = path[min(13, int(part * 13))]
            length = rng.uniform(0.20, 0.29) * (1.05 - 0.35 * part)
            blade = leaf(length, length * 0.52, rng.uniform(0.3, 1.0), 0.18, 1.1).moved(0, 0, 0.035)
            leaves.append(
                _aimed(blade, rng.uniform(-10, 40) + 30 * part, k * 137.5 + rng.uniform(-20, 20)).moved(*base)
            )
    return joined(leaves), joined(wood)


def palm(height: float, seed: int, fronds: int = 13) -> tuple[Mesh, Mesh]:
    """Arching fronds with many narrow leaflets: leaves and stems, the pot's soil at y = 0."""
    rng = np.random.default_rng(seed)
    leaves, wood = [], []
    for frond in range(fronds):
        heading = frond * 137.5 + rng.uniform(-15, 15)
        top = height * rng.uniform(0.7, 1.15)
        path = _arch(rng.normal(0, 0.02, 3) * [1, 0, 1], heading, top * rng.uniform(0.35, 0.75), top * 1.25, top * 0.42)
        wood.append(tube(path, np.linspace(0.006, 0.0015, 14), 6))
        for k in range(34):
            part = 0.34 + 0.64 * k / 34
            at = part * 13
            base = path[int(at)] + (path[min(13, int(at) + 1)] - path[int(at)]) * (at % 1)
            length = 0.28 * height * np.sin(np.pi * (0.16 + 0.8 * (part - 0.3) / 0.7)) * rng.uniform(0.85, 1.1)
            blade = leaf(length, 0.020 * height + 0.008, rng.uniform(0.5, 1.1), 0.35, 1.6)
            side = heading + (1 if k % 2 else -1) * rng.uniform(42, 58)
            leaves.append(_aimed(blade, rng.uniform(8, 28), side).moved(*base))
    return joined(leaves), joined(wood)


def swords(height: float, seed: int, count: int = 11) -> Mesh:
    """Stiff upright blades; the pot's soil at y = 0."""
    rng = np.random.default_rng(seed)
    blades = []
    for k in range(count):
        length = height * rng.uniform(0.6, 1.0)
        blade = leaf(length, rng.uniform(0.045, 0.065), rng.uniform(-0.25, 0.25), 0.3, 0.9)
        spot = rng.normal(0, 0.03, 2)
        blades.append(_aimed(blade, rng.uniform(72, 88), k * 137.5).moved(spot[0], -0.02, spot[1]))
    return joined(blades)


def trailing(length: float, seed: int, vines: int = 9) -> tuple[Mesh, Mesh]:
    """Heart-shaped leaves on vines that hang over the rim: leaves and stems, the soil at y = 0."""
    rng = np.random.default_rng(seed)
    leaves, wood = [], []
    for vine in range(vines):
        heading, drop = vine * 137.5 + rng.uniform(-20, 20), length * rng.uniform(0.3, 1.0)
        t = np.linspace(0, 1, 20)
        out = 0.10 * np.minimum(1.0, t * 4) ** 0.7 + 0.02 * np.sin(t * 9 + vine)
        angle = np.radians(heading + 12 * np.sin(t * 5 + vine))
        path = np.stack(
            [np.sin(angle) * out, 0.06 * np.sin(np.minimum(1, t * 4) * np.pi) - drop * t**1.3, np.cos(angle) * out], -1
        )
        wood.append(tube(path, 0.0018, 6))
        for k in range(int(10 + drop / 0.028)):
            base = path[int(rng.uniform(0.5, 19))]
            size = rng.uniform(0.04, 0.075)
            blade = leaf(size, size * 0.85, rng.uniform(0.2, 0.9), 0.2, 1.8)
            leaves.append(
                _aimed(blade, rng.uniform(-55, 35), heading + rng.uniform(-80, 80) + 11 * (k % 2)).moved(*base)
            )
    return joined(leaves), joined(wood)


def pot(scene: Scene, material: Material, at: Vec, radius: float, height: float) -> float:
    """A tapered pot with soil standing at a place; the y of the soil."""
    wall = [
        (radius * 0.02, 0.0),
        (radius * 0.70, 0.0),
        (radius * 0.74, 0.01),
        (radius * 0.98, height * 0.93),
        (radius, height),
    ]
    rim = [(radius * 0.985, height + 0.004), (radius * 0.93, height), (radius * 0.90, height * 0.85)]
    scene.add(material, turned_body(wall + rim).moved(*at))
    soil = turned_body([(1e-4, height * 0.87), (radius * 0.92, height * 0.86)]).moved(*at)
    scene.add(Material(color=srgb("3a2c22"), specular=0.0), soil)
    return at[1] + height * 0.86
