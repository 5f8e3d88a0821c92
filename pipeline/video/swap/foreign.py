"""Things told from light: a thing has an edge, and under it the face's own fine texture is gone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.video.swap.appearance import Grid
from pipeline.video.swap.light import perceived
from pipeline.video.swap.photo_target import GRID_HEIGHT, GRID_WIDTH, PhotoTarget

SURE_POINTS = 8
"""So many sure points make a region; fewer are noise."""
DEEP_POINTS = 20
"""A region with so many points away from its rim is judged by those."""
FEWEST_POINTS = 12
DEEP, THIN, RIM = (np.ones((side, side), np.uint8) for side in (7, 3, 11))
WINDOW = (15, 15)
"""What changes more slowly than this, in grid points, is light and no texture."""
EDGE_WINDOW = (11, 11)
ALIKE, ALIKE_IF_SMALL = 0.42, 0.2
"""Textures that agree by more than this are one: of the face as it has looked under another light, 95 % of regions
agree by 0.8 and more, of hands, cups and phones before it 95 % by 0.26 and less. Small regions scatter more."""
FAINT = 0.4
"""Texture of this strength, in ΔE, is no evidence."""
MORE_A_FACE = 0.1
"""A look that is so much more like a face than the one before it is the face, come out from behind a thing."""
ODD_CHROMA = 20.0
"""A region whose chroma lies so far from the rest of the face, in ΔE, is no face at all."""
EDGE = 1.5
"""The fine part of a change, in ΔE: most smooth light stays below, things and hard shadows lie above."""
CLOSING = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (11, 11))
FILLING = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (17, 17))
"""Notches in a thing that are narrower than this belong to it: parts of a hand look like the face behind it."""

Mask: TypeAlias = NDArray[np.bool_]
Labels: TypeAlias = NDArray[np.int32]
PerRegion: TypeAlias = NDArray[np.float64]


class Regions:
    """The parts of the face that look strange, each in one piece.

    Attributes:
        labels: int32 (80, 64), the number of the region at each point, 0 where there is none.
        candidates: bool (n,), which numbers hold enough sure points.
    """

    def __init__(self, strange: Grid, sure: Grid, likely: float, judged: Mask) -> None:
        """Joins what is strange.

        Args:
            strange: float32 (80, 64), ΔE from the expected look, 0 outside of `judged`.
            sure: float32 (80, 64), from where on a point surely looks strange.
            likely: from where on a point does when it is joined to sure ones.
            judged: bool (80, 64), where the look is known.
        """
        self._judged = judged
        self.labels: Labels = np.zeros(strange.shape, np.int32)
        self.candidates: Mask = np.zeros(1, np.bool_)
        seeds = strange > sure
        if np.count_nonzero(seeds) < SURE_POINTS:
            return
        possible = ((strange > likely) | ~judged).astype(np.uint8)
        opened = np.asarray(cv2.morphologyEx(possible, cv2.MORPH_OPEN, THIN), np.bool_)
        joined = cv2.morphologyEx((opened & judged | seeds).astype(np.uint8), cv2.MORPH_CLOSE, CLOSING)
        self.labels = np.asarray(cv2.connectedComponents(joined, connectivity=4)[1], np.int32)
        points = np.bincount(self.labels[seeds], minlength=int(self.labels.max()) + 1)
        points[0] = 0
        self.candidates = points >= SURE_POINTS

    def foreign(self, look: Grid, known: Sequence[Grid], target: PhotoTarget) -> Mask:
        """bool (n,): the candidates that are none of the face.

        Args:
            look: float32 (80, 64, 3), the face as it is now, in logarithms of colour.
            known: how it has looked, the nearest in time first, alike.
            target: says where on the grid every face is dark, and which points lie opposite each other.
        """
        area = self.candidates[self.labels] & self._judged
        textures = _Textures(self.labels, area, target)
        now, *before = (textures.of(colours) for colours in (look, *known))
        agreement = np.max([textures.agreement(now, other) for other in before], axis=0)
        alike = agreement > np.where(textures.large, ALIKE, ALIKE_IF_SMALL)
        likeness, *earlier = (
            textures.likeness(texture) - self._oddity(colours, area) / ODD_CHROMA
            for texture, colours in zip((now, *before), (look, *known), strict=True)
        )
        uncovered = textures.large & (likeness > np.min(earlier, axis=0) + MORE_A_FACE)
        edged = self._edges(look - known[0], area) > EDGE
        enough = textures.points >= FEWEST_POINTS
        return np.asarray(self.candidates & enough & edged & ~alike & ~uncovered)

    def solid(self, chosen: Mask) -> Grid:
        """float32 (80, 64): 1 on the chosen regions without holes and narrow notches, soft at the edge."""
        shape = np.asarray(cv2.morphologyEx(chosen[self.labels].astype(np.uint8), cv2.MORPH_CLOSE, FILLING), np.uint8)
        outlines, _ = cv2.findContours(shape, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        solid = np.zeros(shape.shape, np.float32)
        cv2.drawContours(solid, outlines, -1, (1.0,), cv2.FILLED)
        return np.asarray(cv2.blur(cv2.dilate(solid, THIN), (3, 3)), np.float32)

    def _oddity(self, colours: Grid, area: Mask) -> PerRegion:
        """float64 (n,): how far a region's chroma lies from that of the face outside of all regions, in ΔE."""
        within, count = self.labels[area], len(self.candidates)
        number = np.maximum(np.bincount(within, minlength=count), 1)
        rest = (self._judged & ~area).astype(np.uint8)
        planes = cv2.split(perceived(colours))[1:]
        away = [
            np.bincount(within, plane[area], minlength=count) / number - cv2.mean(plane, rest)[0] for plane in planes
        ]
        return np.asarray(np.hypot(*away))

    def _edges(self, change: Grid, area: Mask) -> PerRegion:
        """float64 (n,): root mean square of the fine part of a change, in ΔE."""
        within, count = self.labels[area], len(self.candidates)
        window = _Window(self._judged & (cv2.dilate(area.astype(np.uint8), RIM) > 0), EDGE_WINDOW)
        squares = np.zeros(count)
        for plane in cv2.split(perceived(change)):
            squares += np.bincount(within, window.fine(np.asarray(plane, np.float32))[area] ** 2, minlength=count)
        return np.asarray(np.sqrt(squares / np.maximum(np.bincount(within, minlength=count), 1)))


