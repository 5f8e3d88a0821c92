"""What a face network is to the stage that wears its faces."""

from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pipeline.media import Face, Pixels
from profiles.profile import Profile

Matrix: TypeAlias = NDArray[np.float32]
"""float32 (2, 3): takes a place on the frame to a place on the face square, both in pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Converted:
    """What a network made of a face square. The arrays may be the network's own, good until its next run.

    Attributes:
        face: float32 (size, size, 3), BGR in 0..1.
        mask: float32 (size, size), the face's share in 0..1; None where the network makes none.
    """

    face: NDArray[np.float32]
    mask: NDArray[np.float32] | None


class FaceModel(Protocol):
    """A network that makes the target's face from a square with the actor's. Called by one thread at a time."""

    @property
    def name(self) -> str:
        """The model file's name."""

    @property
    def size(self) -> int:
        """Side of the square in pixels."""

    def align(self, face: Face) -> Matrix:
        """Where on the frame the square lies, as this network was trained to see faces."""

    def convert(self, square: Pixels) -> Converted:
        """The target's face in place of the actor's.

        Args:
            square: uint8 (size, size, 3) BGR; not written to.

        Raises:
            StageError: the network failed.
        """

    def adjust(self, profile: Profile) -> None:
        """Takes the live settings of `profile`."""

    def close(self) -> None:
        """Frees the network; may be called twice."""
