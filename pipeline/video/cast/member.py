"""The stage that puts another profile's face on somebody beside the actor."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from pipeline.errors import StageError
from pipeline.media import Face, Frame, Pixels
from pipeline.stage import VideoStage
from pipeline.telemetry import Level
from pipeline.video.neural.merge import PATIENCE
from pipeline.video.output.blur import blur_face
from pipeline.video.tracking.choice import UNSEEN_SCORE
from profiles.profile import Profile


def telling(profile: Profile, role: int, tell: Callable[[Level, str], None]) -> Callable[[str], None]:
    """What tells the operator whom of a profile's cast something goes wrong with."""
    entry, title = profile.cast[role], profile.cast_profiles[role].title
    who = entry.who or f"#{entry.face}"

    def told(why: str) -> None:
        tell(Level.WARNING, f"The face of {title} can't be put on {who}, who is blurred: {why}")

    return told


class CastMember:
    """Has the face with a role wear what another stage puts on the chosen face; that stage ends with this one.

    What can't be worn is blurred, and the frame goes on: the profile's own face is not this one's business. When that
    lasts, it is told why.
    """

    latency_ns = 0

    def __init__(self, role: int, worn: VideoStage, tell: Callable[[str], None] | None = None) -> None:
        """Nobody has the role yet.

        Args:
            role: the number of an entry in the profile's cast.
            worn: a warm stage that nobody else works with.
            tell: told why the face is blurred, when that lasts.
        """
        self.name = f"{worn.name}-{role + 2}"
        self._role, self._worn, self._tell, self._failures = role, worn, tell, 0
        self._blurred: Pixels | None = None

    def process(self, frame: Frame) -> Frame:
        """The frame with the role's face worn, or blurred where that fails; the frame itself where nobody has it."""
        face = next((face for face in frame.faces if face.role == self._role and face.score > UNSEEN_SCORE), None)
        if face is None:
            return frame
        try:
            done = self._worn.process(replace(frame, faces=(replace(face, chosen=True),)))
        except StageError as error:
            self._failures += 1
            if self._failures == PATIENCE and self._tell is not None:
                self._tell(str(error))
            return replace(frame, pixels=self._without(face, frame.pixels))
        self._failures = 0
        return replace(frame, pixels=done.pixels, pasted=done.pasted)

    def adjust(self, profile: Profile) -> None:
        """The settings are the other profile's, and stay as they were loaded."""

    def reset(self) -> None:
        """Forgets whoever had the role."""
        self._worn.reset()

    def close(self) -> None:
        """Closes the stage; may be called twice."""
        self._worn.close()
        self._blurred = None

    def _without(self, face: Face, pixels: Pixels) -> Pixels:
        """The picture with a face blurred, in this stage's own buffer."""
        if self._blurred is None or self._blurred.shape != pixels.shape:
            self._blurred = np.empty_like(pixels)
        np.copyto(self._blurred, pixels)
        blur_face(self._blurred, face)
        return self._blurred
