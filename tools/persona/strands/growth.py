"""All the strands of an identity."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tools.persona.geometry.head import Head, mean_surface
from tools.persona.geometry.landmarks import BROW_LOWER, BROW_UPPER, LID_LOWER, LID_UPPER, mean_face
from tools.persona.identity import Identity
from tools.persona.meshes.mesh import nearest, unit, vertex_normals
from tools.persona.strands.fibres import Fibres, Field, pigment, scattered_roots
from tools.persona.strands.scalp import Scalp
from tools.persona.strands.styles import STYLES
from tools.persona.surface.noise import fbm
from tools.persona.surface.regions import regions
from tools.persona.surface.skin import recession

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def _edge_noise(rest: Floats) -> Floats:
    return np.asarray(0.22 * fbm(rest.astype(np.float32), 1.4, 3, 77), np.float64)


def _field(head: Head, surface: Floats, weight: Floats) -> Field:
    triangles = head.layout.triangles
    return Field(surface, vertex_normals(surface, triangles), triangles, mean_surface().points, weight)


def hair(who: Identity, head: Head, surface: Floats) -> Fibres:
    """The hair on the head."""
    rest = mean_surface().points
    crown = regions().crown - who.hair.hairline * recession(rest.astype(np.float32)) + _edge_noise(rest)
    t = np.clip((crown + 0.15) / 1.5, 0, 1)
    if who.hair.style == "pulled_back":
        burns = (np.abs(rest[:, 0]) > 5.0) & (rest[:, 1] < 2.6) & (rest[:, 2] > -9.5)
        t = t * np.clip((rest[:, 1] + 3.5) / 1.5, 0, 1) * np.where(burns, np.clip((rest[:, 1] - 1.6) / 1.0, 0.0, 1), 1)
    thin = 1 - 0.55 * who.hair.hairline * np.clip((rest[:, 1] - 8) / 4, 0, 1)
    roots = scattered_roots(_field(head, surface, (0.06 + t) * (t > 0) * thin), who.hair.strands, who.seed)
    strands = STYLES[who.hair.style](roots, Scalp(surface), who.hair, who.seed)
    count = len(strands)
    return Fibres(
        strands, roots.anchor, pigment(who.hair.colour, count, who.hair.grey, who.seed), np.full(count, 0.0045)
    )


def beard(who: Identity, head: Head, surface: Floats) -> Fibres | None:
    """A trimmed beard, or None for a shaved or beardless face."""
    if who.hair.beard_cm <= 0:
        return None
    rng = np.random.default_rng(who.seed + 5)
    rest = mean_surface().points
    weight = np.clip(regions().beard * 1.3 - 0.25 + 0.25 * _edge_noise(rest), 0, 1)
    roots = scattered_roots(_field(head, surface, weight), 42000, who.seed + 6)
    down = np.array([0.0, -1.0, 0.15]) + roots.points * np.array([0.06, 0, 0])
    heading = unit(0.55 * roots.normals + 0.75 * unit(down) + rng.normal(0, 0.22, roots.points.shape))
    length = who.hair.beard_cm * rng.uniform(0.5, 1.1, len(heading))
    s = np.linspace(0, 1, 5)[None, :, None]
    curve = heading[:, None] * s * length[:, None, None] + (s * s) * np.array([0, -0.25, -0.05]) * length[:, None, None]
    colour = pigment(who.hair.colour, len(heading), who.hair.grey * 0.6, who.seed + 7)
    return Fibres(
        np.asarray(roots.points[:, None] + curve), roots.anchor, colour, np.full(len(heading), 0.006), gloss=0.5
    )


def brows(who: Identity, surface: Floats) -> Fibres:
    """Both brows."""
    rng = np.random.default_rng(who.seed + 11)
    face, rest = mean_surface().control, mean_surface().points
    count = int(900 * who.brows.density)
    place = np.clip(rng.beta(1.15, 1.25, count), 0.0, 1.0)
    upper, lower = face[list(BROW_UPPER)], face[list(BROW_LOWER)]
    at = place * 4
    i = np.clip(at.astype(int), 0, 3)
    f = (at - i)[:, None]
    top, low = (line[i] + (line[i + 1] - line[i]) * f for line in (upper, lower))
    body = np.interp(place, [0, 0.15, 0.5, 0.85, 1], [0.75, 1.0, 0.95, 0.75, 0.45]) * who.brows.thickness
    across = 0.30 + np.clip(rng.normal(0, 0.42, count), -0.9, 0.9) * body + 0.25 * who.brows.height
    where = low + (top - low) * across[:, None]
    anchor = nearest(where, rest)
    out = unit(where - np.array([-2.5, 3.5, -9.0]))
    side = np.stack(
        [
            -0.95 + 0.0 * place,
            np.interp(place, [0, 0.45, 0.8, 1], [-0.45, 0.05, 0.55, 1.1]) - 0.5 * (across - 0.4),
            np.full(count, -0.1),
        ],
        1,
    )
    heading = unit(unit(side) + 0.30 * out + rng.normal(0, 0.10, (count, 3)))
    length = rng.uniform(0.45, 0.95, count) * np.interp(place, [0, 0.3, 1], [0.75, 1.0, 0.8])
    s = np.linspace(0, 1, 6)[None, :, None]
    curve = heading[:, None] * s * length[:, None, None] - out[:, None] * (s * s) * 0.26 * length[:, None, None]
    curve += np.array([0, -0.18, 0]) * (s * s) * length[:, None, None] * (across[:, None, None] > 0.4)
    strands = surface[anchor][:, None] + (where - rest[anchor])[:, None] - 0.02 * out[:, None] + curve
    both = np.concatenate([strands, strands * np.array([-1.0, 1.0, 1.0])])
    other = nearest(where * np.array([-1.0, 1.0, 1.0]), rest)
    colour = pigment(who.brows.colour, 2 * count, who.hair.grey * 0.35, who.seed + 12)
    return Fibres(
        np.asarray(both), np.concatenate([anchor, other]), colour, np.full(2 * count, 0.0046), casts=False, gloss=0.3
    )


def _lash_row(edge: Floats, eye: Floats, count: int, rng: np.random.Generator, up: bool) -> tuple[Floats, Floats]:
    """Roots and strands of one row along a lid's edge, outer corner first."""
    place = np.sort(rng.uniform(0.02, 0.97, count))
    at = place * (len(edge) - 1)
    i = np.clip(at.astype(int), 0, len(edge) - 2)
    where = edge[i] + (edge[i + 1] - edge[i]) * (at - i)[:, None]
    away = unit(where - eye)
    fan = np.stack([np.interp(place, [0, 0.5, 1], [-0.85, -0.12, 0.35]), np.zeros(count), np.zeros(count)], 1)
    pull = rng.normal(0, 0.09, (count, 3))
    heading = unit(0.9 * away + fan + pull + np.array([0, -0.25 if up else -0.30, 0.45]))
    length = (
        (0.62 if up else 0.30)
        * np.interp(place, [0, 0.25, 0.8, 1], [0.85, 1.0, 0.75, 0.45])
        * rng.uniform(0.75, 1.05, count)
    )
    s = np.linspace(0, 1, 8)[None, :, None]
    curl = np.array([0, 0.80 if up else -0.25, -0.15]) * (s * s)
    return where, where[:, None] + (heading[:, None] * s * (1 - 0.25 * s) + curl * 0.75) * length[:, None, None]


def lashes(who: Identity, head: Head, surface: Floats) -> Fibres:
    """Upper and lower lashes of both eyes."""
    rng = np.random.default_rng(who.seed + 21)
    mirror = mean_face().mirror
    strands, anchors = [], []
    for row, count, up in ((LID_UPPER, 190, True), (LID_LOWER, 62, False)):
        path = (33, *row, 133)
        edge = surface[list(path)]
        where, grown = _lash_row(edge, np.array(head.eyes[0]), int(count * min(who.lashes, 1.3)), rng, up)
        grown = grown[:, :1] + (grown - grown[:, :1]) * who.lashes
        index = np.array([path[k] for k in ((where[:, None] - edge[None]) ** 2).sum(2).argmin(1)])
        strands += [grown, grown * np.array([-1.0, 1.0, 1.0])]
        anchors += [index, mirror[index]]
    both = np.concatenate(strands)
    colour = np.tile(np.minimum(np.array(who.brows.colour) * 0.4, 0.012), (len(both), 1))
    return Fibres(
        both, np.concatenate(anchors), colour, np.full(len(both), 0.0068), casts=False, gloss=0.15, swings=True
    )
