"""Faces other than the actor's."""

from dataclasses import replace

import numpy as np

from pipeline.media import Frame, Pixels
from pipeline.video.output.blur import blur_face
from profiles.profile import Profile


class Bystanders:
    """The stage that blurs every face that does not take the likeness, unless the profile shows them."""

    name = "bystanders"
    latency_ns = 0

    def __init__(self, profile: Profile) -> None:
        """A stage with the profile's choice."""
        self._shown = profile.face.bystanders == "show"
        self._output: Pixels | None = None

    def process(self, frame: Frame) -> Frame:
        """The frame with other faces blurred; the frame itself when there are none."""
        others = [face for face in frame.faces if not face.chosen]
        if self._shown or not others:
            return frame
        if self._output is None or self._output.shape != frame.pixels.shape:
            self._output = np.empty_like(frame.pixels)
        np.copyto(self._output, frame.pixels)
        for face in others:
            blur_face(self._output, face)
        return replace(frame, pixels=self._output)

    def adjust(self, profile: Profile) -> None:
        """Takes another choice."""
        self._shown = profile.face.bystanders == "show"

    def reset(self) -> None:
        """Nothing is remembered."""

    def close(self) -> None:
        """Lets the output buffer go."""
        self._output = None
