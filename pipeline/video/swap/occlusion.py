"""Hands and things before the face, told by how the face has looked until now."""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media import Pose
from pipeline.video.swap.appearance import Grid, Unwrapped
from pipeline.video.swap.foreign import Mask, Regions
from pipeline.video.swap.light import WHITE, fitted_light, logarithms, perceived
from pipeline.video.swap.photo_target import GRID_HEIGHT, GRID_WIDTH, PhotoTarget

LEARN_TIME_S = 0.5
REFUSED_LEARN_TIME_S = 5.0
"""What is drawn over although it looks like a thing is learnt slowly, so that a lasting mistake heals."""
SETTLE_TIME_S = 8.0
"""The face is also remembered for longer, so that it is known when a thing that was taken for it goes away."""
UNCOVER_TIME_S = 0.05
"""A thing is in front at once; the face comes back behind it softly."""
SURE_DIFFERENCE = 4.5
"""ΔE from the expected look from which a point surely belongs to something before the face."""
LIKELY_SHARE = 0.42
"""Share of that from which a point belongs to it when it is joined to sure points."""
SURE_PER_DEG = 0.3
"""Light and shading on the face change as the head turns from where the look was learnt."""
LIPS_TOLERANCE = 1.8
"""Lips and chin change with speech."""
FULL = WHITE - 0.03
"""Where a channel is nearly full, a point tells little about the light."""
SHIFT = np.ones((5, 5), np.uint8)
"""The look may shift by two grid points, as landmarks do."""
NEAR, BESIDE = np.ones((5, 5), np.uint8), np.ones((9, 9), np.uint8)
MOST_HIDDEN = 0.55
"""When more of the face than this looks hidden, it is not believed: hands and cups hide up to 0.5."""
ALLOWANCE_S = 2.0
"""Half of the face may be hidden for twice as long as this, a quarter for four times; then it is not believed."""
RECOVERY = 0.5
"""With nothing before the face, the allowance grows back at this rate."""
REFUSED_FOR_S = 0.5


