"""Hair styles: which way hair lies, how long it is and where it stops."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from tools.persona.identity import Hair
from tools.persona.meshes.mesh import unit
from tools.persona.strands.fibres import Roots
from tools.persona.strands.scalp import CENTRE, Flow, Growth, Scalp, clumped, grown

Floats = npt.NDArray[np.float64]
_KNOT = np.array([0.0, 4.0, -20.0])
"""Where pulled-back hair is tied."""


def _along_skin(points: Floats, direction: Floats) -> Floats:
    out = unit(points - CENTRE)
    return unit(direction - (direction * out).sum(1, keepdims=True) * out)


def _to_knot(points: Floats) -> Floats:
    return _along_skin(points, unit(_KNOT - points) + np.array([0, 0.25, 0]))


def _back(points: Floats) -> Floats:
    side = np.clip(np.abs(points[:, 0:1]) / 7.0, 0, 1)
    return _along_skin(points, np.array([0, 0.35, -1.0]) - side * np.array([0, 1.1, 0.1]))


def _from_parting(points: Floats) -> Floats:
    across = np.where(points[:, 0:1] > 2.6, 1.0, -1.0) * np.array([1.0, 0, 0])
    low = np.clip((10.0 - points[:, 1:2]) / 4.0, 0, 1)
    swept = across * (1 - 0.8 * low) + np.array([0, 0.35, -0.95])
    return _along_skin(points, swept * (1 - low) + low * np.array([0, -1.0, -0.55]))


def _crop(points: Floats) -> Floats:
    low = np.clip((8.5 - points[:, 1:2]) / 4.0, 0, 1)
    return _along_skin(points, np.array([0.25, 0.55, -0.35]) * (1 - low) + low * np.array([0, -1.0, -0.3]))


def _nape(roots: Roots) -> Floats:
    """How hair shortens towards the neck (n,)."""
    return np.clip((roots.points[:, 1] + 5.5) / 8.0, 0.14, 1.0)


def _clear_of_ears(roots: Roots) -> Floats:
    """How hair shortens round the ears (n,)."""
    away = np.hypot(roots.points[:, 1] - 1.6, roots.points[:, 2] + 8.6)
    beside = np.abs(roots.points[:, 0]) > 5.0
    return np.where(beside, np.clip((away - 2.6) / 2.8, 0.15, 1.0), 1.0)


def _pulled_back(roots: Roots, scalp: Scalp, hair: Hair, seed: int) -> Floats:
    rng = np.random.default_rng(seed)
    reach = np.linalg.norm(roots.points - _KNOT, axis=1) * 1.6
    length = np.where(rng.random(len(reach)) < 0.012, rng.uniform(0.15, 0.4, len(reach)), 1.0) * reach
    growth = Growth(
        length,
        np.full(len(reach), 0.12),
        bend=0.6,
        wave=0.03,
        wave_per_cm=0.35,
        layer_cm=0.95,
        disorder=0.03,
        knots=30,
        cling=0.22,
        tied=_KNOT,
    )
    return clumped(grown(roots, scalp, _to_knot, growth, seed), 90, 0.15, seed)


def _short(roots: Roots, scalp: Scalp, hair: Hair, seed: int) -> Floats:
    rng = np.random.default_rng(seed)
    top = np.clip((roots.points[:, 1] - 6.0) / 4.0, 0, 1)
    length = hair.length_cm * (0.30 + 0.70 * top) * _nape(roots) * rng.uniform(0.75, 1.1, len(top))
    growth = Growth(length, 0.30 + 0.22 * top, bend=0.30, wave=0.12, wave_per_cm=0.6, layer_cm=0.45, knots=9)
    return clumped(grown(roots, scalp, _crop, growth, seed), 25, 0.45, seed)


def _receding(roots: Roots, scalp: Scalp, hair: Hair, seed: int) -> Floats:
    rng = np.random.default_rng(seed)
    top = np.clip((roots.points[:, 1] - 6.5) / 4.0, 0, 1)
    length = hair.length_cm * (0.45 + 0.6 * top) * _nape(roots) * rng.uniform(0.7, 1.15, len(top))
    growth = Growth(length, np.full(len(top), 0.32), bend=0.4, wave=0.16, wave_per_cm=0.45, layer_cm=0.55, knots=10)
    return clumped(grown(roots, scalp, _back, growth, seed), 30, 0.45, seed)


def _parted(roots: Roots, scalp: Scalp, hair: Hair, seed: int) -> Floats:
    rng = np.random.default_rng(seed)
    top = np.clip((roots.points[:, 1] - 6.0) / 3.5, 0, 1)
    length = hair.length_cm * (0.25 + 0.75 * top) * _nape(roots) * rng.uniform(0.8, 1.1, len(top))
    growth = Growth(length, 0.20 + 0.28 * top, bend=0.42, wave=0.10, wave_per_cm=0.4, layer_cm=0.6, knots=12)
    return clumped(grown(roots, scalp, _from_parting, growth, seed), 40, 0.5, seed)


def _coils(roots: Roots, scalp: Scalp, hair: Hair, seed: int) -> Floats:
    rng = np.random.default_rng(seed)
    count, knots = len(roots.points), 22
    s = np.linspace(0, 1, knots)[None, :, None]
    away = unit(roots.normals + rng.normal(0, 0.28, (count, 3)) + np.array([0, 0.15, 0]))
    length = (hair.length_cm * _nape(roots) * _clear_of_ears(roots) * rng.uniform(0.55, 1.05, count))[:, None, None]
    side = unit(np.cross(away, rng.normal(0, 1, (count, 3))))
    other = np.cross(away, side)
    turns = rng.uniform(2.2, 4.0, (count, 1, 1)) * 2 * np.pi * s + rng.uniform(0, 6.3, (count, 1, 1))
    radius = rng.uniform(0.07, 0.16, (count, 1, 1)) * np.minimum(s * 4, 1)
    curl = radius * (np.cos(turns) * side[:, None] + np.sin(turns) * other[:, None])
    strands = roots.points[:, None] + away[:, None] * length * s + curl
    return clumped(np.asarray(strands), 18, 0.35, seed)


Style = Callable[[Roots, Scalp, Hair, int], Floats]
STYLES: dict[str, Style] = {
    "pulled_back": _pulled_back, "short": _short, "receding": _receding, "parted": _parted, "coils": _coils,
}  # fmt: skip
FLOWS: dict[str, Flow] = {"back": _back, "knot": _to_knot}
