"""All of a person's strands, posed, lit and drawn."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tools.persona.figure import Figure, Part
from tools.persona.meshes.mesh import unit, vertex_normals
from tools.persona.pose import Pose, neck_weights, rotation, turned
from tools.persona.render.light import Arriving, Lamp, axes, sphere_directions
from tools.persona.render.lines import draw_strands
from tools.persona.render.picture import Stage
from tools.persona.render.raster import Buffer
from tools.persona.render.shading import diffuse, lamp_table
from tools.persona.render.volume import HairVolume
from tools.persona.strands.fibre_light import lit
from tools.persona.strands.fibres import Fibres
from tools.persona.strands.growth import beard, brows, hair, lashes

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
_SKY = sphere_directions(14)


class Coat:
    """The strands of one figure, grown once."""

    def __init__(self, figure: Figure) -> None:
        surface = figure.rest_surface()
        who, head = figure.identity, figure.head
        self._surface = surface
        self._triangles = head.layout.triangles
        self._normals = vertex_normals(surface, self._triangles)
        grown = [hair(who, head, surface), beard(who, head, surface), brows(who, surface), lashes(who, head, surface)]
        self.bundles: list[Fibres] = [bundle for bundle in grown if bundle is not None]
        self._volume = HairVolume([(b.points, b.radius_cm) for b in self.bundles if b.casts])
        self._skin_sky = self._sky(surface + 0.12 * self._normals, self._normals)
        self._strand_sky = [self._sky(b.points.reshape(-1, 3), self._facing(b)) for b in self.bundles]

    def _facing(self, bundle: Fibres) -> Floats:
        return np.repeat(self._normals[bundle.anchor], bundle.points.shape[1], 0)

    def _sky(self, points: Floats, facing: Floats) -> Singles:
        """Share of the sky over skin that faces ``facing`` (n, 3) which the hair leaves open at points (n, 3)."""
        total, weight = np.zeros(len(points), np.float32), np.full(len(points), 1e-3)
        for direction in _SKY:
            share = np.clip(facing @ direction + 0.25, 0, None)
            total += share * self._volume.passing(points, direction)
            weight += share
        return np.asarray(total / weight, np.float32)

    def _passing(self, points: Floats, pose: Pose, rig: tuple[Lamp, ...]) -> Singles:
        """Share of each lamp (n, lamps) that the hair lets through to points (n, 3) of the upright head."""
        turn = rotation(pose.yaw_deg, pose.pitch_deg, pose.roll_deg)
        return np.stack([self._volume.passing(points, axis @ turn) for axis in axes(rig)], 1)

    def shaded_skin(self, light: Arriving, pose: Pose, rig: tuple[Lamp, ...]) -> Arriving:
        """The light on the head's vertices once the hair has taken its part."""
        lamps = self._passing(self._surface + 0.12 * self._normals, pose, rig)
        share = lamps[:, :1] * 0.5 + self._skin_sky[:, None] * 0.5
        return Arriving(light.harmonics * share, light.lamps * lamps, light.sky * self._skin_sky)

    def _posed(self, bundle: Fibres, pose: Pose, now: Floats) -> Floats:
        points = bundle.points
        if bundle.swings:
            normals = vertex_normals(now, self._triangles)[bundle.anchor]
            points = _swung(points, self._normals[bundle.anchor], normals)
        points = points + (now - self._surface)[bundle.anchor][:, None]
        knots = points.shape[1]
        weights = np.repeat(neck_weights()[bundle.anchor], knots)
        weights = np.maximum(weights, np.repeat(bundle.points[:, 0, 1] > -6.0, knots))
        return turned(points.reshape(-1, 3), pose, weights).reshape(points.shape)

    def draw(self, figure: Figure, pose: Pose, stage: Stage, drawing: tuple[Arriving, Part, Buffer, Singles]) -> None:
        """Draw every strand over the surfaces; ``drawing`` is the head's light, the head, the buffer and its image."""
        light, head, buffer, image = drawing
        now = figure.head.surface(pose.expression)
        for bundle, sky in zip(self.bundles, self._strand_sky, strict=True):
            points = self._posed(bundle, pose, now)
            colour = self._lit((bundle, sky), points, pose, (light, head), stage)
            draw_strands(stage.camera, points, colour.reshape(points.shape), bundle.radius_cm, (buffer, image))

    def _lit(
        self, coated: tuple[Fibres, Singles], points: Floats, pose: Pose, skin: tuple[Arriving, Part], stage: Stage
    ) -> Singles:
        bundle, sky = coated
        light, head = skin
        knots = points.shape[1]
        anchor = np.repeat(bundle.anchor, knots)
        flat = points.reshape(-1, 3)
        tangents = unit(np.gradient(points, axis=1)).reshape(-1, 3).astype(np.float32)
        views = unit(stage.camera.position - flat).astype(np.float32)
        normal = head.normals[anchor].astype(np.float32)
        around = diffuse((normal, normal, normal), light.harmonics[anchor].astype(np.float32)) * sky[:, None]
        pigment = np.repeat(bundle.colour, knots, 0).astype(np.float32)
        seen = (light.lamps[anchor] * self._passing(bundle.points.reshape(-1, 3), pose, stage.rig)).astype(np.float32)
        return np.asarray(
            lit(tangents, views, pigment, (lamp_table(stage.rig), seen, around.astype(np.float32)), bundle.gloss)
        )


def _swung(points: Floats, before: Floats, after: Floats) -> Floats:
    """Strands (n, knots, 3) turned about their roots as the skin's normals (n, 3) turned."""
    axis = np.cross(before, after)
    sine = np.linalg.norm(axis, axis=1)
    cosine = (before * after).sum(1)
    axis = axis / np.maximum(sine, 1e-6)[:, None]
    local = points - points[:, :1]
    c, s, a = cosine[:, None, None], sine[:, None, None], axis[:, None]
    turned_local = (
        local * c
        + np.cross(np.broadcast_to(a, local.shape), local) * s
        + a * (local * a).sum(2, keepdims=True) * (1 - c)
    )
    return np.asarray(points[:, :1] + turned_local)
