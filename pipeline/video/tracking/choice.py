"""Who takes the likeness."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.media import Face
from pipeline.video.tracking.face_detector import overlap
from pipeline.video.tracking.memory import may_be
from profiles.profile import FaceChoice, FaceSettings

CHANGE_RATIO = 1.3
"""Another face is chosen only when it is this much larger, or this much closer to the middle."""
ACTOR_SHARE = 0.3
"""A face lower than this share of the highest is no actor: it is on a poster, or far behind."""
PROOF_NS = 1_000_000_000
"""Somebody else has to look like the actor come back for so long."""
RIVAL_NS = 500_000_000
"""A better face has to be better for so long."""
VEIL_NS = 15_000_000_000
"""When somebody else is taken for the actor, the place where the actor was lost stays veiled for so long."""
COVERED_OVERLAP = 0.3
UNSEEN_SCORE = 0.0
"""Score of a face that is not seen on the frame: a veil over the place where the actor was lost."""


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What the tracker sees on one frame.

    Attributes:
        followed: the faces that can take the likeness.
        glimpsed: other faces.
        next_id: the id that the next new face will get.
        size: width and height of the picture.
        at_ns: the frame's time.
    """

    followed: Sequence[Face]
    glimpsed: Sequence[Face]
    next_id: int
    size: tuple[int, int]
    at_ns: int


class Choice:
    """Says which face takes the likeness: the largest, the most central, or the one with the id that was asked for.

    The likeness stays on its face until another has been clearly better for a while. When that face is lost nobody has
    it, so that the fail-safe policy shows, until

    - the face is found where it was lost, about as large: the tracker gives it its old id;
    - or somebody who came after the loss is there for a second;
    - or somebody who came after the loss is the only face in the picture for a second, or whoever had the likeness
      before is there. Then the place where the actor was lost stays veiled for a while: he may be there still, turned
      away; and if he is found again meanwhile, he has it back;
    - or the operator changes the rule, and so chooses anew.

    Whoever else was in the picture beside the actor never takes over by himself: while the actor is turned away, that
    would end the fail-safe with the actor's own face in the picture.
    """

    def __init__(self, settings: FaceSettings) -> None:
        """Nobody is chosen yet."""
        self._settings = settings
        self.reset()

    def reset(self) -> None:
        """Lets everybody be chosen."""
        self.chosen_id: int | None = None
        """The id of the face that takes the likeness, seen or not; None before the first."""
        self._seen: Face | None = None
        self._left: tuple[Face, int] | None = None
        self._former_id: int | None = None
        self._newcomers_from = 0
        self._candidate: tuple[int, int] | None = None

    def adjust(self, settings: FaceSettings) -> None:
        """Takes the rule; another one than before lets everybody be chosen."""
        if (settings.choice, settings.choice_id) != (self._settings.choice, self._settings.choice_id):
            self.reset()
        self._settings = settings

    def choose(self, sight: Sight) -> int | None:
        """The id of the face that takes the likeness; it need not be seen."""
        if self._settings.choice is FaceChoice.ID:
            self.chosen_id = self._settings.choice_id
        current = self._followed(sight, self.chosen_id)
        if self._settings.choice is not FaceChoice.ID:
            if current is not None or self.chosen_id is None:
                current = self._returned(sight) or self._best(sight, current)
            else:
                current = self._successor(sight)
        if current is not None:
            if current.track_id != self.chosen_id:
                self._former_id = self.chosen_id
            self.chosen_id, self._seen, self._newcomers_from = current.track_id, current, sight.next_id
        return self.chosen_id

    def veils(self, sight: Sight) -> list[Face]:
        """Where the actor was lost and nobody else is seen, as faces that nobody wears."""
        worn = self._followed(sight, self.chosen_id)
        lost = [self._seen] if self._seen is not None and worn is None else []
        if self._left is not None:
            face, since_ns = self._left
            if 0 <= sight.at_ns - since_ns <= VEIL_NS and not (worn is not None and _covers(worn, face)):
                lost.append(face)
            else:
                self._left = None
        seen = (*sight.followed, *sight.glimpsed)
        return [
            replace(face, chosen=False, score=UNSEEN_SCORE)
            for face in lost
            if not any(_covers(other, face) for other in seen)
        ]

    def _followed(self, sight: Sight, track_id: int | None) -> Face | None:
        """The face with an id, where it is followed."""
        return next((face for face in sight.followed if face.track_id == track_id), None)

    def _returned(self, sight: Sight) -> Face | None:
        """The actor, found again while somebody else has been taken for him."""
        face = None if self._left is None else self._followed(sight, self._left[0].track_id)
        if face is not None:
            self._left = None
        return face

    def _best(self, sight: Sight, current: Face | None) -> Face | None:
        """The face that the rule asks for: the present one unless another is clearly better."""
        highest = max((face.box[3] for face in sight.followed), default=0.0)
        eligible = [face for face in sight.followed if face.box[3] >= ACTOR_SHARE * highest]
        best = max(eligible, key=lambda face: self._worth(face, sight.size), default=None)
        if best is None or current is None:
            return best
        better = self._worth(best, sight.size) > CHANGE_RATIO * self._worth(current, sight.size)
        return best if self._lasts(best if better else None, sight.at_ns, RIVAL_NS) else current

    def _worth(self, face: Face, size: tuple[int, int]) -> float:
        """How well the rule likes a face: higher is better."""
        left, top, width, height = face.box
        if self._settings.choice is FaceChoice.LARGEST:
            return width * height
        dx, dy = left + width / 2 - size[0] / 2, top + height / 2 - size[1] / 2
        return 1.0 / (float((dx * dx + dy * dy) ** 0.5) + 0.05 * size[0])

    def _successor(self, sight: Sight) -> Face | None:
        """Whoever has for long enough looked like the actor that was lost, or had the likeness before."""
        newcomers = [face for face in sight.followed if face.track_id >= self._newcomers_from]
        back = [face for face in newcomers if self._seen is not None and may_be(face.box, self._seen.box)]
        alone = newcomers if len(sight.followed) + len(sight.glimpsed) == 1 else []
        former = self._followed(sight, self._former_id)
        candidate = next(iter(back or alone), former)
        if not self._lasts(candidate, sight.at_ns, PROOF_NS):
            return None
        if not back and self._seen is not None:
            self._left = (self._seen, sight.at_ns)
        return candidate

    def _lasts(self, candidate: Face | None, at_ns: int, wanted_ns: int) -> bool:
        """Whether the same face has been the candidate for long enough; None is nobody."""
        if candidate is None:
            self._candidate = None
            return False
        if self._candidate is None or self._candidate[0] != candidate.track_id or at_ns < self._candidate[1]:
            self._candidate = (candidate.track_id, at_ns)
        return at_ns - self._candidate[1] >= wanted_ns


def _covers(face: Face, place: Face) -> bool:
    """Whether a face is seen where another was."""
    return overlap(face.box, place.box) > COVERED_OVERLAP
