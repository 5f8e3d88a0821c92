"""One entry of a cast, and who has it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.media import Face
from pipeline.video.tracking.choice import ACTOR_SHARE, COVERED_OVERLAP, UNSEEN_SCORE, VEIL_NS
from pipeline.video.tracking.face_detector import overlap
from profiles.engines.cast import SIDES, CastEntry

VACANT_AFTER_NS = 1_000_000_000
"""Somebody else may be the one at a side when the one who was there has not been seen for so long."""


class Part:
    """A role that a face has. A side's stays with whoever was there first, wherever that face goes."""

    def __init__(self, entry: CastEntry | None = None) -> None:
        """Nobody has it, unless the entry says who; without an entry it is the profile's own."""
        self._where = None if entry is None else entry.face
        self.track_id = self._where if isinstance(self._where, int) else None
        """Who has it, seen or not."""
        self._seen: Face | None = None
        self._seen_ns = 0
        self._now_ns = 0

    @property
    def is_taken(self) -> bool:
        """Whether the face that has the role has been seen."""
        return self._seen is not None and self._seen.track_id == self.track_id

    def expire(self, followed: Mapping[int, Face], at_ns: int) -> None:
        """Lets the role at a side go when the face that has it was lost, and the veil when that was long ago."""
        self._now_ns = at_ns
        since_ns = at_ns - self._seen_ns
        if self._seen is None or self.track_id in followed:
            return
        if not isinstance(self._where, int) and not 0 <= since_ns <= VACANT_AFTER_NS:
            self.track_id = None
        if not 0 <= since_ns <= VEIL_NS:
            self._seen = None

    def take(self, lead: Face, free: Sequence[Face]) -> None:
        """Gives the role at a side to the outermost face there, if it is large enough to be no poster's."""
        if self._where not in SIDES:
            return
        rightward = self._where == "right"
        there = [
            face
            for face in free
            if (_middle(face) > _middle(lead)) == rightward
            and face.track_id != lead.track_id
            and face.box[3] >= ACTOR_SHARE * lead.box[3]
        ]
        outermost = sorted(there, key=_middle)[-1 if rightward else 0 :][:1]
        self.track_id = outermost[0].track_id if outermost else None

    def see(self, face: Face, at_ns: int) -> None:
        """Notes where the face is that has the role."""
        self._seen, self._seen_ns = face, at_ns

    def veil(self, faces: Sequence[Face]) -> Face | None:
        """The place where the face was lost, as a face that nobody wears, unless somebody is seen there."""
        seen = self._seen
        if seen is None or self._seen_ns == self._now_ns:
            return None
        if any(overlap(face.box, seen.box) > COVERED_OVERLAP for face in faces):
            return None
        return replace(seen, chosen=False, score=UNSEEN_SCORE)


def _middle(face: Face) -> float:
    """How far right a face is."""
    return face.box[0] + face.box[2] / 2
