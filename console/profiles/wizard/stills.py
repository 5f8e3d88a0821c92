"""Pictures of a profile that is being made, small enough for the screen."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from console.commands.brought.making import standing_in


@dataclass(frozen=True, slots=True, eq=False)
class Still:
    """A picture that does not move."""

    pixels: NDArray[np.uint8]
    """uint8 (height, width, 3), RGB."""
    serial: int


def portrait_still(path: Path, room: tuple[int, int], serial: int) -> Still | None:
    """A portrait as large as `room`, width and height in pixels, holds; None where it is no picture."""
    from pipeline.errors import MediaError
    from pipeline.video.codecs.pictures import read_picture
    from pipeline.video.screen.gallery import thumbnail

    try:
        picture = read_picture(path.expanduser(), "portrait")
    except MediaError:
        return None
    height, width = picture.shape[:2]
    scale = min(room[0] / width, room[1] / height)
    return Still(thumbnail(picture, (max(1, round(width * scale)), max(1, round(height * scale)))), serial)


def room_still(path: Path, room: tuple[int, int], serial: int) -> Still | None:
    """The first picture of a background, cut as it will be; None where it is none."""
    from pipeline.errors import MediaError
    from pipeline.media import Frame
    from pipeline.video.background.rooms import open_room
    from pipeline.video.screen.gallery import thumbnail

    width = min(room[0], room[1] * 16 // 9)
    size = (max(2, width), max(2, width * 9 // 16))
    try:
        opened = open_room(standing_in(path.expanduser().absolute()))
        if opened is None:
            return None
        try:
            picture = opened.behind(Frame(np.zeros((size[1] * 2, size[0] * 2, 3), np.uint8), 0, 0))
            return Still(thumbnail(picture, size), serial)
        finally:
            opened.close()
    except MediaError:
        return None
