"""Picture files."""

from pathlib import Path

import cv2
import numpy as np

from pipeline.errors import MediaError
from pipeline.media import Pixels

MAX_SIDE_PX = 8192


def read_picture(path: Path, what: str) -> Pixels:
    """The picture in a PNG, JPEG or other file that OpenCV reads.

    Args:
        path: where it is.
        what: what it is to the user, for the errors: `portrait`, `background`.

    Raises:
        MediaError: the file can't be read, is no picture, or is larger than 8192 pixels a side.
    """
    try:
        data = np.frombuffer(path.read_bytes(), np.uint8)
    except OSError as error:
        raise MediaError(f"The {what} {path} can't be read: {error.strerror}.") from error
    try:
        pixels = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    except cv2.error as error:
        # OpenCV refuses by the header, before it takes memory for a picture of a thousand million pixels.
        raise MediaError(f"The {what} {path} is too large; at most {MAX_SIDE_PX} pixels a side are taken.") from error
    if pixels is None:
        raise MediaError(f"The {what} {path} is no picture that can be read; use a PNG or JPEG file.")
    height, width = pixels.shape[:2]
    if max(height, width) > MAX_SIDE_PX:
        raise MediaError(f"The {what} {path} is {width}x{height}; at most {MAX_SIDE_PX} pixels a side are taken.")
    return np.ascontiguousarray(pixels, np.uint8)
