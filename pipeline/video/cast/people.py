"""Enrolled people, known again on air."""

import math
from collections.abc import Callable, Mapping, Set
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from itertools import combinations
from typing import Protocol

from pipeline.errors import StageError
from pipeline.media import Face, Frame, Pixels
from pipeline.video.cast.recogniser import Direction, face_on
from pipeline.video.tracking.face_detector import Box, overlap

ACTOR = -1
"""The number of the actor among the enrolled; the others have those of their entries in the cast."""
ALIKE = 0.45
"""Cosine from which on a face is an enrolled one. To ArcFace networks one person's pictures agree by 0.5 and more, two
people's by 0.13 in the mean and hardly ever by more than 0.35."""
STILL_ALIKE = 0.3
"""Down to here a face stays who it was: a grimace or bad light takes that much away."""
DOUBTS = 2
"""So many looks in a row below that, and it is somebody else."""
BETTER = 0.1
"""A face takes over from another that is seen as well when it is so much more alike."""
EVERY_NS = 200_000_000
"""No face is looked at within this time of the last look: one embedding on six frames at most."""
SOON_NS, AGAIN_NS = 500_000_000, 2_000_000_000
"""When a face is looked at once more: while somebody is still missing or in doubt, and when all are there."""
GONE_NS = 500_000_000
"""A face that was not followed for so long has to be known anew: the same number may be another's by then."""
JUMP, SWELL = 0.5, 1.3
"""A face that is so many of its widths away, or so many times as high, on the next frame may be another person's whom
the landmarks have caught. On recordings of gestures and turning heads faces move by 0.2 in a quarter of a second at
most, and grow to 1.05 times."""
COVERED_OVERLAP = 0.15
"""From here on of two faces' boxes, one face hides part of the other, and landmarks go astray to the one before it."""
MAX_YAW_DEG, MAX_PITCH_DEG, MIN_PX = 40.0, 30.0, 40.0
"""Of faces that are turned farther, or are smaller, a recogniser tells little."""


class Recognises(Protocol):
    """What tells who is on a picture of a face."""

    def direction(self, picture: Pixels) -> Direction | None:
        """Who is on it, as a direction; None where nothing can be told."""

    def close(self) -> None:
        """Frees what it holds; may be called twice."""


@dataclass(slots=True, eq=False)
class Known:
    """What was seen of one face.

    Attributes:
        direction: who it is; None before the first look, and where nothing could be told.
        looked_ns: when.
        followed_ns: when the face was last followed.
        box: where.
        doubts: looks in a row that spoke against who it is taken for.
    """

    direction: Direction | None
    looked_ns: int
    followed_ns: int
    box: Box
    doubts: int = 0


Acquaintance = dict[int, Known]
"""What was seen of faces, by their ids. Chains with one recogniser share it, so that a switch forgets nobody."""


