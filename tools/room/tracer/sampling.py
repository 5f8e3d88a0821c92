"""Random numbers, and directions drawn from them."""

import math

import numpy as np
from numpy.typing import NDArray

from tools.room.tracer.compiled import compiled
from tools.room.tracer.vector import Vec, add, cross, scale, unit
from tools.room.tracer.world import Scratch

DIMENSIONS = 9
_MULTIPLIER = np.uint64(6364136223846793005)
_INCREMENT = np.uint64(1442695040888963407)
_MIX_A = np.uint64(0xBF58476D1CE4E5B9)
_MIX_B = np.uint64(0x94D049BB133111EB)
_STEP = np.uint64(0x9E3779B97F4A7C15)
_S11, _S27, _S30, _S31 = np.uint64(11), np.uint64(27), np.uint64(30), np.uint64(31)
_UNIT = 1.0 / 9007199254740992.0
_ROOT = 1.0757660660868371580595995241652758206925302476392
"""The real root above one of x**10 = x + 1: its inverse powers spread nine dimensions most evenly."""


@compiled
def hashed(value: np.uint64) -> np.uint64:
    """A well-mixed 64-bit number from any 64-bit number.

    Source: the finaliser of Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators" (2014).
    """
    value = value + _STEP
    value = (value ^ (value >> _S30)) * _MIX_A
    value = (value ^ (value >> _S27)) * _MIX_B
    return value ^ (value >> _S31)


@compiled
def uniform(state: NDArray[np.uint64]) -> float:
    """The next pseudo-random number in 0..1."""
    state[0] = state[0] * _MULTIPLIER + _INCREMENT
    return float(hashed(state[0]) >> _S11) * _UNIT


@compiled
def begin(scratch: Scratch, pixel: int, index: int) -> None:
    """Set up the numbers of one sample of one pixel: an evenly spread head, then a pseudo-random tail.

    Source: Roberts, "The Unreasonable Effectiveness of Quasirandom Sequences" (2018), with a shift per pixel.
    """
    shift = hashed(np.uint64(pixel))
    step = 1.0
    for dimension in range(DIMENSIONS):
        step /= _ROOT
        shift = hashed(shift)
        number = float(shift >> _S11) * _UNIT + step * index
        scratch.sequence[dimension] = number - math.floor(number)
    scratch.sequence[DIMENSIONS] = 0.0
    scratch.random[0] = hashed(hashed(np.uint64(pixel)) + np.uint64(index))


@compiled
def draw(scratch: Scratch) -> float:
    """The next number in 0..1 of the current sample."""
    at = int(scratch.sequence[DIMENSIONS])
    if at < DIMENSIONS:
        scratch.sequence[DIMENSIONS] = at + 1.0
        return float(scratch.sequence[at])
    return uniform(scratch.random)


@compiled
def disc(a: float, b: float) -> tuple[float, float]:
    """A point evenly spread over the unit disc."""
    radius, angle = math.sqrt(a), 2.0 * math.pi * b
    return (radius * math.cos(angle), radius * math.sin(angle))


@compiled
def cosine(a: float, b: float) -> Vec:
    """A direction around +z, as likely as its cosine to +z."""
    x, y = disc(a, b)
    return (x, y, math.sqrt(max(0.0, 1.0 - a)))


@compiled
def facet(view: Vec, alpha: float, a: float, b: float) -> Vec:
    """A visible microfacet normal of a rough surface seen from `view`, around +z.

    Source: Heitz, "Sampling the GGX Distribution of Visible Normals" (JCGT 2018).
    """
    stretched = unit((alpha * view[0], alpha * view[1], view[2]))
    flat = stretched[0] * stretched[0] + stretched[1] * stretched[1]
    side = scale((-stretched[1], stretched[0], 0.0), 1.0 / math.sqrt(flat)) if flat > 1e-12 else (1.0, 0.0, 0.0)
    other = cross(stretched, side)
    x, y = disc(a, b)
    blend = 0.5 * (1.0 + stretched[2])
    y = (1.0 - blend) * math.sqrt(max(0.0, 1.0 - x * x)) + blend * y
    z = math.sqrt(max(0.0, 1.0 - x * x - y * y))
    normal = add(add(scale(side, x), scale(other, y)), scale(stretched, z))
    return unit((alpha * normal[0], alpha * normal[1], max(0.0, normal[2])))


@compiled
def masking(cosine_to_normal: float, alpha: float) -> float:
    """The part of the facets that is not hidden, in one direction (Smith, GGX)."""
    square = cosine_to_normal * cosine_to_normal
    slope = (1.0 - square) / max(square, 1e-9)
    return 2.0 / (1.0 + math.sqrt(1.0 + alpha * alpha * slope))
