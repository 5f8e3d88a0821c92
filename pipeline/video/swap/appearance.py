"""The actor's face spread out on the target's: its colours, its light, and what hides it."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media import Frame, Pixels, Points
from pipeline.video.swap.photo_target import GRID_HEIGHT, GRID_WIDTH, PhotoTarget
from pipeline.video.swap.topology import facing
from profiles.profile import FaceSettings

COLOUR_TIME_S = 0.25
"""How slowly the colours follow the actor's light."""
LIGHT_BLUR = 7.0
"""Spread of the blur that leaves only the light, in grid points."""
RIM_BLUR, RIM_WIDTH = 2.5, 0.2
"""Toward the rim, over this share of the face's height, the colours follow the actor's more closely: no seam shows."""
GAIN_RANGE = (0.2, 4.0)

Grid = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Unwrapped:
    """The actor's face on the target's grid.

    Attributes:
        lab: float32 (80, 64, 3), CIE Lab, L* 0..100.
        facing: float32 (80, 64), 1 where the surface faces the camera, 0 where it is turned away.
    """

    lab: Grid
    facing: Grid


def unwrap(frame: Frame, points: Points, target: PhotoTarget) -> Unwrapped:
    """Looks the actor's face up at every grid point.

    Args:
        frame: the picture.
        points: float32 (504, 3), the actor's mesh with its ring.
        target: says where the grid lies on the mesh.
    """
    spots = target.grid.on(points)
    width, height = frame.size
    x, y, extent, tall = cv2.boundingRect(spots.reshape(-1, 1, 2))
    left, top = max(0, x - 2), max(0, y - 2)
    right, bottom = min(width, x + extent + 2), min(height, y + tall + 2)
    if right - left < 2 or bottom - top < 2:
        return Unwrapped(
            np.zeros((GRID_HEIGHT, GRID_WIDTH, 3), np.float32), np.zeros((GRID_HEIGHT, GRID_WIDTH), np.float32)
        )
    small = _shrunk(frame.pixels[top:bottom, left:right], extent / GRID_WIDTH)
    steps = np.array([(right - left) / small.shape[1], (bottom - top) / small.shape[0]], np.float32)
    places = ((spots - [left, top] + 0.5) / steps - 0.5).astype(np.float32)
    colours = cv2.remap(small, places, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[call-overload]
    lab = cv2.cvtColor(colours.astype(np.float32) / 255.0, cv2.COLOR_BGR2Lab)
    on_picture = (spots[..., 0] >= 0) & (spots[..., 0] < width) & (spots[..., 1] >= 0) & (spots[..., 1] < height)
    return Unwrapped(np.asarray(lab, np.float32), _facing(points, target) * on_picture)


def _shrunk(part: Pixels, factor: float) -> Pixels:
    """A picture made smaller by about a factor, averaging; halving it first is much quicker than one odd step."""
    while factor >= 2.0 and min(part.shape[:2]) >= 4:
        size = (part.shape[1] // 2, part.shape[0] // 2)
        part = np.asarray(cv2.resize(part[: 2 * size[1], : 2 * size[0]], size, interpolation=cv2.INTER_AREA), np.uint8)
        factor /= 2.0
    if factor <= 1.0:
        return part
    size = (max(1, round(part.shape[1] / factor)), max(1, round(part.shape[0] / factor)))
    return np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)


def _facing(points: Points, target: PhotoTarget) -> Grid:
    """How far each grid point's triangle faces the camera."""
    share = np.clip((facing(points, target.topology.triangles) - 0.1) / 0.35, 0.0, 1.0)
    return np.asarray(share[target.grid.triangles], np.float32).reshape(GRID_HEIGHT, GRID_WIDTH)


class Colouring:
    """By what the portrait's colours have to be multiplied so that the actor's light falls on them.

    The mean and spread of the skin's colours follow Reinhard et al. 2001, "Color Transfer between Images",
    doi:10.1109/38.946629; what then still differs at low spatial frequency is light.
    """

    def __init__(self, target: PhotoTarget) -> None:
        """Starts without knowing the actor."""
        self._target = target
        self._rim = np.clip(1.0 - target.inside / RIM_WIDTH, 0.0, 1.0).astype(np.float32)[..., np.newaxis]
        self._gain: Grid | None = None
        self._at_ns = 0

    def gain(self, actor: Unwrapped, visible: Grid, settings: FaceSettings, at_ns: int) -> Grid:
        """float32 (80, 64, 3): the factor for each colour channel.

        Args:
            actor: the face as it is now.
            visible: float32 (80, 64), 0 where something hides it.
            settings: the strengths.
            at_ns: when.
        """
        weight = self._target.skin * actor.facing * visible
        if float(weight.sum()) < 40.0:
            return self._gain if self._gain is not None else np.ones((GRID_HEIGHT, GRID_WIDTH, 3), np.float32)
        wanted = self._relit(self._recoloured(actor.lab, weight, settings.colour), actor.lab, weight, settings.relight)
        bgr = cv2.cvtColor(wanted, cv2.COLOR_Lab2BGR)
        fresh = np.clip((bgr + 0.03) / (self._target.bgr + 0.03), *GAIN_RANGE).astype(np.float32)
        fresh = np.asarray(cv2.GaussianBlur(fresh, (0, 0), 1.5), np.float32)
        elapsed_s = (at_ns - self._at_ns) / 1e9
        self._at_ns = at_ns
        if self._gain is None or not 0 <= elapsed_s < 2.0:
            self._gain = fresh
        else:
            self._gain += (1.0 - np.float32(np.exp(-elapsed_s / COLOUR_TIME_S))) * (fresh - self._gain)
        return self._gain

    def _recoloured(self, lab: Grid, weight: Grid, strength: float) -> Grid:
        """The portrait in Lab with the actor's mean and spread."""
        mine = self._target.lab
        my_mean, mean = _weighted_mean(mine, weight), _weighted_mean(lab, weight)
        my_spread, spread = (
            np.sqrt(_weighted_mean(np.square(value - middle), weight)) + np.float32(1.0)
            for value, middle in ((mine, my_mean), (lab, mean))
        )
        moved = (mine - my_mean) * np.clip(spread / my_spread, 0.75, 1.3) + mean
        return np.asarray(mine + strength * (moved - mine), np.float32)

    def _relit(self, mine: Grid, lab: Grid, weight: Grid, strength: float) -> Grid:
        """The recoloured portrait with the actor's shading at low frequency."""
        difference = (lab - mine) * weight[..., np.newaxis]
        difference -= weight[..., np.newaxis] * _weighted_mean(lab - mine, weight)
        layers = cv2.resize(cv2.merge([difference, weight]), (0, 0), fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        light, rim_light = (_spread(np.asarray(layers, np.float32), blur / 2) for blur in (LIGHT_BLUR, RIM_BLUR))
        light += self._rim * (rim_light - light)
        return np.asarray(mine + np.float32(strength) * light)


def _spread(layers: Grid, blur: float) -> Grid:
    """float32 (80, 64, 3): colours averaged by their weight, which is the last of the four layers, of half size."""
    sums = cv2.GaussianBlur(layers, (0, 0), blur, borderType=cv2.BORDER_CONSTANT)
    mean = sums[..., :3] / (sums[..., 3:] + np.float32(0.02))
    return np.asarray(cv2.resize(mean, (GRID_WIDTH, GRID_HEIGHT), interpolation=cv2.INTER_LINEAR), np.float32)


def _weighted_mean(colours: Grid, weight: Grid) -> NDArray[np.float32]:
    """float32 (3,): the mean colour where the weight, float32 (80, 64), lies."""
    return np.asarray(weight.ravel() @ colours.reshape(-1, 3) / weight.sum(), np.float32)
