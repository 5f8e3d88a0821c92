"""A bundle of strands and where they are rooted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tools.persona.identity import Colour
from tools.persona.meshes.mesh import unit

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Fibres:
    """Strands of one kind at rest."""

    points: Floats
    """(strands, knots, 3), head upright."""
    anchor: Ints
    """(strands,): the head's fine vertex that carries each root."""
    colour: Floats
    """(strands, 3): linear RGB of the pigment."""
    radius_cm: Floats
    """(strands,)"""
    casts: bool = True
    """Whether it is thick enough to shade itself and the skin."""
    gloss: float = 1.0
    """Strength of the highlights."""
    swings: bool = False
    """Whether strands turn with the skin under them (lashes)."""


@dataclass(frozen=True, slots=True)
class Roots:
    """Places on the head's skin where strands start."""

    points: Floats
    normals: Floats
    rest: Floats
    """On the mean head."""
    anchor: Ints


@dataclass(frozen=True, slots=True)
class Field:
    """A head's skin with a density of roots."""

    points: Floats
    """(vertices, 3), the identity's head at rest."""
    normals: Floats
    triangles: Ints
    rest: Floats
    """(vertices, 3) on the mean head."""
    weight: Floats
    """(vertices,): roots per area, in any unit."""


def scattered_roots(field: Field, count: int, seed: int) -> Roots:
    """Random roots spread over a field by its density."""
    rng = np.random.default_rng(seed)
    points, normals, triangles, rest = field.points, field.normals, field.triangles, field.rest
    a, b, c = (points[triangles[:, k]] for k in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1) * field.weight[triangles].mean(1)
    chosen = rng.choice(len(triangles), count, p=area / area.sum())
    u, v = rng.random(count), rng.random(count)
    flip = u + v > 1
    u, v = np.where(flip, 1 - u, u), np.where(flip, 1 - v, v)
    shares = np.stack([1 - u - v, u, v], 1)[:, :, None]
    corners = triangles[chosen]
    return Roots(
        (points[corners] * shares).sum(1), unit((normals[corners] * shares).sum(1)), (rest[corners] * shares).sum(1),
        corners[np.arange(count), shares[:, :, 0].argmax(1)],
    )  # fmt: skip


def pigment(colour: Colour, count: int, grey: float, seed: int) -> Floats:
    """Strand colours (count, 3) scattered round a pigment, a share of them grey."""
    rng = np.random.default_rng(seed)
    base = np.array(colour)[None] * np.exp(rng.normal(0, 0.22, (count, 1))) * np.exp(rng.normal(0, 0.05, (count, 3)))
    bright = np.array([[0.30, 0.29, 0.27]]) * np.exp(rng.normal(0, 0.15, (count, 1)))
    share = np.clip((rng.random((count, 1)) < grey) * rng.uniform(0.6, 1.0, (count, 1)), 0, 1)
    return np.asarray(base * (1 - share) + bright * share)
