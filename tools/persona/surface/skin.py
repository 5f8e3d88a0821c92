"""Skin: its colour, relief and shine at points of the mean head."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tools.persona.identity import Identity
from tools.persona.surface.noise import cells, fbm

Singles = npt.NDArray[np.float32]
LIPS, INSIDE, MARGIN, LIDS, UNDER_EYE, BLUSH, BEARD, SCALP, CROWN, NOSTRIL, SEAM, LASH_LINE = range(12)
"""Columns of the stacked regions."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a surface is made of, sample by sample."""

    albedo: Singles
    """(n, 3), linear RGB."""
    height: Singles
    """(n,), centimetres of fine relief."""
    rough: Singles
    """(n,), 0 mirror .. 1 matt."""
    strength: Singles
    """(n,), reflectance seen head on."""


def _step(low: float, high: float, values: Singles) -> Singles:
    t = np.clip((values - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def _tinted(albedo: Singles, tint: tuple[float, float, float], amount: Singles) -> Singles:
    return np.asarray(albedo * (1 + amount[:, None] * (np.array(tint, np.float32) - 1)), np.float32)


def _blended(albedo: Singles, colour: tuple[float, float, float], amount: Singles) -> Singles:
    return np.asarray(albedo + amount[:, None] * (np.array(colour, np.float32) - albedo), np.float32)


def _spots(rest: Singles, amount: float, seed: int) -> Singles:
    """Freckles and small marks (n,), 0..1."""
    total = np.zeros(len(rest), np.float32)
    for scale, share, size in ((2.2, 0.25, 0.16), (4.5, 0.45, 0.26), (0.55, 0.10, 0.045)):
        distance, number = cells(rest, scale, seed + int(scale * 10))
        total += _step(size, 0.3 * size, distance) * (number < share * (0.3 + amount)) * (0.35 + 0.65 * number / share)
    return np.asarray(np.clip(total * (0.35 + amount), 0, 1), np.float32)


def _colour(rest: Singles, masks: Singles, who: Identity) -> Singles:
    skin, seed = who.skin, who.skin.seed * 101
    albedo = np.tile(np.array(skin.base, np.float32), (len(rest), 1))
    broad, fine = fbm(rest, 0.35, 3, seed), fbm(rest, 1.6, 4, seed + 1)
    grain = fbm(rest, 9.0, 3, seed + 2)
    albedo *= (1 + skin.mottling * (0.07 * broad + 0.10 * fine + 0.07 * grain))[:, None]
    blood = masks[:, BLUSH] * (0.75 + 0.5 * fbm(rest, 1.1, 4, seed + 3)) + 0.25 * np.clip(
        fbm(rest, 2.5, 3, seed + 4), 0, 1
    )
    blood += 0.55 * masks[:, LIDS] + 0.3 * masks[:, UNDER_EYE]
    flush = np.asarray(np.clip(blood, 0, 1.3) * skin.redness, np.float32)
    albedo = _tinted(albedo, (1.03, 0.66, 0.64), flush)
    albedo = _tinted(albedo, (0.86, 0.80, 0.84), masks[:, UNDER_EYE] * (0.35 + 0.6 * skin.age))
    albedo = _tinted(albedo, (0.62, 0.45, 0.36), _spots(rest, skin.freckles, seed) * min(0.25 + skin.freckles, 1.0))
    if skin.stubble > 0:
        shadow = masks[:, BEARD] * (0.8 + 0.5 * fbm(rest, 5.0, 3, seed + 5))
        albedo = _tinted(albedo, (0.50, 0.55, 0.62), np.asarray(np.clip(shadow, 0, 1) * skin.stubble, np.float32))
    lip = np.clip(masks[:, LIPS] * (1 + 0.15 * fine + 0.12 * fbm(rest, (7.0, 1.0, 4.0), 3, seed + 6)), 0, 1)
    return _blended(albedo, skin.lip, lip * 0.85)


def _relief(rest: Singles, masks: Singles, who: Identity, samples_per_cm: float) -> Singles:
    skin, seed = who.skin, who.skin.seed * 211
    bare = 1 - masks[:, LIPS]
    height = 0.012 * (0.3 + skin.age) * fbm(rest, 2.2, 3, seed)

    def fade(waves: float) -> float:
        return float(np.clip(samples_per_cm / waves / 2.5 - 0.6, 0, 1))

    pore, number = cells(rest, 9.0, seed + 1)
    zone = 0.45 + 0.75 * masks[:, BLUSH]
    height -= fade(9.0) * 0.0075 * skin.pores * zone * bare * _step(0.42, 0.05, pore) * (0.4 + number)
    if fade(17.0) > 0.3:
        ridge, _ = cells(rest, 17.0, seed + 2)
        height += fade(17.0) * 0.0028 * bare * (1.0 - ridge) * (0.6 + skin.age)
    height += fade(14.0) * 0.0030 * bare * fbm(rest, 13.0, 2, seed + 3)
    wrinkle = 1 - np.abs(fbm(rest, (5.0, 0.7, 2.0), 3, seed + 4)) * 1.6
    height += masks[:, LIPS] * (0.016 * wrinkle + 0.005 * fbm(rest, 9.0, 2, seed + 5)) * fade(5.0)
    return np.asarray(height, np.float32)


def skin_look(rest: Singles, masks: Singles, who: Identity, samples_per_cm: float) -> Look:
    """The skin at points (n, 3) of the mean head with their region masks (n, 12)."""
    albedo = _colour(rest, masks, who)
    ragged = masks[:, CROWN] - who.hair.hairline * recession(rest) + 0.35 * fbm(rest, 1.5, 3, 77)
    roots = _step(-0.5, 0.9, ragged) * 0.85
    albedo = _blended(albedo, tuple(0.6 * c + 0.02 for c in who.hair.colour), roots)  # type: ignore[arg-type]
    albedo = _blended(albedo, (0.075, 0.014, 0.012), masks[:, INSIDE])
    albedo = _blended(albedo, (0.46, 0.22, 0.19), masks[:, MARGIN] * 0.6 * (who.skin.base[0] + 0.3))
    dark = 0.85 * masks[:, NOSTRIL] + 0.55 * masks[:, SEAM] * (1 - masks[:, INSIDE])
    albedo = albedo * (1 - np.clip(dark, 0, 0.92))[:, None]
    albedo = _tinted(albedo, (0.36, 0.30, 0.28), masks[:, LASH_LINE] * 0.85)
    wet = np.maximum(masks[:, MARGIN], masks[:, INSIDE])
    oil = 0.5 * masks[:, BLUSH] * who.skin.oil
    rough = 0.52 - 0.10 * oil - 0.09 * masks[:, LIPS] + 0.05 * fbm(rest, 3.0, 2, 5)
    rough = np.where(wet > 0.3, 0.22, rough)
    strength = (
        (0.034 + 0.022 * who.skin.oil)
        * (1 + 0.35 * oil + 0.5 * wet + 0.3 * masks[:, LIPS])
        * (1 - 0.8 * roots)
        * (1 - masks[:, NOSTRIL])
        * (1 - 0.7 * masks[:, SEAM])
    )
    height = _relief(rest, masks, who, samples_per_cm)
    return Look(albedo, height, rough.astype(np.float32), strength.astype(np.float32))


def recession(rest: Singles) -> Singles:
    """Centimetres that a fully receded hair line loses at each point (n,)."""
    x, y = np.abs(rest[:, 0]), rest[:, 1]
    return np.asarray((2.2 + 2.6 * np.exp(-((x - 4.0) ** 2) / 4.0)) * _step(5.0, 8.0, y), np.float32)
