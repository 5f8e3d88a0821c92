"""Parts, strands, lamps and a camera made into a picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from tools.persona.figure import Part
from tools.persona.identity import Identity
from tools.persona.render.camera import Camera
from tools.persona.render.light import Arriving, Casters, Lamp, arriving
from tools.persona.render.raster import Buffer
from tools.persona.render.shading import diffuse, gloss, lamp_table, normalised
from tools.persona.render.subsurface import scattered
from tools.persona.surface.cloth import cloth_look
from tools.persona.surface.eye import eye_colour
from tools.persona.surface.relief import bent
from tools.persona.surface.skin import Look, skin_look

Singles = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]
Places = tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything round the person."""

    camera: Camera
    rig: tuple[Lamp, ...]
    backdrop: Singles
    """(height, width, 3) linear RGB."""
    quality: tuple[int, int] = (96, 320)
    """Directions and depth-map side for the light's visibility."""


@dataclass(slots=True)
class Layers:
    """Sample grids (rows, columns, 3) that make up the picture."""

    light: Singles
    albedo: Singles
    shine: Singles
    skin: Singles
    """(rows, columns): 1 where light spreads under the surface."""


def _grids(stage: Stage) -> Layers:
    rows, columns = stage.camera.size()
    colour = (rows, columns, 3)
    return Layers(
        np.zeros(colour, np.float32),
        np.zeros(colour, np.float32),
        np.zeros(colour, np.float32),
        np.zeros((rows, columns), np.float32),
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """One part's samples with what is interpolated there."""

    place: Places
    normals: Singles
    views: Singles
    rest: Singles
    extra: Singles
    coefficients: Singles
    lamps: Singles
    sky: Singles
    samples_per_cm: Singles


def _gather(part: Part, light: Arriving, buffer: Buffer, stage: Stage, first: int) -> _Seen | None:
    place = buffer.seen(first, len(part.triangles))
    if place[0].size == 0:
        return None
    columns = [part.normals, part.points, part.rest, part.extra, light.harmonics, light.lamps, light.sky[:, None]]
    table = buffer.sample(place, part.triangles, first, np.hstack(columns))
    normals, points, rest, extra, coefficients, lamps, sky = np.split(
        table, np.cumsum([c.shape[1] for c in columns])[:-1], axis=1
    )
    views = normalised((stage.camera.position - points).astype(np.float32))
    camera = stage.camera
    scale = (camera.px_per_cm * camera.samples * camera.distance_cm / buffer.depth[place]).astype(np.float32)
    return _Seen(place, normalised(normals), views, rest, extra, coefficients, lamps, sky[:, 0], scale)


def _shade_matter(seen: _Seen, look: Look, layers: Layers, stage: Stage, skin: bool) -> None:
    fine = bent(seen.normals, look.height, seen.place, seen.samples_per_cm)
    if skin:
        red, green = (normalised(seen.normals * s + fine * (1 - s)) for s in (0.75, 0.45))
        light = diffuse((red, green, fine), seen.coefficients)
    else:
        light = diffuse((fine, fine, fine), seen.coefficients)
    open_sky = np.clip(0.25 + 0.75 * seen.sky, 0, 1)[:, None] if skin else 1.0
    layers.light[seen.place] = light
    layers.albedo[seen.place] = look.albedo
    light_on = (lamp_table(stage.rig), seen.lamps)
    shine = gloss(fine, seen.views, look.rough, look.strength, light_on)
    if skin:
        shine = 0.65 * shine + 0.35 * gloss(fine, seen.views, look.rough * 0.62, look.strength, light_on)
    layers.shine[seen.place] = shine * open_sky
    layers.skin[seen.place] = 1.0 if skin else 0.0


def _shade_eye(seen: _Seen, part: Part, who: Identity, layers: Layers, stage: Stage) -> None:
    turn = part.turn.astype(np.float32)
    albedo, local, _ = eye_colour(seen.rest, seen.views @ turn, who.eyes, who.seed * 31)
    normals = normalised(local @ turn.T)
    light = diffuse((normals, normals, normals), seen.coefficients)
    upper, lower = np.clip(seen.extra[:, 0] / 0.42, 0, 1), np.clip(seen.extra[:, 1] / 0.25, 0, 1)
    shade = (0.25 + 0.75 * upper**0.8) * (0.65 + 0.35 * lower)
    layers.light[seen.place] = light * shade[:, None]
    layers.albedo[seen.place] = albedo
    layers.shine[seen.place] = _catch_light(seen, stage) * (0.15 + 0.85 * np.clip(upper * 1.6, 0, 1))[:, None]


def _catch_light(seen: _Seen, stage: Stage) -> Singles:
    """The lamps mirrored in the wet eye: the brightest as a soft-edged window, the others faint."""
    normals, views = seen.normals, seen.views
    facing = (normals * views).sum(1, keepdims=True)
    mirror = 2 * facing * normals - views
    rough, strength = np.full(len(normals), 0.16, np.float32), np.full(len(normals), 0.02, np.float32)
    out = 0.5 * gloss(normals, views, rough, strength, (lamp_table(stage.rig), seen.lamps))
    key = stage.rig[0]
    axis = np.array(key.towards) / np.linalg.norm(key.towards)
    across = np.cross([0.0, 1.0, 0.0], axis)
    across /= np.linalg.norm(across)
    up = np.cross(axis, across)
    ahead = np.maximum(mirror @ axis, 1e-3)
    u, v = np.abs(mirror @ across / ahead), np.abs(mirror @ up / ahead)
    window = np.clip((0.30 - u) / 0.08, 0, 1) * np.clip((0.38 - v) / 0.08, 0, 1) * (mirror @ axis > 0.2)
    return np.asarray(out + (0.055 * window)[:, None] * 7.0 * np.array(key.colour, np.float32), np.float32)


def _shade(part: Part, seen: _Seen, who: Identity, layers: Layers, stage: Stage) -> None:
    if part.kind == "eye":
        _shade_eye(seen, part, who, layers, stage)
    elif part.kind == "skin":
        look = skin_look(seen.rest, seen.extra, who, float(np.median(seen.samples_per_cm)))
        _shade_matter(seen, look, layers, stage, skin=True)
    else:
        _shade_matter(seen, cloth_look(part.kind, seen.rest, seen.extra, who), layers, stage, skin=False)


def _lit(parts: list[Part], stage: Stage) -> list[Arriving]:
    casters = [p for p in parts if p.kind != "eye"]
    starts = np.cumsum([0] + [len(p.points) for p in casters])
    triangles = np.concatenate(
        [(p.triangles if p.shadow is None else p.shadow) + s for p, s in zip(casters, starts, strict=False)]
    )
    shadow = Casters(np.concatenate([p.points for p in casters]), triangles)
    points, normals = np.concatenate([p.points for p in parts]), np.concatenate([p.normals for p in parts])
    light = arriving(points, normals, shadow, stage.rig, stage.quality)
    cuts = np.cumsum([len(p.points) for p in parts])[:-1]
    return [
        Arriving(h, lamps, sky)
        for h, lamps, sky in zip(
            np.split(light.harmonics, cuts), np.split(light.lamps, cuts), np.split(light.sky, cuts), strict=True
        )
    ]


Veil = Callable[[Arriving], Arriving]


def surfaces(parts: list[Part], who: Identity, stage: Stage, veil: Veil) -> tuple[Singles, Buffer, Arriving]:
    """Linear light (rows, columns, 3) of the parts over the backdrop, with the buffer and the light on the first
    part, the head; ``veil`` takes from the head's light what its hair holds back."""
    buffer = Buffer.empty(*stage.camera.size())
    first = 0
    for part in parts:
        buffer.draw(stage.camera.project(part.points), part.triangles, first)
        first += len(part.triangles)
    lights, layers, first = _lit(parts, stage), _grids(stage), 0
    bare = lights[0]
    lights[0] = veil(bare)
    for part, light in zip(parts, lights, strict=True):
        seen = _gather(part, light, buffer, stage, first)
        if seen is not None:
            _shade(part, seen, who, layers, stage)
        first += len(part.triangles)
    spread = scattered(layers.light, layers.skin, stage.camera.px_per_cm * stage.camera.samples)
    mask = layers.skin[..., None]
    lit = (layers.light + mask * (spread - layers.light)) * layers.albedo + layers.shine
    return over_backdrop(lit, buffer, stage), buffer, bare


def over_backdrop(light: Singles, buffer: Buffer, stage: Stage) -> Singles:
    """The parts' light over the backdrop, still on the sample grid."""
    rows, columns = stage.camera.size()
    backdrop = cv2.resize(stage.backdrop, (columns, rows), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.where((buffer.label >= 0)[..., None], light, backdrop), np.float32)


def finished(light: Singles, stage: Stage) -> Singles:
    """The picture (height, width, 3) in linear light from its samples; sparks are held back."""
    size = (stage.camera.width, stage.camera.height)
    return np.asarray(cv2.resize(np.minimum(light, 4.0), size, interpolation=cv2.INTER_AREA), np.float32)
