"""One light path: bounces, direct light, and what of it the film keeps."""

import math

from tools.room.tracer.bvh import closest, occluded
from tools.room.tracer.compiled import compiled
from tools.room.tracer.sampling import cosine, draw, facet, masking
from tools.room.tracer.surface import METAL, ROUGHNESS, SAMPLED, SPECULAR, TRANSLUCENT, Surface, surface
from tools.room.tracer.vector import Vec, add, dot, luminance, scale, sub, times, to_local, to_world, unit
from tools.room.tracer.world import Floats, Scratch, World

EMITTED, DIFFUSE, GLOSSY, ALBEDO, NORMAL, NEARNESS = 0, 3, 6, 9, 12, 15
"""Columns of a sample: light seen directly, by way of a diffuse and of a glossy first bounce, and the features."""
BOUNCES = 9
_CLAMP = 12.0

Step = tuple[Vec, Vec, bool]
"""The next direction, what survives of the light, and whether the bounce was a mirror-like one."""


@compiled
def _keep(scratch: Scratch, column: int, value: Vec) -> None:
    """Add a colour to three columns of the current sample."""
    for channel in range(3):
        scratch.sample[column + channel] += value[channel]


@compiled
def _weight(light: Floats, place: Surface, translucent: float) -> float:
    """How much a light may matter at a point; zero only behind the light."""
    away = sub(place[0], (float(light[0]), float(light[1]), float(light[2])))
    if away[0] * light[9] + away[1] * light[10] + away[2] * light[11] <= 1e-5:
        return 0.0
    middle = sub(
        scale(away, -1.0),
        (-0.5 * (light[3] + light[6]), -0.5 * (light[4] + light[7]), -0.5 * (light[5] + light[8])),
    )
    square = dot(middle, middle)
    facing = dot(middle, place[1]) / math.sqrt(max(square, 1e-9))
    facing = max(facing, -facing * translucent)
    power = (light[12] + light[13] + light[14]) * light[15]
    return float(power * (0.1 + max(0.0, facing)) / (square + light[15]))


@compiled
def _choose(world: World, place: Surface, translucent: float, number: float) -> tuple[int, float, float]:
    """A light, its probability, and the rest of the random number (weighted reservoir of one)."""
    total, chosen, chosen_weight = 0.0, -1, 0.0
    for light in range(world.lights.shape[0]):
        weight = _weight(world.lights[light], place, translucent)
        if weight <= 0.0:
            continue
        total += weight
        share = weight / total
        if number < share:
            chosen, chosen_weight, number = light, weight, number / share
        else:
            number = (number - share) / max(1.0 - share, 1e-9)
    return (chosen, chosen_weight / max(total, 1e-20), min(number, 0.9999999))


@compiled
def _direct(world: World, place: Surface, scratch: Scratch) -> Vec:
    """Light that falls straight from one light and leaves diffusely, without the surface's colour."""
    translucent = float(world.materials[place[4], TRANSLUCENT])
    chosen, chance, a = _choose(world, place, translucent, draw(scratch))
    b = draw(scratch)
    if chosen < 0:
        return (0.0, 0.0, 0.0)
    row = world.lights[chosen]
    target = (
        row[0] + row[3] * a + row[6] * b,
        row[1] + row[4] * a + row[7] * b,
        row[2] + row[5] * a + row[8] * b,
    )
    offset = sub(target, place[0])
    square = dot(offset, offset)
    distance = math.sqrt(square)
    toward = scale(offset, 1.0 / distance)
    facing = dot(toward, place[1])
    through = translucent if facing < 0.0 else 1.0 - translucent
    leaving = -(toward[0] * row[9] + toward[1] * row[10] + toward[2] * row[11])
    gain = through * abs(facing) * leaving * row[15] / (square * math.pi * chance)
    if gain <= 0.0:
        return (0.0, 0.0, 0.0)
    start = place[0] if facing > 0.0 else sub(place[0], scale(place[1], 4e-4))
    if occluded(world.geometry, start, toward, distance * 0.9995, scratch.stack):
        return (0.0, 0.0, 0.0)
    return (row[12] * gain, row[13] * gain, row[14] * gain)


@compiled
def _fresnel(base: float, cosine_to_normal: float) -> float:
    """Reflectance at an angle. Source: Schlick, "An Inexpensive BRDF Model" (1994)."""
    return base + (1.0 - base) * max(0.0, 1.0 - cosine_to_normal) ** 5


