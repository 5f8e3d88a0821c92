"""Abstract prints for the walls."""

import cv2
import numpy as np

from tools.room.textures.noise import field, textured
from tools.room.tracer.vector import Vec
from tools.room.tracer.world import Floats

_SCALE = 4


def _paper(shape: tuple[int, int], color: Vec, seed: int) -> Floats:
    """Uncoated paper, RGB."""
    tooth = field(shape, seed, 0.4)[..., None] * 0.012 + field(shape, seed + 1, 1.2)[..., None] * 0.012
    return np.asarray(np.array(color, np.float32) * (1.0 + tooth), np.float32)


def _inked(picture: Floats, mask: Floats, color: Vec, seed: int) -> Floats:
    """A shape laid over a picture with the uneven coverage of a brush or screen."""
    cover = np.clip(0.93 + 0.05 * field(mask.shape, seed, 0.8, (1.0, 3.0)), 0.0, 1.0)
    part = (mask * cover)[..., None]
    return np.asarray(picture * (1 - part) + np.array(color, np.float32) * part, np.float32)


def _mask(shape: tuple[int, int]) -> tuple[Floats, int]:
    """An empty mask drawn at four times the size, and that factor."""
    return np.zeros((shape[0] * _SCALE, shape[1] * _SCALE), np.float32), _SCALE


def _shrunk(mask: Floats, shape: tuple[int, int]) -> Floats:
    """A large mask at the size of the picture, so that edges are smooth."""
    return np.asarray(cv2.resize(mask, (shape[1], shape[0]), interpolation=cv2.INTER_AREA), np.float32)


def hills(paper: Vec, inks: list[Vec], seed: int) -> Floats:
    """A sun disc over overlapping hills in flat inks; 3:4 upright."""
    shape = (800, 600)
    rng = np.random.default_rng(seed)
    picture = _paper(shape, paper, seed)
    mask, k = _mask(shape)
    cv2.circle(mask, (int(370 * k), int(245 * k)), int(118 * k), 1.0, -1)
    picture = _inked(picture, _shrunk(mask, shape), inks[0], seed + 5)
    x = np.linspace(0, 1, 200)
    for layer, ink in enumerate(inks[1:]):
        mask, k = _mask(shape)
        level = 0.44 + 0.15 * layer
        phase, swing = rng.uniform(0, 6.3), rng.uniform(0.05, 0.10)
        y = level + swing * np.sin(x * rng.uniform(3, 5.5) + phase) + 0.02 * np.sin(x * 11 + phase)
        outline = np.stack([x * shape[1] * k, y * shape[0] * k], -1)
        corners = np.array([[shape[1] * k, shape[0] * k], [0, shape[0] * k]], np.float64)
        cv2.fillPoly(mask, [np.concatenate([outline, corners]).astype(np.int32)], 1.0)
        picture = _inked(picture, _shrunk(mask, shape), ink, seed + 9 + layer)
    return textured(picture)


def arcs(paper: Vec, inks: list[Vec], seed: int) -> Floats:
    """Quarter rings and discs on a loose grid; square."""
    shape = (720, 720)
    rng = np.random.default_rng(seed)
    picture = _paper(shape, paper, seed)
    cell = shape[0] // 3
    for row in range(3):
        for column in range(3):
            mask, k = _mask(shape)
            corner = ((column + int(rng.integers(2))) * cell * k, (row + int(rng.integers(2))) * cell * k)
            cv2.circle(mask, corner, int(cell * k * 0.94), 1.0, -1)
            cv2.circle(mask, corner, int(cell * k * rng.choice([0.0, 0.35, 0.6]) + 1), 0.0, -1)
            window = np.zeros_like(mask)
            window[row * cell * k : (row + 1) * cell * k, column * cell * k : (column + 1) * cell * k] = 1.0
            ink = inks[int(rng.integers(len(inks)))]
            picture = _inked(picture, _shrunk(mask * window, shape), ink, seed + row * 3 + column)
    return textured(picture)


def strokes(paper: Vec, inks: list[Vec], seed: int) -> Floats:
    """Broad dry brush strokes; 4:3 across."""
    shape = (600, 800)
    rng = np.random.default_rng(seed)
    picture = _paper(shape, paper, seed)
    for number in range(9):
        mask, k = _mask(shape)
        start, angle = rng.uniform([80, 80], [720, 520]), rng.normal(0.25, 0.5)
        t = np.linspace(-1, 1, 40)
        bow, length = rng.normal(0, 60), rng.uniform(120, 330)
        way = np.stack([start[0] + t * length * np.cos(angle), start[1] + t * length * np.sin(angle) + bow * t * t], -1)
        cv2.polylines(mask, [(way * k).astype(np.int32)], False, 1.0, int(rng.uniform(18, 70)) * k)
        dry = np.clip(0.9 + 0.55 * field(shape, seed + 40 + number, 0.7, (1.0, 14.0)), 0, 1)
        ink = inks[int(rng.integers(len(inks)))]
        picture = _inked(picture, _shrunk(mask, shape) * dry, ink, seed + number)
    return textured(picture)
