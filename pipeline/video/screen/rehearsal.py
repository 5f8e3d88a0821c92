"""How the actor would look as a profile that waits to be taken."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.clock import Clock
from pipeline.errors import StageError
from pipeline.media import Frame, Pixels
from pipeline.stage import VideoStage
from pipeline.telemetry import Shown
from pipeline.video.output.label import Label
from pipeline.video.screen.gallery import Gallery, thumbnail
from pipeline.video.tracking.choice import UNSEEN_SCORE

PAUSE_NS = 250_000_000
"""Between two pictures at least: four a second tell how somebody looks."""
PAUSE_SHARE = 9
"""And so many times as long as one took: what is slow takes no more than a tenth of a core from the lanes."""


@dataclass(frozen=True, slots=True, eq=False)
class Costume:
    """What a waiting profile has of its own.

    Attributes:
        stages: they take a frame whose faces were found already; nobody else works with them meanwhile.
        label: drawn last.
        card: uint8 (height, width, 3) BGR, what would go out where a stage fails.
    """

    stages: Sequence[VideoStage]
    label: Label
    card: Pixels


class Rehearsal:
    """Puts the lane's newest frame through stages that no lane works with, now and then. One thread at a time.

    Faces with a role are shown without it: roles belong to the profile in the lane.
    """

    def __init__(self, gallery: Gallery, clock: Clock) -> None:
        """Nothing was shown yet; pictures go to `gallery` and nowhere else."""
        self._gallery, self._clock = gallery, clock
        self._seen: Frame | None = None
        self._next_ns = 0

    @property
    def is_due(self) -> bool:
        """Whether somebody waits for another picture, and there is an actor to make it of."""
        wanted = self._clock.now_ns() >= self._next_ns and self._gallery.wants(Shown.NEXT)
        return wanted and self._gallery.actor not in (None, self._seen)

    def show(self, costume: Costume) -> None:
        """Makes the picture; the card where a stage can't do the frame."""
        frame, began_ns = self._gallery.actor, self._clock.now_ns()
        self._seen = frame
        sizes = self._gallery.due(Shown.NEXT)
        if frame is None or not sizes:
            return
        pixels = _worn(frame, costume)
        for size in sizes:
            self._gallery.hang(Shown.NEXT, thumbnail(pixels, size))
        now_ns = self._clock.now_ns()
        self._next_ns = began_ns + max(PAUSE_NS, PAUSE_SHARE * (now_ns - began_ns))

    def end(self) -> None:
        """Forgets the picture: what it showed waits no more."""
        self._gallery.clear(Shown.NEXT)
        self._seen, self._next_ns = None, 0


def _worn(frame: Frame, costume: Costume) -> Pixels:
    """uint8 (height, width, 3) BGR: the frame as it would go out."""
    source = frame.pixels
    faces = (face for face in frame.faces if face.role is None or face.score > UNSEEN_SCORE)
    frame = replace(frame, faces=tuple(replace(face, role=None) for face in faces))
    try:
        for stage in costume.stages:
            frame = stage.process(frame)
    except StageError:
        return costume.card
    pixels = frame.pixels.copy() if frame.pixels is source else frame.pixels
    costume.label.draw(pixels)
    return pixels
