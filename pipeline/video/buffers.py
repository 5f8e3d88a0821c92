"""Memory for pictures that are made anew on every frame."""

import math

import numpy as np
from numpy.typing import NDArray

from pipeline.media import Pixels


class Buffers:
    """Arrays that are used again: fresh memory costs more than what is done with it. One thread."""

    def __init__(self) -> None:
        """Holds nothing yet."""
        self._held: dict[str, Pixels] = {}

    def clear(self) -> None:
        """Lets all of it go."""
        self._held.clear()

    def pixels(self, name: str, *shape: int) -> Pixels:
        """uint8 of a shape, not emptied; good until the next call for the same name."""
        count = math.prod(shape)
        held = self._held.get(name)
        if held is None or held.size < count:
            held = self._held[name] = np.empty(count, np.uint8)
        return held[:count].reshape(shape)

    def copy(self, name: str, pixels: Pixels) -> Pixels:
        """A copy of a picture, to be written to; good until the next call for the same name."""
        held = self.pixels(name, *pixels.shape)
        np.copyto(held, pixels)
        return held

    def floats(self, name: str, *shape: int) -> NDArray[np.float32]:
        """float32 of a shape, in the same way."""
        return self.pixels(name, math.prod(shape) * 4).view(np.float32).reshape(shape)
