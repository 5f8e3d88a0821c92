"""What covers the face of an actor who wears a portrait, by the networks that a profile brings."""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import StageError
from pipeline.media import Face, Frame
from pipeline.video.masks.face_mask import FaceMasks
from pipeline.video.neural.alignment import CROPS, Alignment
from pipeline.video.neural.merge_mask import LEAST_COVERED, SIDE, Allowance
from pipeline.video.swap.photo_target import PhotoTarget
from profiles.engines.face import FaceType

OPENINGS = 0.3
"""Where the portrait is open that far, for eyes and mouth, the actor is seen anyway."""


class GridMasks:
    """The networks' word at the grid points of a portrait. They end with this."""

    def __init__(self, masks: FaceMasks, target: PhotoTarget) -> None:
        """Takes networks that are warm; the target may serve others at the same time."""
        self._masks, self._alignment = masks, Alignment()
        self._judged = np.asarray((target.openings < OPENINGS) & (target.inside > 0.01))
        self.reset()

    def visible(self, frame: Frame, face: Face, spots: NDArray[np.float32]) -> NDArray[np.float32]:
        """float32 (80, 64): 1 where the face is seen, 0 where something is before it.

        Args:
            frame: what the camera saw.
            face: whose.
            spots: float32 (80, 64, 2), where on the picture the grid points lie.

        Raises:
            StageError: a network failed, or sees so little of the face that the actor would be shown.
        """
        matrix = self._alignment.matrix(face, CROPS[FaceType.WHOLE_FACE], SIDE, steady=False)
        seen = self._masks.seen(frame, face, matrix, SIDE)
        places = np.asarray(spots @ matrix[:, :2].T + matrix[:, 2], np.float32)
        found = cv2.remap(
            seen, places[..., 0], places[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(255,)
        )
        shares = np.asarray(found, np.float32) * np.float32(1 / 255)
        share = float(shares[self._judged].mean())
        if share < LEAST_COVERED:
            raise StageError(f"The masks leave {share:.0%} of the face, wanted at least {LEAST_COVERED:.0%}.")
        if self._allowance.refuses(1.0 - share, frame.media_ns):
            shares[:] = 1.0
        return shares

    def reset(self) -> None:
        """Forgets the actor."""
        self._allowance = Allowance()

    def close(self) -> None:
        """Frees the networks; may be called twice."""
        self._masks.close()
