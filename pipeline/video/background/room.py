"""What stands behind the person: a picture, a colour, or the actor's own room blurred."""

from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from pipeline.media import Frame, Pixels
from pipeline.video.codecs.pictures import read_picture


class Room(Protocol):
    """A source of backgrounds."""

    def behind(self, frame: Frame) -> Pixels:
        """The room for a frame, at the frame's size; it must not be written to and may change at the next call.

        Raises:
            MediaError: its file can't be read any more.
        """

    def close(self) -> None:
        """Frees what the room holds."""


class PictureRoom:
    """A still picture, cut to the frame's shape and kept at its size."""

    def __init__(self, pixels: Pixels) -> None:
        """A room from uint8 (height, width, 3) BGR."""
        self._pixels = pixels
        self._fitted: Pixels = pixels

    @classmethod
    def read(cls, path: Path) -> "PictureRoom":
        """The room in a picture file.

        Raises:
            MediaError: the file is no picture.
        """
        return cls(read_picture(path, "background"))

    @classmethod
    def plain(cls, colour: str) -> "PictureRoom":
        """A room of one colour, `#rrggbb`."""
        red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        return cls(np.full((8, 8, 3), (blue, green, red), np.uint8))

    def behind(self, frame: Frame) -> Pixels:
        """The picture, cut and scaled to fill the frame."""
        if self._fitted.shape != frame.pixels.shape:
            self._fitted = filled(self._pixels, frame.size)
        return self._fitted

    def close(self) -> None:
        """Nothing to free."""


class BlurredRoom:
    """The actor's own room out of focus, without the actor bleeding into it."""

    def __init__(self, strength: float) -> None:
        """A blur of 0..1."""
        self._spread = 1.5 + 12.0 * strength

    def behind(self, frame: Frame) -> Pixels:
        """The frame with the person taken out and the rest blurred, made on a picture of a quarter the size."""
        width, height = frame.size
        size = (max(8, width // 4), max(8, height // 4))
        small = cv2.resize(frame.pixels, size, interpolation=cv2.INTER_AREA).astype(np.float32)
        weight = np.full(size[::-1], 1.001, np.float32)
        if frame.matte is not None:
            person = cv2.resize(frame.matte, size, interpolation=cv2.INTER_LINEAR)
            weight -= cv2.dilate(person, np.ones((9, 9), np.uint8)).astype(np.float32) / 255.0
        total = np.asarray(cv2.GaussianBlur(small * weight[..., np.newaxis], (0, 0), self._spread), np.float32)
        share = np.asarray(cv2.GaussianBlur(weight, (0, 0), self._spread), np.float32)
        blurred = total / share[..., np.newaxis]
        room = cv2.resize(blurred, (width, height), interpolation=cv2.INTER_LINEAR)
        return np.asarray(cv2.convertScaleAbs(room), np.uint8)

    def close(self) -> None:
        """Nothing to free."""


def filled(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """A picture scaled to fill `size` (width, height), what is too much cut off evenly."""
    width, height = size
    scale = max(width / pixels.shape[1], height / pixels.shape[0])
    inner_width, inner_height = min(pixels.shape[1], width / scale), min(pixels.shape[0], height / scale)
    left, top = round((pixels.shape[1] - inner_width) / 2), round((pixels.shape[0] - inner_height) / 2)
    part = pixels[top : top + max(1, round(inner_height)), left : left + max(1, round(inner_width))]
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.ascontiguousarray(cv2.resize(part, (width, height), interpolation=interpolation), np.uint8)
