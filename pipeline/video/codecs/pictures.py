"""Picture files."""

from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import cv2
import numpy as np

from pipeline.errors import DeviceError, MediaError
from pipeline.media import Pixels

MAX_SIDE_PX = 8192
PNG, PNG_EFFORT = ".png", 3
"""Of zlib's nine steps: more takes several times as long and saves a tenth."""


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


def write_picture(path: Path, pixels: Pixels) -> None:
    """Writes uint8 (height, width, 3) BGR as a PNG, the whole of it or nothing; one of that name is replaced.

    Raises:
        DeviceError: the name ends otherwise, or it can't be written there.
    """
    if path.suffix.lower() != PNG:
        got = f"the ending '{path.suffix}'" if path.suffix else "a name without an ending"
        raise DeviceError(f"The picture {path} can't be written: got {got}, wanted {PNG}.")
    _, data = cv2.imencode(PNG, pixels, (cv2.IMWRITE_PNG_COMPRESSION, PNG_EFFORT))
    unfinished = path.with_name(f".{path.stem}-{uuid4().hex}.part")
    try:
        unfinished.write_bytes(data.tobytes())
        unfinished.replace(path)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink()
        raise DeviceError(
            f"The picture {path} can't be written: {(error.strerror or str(error)).lower()}; choose another place."
        ) from error
