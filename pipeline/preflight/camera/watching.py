"""What a camera gives, made ready for the checks: faces and the person's matte on every frame."""

from dataclasses import replace

import cv2
import numpy as np

from pipeline.inference.store import ModelStore
from pipeline.media import Face, Frame, Pixels
from pipeline.video.background.person_matte import PersonMatte
from pipeline.video.tracking.tracker import Tracker
from profiles.profile import Profile

LIGHTENED = 4
"""A lightened frame is so many times smaller on each side."""


class Watcher:
    """Finds faces and the person on frames, one after the other. One thread."""

    def __init__(self, models: ModelStore, profile: Profile) -> None:
        """Loads the three networks that ship.

        Args:
            models: where the network files are.
            profile: says which face is chosen.

        Raises:
            ModelError: a network is missing or damaged.
        """
        self._tracker = Tracker(models.path("face-detection"), models.path("face-landmarks"), profile)
        self._matte = PersonMatte(models.path("selfie-segmentation-landscape"))
        self._first_ns: int | None = None

    def look(self, pixels: Pixels, captured_ns: int) -> Frame:
        """The next frame, with its faces and the person's matte.

        Args:
            pixels: uint8 (height, width, 3) BGR; the frame keeps them, so they must not be written to any more.
            captured_ns: when it was captured; it never goes back.
        """
        if self._first_ns is None:
            self._first_ns = captured_ns
        frame = Frame(np.ascontiguousarray(pixels), captured_ns, captured_ns - self._first_ns)
        return self._matte.process(self._tracker.process(frame))

    def close(self) -> None:
        """Frees the networks; may be called twice."""
        self._tracker.close()
        self._matte.close()


def lightened(frame: Frame) -> Frame:
    """The frame at a quarter of its width and height, faces and all, for what needs many frames but little of each.

    The checks take frames of two sizes together: fine detail is judged on the largest ones.
    """
    size = tuple(max(1, side // LIGHTENED) for side in frame.size)
    pixels = np.asarray(cv2.resize(frame.pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    factors = (size[0] / frame.size[0], size[1] / frame.size[1])
    return replace(frame, pixels=pixels, faces=tuple(_shrunk(face, factors) for face in frame.faces))


def _shrunk(face: Face, factors: tuple[float, float]) -> Face:
    """The face on a smaller picture."""
    across, down = factors
    landmarks = (face.landmarks * np.array([across, down, across], np.float32)).astype(np.float32)
    left, top, width, height = face.box
    return replace(face, landmarks=landmarks, box=(left * across, top * down, width * across, height * down))
