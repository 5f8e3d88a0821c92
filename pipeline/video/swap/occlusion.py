"""Hands and things before the face, told by how the face has looked until now."""

import cv2
import numpy as np

from pipeline.video.swap.appearance import Grid, Unwrapped
from pipeline.video.swap.photo_target import GRID_HEIGHT, GRID_WIDTH, PhotoTarget

LEARN_TIME_S = 1.5
RELEARN_TIME_S = 20.0
NEAR, FAR = 14.0, 26.0
"""ΔE at which a point begins to count as hidden, and from which it wholly does."""
LIGHTNESS_SHARE = 0.6
"""Shading changes as a head turns; lightness says less than colour."""


class Occlusion:
    """Learns how the actor's face looks at every grid point and notices what does not look like it."""

    def __init__(self, target: PhotoTarget) -> None:
        """Starts without knowing the actor."""
        self._judged = np.asarray((target.skin > 0.5) & (target.inside > 0.03))
        self._covered = (target.inside > 0).astype(np.float32)
        self._usual: Grid | None = None
        self._hidden = np.zeros((GRID_HEIGHT, GRID_WIDTH), np.float32)
        self._at_ns = 0

    def visible(self, actor: Unwrapped, at_ns: int) -> Grid:
        """float32 (80, 64): 1 where the face is seen, 0 where something is before it."""
        elapsed_s = (at_ns - self._at_ns) / 1e9
        self._at_ns = at_ns
        if self._usual is None or not 0 <= elapsed_s < 2.0:
            self._usual = actor.lab.copy()
            self._hidden[:] = 0
            return 1.0 - self._hidden
        trusted = self._judged * actor.facing
        difference = actor.lab - self._usual
        difference -= _weighted_median(difference, trusted > 0.5)
        difference[..., 0] *= LIGHTNESS_SHARE
        distance = np.sqrt((difference**2).sum(axis=2))
        hidden = np.clip((distance - NEAR) / (FAR - NEAR), 0.0, 1.0) * (trusted > 0.3)
        hidden = _grown(np.asarray(hidden, np.float32), trusted)
        self._hidden += np.float32(1.0 - np.exp(-elapsed_s / 0.05)) * (hidden - self._hidden)
        rate_s = np.where(self._hidden > 0.3, RELEARN_TIME_S, LEARN_TIME_S)
        weight = (1.0 - np.exp(-elapsed_s / rate_s)) * actor.facing
        self._usual += weight[..., np.newaxis].astype(np.float32) * (actor.lab - self._usual)
        return 1.0 - self._hidden


def _weighted_median(values: Grid, chosen: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Grid:
    """float32 (3,): the median over the chosen points; a change of light moves them all."""
    picked = values[chosen]
    return np.asarray(np.median(picked, axis=0) if len(picked) else np.zeros(3), np.float32)


def _grown(hidden: Grid, trusted: Grid) -> Grid:
    """Specks removed, and what is hidden carried over to eyes, brows and lips, where nothing is judged."""
    weight = (trusted > 0.3).astype(np.float32)
    solid = cv2.morphologyEx(hidden, cv2.MORPH_OPEN, np.ones((4, 4), np.uint8))
    near = cv2.GaussianBlur(solid * weight, (0, 0), 2.5)
    share = cv2.GaussianBlur(weight, (0, 0), 2.5)
    filled = np.where(weight > 0, solid, np.clip((near / (share + 0.05) - 0.35) * 3.0, 0.0, 1.0))
    return np.asarray(cv2.GaussianBlur(cv2.dilate(filled.astype(np.float32), np.ones((3, 3), np.uint8)), (0, 0), 1.0))
