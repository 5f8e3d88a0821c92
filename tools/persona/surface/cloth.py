"""Cloth, teeth and tongue."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tools.persona.identity import Identity
from tools.persona.surface.noise import fbm
from tools.persona.surface.skin import Look

Singles = npt.NDArray[np.float32]


def folds(rest: Singles, ring: Singles) -> Singles:
    """Height (n,) in centimetres of a shirt's broad folds at points (n, 3) with their ring number (n,)."""
    broad, drape = fbm(rest, (0.10, 0.16, 0.10), 4, 3), fbm(rest, (0.22, 0.10, 0.2), 3, 4)
    return np.asarray(0.5 * broad + 0.30 * drape * np.clip((ring - 4) / 3, 0, 1), np.float32)


def _cloth(rest: Singles, extra: Singles, who: Identity) -> Look:
    ring = extra[:, 0]
    turn = np.arctan2(rest[:, 0], rest[:, 2] + 9.5)
    rib = np.sin(turn * 190.0) * (ring < 4.0) * (ring > 0.6)
    weave = np.sin(rest[:, 0] * 42.0) * np.sin(rest[:, 1] * 42.0 + 0.6 * np.sin(rest[:, 0] * 21))
    seam = np.exp(-(((ring - 4.0) / 0.10) ** 2))
    height = extra[:, 1] + 0.018 * rib + 0.0035 * weave - 0.06 * seam
    fuzz = 1 + 0.10 * fbm(rest, 6.0, 2, 5) + 0.04 * weave + 0.10 * rib - 0.25 * seam
    albedo = np.array(who.cloth.colour, np.float32) * np.clip(fuzz, 0.5, 1.5)[:, None]
    count = len(rest)
    return Look(
        albedo.astype(np.float32),
        height.astype(np.float32),
        np.full(count, 0.8, np.float32),
        np.full(count, 0.02, np.float32),
    )


def cloth_look(kind: str, rest: Singles, extra: Singles, who: Identity) -> Look:
    """The look of cloth, teeth or tongue at points (n, 3)."""
    if kind == "cloth":
        return _cloth(rest, extra, who)
    count = len(rest)
    if kind == "teeth":
        gum = np.clip(extra[:, 0], 0, 1)[:, None]
        albedo = np.array([0.62, 0.56, 0.46], np.float32) * (1 - gum) + np.array([0.42, 0.16, 0.15], np.float32) * gum
        rough, strength = 0.25, 0.04
    else:
        albedo = np.tile(np.array([0.40, 0.14, 0.13], np.float32), (count, 1))
        rough, strength = 0.35, 0.04
    height = 0.01 * fbm(rest, 6.0, 3, 8)
    return Look(
        albedo.astype(np.float32), height, np.full(count, rough, np.float32), np.full(count, strength, np.float32)
    )
