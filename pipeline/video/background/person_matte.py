"""The person told from the room, on every frame."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.inference.litert import Network
from pipeline.media import Face, Frame
from pipeline.video.beside import Beside
from pipeline.video.tracking.choice import UNSEEN_SCORE
from pipeline.video.tracking.mesh import inner_face
from profiles.profile import Profile

WIDTH_PX, HEIGHT_PX = 256, 144
SCALE = np.float32(1.0 / 255.0)
THREADS = 2
"""The network takes 1.7 ms on two cores, 1.9 ms on one; more threads bring nothing."""
STILL_WEIGHT = 0.35
"""Share of the new matte where it hardly changes; where it changes much the new one counts fully."""
PERSON_LEVEL = 0.35
"""Above this a pixel counts as joined to the person."""
STRANGER_LEVEL = 0.12
"""Above this what is not joined to the actor may be somebody: better blurred once too often."""
STRANGER_SHARE = 60 / (WIDTH_PX * HEIGHT_PX)
"""Less of the matte than this is no person."""
VEILED_SHARE = 0.25
"""When the person covers more than this of the place where the actor was lost, he may be there still."""
INNER_FACE = 0.85
"""Share of the face oval that is surely person; its edge may lie beyond the outline of a turned head."""


class Segmenter(Protocol):
    """A network that tells people from the room. Called by one thread at a time."""

    @property
    def steady(self) -> bool:
        """Whether it keeps its mattes steady itself."""

    def seen(self, frame: Frame) -> NDArray[np.float32]:
        """float32 (h, w): every person's share of each point, 0..1; may be the network's own.

        Raises:
            StageError: the network failed.
        """

    def reset(self) -> None:
        """Forgets earlier frames."""

    def close(self) -> None:
        """Frees the network; may be called twice."""


class Selfie:
    """The small network that ships.

    Source: MediaPipe selfie segmentation, landscape model card, 2021.
    """

    steady = False

    def __init__(self, model: Path) -> None:
        """Loads the network "selfie-segmentation-landscape".

        Raises:
            ModelError: the file can't be loaded.
        """
        self._network = Network(model, (HEIGHT_PX, WIDTH_PX, 3), THREADS)
        self._small = np.empty((HEIGHT_PX, WIDTH_PX, 3), np.uint8)
        self._rgb = np.empty_like(self._small)

    def seen(self, frame: Frame) -> NDArray[np.float32]:
        """float32 (144, 256): every person's share of each point, 0..1."""
        _shrink(frame, self._small)
        cv2.cvtColor(self._small, cv2.COLOR_BGR2RGB, dst=self._rgb)
        np.multiply(self._rgb, SCALE, out=self._network.input)
        return self._network.run()[0][:, :, 0]

    def reset(self) -> None:
        """Nothing is remembered."""

    def close(self) -> None:
        """Nothing is held."""


class PersonMatte:
    """The stage that puts the person's matte on frames."""

    name = "segment"
    latency_ns = 0

    def __init__(self, network: Path | Segmenter, executor: Executor | None = None) -> None:
        """A stage for one network, which it closes.

        Args:
            network: tells people from the room; or the file of "selfie-segmentation-landscape".
            executor: runs the network on frames that the stage may begin early.

        Raises:
            ModelError: the file can't be loaded.
        """
        self._network: Segmenter = Selfie(network) if isinstance(network, Path) else network
        self._everyone = Beside(self._network.seen, executor)
        self._steady: NDArray[np.float32] | None = None

    def begin(self, frame: Frame) -> None:
        """Starts the network on a frame, for which no faces need to be known yet."""
        self._everyone.begin(frame)

    def process(self, frame: Frame) -> Frame:
        """The frame with its matte: what is joined to the chosen face and to a cast's, steadied over time.

        Veils are taken off where nobody is. Over somebody they stay, and then nobody wears the likeness: the chosen
        face is a newcomer's, and the actor is still where he was lost.
        """
        everyone = fresh = self._everyone.done(frame)
        frame = _unveiled(frame, everyone)
        if frame.chosen_face is not None:
            fresh = _joined_to(frame.worn_faces, everyone, frame.size)
        if self._network.steady or self._steady is None or self._steady.shape != fresh.shape:
            self._steady = fresh.copy()
        else:
            change = fresh - self._steady
            weight = np.clip(np.abs(change) * 2.5, STILL_WEIGHT, 1.0)
            self._steady += weight * change
        matte = np.asarray(cv2.convertScaleAbs(self._steady, alpha=255.0), np.uint8)
        return replace(frame, matte=matte, strangers=_strangers(everyone, fresh))

    def adjust(self, profile: Profile) -> None:
        """Nothing here is a setting."""

    def reset(self) -> None:
        """Forgets earlier mattes."""
        self._everyone.forget()
        self._network.reset()
        self._steady = None

    def close(self) -> None:
        """Frees the network; may be called twice."""
        self._everyone.forget()
        self._network.close()
        self._steady = None


