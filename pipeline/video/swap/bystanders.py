"""People other than the actor."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media import Frame
from pipeline.video.buffers import Buffers
from pipeline.video.output.blur import blend, blur_face, blurred_picture
from pipeline.video.tracking.choice import UNSEEN_SCORE
from profiles.profile import Profile


class Bystanders:
    """The stage that blurs every face that does not take the likeness, unless the profile shows them.

    A veil, over where the actor was lost, is blurred whatever the profile says. So is everybody without a role where
    the profile has a cast or an enrolled actor: it may be somebody who has one, lost and found again, or not known yet.

    Where the actor's own room is seen, whoever else stands in it is blurred whole: the detector misses faces that the
    picture's edge cuts.
    """

    name = "bystanders"
    latency_ns = 0

    def __init__(self, profile: Profile) -> None:
        """A stage with the profile's choice."""
        self._buffers = Buffers()
        self.adjust(profile)

    def process(self, frame: Frame) -> Frame:
        """The frame with others blurred; the frame itself when there are none."""
        worn = frame.worn_faces
        others = [face for face in frame.faces if not (face in worn or (self._shown and face.score > UNSEEN_SCORE))]
        strangers = frame.strangers if self._own_room and not self._shown else None
        if not others and strangers is None:
            return frame
        pixels = self._buffers.copy("frame", frame.pixels)
        if strangers is not None:
            blend(pixels, blurred_picture(frame.pixels), _at_size(strangers, frame.size))
        for face in others:
            blur_face(pixels, face)
        return replace(frame, pixels=pixels)

    def adjust(self, profile: Profile) -> None:
        """Takes another choice."""
        self._shown = profile.face.bystanders == "show" and not (profile.cast or profile.tracking.actor)
        self._own_room = profile.background.kind in ("none", "blur")

    def reset(self) -> None:
        """Nothing is remembered."""

    def close(self) -> None:
        """Lets the output buffer go."""
        self._buffers.clear()


def _at_size(mask: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """A mask enlarged to a picture's width and height."""
    return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_LINEAR), np.uint8)
