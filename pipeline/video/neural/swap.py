"""The stage that puts a network's face on the actor."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from pipeline.errors import StageError
from pipeline.media import Face, Frame
from pipeline.video.buffers import Buffers
from pipeline.video.neural.face_model import FaceModel
from pipeline.video.neural.merge import Masks, Merge
from pipeline.video.output.blur import blur_face
from pipeline.video.swap.photo_swap import FADE_DEG
from profiles.profile import Profile


class NeuralSwap:
    """Wears a model's face on the chosen face of each frame. The model and the masks end with the stage."""

    name = "swap"
    latency_ns = 0

    def __init__(
        self, model: FaceModel, profile: Profile, masks: Masks | None = None, tell: Callable[[str], None] | None = None
    ) -> None:
        """A stage for one model, and for what leaves out things before the face; all are warm.

        Args:
            model: makes the face.
            profile: whose it is.
            masks: what leaves out things before the face.
            tell: told why no face can be drawn, when that lasts.
        """
        self._model, self._masks = model, masks
        self._merge = Merge(model, profile, masks, tell)
        self._buffers = Buffers()
        self._worn_id: int | None = None
        self.adjust(profile)

    def process(self, frame: Frame) -> Frame:
        """The frame with the target's face on the chosen one.

        Raises:
            StageError: no face is chosen on this frame, or the network failed or did not see it.
        """
        face = frame.chosen_face
        if face is None:
            raise StageError("There is no face to put the likeness on.")
        if face.track_id != self._worn_id:
            self.reset()
            self._worn_id = face.track_id
        pixels = self._buffers.copy("frame", frame.pixels)
        pasted = self._merge.wear(frame, face, pixels)
        fade = self._fade(face)
        if fade > 0:
            blur_face(pixels, face, fade)
        return replace(frame, pixels=pixels, pasted=(*frame.pasted, *filter(None, (pasted,))))

    def adjust(self, profile: Profile) -> None:
        """Takes the live settings of the model, of the merge and of the face."""
        self._max_yaw_deg = profile.face.max_yaw_deg
        self._merge.adjust(profile)
        self._model.adjust(profile)

    def reset(self) -> None:
        """Forgets the actor."""
        self._merge.reset()
        self._worn_id = None

    def close(self) -> None:
        """Frees the model; may be called twice."""
        self._model.close()
        if self._masks is not None:
            self._masks.close()
        self._buffers.clear()

    def _fade(self, face: Face) -> float:
        """How far the face is blurred out, 0..1."""
        beyond = abs(face.pose.yaw_deg) - self._max_yaw_deg
        return float(np.clip(beyond / FADE_DEG, 0.0, 1.0))