class People:
    """Tells which followed face is which enrolled person's.

    Faces are looked at now and then, new ones first, one at a time and on another thread: the lane pays for the cut of
    112 x 112 pixels, a fifth of a millisecond on one frame of six at most. Who has not been known is nobody. So is,
    until it is looked at anew, a face under which another person may be now, because it jumped or met another face.
    """

    def __init__(
        self,
        recogniser: Recognises,
        enrolled: Mapping[int, Direction],
        executor: Executor | None = None,
        known: Acquaintance | None = None,
    ) -> None:
        """Knows nobody on air yet.

        Args:
            recogniser: looks at faces; it ends with this.
            enrolled: who may be known, by any number.
            executor: where it looks; None has the lane wait, for as many looks as are due, so that a film comes out
                alike each time.
            known: what chains before have seen by the same network.
        """
        self._recogniser, self._enrolled, self._executor = recogniser, enrolled, executor
        self._known: Acquaintance = {} if known is None else known
        self._pending: tuple[int | None, Future[Direction | None]] | None = None
        self.reset()

    def reset(self) -> None:
        """Lets everybody be anybody; what was seen of faces that are still followed is judged anew."""
        self._holders: dict[int, int] = {}
        self._begun, self._looked_ns = False, -EVERY_NS
        self._boxes: dict[int, Box] = {}
        self._before: Set[int] = frozenset()
        self._met: set[int] = set()

    def close(self) -> None:
        """Waits for the look that is under way, and frees the recogniser; may be called twice."""
        pending, self._pending = self._pending, None
        if pending is not None and not pending[1].cancel():
            pending[1].exception()
        self._recogniser.close()

    def seen(self, frame: Frame, followed: Mapping[int, Face]) -> Mapping[int, int]:
        """The face's id of each enrolled person who is known, followed or just lost."""
        at_ns = frame.media_ns
        self._forget_doubtful({track_id: face.box for track_id, face in followed.items()})
        self._expire(followed, at_ns)
        if not self._begun:
            self._begun = True
            for track_id, known in self._known.items():
                self._judge(track_id, known, followed)
        self._take(followed, at_ns)
        for _ in followed if self._executor is None else range(1):
            if self._may_look(at_ns):
                self._look(frame, followed)
                self._take(followed, at_ns)
        return dict(self._holders)

    def _may_look(self, at_ns: int) -> bool:
        """Whether the lane can spare the time for another look."""
        return self._pending is None and (self._executor is None or not 0 <= at_ns - self._looked_ns < EVERY_NS)

    def _forget_doubtful(self, boxes: Mapping[int, Box]) -> None:
        """Forgets whose faces those are under which somebody else may be now; a look that is under way is of before."""
        if not self._begun:
            self._boxes = {track_id: known.box for track_id, known in self._known.items()}
        lost = {track_id: self._boxes[track_id] for track_id in self._before - boxes.keys()}
        met = [pair for pair in combinations(boxes, 2) if overlap(boxes[pair[0]], boxes[pair[1]]) > COVERED_OVERLAP]
        # Of two tracks on one face one is given up: who was lost where another face is may be the one under it.
        met += [(one, other) for one in boxes for other in lost if overlap(boxes[one], lost[other]) > 0.0]
        self._met = {track_id for pair in met for track_id in pair}
        jumped = {each for each in boxes if each in self._boxes and _jumps(self._boxes[each], boxes[each])}
        for track_id in jumped | self._met:
            self._known.pop(track_id, None)
        if self._pending is not None and self._pending[0] not in boxes.keys() - jumped - self._met:
            self._pending = None, self._pending[1]
        self._boxes = {each: box for each, box in self._boxes.items() if each in self._known} | dict(boxes)
        self._before = boxes.keys()

    def _expire(self, followed: Mapping[int, Face], at_ns: int) -> None:
        """Forgets faces that are followed no longer."""
        for track_id, known in list(self._known.items()):
            if track_id in followed:
                known.followed_ns, known.box = at_ns, followed[track_id].box
            elif not 0 <= at_ns - known.followed_ns <= GONE_NS:
                del self._known[track_id]
        self._holders = {who: track_id for who, track_id in self._holders.items() if track_id in self._known}

    def _look(self, frame: Frame, followed: Mapping[int, Face]) -> None:
        """Begins to look at the face for which it is most urgent."""
        at_ns = frame.media_ns
        apart = (face for face in followed.values() if face.track_id not in self._met)
        due = [face for face in apart if _is_fit(face) and self._is_due(face.track_id, at_ns)]
        face = min(due, key=self._urgency, default=None)
        if face is None:
            return
        self._looked_ns = at_ns
        try:
            picture = face_on(frame, face)
        except StageError:
            return
        self._pending = face.track_id, self._begin(lambda: self._recogniser.direction(picture))

    def _begin(self, work: Callable[[], Direction | None]) -> "Future[Direction | None]":
        if self._executor is not None:
            return self._executor.submit(work)
        done: Future[Direction | None] = Future()
        try:
            done.set_result(work())
        except StageError as error:
            done.set_exception(error)
        return done

    def _is_due(self, track_id: int, at_ns: int) -> bool:
        known = self._known.get(track_id)
        if known is None:
            return True
        is_settled = len(self._holders) == len(self._enrolled) and known.doubts == 0
        return not 0 <= at_ns - known.looked_ns < (AGAIN_NS if is_settled else SOON_NS)

    def _urgency(self, face: Face) -> tuple[bool, float]:
        """New faces come first, the largest before the others; then those that were seen longest ago."""
        known = self._known.get(face.track_id)
        return (True, known.looked_ns) if known is not None else (False, -face.box[3])

    def _take(self, followed: Mapping[int, Face], at_ns: int) -> None:
        """Takes what a look has told, when it has; a network that failed has told nothing."""
        if self._pending is None or not self._pending[1].done():
            return
        (track_id, future), self._pending = self._pending, None
        try:
            direction = future.result()
        except StageError:
            direction = None
        if track_id is None or track_id not in followed:
            return
        known = self._known.setdefault(track_id, Known(None, at_ns, at_ns, followed[track_id].box))
        known.direction, known.looked_ns = direction, at_ns
        self._judge(track_id, known, followed)

    def _judge(self, track_id: int, known: Known, followed: Mapping[int, Face]) -> None:
        """Draws the conclusion from a look at a face."""
        if known.direction is None:
            return
        likeness = {who: _cosine(known.direction, direction) for who, direction in self._enrolled.items()}
        for who in [who for who, holder in self._holders.items() if holder == track_id]:
            known.doubts = known.doubts + 1 if likeness[who] < STILL_ALIKE else 0
            if known.doubts < DOUBTS:
                return
            del self._holders[who]
        known.doubts = 0
        best = max(likeness, key=lambda who: likeness[who])
        if likeness[best] >= ALIKE and likeness[best] > self._rival(best, followed):
            self._holders[best] = track_id

    def _rival(self, who: int, followed: Mapping[int, Face]) -> float:
        """How alike another face has to be that takes over from the one that is taken for somebody."""
        holder = self._holders.get(who)
        known = None if holder is None else self._known.get(holder)
        if holder not in followed or known is None or known.direction is None:
            return -1.0
        return _cosine(known.direction, self._enrolled[who]) + BETTER


def _cosine(one: Direction, other: Direction) -> float:
    return float(one @ other)


def _jumps(before: Box, now: Box) -> bool:
    """Whether what is followed is too far from where it was, or of too different a size, to be one face for sure."""
    (left, top, width, height), (new_left, new_top, new_width, new_height) = before, now
    across, down = new_left + new_width / 2 - left - width / 2, new_top + new_height / 2 - top - height / 2
    is_far = math.hypot(across, down) > JUMP * min(width, new_width)
    return is_far or max(height, new_height) > SWELL * min(height, new_height)


def _is_fit(face: Face) -> bool:
    """Whether a face shows who it is."""
    turned = abs(face.pose.yaw_deg) > MAX_YAW_DEG or abs(face.pose.pitch_deg) > MAX_PITCH_DEG
    return not turned and face.box[3] >= MIN_PX
