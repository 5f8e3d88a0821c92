"""A network's face and the actor's: whether they are the same, and colours brought from one to the other."""

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media import Pixels
from pipeline.video.buffers import Buffers

GRID = 64
"""Colours are compared on so many points a side of the face square."""
LEAST_WEIGHT = 40.0
"""On fewer grid points than this nothing can be told of colours."""
COLOUR_TIME_S = 0.25
"""How slowly the colours follow the actor's light: quicker, they flicker."""
SPREAD_RANGE = (0.5, 2.0)
"""A narrow range of colours is not stretched further than this: that would show the coding's blocks."""
RIDGE = 4.0
"""Added to variances, in squares of levels."""
RIM_SIGMA, RIM_REACH = 0.85, 3.5
"""In points of a grid half as fine: how far colours beside a point count at the rim, and how far inward that goes."""

ECHO_LEVELS = 2.0
"""A face that is no further from what the model was shown is the actor's own: sharpened before, it is 1 off, the same
face two pixels aside 6, and another person's 17 to 46."""
ECHO_LIKENESS = 0.97
"""A face whose slopes are more alike than this is the actor's own, whatever its colours."""
FLAT = 1e-3
"""Added to what is divided by, in squares of levels."""

Grid: TypeAlias = NDArray[np.float32]
Affine: TypeAlias = NDArray[np.float64]
"""float64 (3, 4): what becomes of a colour, in levels 0..255."""


