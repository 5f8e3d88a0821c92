"""Lamps: a shade that glows, and the light it throws up and down."""

from dataclasses import dataclass

import numpy as np

from tools.room.color import shaded
from tools.room.mesh import Mesh, joined, tube, turned_body
from tools.room.scene import Material, Scene
from tools.room.textures.noise import field, textured
from tools.room.tracer.vector import Vec

_SIDES = 12


@dataclass(frozen=True, slots=True)
class Shade:
    """A shade open at both ends; metres."""

    lower: float
    """Radius at the bottom."""
    upper: float
    """Radius at the top."""
    height: float
    """From rim to rim."""
    glow: Vec
    """Radiance of the cloth where it is brightest."""
    throw: float = 60.0
    """How much brighter than the cloth the bulb is."""
    bulb: float = 0.035
    """Half the width of the bulb."""


def _lit_cloth(glow: Vec) -> Material:
    """Lamp cloth: brightest a little above the middle, with a faint weave."""
    v = np.linspace(0, 1, 128)[:, None]
    bright = 0.55 + 0.45 * np.exp(-(((v - 0.50) / 0.30) ** 2)) + 0.02 * field((128, 256), 3, 0.5, (6.0, 1.0))
    rgb = np.repeat(bright[..., None], 3, -1)
    rgb[..., 2] *= 0.80 + 0.20 * bright
    return Material(
        color=(0.6, 0.55, 0.45), texture=textured(rgb.astype(np.float32)), specular=0.0, glow=glow, sampled=True
    )


def _ring_light(scene: Scene, form: Shade, at: Vec) -> None:
    """The light of the cloth, as flat strips around it."""
    angles = np.linspace(0, 2 * np.pi, _SIDES + 1)
    # The strips stand just clear of the cloth, which would otherwise shade them.
    middle = 1.03 * max(form.lower, form.upper) / float(np.cos(np.pi / _SIDES))
    for a, b in zip(angles[:-1], angles[1:], strict=True):
        corner = (at[0] + middle * np.cos(a), at[1], at[2] + middle * np.sin(a))
        edge = (middle * (np.cos(b) - np.cos(a)), 0.0, middle * (np.sin(b) - np.sin(a)))
        scene.light(
            corner, (0.0, form.height, 0.0), edge, shaded(form.glow, 0.78 * (form.lower + form.upper) / 2 / middle)
        )


def shade(scene: Scene, form: Shade, at: Vec) -> None:
    """A glowing shade whose lower rim's centre is at a place."""
    body = turned_body([(form.lower, 0.0), (form.upper, form.height)], 48)
    around = 2 * np.pi * (form.lower + form.upper) / 2
    uv = np.stack([body.uv[:, 0] / around, body.uv[:, 1] / form.height], -1)
    scene.add(_lit_cloth(form.glow), Mesh(body.points, body.normals, uv, body.faces).moved(*at))
    _ring_light(scene, form, at)
    # The bulb, as a small square that shines up and one that shines down: the rims cut its light into cones.
    r, bright = form.bulb, shaded(form.glow, form.throw)
    corner = (at[0] - r, at[1] + form.height * 0.5, at[2] - r)
    along_x, along_z = (2 * r, 0.0, 0.0), (0.0, 0.0, 2 * r)
    scene.light(corner, along_z, along_x, bright)
    scene.light(corner, along_x, along_z, bright)
    rims = [tube(_circle(r, y), 0.003, 6) for r, y in ((form.lower, 0.0), (form.upper, form.height))]
    scene.add(Material(color=(0.25, 0.2, 0.15), blocks=False), joined(rims).moved(*at))


def _circle(radius: float, y: float) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    """A closed ring of points about the y axis."""
    angle = np.linspace(0, 2 * np.pi, 49)
    return np.stack([radius * np.cos(angle), np.full(49, y), radius * np.sin(angle)], -1)


def table_lamp(scene: Scene, form: Shade, at: Vec, body: Material) -> None:
    """A turned foot with a shade on top, standing at a place."""
    foot = [(1e-4, 0.0), (0.075, 0.0), (0.078, 0.012), (0.05, 0.02), (0.062, 0.05), (0.085, 0.11), (0.078, 0.17)]
    neck = [(0.04, 0.225), (0.018, 0.25), (0.014, 0.26), (0.014, 0.33)]
    scene.add(body, turned_body(foot + neck).moved(*at))
    shade(scene, form, (at[0], at[1] + 0.29, at[2]))


def floor_lamp(scene: Scene, form: Shade, at: Vec, height: float) -> None:
    """A thin upright with a shade whose lower rim is at `height`, standing at a place."""
    steel = Material(color=(0.10, 0.09, 0.08), roughness=0.35, specular=0.05)
    base = turned_body([(1e-4, 0.0), (0.14, 0.0), (0.14, 0.015), (0.02, 0.03), (0.011, 0.05), (0.011, height + 0.1)])
    scene.add(steel, base.moved(*at))
    shade(scene, form, (at[0], at[1] + height, at[2]))
