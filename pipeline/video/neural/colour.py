"""The actor's colours brought onto a network's face."""

from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media import Pixels

GRID = 64
"""Colours are compared on so many points a side of the face square."""
LEAST_WEIGHT = 40.0
"""On fewer grid points than this nothing can be told of colours."""
COLOUR_TIME_S = 0.25
"""How slowly the colours follow the actor's light: quicker, they flicker."""
DARK = 0.03
"""Added to levels 0..1 before they are divided, so that the noise of dark ones does not count."""
GAIN_RANGE = (0.25, 4.0)
SPREAD_RANGE = (0.6, 1.6)
"""A narrow range of colours is not stretched further than this: that would show the coding's blocks."""
RIDGE = 1.0
"""Added to variances, in squares of ΔE."""
RIM_SIGMA, RIM_REACH = 3.0, 7.0
"""In grid points: how far the colours beside a point count at the rim, and how far from the rim that goes."""

Grid: TypeAlias = NDArray[np.float32]
Affine: TypeAlias = NDArray[np.float64]
"""float64 (3, 4): what becomes of a colour in Lab."""


def levels(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Values 0..1 as levels 0..255; what lies beyond is cut off."""
    return np.asarray(cv2.convertScaleAbs(np.maximum(values, np.float32(0.0)), alpha=255.0), np.uint8)


class ColourMatch:
    """Follows one actor's colours on one target's face."""

    def __init__(self) -> None:
        """Starts without knowing the actor."""
        self.reset()

    def reset(self) -> None:
        """Forgets the actor."""
        self._affine: Affine | None = None
        self._rim: Grid | None = None
        self._at_ns = 0

    def matched(self, face: Pixels, actor: Pixels, weight: Grid, method: str, at_ns: int) -> Pixels:
        """The network's face in the actor's colours.

        Args:
            face: uint8 (size, size, 3) BGR, what the network made.
            actor: uint8 (size, size, 3) BGR, what it saw.
            weight: float32 (64, 64), 1 where both show skin.
            method: `none`, `reinhard`, `linear` or `seam`.
            at_ns: when.
        """
        if method == "none" or float(weight.sum()) < LEAST_WEIGHT:
            return face
        keep = self._kept_share(at_ns)
        small, mine, wanted = _thumbnail(face), _lab(face), _lab(actor)
        fresh = (_reinhard if method == "reinhard" else _linear)(mine, wanted, weight)
        self._affine = fresh if self._affine is None else keep * self._affine + (1.0 - keep) * fresh
        moved = cv2.transform(mine, self._affine)
        if method == "seam":
            rim = _rim_light(wanted - moved, weight)
            self._rim = rim if self._rim is None else self._rim + np.float32(1.0 - keep) * (rim - self._rim)
            moved = cv2.add(moved, self._rim)
        gain = (np.clip(cv2.cvtColor(moved, cv2.COLOR_Lab2BGR), 0.0, 1.0) + DARK) / (small + DARK)
        gain = cv2.blur(np.clip(gain, *GAIN_RANGE).astype(np.float32), (3, 3))
        size = (face.shape[1], face.shape[0])
        return np.asarray(cv2.multiply(face, cv2.resize(gain, size), dtype=cv2.CV_8U), np.uint8)

    def _kept_share(self, at_ns: int) -> float:
        """How much of what was known still counts."""
        elapsed_s = (at_ns - self._at_ns) / 1e9
        self._at_ns = at_ns
        if not 0 <= elapsed_s < 2.0:
            self._affine = self._rim = None
        return float(np.exp(-max(elapsed_s, 0.0) / COLOUR_TIME_S))


def _thumbnail(pixels: Pixels) -> Grid:
    """float32 (64, 64, 3) BGR in 0..1."""
    small = cv2.resize(pixels, (GRID, GRID), interpolation=cv2.INTER_AREA)
    return small.astype(np.float32) * np.float32(1 / 255)


def _lab(pixels: Pixels) -> Grid:
    """float32 (64, 64, 3) in CIE Lab."""
    return np.asarray(cv2.cvtColor(_thumbnail(pixels), cv2.COLOR_BGR2Lab), np.float32)


def _moments(lab: Grid, weight: Grid) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The mean, float64 (3,), and the covariances, float64 (3, 3), of colours."""
    flat, share = lab.reshape(-1, 3).astype(np.float64), weight.ravel().astype(np.float64)
    share /= share.sum()
    mean = share @ flat
    off = flat - mean
    return mean, (off * share[:, np.newaxis]).T @ off + RIDGE * np.eye(3)


def _reinhard(mine: Grid, wanted: Grid, weight: Grid) -> Affine:
    """The actor's mean and spread.

    Source: Reinhard et al. 2001, "Color Transfer between Images", doi:10.1109/38.946629.
    """
    (my_mean, my_spread), (mean, spread) = _moments(mine, weight), _moments(wanted, weight)
    scale = np.clip(np.sqrt(np.diag(spread) / np.diag(my_spread)), *SPREAD_RANGE)
    return np.column_stack([np.diag(scale), mean - scale * my_mean])


def _linear(mine: Grid, wanted: Grid, weight: Grid) -> Affine:
    """The actor's mean and covariances, by the least motion of colours.

    Source: Pitié and Kokaram 2007, "The linear Monge-Kantorovitch linear colour mapping for example-based colour
    transfer", doi:10.1049/cp:20070055.
    """
    (my_mean, mine_by), (mean, wanted_by) = _moments(mine, weight), _moments(wanted, weight)
    root, inverse = _roots(mine_by)
    matrix = inverse @ _roots(root @ wanted_by @ root)[0] @ inverse
    values, vectors = np.linalg.eigh(matrix)
    matrix = (vectors * np.clip(values, *SPREAD_RANGE)) @ vectors.T
    return np.column_stack([matrix, mean - matrix @ my_mean])


def _roots(matrix: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The square root of a symmetric positive matrix, and its inverse."""
    values, vectors = np.linalg.eigh(matrix)
    roots = np.sqrt(np.maximum(values, 1e-9))
    return (vectors * roots) @ vectors.T, (vectors / roots) @ vectors.T


def _rim_light(difference: Grid, weight: Grid) -> Grid:
    """float32 (64, 64, 3): what the face lacks at its rim, fading inward."""
    inside = cv2.distanceTransform((weight > 0.5).astype(np.uint8), cv2.DIST_L2, 3)
    at_rim = np.clip(1.0 - inside / np.float32(RIM_REACH), 0.0, 1.0).astype(np.float32)
    share = weight * at_rim
    layers = cv2.merge([difference * share[..., np.newaxis], share])
    sums = cv2.GaussianBlur(layers, (0, 0), RIM_SIGMA, borderType=cv2.BORDER_CONSTANT)
    light = sums[..., :3] / (sums[..., 3:] + np.float32(0.02))
    return np.asarray(light * np.maximum(at_rim, weight <= 0.5)[..., np.newaxis], np.float32)
