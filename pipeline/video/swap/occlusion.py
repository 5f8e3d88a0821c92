"""Hands and things before the face, told by how the face has looked until now."""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media import Pose
from pipeline.video.swap.appearance import Grid, Unwrapped
from pipeline.video.swap.photo_target import GRID_HEIGHT, GRID_WIDTH, PhotoTarget

LEARN_TIME_S = 0.5
HIDDEN_LEARN_TIME_S = 15.0
"""What counts as hidden is hardly learnt, but a lasting mistake heals."""
UNCOVER_TIME_S = 0.05
"""A thing is in front at once; the face comes back behind it softly."""
SURE_DIFFERENCE = 4.5
"""ΔE from the usual look from which a point surely belongs to something before the face."""
LIKELY_SHARE = 0.42
"""Share of that from which a point belongs to it when it is joined to sure points."""
SURE_POINTS = 8
"""So many sure points make a thing; fewer are noise."""
SURE_PER_DEG = 0.3
"""Light and shading on the face change as the head turns from where the look was learnt."""
LIPS_TOLERANCE = 1.8
"""Lips and chin change with speech."""
LIGHTNESS_SHARE = 0.7
LIGHT_CHANGE_SHARE = 0.62
"""When more of the face than this looks new, the light has changed."""
CLOSING = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (11, 11))
FILLING = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (17, 17))
"""Notches in a thing that are narrower than this belong to it: parts of a hand look like the face behind it."""
SHIFT = np.ones((5, 5), np.uint8)
"""The look may shift by two grid points, as landmarks do."""

Mask = NDArray[np.bool_]


class Occlusion:
    """Learns how the actor's face looks at every grid point and notices what does not look like it."""

    def __init__(self, target: PhotoTarget) -> None:
        """Starts without knowing the actor."""
        self._judged = np.asarray((target.openings < 0.3) & (target.inside > 0.01))
        self._tolerance = 1.0 + (LIPS_TOLERANCE - 1.0) * target.lips
        self._usual: Grid | None = None
        self._turn: NDArray[np.float64] = np.zeros(3)
        self._hidden = np.zeros((GRID_HEIGHT, GRID_WIDTH), np.float32)
        self._at_ns = 0

    def visible(self, actor: Unwrapped, pose: Pose, at_ns: int) -> Grid:
        """float32 (80, 64): 1 where the face is seen, 0 where something is before it."""
        elapsed_s = (at_ns - self._at_ns) / 1e9
        self._at_ns = at_ns
        turn = np.array([pose.yaw_deg, pose.pitch_deg, pose.roll_deg])
        if self._usual is None or not 0 <= elapsed_s < 2.0:
            self._usual, self._turn = actor.lab.copy(), turn
            self._hidden[:] = 0
            return 1.0 - self._hidden
        judged = self._judged & (actor.facing > 0.3)
        sure = SURE_DIFFERENCE + SURE_PER_DEG * float(np.max(np.abs(turn - self._turn)))
        strange = self._strangeness(actor, judged)
        fresh = _things(strange * judged, sure * self._tolerance, sure * LIKELY_SHARE, judged)
        if float(fresh[judged].sum()) > LIGHT_CHANGE_SHARE * max(1, int(np.count_nonzero(judged))):
            fresh[:] = 0
        self._hidden += np.float32(1.0 - np.exp(-elapsed_s / UNCOVER_TIME_S)) * (fresh - self._hidden)
        np.maximum(self._hidden, fresh, out=self._hidden)
        self._learn(actor, turn, elapsed_s)
        return 1.0 - self._hidden

    def _strangeness(self, actor: Unwrapped, judged: Mask) -> Grid:
        """float32 (80, 64): ΔE beyond what the neighbourhood usually shows, a change of the whole light left out."""
        assert self._usual is not None
        look = cv2.blur(actor.lab, (3, 3))
        if judged.any():
            look -= np.median((look - self._usual)[judged], axis=0).astype(np.float32)
        beyond = np.maximum(look - cv2.dilate(self._usual, SHIFT), cv2.erode(self._usual, SHIFT) - look)
        beyond = np.maximum(beyond, 0.0)
        beyond[..., 0] *= LIGHTNESS_SHARE
        return np.asarray(cv2.blur(np.sqrt((beyond * beyond).sum(axis=2)), (5, 5)), np.float32)

    def _learn(self, actor: Unwrapped, turn: NDArray[np.float64], elapsed_s: float) -> None:
        """Takes one look at what is not hidden."""
        assert self._usual is not None
        quick, slow = (1.0 - float(np.exp(-elapsed_s / time_s)) for time_s in (LEARN_TIME_S, HIDDEN_LEARN_TIME_S))
        weight = np.where(self._hidden > 0.2, slow, quick).astype(np.float32) * actor.facing
        self._usual += weight[..., np.newaxis] * (actor.lab - self._usual)
        self._turn = self._turn + quick * (turn - self._turn)


def _things(strange: Grid, sure: Grid, likely: float, judged: Mask) -> Grid:
    """float32 (80, 64): 1 on everything that is joined to enough sure points, soft at its edge."""
    seeds = strange > sure
    if np.count_nonzero(seeds) < SURE_POINTS:
        return np.zeros(strange.shape, np.float32)
    candidates = ((strange > likely) | ~judged).astype(np.uint8)
    opened = np.asarray(cv2.morphologyEx(candidates, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.bool_)
    joined = cv2.morphologyEx((opened & judged | seeds).astype(np.uint8), cv2.MORPH_CLOSE, CLOSING)
    count, labels = cv2.connectedComponents(joined, connectivity=4)
    points = np.bincount(labels[seeds], minlength=count)
    points[0] = 0
    things = (points >= SURE_POINTS)[labels].astype(np.uint8)
    things = np.asarray(cv2.morphologyEx(things, cv2.MORPH_CLOSE, FILLING), np.uint8)
    outlines, _ = cv2.findContours(things, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    solid = np.zeros(strange.shape, np.float32)
    cv2.drawContours(solid, outlines, -1, (1.0,), cv2.FILLED)
    return np.asarray(cv2.blur(cv2.dilate(solid, np.ones((3, 3), np.uint8)), (3, 3)), np.float32)