def levels(values: NDArray[np.float32], into: NDArray[np.uint8] | None = None) -> NDArray[np.uint8]:
    """Values 0..1 as levels 0..255, in an array of their shape where one is given; what lies beyond is cut off."""
    # Unlike the quicker conversion of OpenCV this one makes nothing positive that is not.
    return np.asarray(cv2.addWeighted(values, 255.0, values, 0.0, 0.0, dst=into, dtype=cv2.CV_8U), np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """The face that a network made, and the actor's that it saw, both as they are compared.

    Attributes:
        face: uint8 (size, size, 3) BGR, what the network made.
        mine: uint8 (64, 64, 3), the same.
        actor: uint8 (64, 64, 3), what it saw.
    """

    face: Pixels
    mine: Pixels
    actor: Pixels

    @classmethod
    def of(cls, face: Pixels, actor: Pixels) -> "Pair":
        """Two squares of one size."""
        return cls(face, _thumbnail(face), _thumbnail(actor))


def echoes(pair: Pair, weight: Grid) -> bool:
    """Whether a face is the actor's own: as it was shown, or with other colours, a little softer or noisier.

    Other colours leave the edges where they are: the slopes of brightness on a coarse grid, which fine noise and a soft
    focus hardly change, are held against each other by their normalised correlation. Measured on five clips, on squares
    of 224: the actor's face with other gains and offsets for each channel, channels exchanged, at 0.3 of its brightness
    or overexposed, at another gamma, or softened by 2 pixels, 0.974 to 1.000 (softened by 4, 0.943 to 0.984); four
    personas drawn with the actor's pose, expression, eyes, teeth and light, 0.42 to 0.963, and up to 0.94 on real
    people; another's portrait up to 0.82. A coarser grid tells them less well, and a finer one is led astray by noise.
    Negatives are none of it: their slopes go the other way.

    Args:
        pair: the face and the actor's.
        weight: float32 (64, 64), how much each point counts, 0..1; on too few of them nothing can be told.
    """
    total = float(weight.sum())
    if total < LEAST_WEIGHT:
        return False
    difference = cv2.absdiff(pair.mine, pair.actor).reshape(-1, 3).astype(np.float32)
    # Where there is nothing to be seen, slopes say nothing, and levels do.
    if float((weight.reshape(-1) @ difference).sum()) / (3.0 * total) < ECHO_LEVELS:
        return True
    return _alike(pair.mine, pair.actor, weight) > ECHO_LIKENESS


def _alike(mine: Pixels, shown: Pixels, weight: Grid) -> float:
    """How alike the slopes of brightness are of two squares of colours, -1..1."""
    half = (GRID // 2, GRID // 2)
    share = cv2.resize(weight, half, interpolation=cv2.INTER_AREA)[1:-1, 1:-1]
    slopes = []
    for pixels in (mine, shown):
        grey = cv2.resize(
            cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY).astype(np.float32), half, interpolation=cv2.INTER_AREA
        )
        slopes.append(np.stack([grey[1:-1, 2:] - grey[1:-1, :-2], grey[2:, 1:-1] - grey[:-2, 1:-1]]))
    one, other = slopes
    shared, of_other = share * one, share * other
    lengths = np.vdot(shared, one) * np.vdot(of_other, other)
    return float(np.vdot(shared, other)) / float(np.sqrt(lengths) + FLAT)


class ColourMatch:
    """Follows one actor's colours on one target's face."""

    def __init__(self, buffers: Buffers | None = None) -> None:
        """Starts without knowing the actor; what is matched lies in the buffers."""
        self._buffers = buffers or Buffers()
        self.reset()

    def reset(self) -> None:
        """Forgets the actor."""
        self._method = "none"
        self._affine: Affine | None = None
        self._rim: Grid | None = None
        self._at_ns = 0

    def matched(self, pair: Pair, weight: Grid, method: str, at_ns: int) -> Pixels:
        """The network's face in the actor's colours.

        Args:
            pair: that face and the actor's.
            weight: float32 (64, 64), 1 where both show skin.
            method: `none`, `reinhard`, `linear` or `seam`.
            at_ns: when.
        """
        face = pair.face
        if method != self._method:
            self.reset()
            self._method = method
        if method == "none" or float(weight.sum()) < LEAST_WEIGHT:
            return face
        keep = self._kept_share(at_ns)
        if method == "reinhard":
            lab = np.asarray(cv2.cvtColor(face, cv2.COLOR_BGR2Lab), np.uint8)
            fresh = _reinhard(_grid(lab), _grid(cv2.cvtColor(pair.actor, cv2.COLOR_BGR2Lab)), weight)
            return np.asarray(
                cv2.cvtColor(cv2.transform(lab, self._smoothed(fresh, keep)), cv2.COLOR_Lab2BGR), np.uint8
            )
        mine, wanted = pair.mine.astype(np.float32), pair.actor.astype(np.float32)
        affine = self._smoothed(_linear(mine, wanted, weight), keep)
        moved = np.asarray(cv2.transform(face, affine, dst=self._buffers.pixels("moved", *face.shape)), np.uint8)
        if method != "seam":
            return moved
        rim = _rim_light(np.asarray(wanted - cv2.transform(mine, affine), np.float32), weight)
        if self._rim is not None:
            rim += np.float32(keep) * (self._rim - rim)
        self._rim = rim
        light, size = self._buffers.floats("light", *face.shape), (face.shape[1], face.shape[0])
        cv2.resize(rim, size, dst=light, interpolation=cv2.INTER_LINEAR)
        return np.asarray(cv2.add(moved, light, dst=moved, dtype=cv2.CV_8U), np.uint8)

    def _smoothed(self, fresh: Affine, keep: float) -> Affine:
        """What becomes of colours, as it has been of late."""
        self._affine = fresh if self._affine is None else keep * self._affine + (1.0 - keep) * fresh
        return self._affine

    def _kept_share(self, at_ns: int) -> float:
        """How much of what was known still counts."""
        elapsed_s = (at_ns - self._at_ns) / 1e9
        self._at_ns = at_ns
        if not 0 <= elapsed_s < 2.0:
            self._affine = self._rim = None
        return float(np.exp(-max(elapsed_s, 0.0) / COLOUR_TIME_S))


def _thumbnail(pixels: Pixels) -> Pixels:
    """uint8 (64, 64, 3); halving is much quicker than one odd step of averaging."""
    while pixels.shape[0] >= 2 * GRID and pixels.shape[0] % 2 == 0:
        half = pixels.shape[0] // 2
        pixels = np.asarray(cv2.resize(pixels, (half, half), interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.resize(pixels, (GRID, GRID), interpolation=cv2.INTER_LINEAR), np.uint8)


def _grid(pixels: NDArray[np.generic]) -> Grid:
    """float32 (64, 64, 3), levels 0..255."""
    return _thumbnail(np.asarray(pixels, np.uint8)).astype(np.float32)


def _moments(colours: Grid, weight: Grid) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The mean, float64 (3,), and the covariances, float64 (3, 3), of colours."""
    share = weight[::2, ::2].reshape(-1, 1)
    terms = np.concatenate([colours[::2, ::2].reshape(-1, 3), np.ones_like(share)], axis=1)
    sums = ((terms * share).T @ terms).astype(np.float64)
    sums /= sums[3, 3]
    mean = sums[3, :3]
    return mean, sums[:3, :3] - np.outer(mean, mean) + RIDGE * np.eye(3)


def _reinhard(mine: Grid, wanted: Grid, weight: Grid) -> Affine:
    """The actor's mean and spread, of colours in Lab.

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


def _rim_light(lacking: Grid, weight: Grid) -> Grid:
    """float32 (32, 32, 3): what the face lacks at its rim, fading inward.

    Args:
        lacking: float32 (64, 64, 3), the actor's colours less the face's.
        weight: float32 (64, 64), 1 where both show skin.
    """
    half = (GRID // 2, GRID // 2)
    near = np.asarray(cv2.resize(lacking, half, interpolation=cv2.INTER_AREA), np.float32)
    weight = np.asarray(cv2.resize(weight, half, interpolation=cv2.INTER_AREA), np.float32)
    inside = cv2.distanceTransform((weight > 0.5).astype(np.uint8), cv2.DIST_L2, 3)
    at_rim = np.maximum(np.float32(1.0) - np.asarray(inside, np.float32) / np.float32(RIM_REACH), np.float32(0.0))
    share = weight * at_rim
    layers = cv2.merge([near * share[..., np.newaxis], share])
    sums = cv2.GaussianBlur(layers, (0, 0), RIM_SIGMA, borderType=cv2.BORDER_CONSTANT)
    return np.asarray(sums[..., :3] * (at_rim / (sums[..., 3] + np.float32(0.02)))[..., np.newaxis], np.float32)