class Occlusion:
    """Learns how the actor's face looks at every grid point and notices what does not look like it.

    A change counts as light where it is smooth over the face or leaves the face's own texture; as a thing where it has
    an edge and a texture of its own. What can't be believed to be a thing is drawn over: then the actor's face can't
    show.
    """

    def __init__(self, target: PhotoTarget) -> None:
        """Starts without knowing the actor."""
        self._judged = np.asarray((target.openings < 0.3) & (target.inside > 0.01))
        self._tolerance = 1.0 + (LIPS_TOLERANCE - 1.0) * target.lips
        self._target = target
        self._guard = _Guard()
        self._known: tuple[Grid, Grid] | None = None
        """How the face has looked of late, and for longer; in logarithms of colour."""
        self._turn: NDArray[np.float64] = np.zeros(3)
        self._hidden = np.zeros((GRID_HEIGHT, GRID_WIDTH), np.float32)
        self._at_ns = 0

    def visible(self, actor: Unwrapped, pose: Pose, at_ns: int) -> Grid:
        """float32 (80, 64): 1 where the face is seen, 0 where something is before it."""
        elapsed_s = (at_ns - self._at_ns) / 1e9
        self._at_ns = at_ns
        turn = np.array([pose.yaw_deg, pose.pitch_deg, pose.roll_deg])
        look = logarithms(actor.lab)
        if self._known is None or not 0 <= elapsed_s < 2.0:
            self._known, self._turn = (look, look.copy()), turn
            self._hidden[:] = 0
            return 1.0 - self._hidden
        judged = self._judged & (actor.facing > 0.3)
        sure = SURE_DIFFERENCE + SURE_PER_DEG * float(np.max(np.abs(turn - self._turn)))
        strange = self._strangeness(look, self._known[0], judged) * judged
        regions = Regions(strange, sure * self._tolerance, sure * LIKELY_SHARE, judged)
        fresh = np.zeros_like(self._hidden)
        if regions.candidates.any():
            things = regions.foreign(look, self._known, self._target)
            fresh = regions.solid(things) if things.any() else fresh
        refused = self._guard.refuses(_share(fresh, judged), elapsed_s)
        shown = np.zeros_like(fresh) if refused else fresh
        self._hidden += np.float32(1.0 - np.exp(-elapsed_s / UNCOVER_TIME_S)) * (shown - self._hidden)
        np.maximum(self._hidden, shown, out=self._hidden)
        self._learn(look, self._known, actor.facing, fresh - shown, elapsed_s)
        self._turn = self._turn + (1.0 - np.exp(-elapsed_s / LEARN_TIME_S)) * (turn - self._turn)
        return 1.0 - self._hidden

    def _strangeness(self, look: Grid, usual: Grid, judged: Mask) -> Grid:
        """float32 (80, 64): ΔE beyond what the neighbourhood usually shows in the light that falls on it now."""
        tells = cv2.inRange(look, (-10.0, -10.0, -10.0), (FULL, FULL, FULL)) > 0
        weight = np.where(tells, 1.0 - 0.9 * cv2.dilate(self._hidden, NEAR), 0.02) * judged
        light = fitted_light(look - usual, weight.astype(np.float32))
        now, expected = perceived(look), perceived(np.minimum(usual + light, np.float32(WHITE)))
        beyond = cv2.max(cv2.subtract(now, cv2.dilate(expected, SHIFT)), cv2.subtract(cv2.erode(expected, SHIFT), now))
        beyond = np.maximum(beyond, np.float32(0.0))
        squares = cv2.transform(cv2.multiply(beyond, beyond), np.ones((1, 3), np.float32))
        return np.asarray(cv2.blur(cv2.sqrt(squares), (5, 5)), np.float32)

    def _learn(self, look: Grid, known: tuple[Grid, Grid], facing: Grid, refusal: Grid, elapsed_s: float) -> None:
        """Takes one look at what is neither hidden nor beside it.

        Args:
            look: float32 (80, 64, 3), the face as it is now.
            known: how it has looked of late, and for longer; both are written to.
            facing: float32 (80, 64), 0 where it turns away.
            refusal: float32 (80, 64), 1 on what looks like a thing and is drawn over.
            elapsed_s: since the look before.
        """
        quick, slow, settling = (
            np.float32(1.0 - np.exp(-elapsed_s / time_s))
            for time_s in (LEARN_TIME_S, REFUSED_LEARN_TIME_S, SETTLE_TIME_S)
        )
        free = (cv2.dilate(self._hidden, BESIDE) < 0.2) * facing
        refused = refusal > 0.2
        for past, weight in zip(known, (np.where(refused, slow, quick), np.where(refused, 0.0, settling)), strict=True):
            past += (free * weight)[..., np.newaxis].astype(np.float32) * (look - past)


class _Guard:
    """Says when it can't be that things hide the face, which is still followed: then it must not be left out."""

    def __init__(self) -> None:
        self._spent_s = 0.0
        self._refused_s = 0.0

    def refuses(self, share: float, elapsed_s: float) -> bool:
        """Whether what looks hidden is to be drawn over, from now on or still.

        Args:
            share: how much of the face looks hidden, 0..1.
            elapsed_s: since the last time.
        """
        self._spent_s = max(0.0, self._spent_s + elapsed_s * (share if share > 0 else -RECOVERY))
        self._refused_s = max(0.0, self._refused_s - elapsed_s)
        if share > MOST_HIDDEN or self._spent_s > ALLOWANCE_S:
            self._refused_s = REFUSED_FOR_S
        return share > 0 and self._refused_s > 0


def _share(values: Grid, where: Mask) -> float:
    """The mean of the values where a mask is set, 0 when it is set nowhere."""
    return cv2.mean(values, where.astype(np.uint8))[0]