@compiled
def _mirror(row: Floats, place: Surface, direction: Vec, scratch: Scratch) -> tuple[Vec, float, float]:
    """A glossy bounce: direction, weight without Fresnel (zero when it goes inside), cosine to the facet."""
    alpha = max(float(row[ROUGHNESS]) ** 2, 1e-4)
    view = to_local(scale(direction, -1.0), place[1])
    normal = facet(view, alpha, draw(scratch), draw(scratch))
    facing = dot(view, normal)
    out = sub(scale(normal, 2.0 * facing), view)
    gain = masking(out[2], alpha) if out[2] > 0.0 else 0.0
    return (to_world(out, place[1]), gain, facing)


@compiled
def _coat(row: Floats, place: Surface, direction: Vec) -> float:
    """Part of the light that the coat sends back before it reaches the colour; all of it for a metal."""
    base = float(row[SPECULAR])
    if row[METAL] > 0.5:
        return 1.0
    # A rough coat shades itself at grazing angles, which the mirror formula ignores.
    bare = 1.0 - 0.7 * float(row[ROUGHNESS])
    return min(0.9, _fresnel(base, -dot(direction, place[1])) * bare) if base > 0.0 else 0.0


@compiled
def _glossy(row: Floats, place: Surface, direction: Vec, scratch: Scratch) -> Step:
    """A bounce off the coat or off a metal."""
    out, gain, facing = _mirror(row, place, direction, scratch)
    if row[METAL] <= 0.5:
        return (out, (gain, gain, gain), True)
    edge = _fresnel(0.0, facing)
    return (out, scale(add(scale(place[2], 1.0 - edge), (edge, edge, edge)), gain), True)


@compiled
def _scatter(world: World, place: Surface, direction: Vec, bounce: int, scratch: Scratch) -> Step:
    """Where the path goes next; what the camera sees at first hand gets more glossy paths than their share."""
    row = world.materials[place[4]]
    coat = _coat(row, place, direction)
    chance = 0.25 + 0.6 * coat if bounce == 0 and 0.0 < coat < 1.0 else coat
    if chance > 0.0 and draw(scratch) < chance:
        out, gain, _ = _glossy(row, place, direction, scratch)
        return (out, scale(gain, coat / chance), True)
    local = cosine(draw(scratch), draw(scratch))
    translucent = float(row[TRANSLUCENT])
    if translucent > 0.0 and draw(scratch) < translucent:
        local = (local[0], local[1], -local[2])
    return (to_world(local, place[1]), scale(place[2], (1.0 - coat) / (1.0 - chance)), False)


@compiled
def _features(scratch: Scratch, place: Surface, metal: float, distance: float) -> None:
    """Keep what the noise filter wants to know about the first hit."""
    _keep(scratch, ALBEDO, place[2] if metal < 0.5 else (1.0, 1.0, 1.0))
    _keep(scratch, NORMAL, place[1])
    scratch.sample[NEARNESS] = 1.0 / distance


@compiled
def _limited(value: Vec, bounce: int) -> Vec:
    """Indirect light, cut where a rare bright path would leave a speck."""
    bright = luminance(value)
    return scale(value, _CLAMP / bright) if bounce > 0 and bright > _CLAMP else value


@compiled
def trace(world: World, origin: Vec, direction: Vec, scratch: Scratch) -> None:
    """Follow one path and leave in `scratch.sample` what it found."""
    scratch.sample[:] = 0.0
    kept: Vec = (1.0, 1.0, 1.0)
    column, seen = EMITTED, True
    for bounce in range(BOUNCES):
        hit = closest(world.geometry, origin, direction, scratch.stack)
        if hit[1] < 0:
            return
        place = surface(world, hit, origin, direction)
        row = world.materials[place[4]]
        if bounce == 0:
            _features(scratch, place, float(row[METAL]), hit[0])
        if seen or row[SAMPLED] < 0.5:
            _keep(scratch, column, _limited(times(kept, place[3]), bounce))
        out, gain, glossy = _scatter(world, place, direction, bounce, scratch)
        if bounce == 0:
            column = GLOSSY if glossy else DIFFUSE
        if not glossy and luminance(place[2]) > 0.0:
            light = times(_direct(world, place, scratch), gain)
            _keep(scratch, column, _limited(times(kept, light), bounce))
        kept = times(kept, gain)
        survival = min(0.95, max(kept[0], max(kept[1], kept[2])))
        if bounce > 1:
            if draw(scratch) >= survival:
                return
            kept = scale(kept, 1.0 / survival)
        elif survival <= 0.0:
            return
        behind = not glossy and dot(out, place[1]) < 0.0
        origin = sub(place[0], scale(place[1], 4e-4)) if behind else place[0]
        direction, seen = unit(out), glossy
