"""What a path finds where it hits: position, normals, colour, light given off."""

import math

from tools.room.tracer.bvh import Hit
from tools.room.tracer.compiled import compiled
from tools.room.tracer.vector import Vec, add, cross, dot, scale, sub, unit
from tools.room.tracer.world import World

COLOR, TEXTURE, TILE, ROUGHNESS, SPECULAR, METAL, TRANSLUCENT, BUMP, GLOW, SAMPLED = 0, 3, 4, 6, 7, 8, 9, 10, 11, 14
"""Columns of a material row; colour, tile and glow take three, two and three."""
COLUMNS = 16

Texel = tuple[float, float, float, float]
Surface = tuple[Vec, Vec, Vec, Vec, int]
"""Position, normal with relief, colour, radiance given off, material."""


@compiled
def _texel(world: World, texture: int, x: int, y: int) -> Texel:
    """One texel, wrapped at the edges."""
    first, height, width = world.extents[texture, 0], world.extents[texture, 1], world.extents[texture, 2]
    row = world.texels[first + (y % height) * width + (x % width)]
    return (float(row[0]), float(row[1]), float(row[2]), float(row[3]))


@compiled
def _mix(a: Texel, b: Texel, part: float) -> Texel:
    """Linear blend of two texels."""
    keep = 1.0 - part
    return (
        a[0] * keep + b[0] * part,
        a[1] * keep + b[1] * part,
        a[2] * keep + b[2] * part,
        a[3] * keep + b[3] * part,
    )


@compiled
def _lookup(world: World, texture: int, u: float, v: float) -> Texel:
    """A texture at a point, bilinear; u and v count tiles, v upwards."""
    x = u * world.extents[texture, 2] - 0.5
    y = -v * world.extents[texture, 1] - 0.5
    left, top = math.floor(x), math.floor(y)
    ix, iy = int(left), int(top)
    upper = _mix(_texel(world, texture, ix, iy), _texel(world, texture, ix + 1, iy), x - left)
    lower = _mix(_texel(world, texture, ix, iy + 1), _texel(world, texture, ix + 1, iy + 1), x - left)
    return _mix(upper, lower, y - top)


@compiled
def _triple(world: World, triangle: int, column: int) -> Vec:
    """Three neighbouring numbers of a shading row."""
    row = world.shading[triangle]
    return (float(row[column]), float(row[column + 1]), float(row[column + 2]))


@compiled
def _relief(world: World, hit: Hit, texture: int, uv: tuple[float, float], normal: Vec) -> Vec:
    """The normal tilted by the texture's height."""
    material = world.owner[hit[1]]
    row = world.materials[material]
    step_u, step_v = 1.0 / world.extents[texture, 2], 1.0 / world.extents[texture, 1]
    here = _lookup(world, texture, uv[0], uv[1])[3]
    slope_u = (_lookup(world, texture, uv[0] + step_u, uv[1])[3] - here) / (step_u * row[TILE])
    slope_v = (_lookup(world, texture, uv[0], uv[1] + step_v)[3] - here) / (step_v * row[TILE + 1])
    along_u, along_v = _triple(world, hit[1], 15), _triple(world, hit[1], 18)
    length_u, length_v = max(dot(along_u, along_u), 1e-12), max(dot(along_v, along_v), 1e-12)
    tilt = add(scale(along_u, slope_u / length_u), scale(along_v, slope_v / length_v))
    return unit(sub(normal, scale(tilt, float(row[BUMP]))))


@compiled
def _smooth_normal(world: World, hit: Hit, direction: Vec) -> tuple[Vec, Vec]:
    """The interpolated and the flat normal, both on the side the ray came from."""
    corners = world.geometry.corners[hit[1]]
    edge1 = (float(corners[3]), float(corners[4]), float(corners[5]))
    edge2 = (float(corners[6]), float(corners[7]), float(corners[8]))
    flat = unit(cross(edge1, edge2))
    flat = scale(flat, -1.0) if dot(flat, direction) > 0.0 else flat
    first = scale(_triple(world, hit[1], 0), 1.0 - hit[2] - hit[3])
    others = add(scale(_triple(world, hit[1], 3), hit[2]), scale(_triple(world, hit[1], 6), hit[3]))
    normal = unit(add(first, others))
    return (scale(normal, -1.0) if dot(normal, flat) < 0.0 else normal, flat)


@compiled
def surface(world: World, hit: Hit, origin: Vec, direction: Vec) -> Surface:
    """Everything that shading needs to know about a hit."""
    material = world.owner[hit[1]]
    row = world.materials[material]
    uv = world.shading[hit[1]]
    w = 1.0 - hit[2] - hit[3]
    u = (uv[9] * w + uv[11] * hit[2] + uv[13] * hit[3]) / row[TILE]
    v = (uv[10] * w + uv[12] * hit[2] + uv[14] * hit[3]) / row[TILE + 1]
    normal, flat = _smooth_normal(world, hit, direction)
    color = (float(row[COLOR]), float(row[COLOR + 1]), float(row[COLOR + 2]))
    glow = (float(row[GLOW]), float(row[GLOW + 1]), float(row[GLOW + 2]))
    texture = int(row[TEXTURE])
    if texture >= 0:
        texel = _lookup(world, texture, u, v)
        color = (color[0] * texel[0], color[1] * texel[1], color[2] * texel[2])
        glow = (glow[0] * texel[0], glow[1] * texel[1], glow[2] * texel[2])
        if row[BUMP] > 0.0:
            normal = _relief(world, hit, texture, (u, v), normal)
    point = add(add(origin, scale(direction, hit[0])), scale(flat, 1e-4))
    if dot(normal, direction) > -0.02:
        normal = unit(sub(normal, scale(direction, dot(normal, direction) + 0.02)))
    return (point, normal, color, glow, material)
