"""Book spines, many on one sheet."""

import cv2
import numpy as np

from tools.room.color import srgb
from tools.room.textures.noise import field, textured
from tools.room.tracer.vector import Vec
from tools.room.tracer.world import Floats

COLUMNS, ROWS = 16, 4
_CELL = (512, 96)
_CLOTHS = """
    6d2b23 1f3a4d 2c4a38 b89b6a d9cdb4 3a2a22 8c6b3f 20242c 5a6b74 a4482e e8e0cf 44546a 7a7f5a c7a24b 4b2e3f 93a19a
    c96f4a 2a5560 efe9da 191a1d 6b3d2e d4b483 35506b 87927a b9483d f1ece0 51422f 9db0b5 2d2f45 cfae7b 713f4a 3f5f4f
"""
_SYLLABLES = "ka lo mir ten os va ri dun el sha por ni qua bel ast ove um gri"


def _words(rng: np.random.Generator) -> str:
    """A made-up title."""
    parts = _SYLLABLES.split()
    words = ["".join(rng.choice(parts, int(rng.integers(2, 4)))) for _ in range(int(rng.integers(1, 4)))]
    return " ".join(words).upper() if rng.random() < 0.5 else " ".join(words).title()


def _lettering(rng: np.random.Generator) -> Floats:
    """Title and author, written down the spine; 0..1."""
    lying = np.zeros((_CELL[1], _CELL[0]), np.uint8)
    face = int(rng.choice([cv2.FONT_HERSHEY_TRIPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX]))
    large = rng.uniform(0.8, 1.5)
    cv2.putText(lying, _words(rng), (int(rng.uniform(50, 100)), 62), face, large, 255, 2, cv2.LINE_AA)
    lying[:, 395:] = 0
    cv2.putText(lying, _words(rng)[:8], (405, 56), face, 0.5, 255, 1, cv2.LINE_AA)
    return np.asarray(np.rot90(lying, -1), np.float32) / 255.0


def _bands(rng: np.random.Generator) -> Floats:
    """Ruled lines or a label block across the spine; 0..1."""
    mask = np.zeros(_CELL, np.float32)
    style = int(rng.integers(4))
    if style == 1:
        for y in (30, 38, 470, 478):
            mask[y : y + 3] = 1.0
    elif style == 2:
        for y in range(60, 480, 80):
            mask[y : y + 6] = 0.8
    elif style == 3:
        top = int(rng.uniform(40, 140))
        mask[top : top + int(rng.uniform(60, 200))] = 1.0
    return mask


def _spine(rng: np.random.Generator, cloth: Vec, other: Vec) -> Floats:
    """One spine, RGB."""
    grain = 1.0 + 0.05 * rng.normal(size=_CELL + (1,)) + 0.06 * field(_CELL, int(rng.integers(1 << 30)), 1.0)[..., None]
    picture = np.array(cloth, np.float32) * grain.astype(np.float32)
    bands = _bands(rng)[..., None]
    picture = picture * (1 - bands) + np.array(other, np.float32) * bands
    dark = sum(cloth) / 3 < 0.25
    gilt = srgb("d6b45e") if dark and rng.random() < 0.5 else (srgb("ece4d2") if dark else srgb("262019"))
    letters = _lettering(rng)[..., None]
    picture = picture * (1 - letters) + np.array(gilt, np.float32) * letters
    wear = np.ones(_CELL, np.float32)
    wear[:, :5], wear[:, -5:], wear[:6], wear[-6:] = 1.18, 1.18, 1.25, 1.25
    return np.asarray(picture * cv2.GaussianBlur(wear, (0, 0), 2.0)[..., None], np.float32)


def sheet(seed: int, cloths: list[str] | None = None) -> Floats:
    """Sixty-four spines in a 16 by 4 sheet; uv runs 0..1 over it.

    Args:
        seed: of the generator.
        cloths: sRGB colours as six hexadecimal digits, or none for a mixed library.
    """
    rng = np.random.default_rng(seed)
    palette = [srgb(code) for code in (cloths or _CLOTHS.split())]
    rows = []
    for _ in range(ROWS):
        picks = [palette[int(rng.integers(len(palette)))] for _ in range(2 * COLUMNS)]
        rows.append(np.concatenate([_spine(rng, picks[2 * k], picks[2 * k + 1]) for k in range(COLUMNS)], 1))
    return textured(np.concatenate(rows))
