"""The arrays that the kernels read: geometry, shading data, lights and camera."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]


class Geometry(NamedTuple):
    """Triangles in the order of a bounding-volume tree."""

    bounds: Floats
    """float32 (nodes, 6): low corner, high corner; metres."""
    links: Ints
    """int32 (nodes, 2): first child or first triangle, and the number of triangles (0 for an inner node)."""
    corners: Floats
    """float32 (triangles, 9): first corner, edge to the second, edge to the third; metres."""
    blocks: NDArray[np.uint8]
    """uint8 (triangles,): 1 where the triangle throws a shadow."""


class World(NamedTuple):
    """Everything a path can meet."""

    geometry: Geometry
    """The triangles."""
    shading: Floats
    """float32 (triangles, 21): three normals, three uv pairs, change of the position along u and along v."""
    owner: Ints
    """int32 (triangles,): row of the material."""
    materials: Floats
    """float32 (materials, 20): columns as numbered in `surface.py`."""
    texels: Floats
    """float32 (texels, 4): linear RGB and height in metres of all textures, row by row."""
    extents: Ints
    """int32 (textures, 3): first texel, height, width."""
    lights: Floats
    """float32 (lights, 16): corner, two edges, normal, radiance, area of each one-sided parallelogram."""


class Camera(NamedTuple):
    """A thin-lens camera."""

    frame: Floats
    """float32 (4, 3): position, then unit vectors right, up, forward."""
    size: tuple[int, int]
    """Width and height in pixels."""
    half_width: float
    """Tangent of half the horizontal field of view."""
    aperture_m: float
    """Radius of the lens opening."""
    focus_m: float
    """Distance of the plane that is sharp."""


class Scratch(NamedTuple):
    """Working memory of one thread."""

    stack: Ints
    """int32 (64,): nodes still to visit."""
    random: NDArray[np.uint64]
    """uint64 (1,): state of the generator."""
    sequence: NDArray[np.float64]
    """float64 (10,): low-discrepancy numbers of the current sample, then the index of the next one."""
    sample: NDArray[np.float64]
    """float64 (16,): what the current path found; columns as in `film.py`."""