@dataclass(frozen=True, slots=True, eq=False)
class _Texture:
    """The fine lightness within the regions of a look, float32 (m,), and at the same places mirrored."""

    fine: NDArray[np.float32]
    mirrored: NDArray[np.float32]


class _Textures:
    """Compares the fine lightness of looks region by region.

    Attributes:
        large: bool (n,), which regions are wide enough to leave out their rim.
        points: int64 (n,), by how many points each region is judged.
    """

    def __init__(self, labels: Labels, area: Mask, target: PhotoTarget) -> None:
        self._count = int(labels.max()) + 1
        deep, thin = (cv2.erode(area.astype(np.uint8), shape).astype(np.bool_) for shape in (DEEP, THIN))
        self.large = np.bincount(labels[deep], minlength=self._count) >= DEEP_POINTS
        self._inside = np.where(self.large[labels], deep, thin)
        self._within = labels[self._inside]
        self.points = np.bincount(self._within, minlength=self._count)
        self._mirror = target.mirror
        self._window = _Window(self._inside, WINDOW)
        self._face = self._fine(target.features)

    def of(self, colours: Grid) -> _Texture:
        """A look's texture; float32 (80, 64, 3), in logarithms of colour."""
        lightness = _lightness(colours)
        size, flags = (GRID_WIDTH, GRID_HEIGHT), cv2.INTER_LINEAR
        mirrored = cv2.warpAffine(lightness, self._mirror, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return _Texture(self._fine(lightness), self._fine(np.asarray(mirrored, np.float32)))

    def agreement(self, one: _Texture, other: _Texture) -> PerRegion:
        """float64 (n,): 1 where two looks have the same texture or none, 0 where they have nothing in common."""
        a, b = one.fine, other.fine
        faint = FAINT * FAINT * self.points + 1e-6
        return np.asarray((2.0 * self._sums(a * b) + faint) / (self._sums(a * a) + self._sums(b * b) + faint))

    def likeness(self, one: _Texture) -> PerRegion:
        """float64 (n,): how far a look is a face's, whoever's: dark where faces are, and like its own other side."""
        own = self._sums(one.fine * one.fine)
        return np.asarray(
            sum(
                self._sums(one.fine * other) / np.sqrt(own * self._sums(other * other) + 1e-6)
                for other in (self._face, one.mirrored)
            )
            / 2.0
        )

    def _fine(self, lightness: Grid) -> NDArray[np.float32]:
        return self._window.fine(lightness)[self._inside]

    def _sums(self, values: NDArray[np.float32]) -> PerRegion:
        """float64 (n,): values summed by region."""
        return np.asarray(np.bincount(self._within, values, minlength=self._count))


class _Window:
    """Tells what is fine from what changes slowly, on a part of the grid."""

    def __init__(self, where: Mask, size: tuple[int, int]) -> None:
        self._size = size
        rows, columns = np.flatnonzero(where.any(axis=1)), np.flatnonzero(where.any(axis=0))
        self._part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] if len(rows) else np.s_[:0, :0]
        self._weight = np.ascontiguousarray(where[self._part], np.float32)
        self._share = self._mean(self._weight) + np.float32(1e-4) if len(rows) else self._weight

    def fine(self, values: Grid) -> Grid:
        """float32 (80, 64): what a mean over a window, taken twice, leaves; so even slopes go up to the part's rim."""
        fine = np.zeros_like(values)
        part = np.ascontiguousarray(values[self._part])
        for _ in range(2 if part.size else 0):
            part = part - self._mean(part * self._weight) / self._share
        fine[self._part] = part
        return fine

    def _mean(self, values: Grid) -> Grid:
        return np.asarray(cv2.blur(values, self._size, borderType=cv2.BORDER_CONSTANT), np.float32)


def _lightness(colours: Grid) -> Grid:
    """float32 (80, 64): the lightness of logarithms of colours."""
    return np.ascontiguousarray(perceived(colours)[..., 0])