def _unveiled(frame: Frame, matte: NDArray[np.float32]) -> Frame:
    """The frame with only those veils that lie over somebody; with one over the actor's place no face is chosen."""
    faces = [face for face in frame.faces if face.score > UNSEEN_SCORE]
    if len(faces) == len(frame.faces):
        return frame
    veils = [face for face in frame.faces if face.score <= UNSEEN_SCORE and _is_somebody(face, matte, frame.size)]
    if any(veil.role is None for veil in veils):
        faces = [replace(face, chosen=False) for face in faces]
    return replace(frame, faces=(*faces, *veils))


def _is_somebody(face: Face, matte: NDArray[np.float32], size: tuple[int, int]) -> bool:
    """Whether the person's matte covers the place of a face."""
    place = np.zeros(matte.shape, np.uint8)
    cv2.fillPoly(place, [_on_matte(face, matte, size)], 1)
    inside = matte[place > 0]
    return inside.size > 0 and float(np.mean(inside > PERSON_LEVEL)) > VEILED_SHARE


def _on_matte(face: Face, matte: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.int32]:
    """int32 (36, 2): what is surely face, in the matte's pixels."""
    scale = np.array([matte.shape[1] / size[0], matte.shape[0] / size[1]], np.float32)
    return np.asarray(np.rint(inner_face(face.landmarks, INNER_FACE) * scale), np.int32)


def _window(matte: NDArray[np.float32], side: int) -> int:
    """The odd side of a window that reaches as far on a matte of this size as one of `side` does on a small one."""
    return 2 * int((side // 2) * matte.shape[1] / WIDTH_PX + 0.5) + 1


def _shrink(frame: Frame, small: NDArray[np.uint8]) -> None:
    """The frame at the network's size; halved first by averaging where it is much larger."""
    pixels = frame.pixels
    if pixels.shape[1] >= 2 * WIDTH_PX and pixels.shape[0] >= 2 * HEIGHT_PX:
        half = (pixels.shape[1] // 2, pixels.shape[0] // 2)
        pixels = np.asarray(cv2.resize(pixels, half, interpolation=cv2.INTER_AREA), np.uint8)
    cv2.resize(pixels, (WIDTH_PX, HEIGHT_PX), dst=small, interpolation=cv2.INTER_LINEAR)


def _strangers(everyone: NDArray[np.float32], own: NDArray[np.float32]) -> NDArray[np.uint8] | None:
    """uint8, of the matte's size: people who are not joined to the chosen face, or None when they are only specks."""
    others = (everyone - own > STRANGER_LEVEL).astype(np.uint8)
    if np.count_nonzero(others) < STRANGER_SHARE * others.size:
        return None
    grown, soft = _window(everyone, 7), _window(everyone, 5)
    return np.asarray(cv2.blur(cv2.dilate(others, np.ones((grown, grown), np.uint8)) * 255, (soft, soft)), np.uint8)


def _joined_to(faces: Sequence[Face], matte: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    """The matte without what is joined to none of some faces, and with the faces themselves filled."""
    joined = _joined_to_one(faces[0], matte, size)
    for face in faces[1:]:
        joined = np.maximum(joined, _joined_to_one(face, matte, size))
    return joined


def _joined_to_one(face: Face, matte: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    """The matte without what is not joined to the face, and with the face itself filled."""
    oval = _on_matte(face, matte, size)
    solid = (matte > PERSON_LEVEL).astype(np.uint8)
    cv2.fillPoly(solid, [oval], 1)
    _, labels = cv2.connectedComponents(solid, connectivity=4)
    inside = np.zeros_like(solid)
    cv2.fillPoly(inside, [oval], 1)
    on_face = labels[inside > 0]
    if on_face.size == 0:
        return matte
    own = labels == np.bincount(on_face).argmax()
    near = cv2.dilate(own.astype(np.uint8), np.ones((_window(matte, 5),) * 2, np.uint8))
    joined = matte * near
    np.maximum(joined, inside, out=joined, casting="unsafe")
    return np.asarray(joined, np.float32)
