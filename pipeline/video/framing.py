"""How a picture of one size and orientation is fitted to another without distorting it."""

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.media import Pixels

SMALLEST_PX = 64
"""No side of a delivered picture is shorter: encoders and virtual cameras refuse less."""
LARGEST = (3840, 2160)
"""No delivered picture is larger, whichever way it is turned."""

_TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


def usable_size(size: tuple[int, int]) -> tuple[int, int]:
    """The nearest size with even sides that every encoder and virtual camera takes.

    A picture that is too small or too large is scaled; otherwise at most one row and one column go.
    """
    width, height = size
    shrink = min(1.0, max(LARGEST) / max(size), min(LARGEST) / min(size))
    enlarge = max(1.0, SMALLEST_PX / min(size))
    scale = shrink if shrink < 1.0 else enlarge
    return (_even(min(width * scale, max(LARGEST))), _even(min(height * scale, max(LARGEST))))


def _even(length: float) -> int:
    return max(SMALLEST_PX, int(length + 1e-6) // 2 * 2)


def turned(size: tuple[int, int], degrees: int) -> tuple[int, int]:
    """`size` after a turn by a multiple of 90 degrees."""
    return (size[1], size[0]) if degrees % 180 else size


@dataclass(frozen=True, slots=True)
class Crop:
    """The centred part of a picture that has the proportions of another."""

    left: int
    top: int
    width: int
    height: int

    @classmethod
    def to_fit(cls, size: tuple[int, int], wanted: tuple[int, int]) -> "Crop":
        """The largest centred part of `size` with the proportions of `wanted`, to the nearest pixel."""
        width, height = size
        wide = min(width, max(1, round(height * wanted[0] / wanted[1])))
        high = min(height, max(1, round(width * wanted[1] / wanted[0])))
        return cls((width - wide) // 2, (height - high) // 2, wide, high)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.width, self.height


class Framing:
    """Turns, mirrors, crops and scales pictures to one size."""

    def __init__(self, wanted: tuple[int, int], rotate_deg: int = 0, flip: bool = False) -> None:
        """Sets what every picture becomes.

        Args:
            wanted: width and height of the result.
            rotate_deg: clockwise, a multiple of 90.
            flip: mirrors left and right, after the turn.
        """
        self._wanted = wanted
        self._rotate_deg = rotate_deg % 360
        self._flip = flip

    def apply(self, pixels: Pixels) -> Pixels:
        """The picture at the wanted size.

        Args:
            pixels: uint8 (h, w, 3) BGR of any size.

        Returns:
            uint8 (height, width, 3) BGR, C-contiguous; the input itself when nothing is to be done.
        """
        wanted = turned(self._wanted, self._rotate_deg)
        size = (pixels.shape[1], pixels.shape[0])
        fitted: np.ndarray = pixels
        if size != wanted:
            crop = Crop.to_fit(size, wanted)
            part = pixels[crop.top : crop.top + crop.height, crop.left : crop.left + crop.width]
            # Averaging over areas takes five times as long; it is needed only where whole pixels would be skipped.
            averaged = crop.width >= 2 * wanted[0]
            fitted = cv2.resize(part, wanted, interpolation=cv2.INTER_AREA if averaged else cv2.INTER_LINEAR)
        if self._rotate_deg:
            fitted = cv2.rotate(fitted, _TURNS[self._rotate_deg])
        if self._flip:
            fitted = cv2.flip(fitted, 1)
        return np.ascontiguousarray(fitted, dtype=np.uint8)
