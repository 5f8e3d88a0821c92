"""Faces that were in the picture a while ago."""

from dataclasses import dataclass

from pipeline.video.tracking.face_detector import Box
from pipeline.video.tracking.track import is_near

REMEMBERED_NS = 30_000_000_000
SIZE_RATIO = 1.5
"""A face whose size differs more from the one that was lost is another."""
MAX_REMEMBERED = 16


@dataclass(frozen=True, slots=True)
class Lost:
    """A face that is no longer seen.

    Attributes:
        track_id: the id it had.
        box: where it was seen last.
        at_ns: when it was given up.
    """

    track_id: int
    box: Box
    at_ns: int


class Memory:
    """Gives a face that is found where one was lost, about as large, its id back."""

    def __init__(self) -> None:
        """Nobody was lost."""
        self._lost: list[Lost] = []

    def keep(self, track_id: int, box: Box, at_ns: int) -> None:
        """Remembers a face."""
        self._lost = [lost for lost in self._lost if lost.track_id != track_id][1 - MAX_REMEMBERED :]
        self._lost.append(Lost(track_id, box, at_ns))

    def recall(self, box: Box, at_ns: int, chosen_id: int | None) -> int | None:
        """The id of the face that was lost here, or None.

        Args:
            box: where a face was found.
            at_ns: now.
            chosen_id: the face that takes the likeness, which is remembered for as long as it is awaited.
        """
        self._lost = [
            lost for lost in self._lost if lost.track_id == chosen_id or 0 <= at_ns - lost.at_ns <= REMEMBERED_NS
        ]
        here = [lost for lost in self._lost if may_be(box, lost.box)]
        if not here:
            return None
        return min(here, key=lambda lost: abs(_middle(box) - _middle(lost.box))).track_id

    def forget(self, track_id: int) -> None:
        """Strikes out a face that is seen again."""
        self._lost = [lost for lost in self._lost if lost.track_id != track_id]

    def clear(self) -> None:
        """Forgets everybody."""
        self._lost.clear()


def may_be(box: Box, place: Box) -> bool:
    """Whether a face may be the one that was lost at a place."""
    ratio = max(box[2], box[3]) / max(place[2], place[3], 1e-6)
    return is_near(box, place) and 1.0 / SIZE_RATIO <= ratio <= SIZE_RATIO


def _middle(box: Box) -> complex:
    """The middle of a box, as a point of the plane."""
    return complex(box[0] + box[2] / 2, box[1] + box[3] / 2)
