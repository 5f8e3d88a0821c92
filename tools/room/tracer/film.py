"""Exposing the film: samples per pixel, summed."""

import math

import numpy as np

from tools.room.tracer.compiled import compiled, in_bands
from tools.room.tracer.path import DIFFUSE, GLOSSY, trace
from tools.room.tracer.sampling import DIMENSIONS, begin, disc, draw
from tools.room.tracer.vector import Vec, add, scale, sub, unit
from tools.room.tracer.world import Camera, Floats, Scratch, World

SQUARES = 16
"""Columns 16 and 17 hold the squared luminance of the diffuse and of the glossy light."""
CHANNELS = 18


@compiled
def _axis(camera: Camera, row: int) -> Vec:
    """One vector of the camera's frame."""
    return (float(camera.frame[row, 0]), float(camera.frame[row, 1]), float(camera.frame[row, 2]))


@compiled
def _ray(camera: Camera, x: int, y: int, scratch: Scratch) -> tuple[Vec, Vec]:
    """A ray through a random point of a pixel and of the lens."""
    width, height = camera.size
    across = ((x + draw(scratch)) / width * 2.0 - 1.0) * camera.half_width
    above = (1.0 - (y + draw(scratch)) / height * 2.0) * camera.half_width * height / width
    right, up, forward = _axis(camera, 1), _axis(camera, 2), _axis(camera, 3)
    target = scale(add(add(scale(right, across), scale(up, above)), forward), camera.focus_m)
    lens_x, lens_y = disc(draw(scratch), draw(scratch))
    lens = add(scale(right, lens_x * camera.aperture_m), scale(up, lens_y * camera.aperture_m))
    return (add(_axis(camera, 0), lens), unit(sub(target, lens)))


@compiled
def _expose_pixel(world: World, ray: tuple[Vec, Vec], sums: Floats, scratch: Scratch) -> None:
    """Add one path to the sums of a pixel."""
    trace(world, ray[0], ray[1], scratch)
    for column in range(SQUARES):
        sums[column] += scratch.sample[column]
    for part in range(2):
        at = DIFFUSE if part == 0 else GLOSSY
        bright = (scratch.sample[at] + scratch.sample[at + 1] + scratch.sample[at + 2]) / 3.0
        sums[SQUARES + part] += bright * bright


@compiled
def _scratch() -> Scratch:
    """Fresh working memory."""
    return Scratch(np.zeros(64, np.int32), np.zeros(1, np.uint64), np.zeros(DIMENSIONS + 1), np.zeros(SQUARES))


@compiled
def _expose(world: World, camera: Camera, film: Floats, rows: tuple[int, int], samples: int) -> None:
    """Add the samples of every pixel of some rows to the film."""
    width = camera.size[0]
    scratch = _scratch()
    for y in range(rows[0], rows[1]):
        for x in range(width):
            for index in range(samples):
                begin(scratch, y * width + x, index)
                _expose_pixel(world, _ray(camera, x, y, scratch), film[y, x], scratch)


def expose(world: World, camera: Camera, samples: int) -> Floats:
    """The mean of `samples` paths per pixel.

    Returns:
        float32 (height, width, 18): the columns of `path.py`, then two variances of the mean (diffuse, glossy).
    """
    film = np.zeros((camera.size[1], camera.size[0], CHANNELS), np.float32)

    def band(first: int, end: int) -> None:
        _expose(world, camera, film, (first, end), samples)

    in_bands(band, camera.size[1])
    film /= samples
    for part, at in enumerate((DIFFUSE, GLOSSY)):
        mean = film[..., at : at + 3].mean(-1)
        film[..., SQUARES + part] = np.maximum(film[..., SQUARES + part] - mean * mean, 0.0) / max(samples - 1, 1)
    return film


def look(position: Vec, target: Vec, size: tuple[int, int], fov_degrees: float, lens: Vec) -> Camera:
    """A camera at `position` that looks at `target`, upright.

    Args:
        position: metres.
        target: metres.
        size: width, height in pixels.
        fov_degrees: horizontal field of view.
        lens: aperture radius and focus distance in metres; the third number is not used.
    """
    forward = unit(sub(target, position))
    right = unit((forward[2], 0.0, -forward[0]))
    up = (
        forward[1] * right[2] - forward[2] * right[1],
        forward[2] * right[0] - forward[0] * right[2],
        forward[0] * right[1] - forward[1] * right[0],
    )
    up = up if up[1] > 0.0 else scale(up, -1.0)
    frame = np.array([position, right, up, forward], np.float32)
    return Camera(frame, size, math.tan(math.radians(fov_degrees) / 2.0), lens[0], lens[1])
