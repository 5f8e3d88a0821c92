"""Arithmetic on three-component vectors held as tuples."""

import math

from tools.room.tracer.compiled import compiled

Vec = tuple[float, float, float]
"""A point or direction (x right, y up, z away from the camera; metres) or a linear RGB colour."""


@compiled
def add(a: Vec, b: Vec) -> Vec:
    """Sum of two vectors."""
    return (a[0] + b[0], a[1] + b[1], a[2] + b[2])


@compiled
def sub(a: Vec, b: Vec) -> Vec:
    """Difference of two vectors."""
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])


@compiled
def scale(a: Vec, factor: float) -> Vec:
    """A vector times a number."""
    return (a[0] * factor, a[1] * factor, a[2] * factor)


@compiled
def times(a: Vec, b: Vec) -> Vec:
    """Component-wise product, as light through a filter."""
    return (a[0] * b[0], a[1] * b[1], a[2] * b[2])


@compiled
def dot(a: Vec, b: Vec) -> float:
    """Scalar product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


@compiled
def cross(a: Vec, b: Vec) -> Vec:
    """Vector product."""
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


@compiled
def unit(a: Vec) -> Vec:
    """The vector at length one; a zero vector stays zero."""
    return scale(a, 1.0 / max(math.sqrt(dot(a, a)), 1e-20))


@compiled
def luminance(a: Vec) -> float:
    """Relative luminance of a linear colour with Rec. 709 primaries."""
    return 0.2126 * a[0] + 0.7152 * a[1] + 0.0722 * a[2]


@compiled
def to_world(local: Vec, normal: Vec) -> Vec:
    """A direction given around +z, turned so that +z lies on `normal`.

    Source: Duff et al., "Building an Orthonormal Basis, Revisited" (JCGT 2017).
    """
    sign = 1.0 if normal[2] >= 0.0 else -1.0
    a = -1.0 / (sign + normal[2])
    b = normal[0] * normal[1] * a
    tangent = (1.0 + sign * normal[0] * normal[0] * a, sign * b, -sign * normal[0])
    bitangent = (b, sign + normal[1] * normal[1] * a, -normal[1])
    return add(add(scale(tangent, local[0]), scale(bitangent, local[1])), scale(normal, local[2]))


@compiled
def to_local(direction: Vec, normal: Vec) -> Vec:
    """The inverse of `to_world`: a world direction as seen around `normal`."""
    tangent = to_world((1.0, 0.0, 0.0), normal)
    bitangent = to_world((0.0, 1.0, 0.0), normal)
    return (dot(direction, tangent), dot(direction, bitangent), dot(direction, normal))
