"""What covers the face is left as it is: a network's word on it, on the square that a face is drawn on."""

from collections.abc import Sequence
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media import Face, Frame, Pixels
from pipeline.runner import do_all
from pipeline.video.neural.colour import levels
from pipeline.video.neural.face_model import Matrix
from pipeline.video.neural.merge import cut
from pipeline.video.neural.merge_mask import SIDE, Mask


class FaceMask(Protocol):
    """A network that tells which points of a square show the face. Called by one thread at a time."""

    @property
    def name(self) -> str:
        """The model file's name."""

    @property
    def size(self) -> int:
        """Side of the square in pixels."""

    def align(self, face: Face) -> Matrix:
        """Where on the frame the square lies, as this network was trained to see faces.

        Raises:
            StageError: the face is too small or too distorted.
        """

    def seen(self, square: Pixels) -> NDArray[np.float32]:
        """float32 (n, n) over the whole square: 1 where the face is seen, 0 where something is before it.

        Args:
            square: uint8 (size, size, 3) BGR; not written to.

        Raises:
            StageError: the network failed.
        """

    def close(self) -> None:
        """Frees the network; may be called twice."""


class FaceMasks:
    """Several such networks: a point shows the face as far as all of them say so."""

    def __init__(self, masks: Sequence[FaceMask]) -> None:
        """Networks that are warm, which end with this."""
        self._masks = tuple(masks)

    def seen(self, frame: Frame, face: Face, matrix: Matrix, size: int) -> Mask:
        """Where on a square the face is seen.

        Args:
            frame: what the camera saw.
            face: whose.
            matrix: from the frame to the square.
            size: the square's side in pixels.

        Raises:
            StageError: a network failed.
        """
        found = np.full((SIDE, SIDE), 255, np.uint8)
        for mask in self._masks:
            own = mask.align(face)
            shares = levels(mask.seen(cut(frame.pixels, own, mask.size)))
            leads = _scaled(own, shares.shape[0] / mask.size) @ _inverse(_scaled(matrix, SIDE / size))
            flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
            # Of what lies beyond its square a network says nothing.
            moved = cv2.warpAffine(
                shares, leads[:2], (SIDE, SIDE), flags=flags, borderMode=cv2.BORDER_CONSTANT, borderValue=(255,)
            )
            cv2.multiply(found, moved, dst=found, scale=1 / 255)
        return found

    def close(self) -> None:
        """Frees the networks; may be called twice."""
        do_all(*(mask.close for mask in self._masks))


def _scaled(matrix: Matrix, scale: float) -> NDArray[np.float64]:
    """float64 (3, 3): the matrix that leads to a square of another size; places are told by the middles of pixels."""
    grown = np.vstack([matrix.astype(np.float64) * scale, [0.0, 0.0, 1.0]])
    grown[:2, 2] += 0.5 * scale - 0.5
    return np.asarray(grown)


def _inverse(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.linalg.inv(matrix), np.float64)
