"""The person set before another room."""

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import MediaError, StageError
from pipeline.media import Frame, Motion, Pixels, Points
from pipeline.video.background.edges import halved, sharpened_matte
from pipeline.video.background.room import Room
from pipeline.video.beside import Beside
from profiles.profile import Profile

TILE_PX = 64
"""The picture is worked on in tiles: most lie wholly on the person or wholly in the room and are only copied."""
INNER_SCALE = 8
"""The person's inner colours are kept on a picture so many times smaller."""
MOVED_SHARE = 0.03
"""The outline is moved along when the face was moved by more than this share of its surroundings' width."""
WITHIN_FACE = 0.95
"""The landmarks' outline, so much smaller, lies on the person, with nose and lips that stand out from a turned face."""
SPREAD_WINDOW = (7, 7)
"""Over so many pixels of that picture the inner colours are averaged, and so far they reach over the edge."""

Mask = NDArray[np.uint8]
Part = tuple[slice, slice]


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """Where the person is.

    Attributes:
        matte: uint8 (height // 2, width // 2), where the actor's own picture shows the person.
        wrapped: the same less what the room's light falls on.
        alpha: uint8 (height, width), the person's share.
        rest: uint8 (height, width), the room's: what the person leaves, and the light that falls around the outline.
        inner: float32 (height // 8, width // 8), the same less a rim.
        reach: float32, the mean of `inner` around each of its points.
        parts: the picture in runs of tiles, each with 0 for the room, 255 for the person or 128 for both.
    """

    matte: Mask
    wrapped: Mask
    alpha: Mask
    rest: Mask
    inner: NDArray[np.float32]
    reach: NDArray[np.float32]
    parts: list[tuple[int, Part]]


class Compose:
    """The stage that replaces the room behind the person.

    Begun early it finds the outline on the actor's own picture, and moves it as the worn face moved that.
    """

    name = "compose"
    latency_ns = 0

    def __init__(self, room: Room, profile: Profile, executor: Executor | None = None) -> None:
        """A stage for one room, which it closes; an executor finds the outline on frames that are begun early."""
        self._room = room
        self._outline = Beside(self._found, executor)
        self._light_wrap = profile.background.light_wrap
        self._output: Pixels | None = None

    def begin(self, frame: Frame) -> None:
        """Starts on the outline; the frame has its matte and faces."""
        self._outline.begin(frame)

    def process(self, frame: Frame) -> Frame:
        """The frame with the room behind the person; without a matte the whole frame is kept.

        Raises:
            StageError: the room can't be had any more.
        """
        outline = self._outline.done(frame)
        if outline is None:
            return frame
        try:
            person, room = frame.pixels, self._room.behind(frame)
        except MediaError as error:
            raise StageError(str(error)) from error
        if frame.motion is not None and _greatest(frame.motion) > MOVED_SHARE * frame.motion.width:
            matte, kept = (_moved(mask, frame.motion) for mask in (outline.matte, outline.wrapped))
            outline = _outline(matte, kept, frame.size)
        output = self._buffer(person)
        edges = _Edges(person, outline)
        for kind, part in outline.parts:
            if kind == 0:
                output[part] = room[part]
            elif kind == 255:
                output[part] = person[part]
            else:
                edges.blend(person, room, part, output[part])
        return replace(frame, pixels=output, cut_out=outline.matte)

    def adjust(self, profile: Profile) -> None:
        """Takes another light wrap."""
        self._light_wrap = profile.background.light_wrap

    def reset(self) -> None:
        """Forgets a frame that was begun."""
        self._outline.forget()

    def close(self) -> None:
        """Closes the room."""
        self.reset()
        self._room.close()
        self._output = None

    def _found(self, frame: Frame) -> Outline | None:
        """The person's outline, or None without a matte."""
        if frame.matte is None:
            return None
        matte = sharpened_matte(frame.matte, halved(frame.pixels))
        for face in frame.worn_faces:
            cv2.fillConvexPoly(matte, _surely_person(face.landmarks), (255,), cv2.LINE_AA, 4)
        return _outline(matte, wrapped(matte, self._light_wrap), frame.size)

    def _buffer(self, pixels: Pixels) -> Pixels:
        """This stage's own buffer of the picture's shape."""
        if self._output is None or self._output.shape != pixels.shape:
            self._output = np.empty_like(pixels)
        return self._output


def _greatest(motion: Motion) -> float:
    """The longest shift, in pixels."""
    return max(float(np.abs(shift).max()) for shift in (motion.shift_x, motion.shift_y))


def _moved(mask: Mask, motion: Motion) -> Mask:
    """A mask of half the picture's size, moved as the picture was."""
    left, top = motion.left // 2, motion.top // 2
    right, bottom = min(left + motion.width // 2, mask.shape[1]), min(top + motion.height // 2, mask.shape[0])
    size = (right - left, bottom - top)
    x, y = (np.asarray(cv2.resize(shift * np.float32(0.5), size)) for shift in (motion.shift_x, motion.shift_y))
    x = x + np.arange(size[0], dtype=np.float32)
    y = y + np.arange(size[1], dtype=np.float32)[:, np.newaxis]
    result = mask.copy()
    part = result[top:bottom, left:right]
    cv2.remap(mask[top:bottom, left:right], x, y, cv2.INTER_LINEAR, dst=part, borderMode=cv2.BORDER_REPLICATE)
    return result


def _surely_person(landmarks: Points) -> NDArray[np.int32]:
    """int32 (n, 1, 2): the face with its nose, a little within its own outline, at half size, in 16ths of a pixel."""
    hull = cv2.convexHull(landmarks[:, :2] * 0.5)
    middle = hull.mean(axis=0)
    return np.asarray(np.rint((middle + WITHIN_FACE * (hull - middle)) * 16), np.int32)


def _outline(matte: Mask, wrapped_matte: Mask, size: tuple[int, int]) -> Outline:
    """What follows from a matte, uint8 (height // 2, width // 2), for a picture of a width and height."""
    alpha, kept = (np.asarray(cv2.resize(mask, size), np.uint8) for mask in (matte, wrapped_matte))
    small = cv2.resize(halved(halved(matte)), _inner_size(size), interpolation=cv2.INTER_LINEAR)
    inner = np.maximum(cv2.erode(small, np.ones((3, 3), np.uint8)).astype(np.float32), np.float32(0.01))
    reach = cv2.blur(inner, SPREAD_WINDOW)
    rest = np.asarray(cv2.bitwise_not(kept), np.uint8)
    return Outline(
        matte, wrapped_matte, alpha, rest, inner, np.asarray(reach, np.float32), list(tiles(wrapped_matte, size))
    )


def _inner_size(size: tuple[int, int]) -> tuple[int, int]:
    """Width and height at which the person's inner colours are kept."""
    return max(1, size[0] // INNER_SCALE), max(1, size[1] // INNER_SCALE)


class _Edges:
    """What is needed to blend the person's outline: the matte and the person's inner colours.

    Pixels on the outline are a mixture of the person and of the actor's own room. The share of the room is replaced by
    the colours of the person nearby, so that no rim of the old room is carried into the new one.
    """

    def __init__(self, person: Pixels, outline: Outline) -> None:
        self._outline = outline
        # Of each square the four pixels in its middle; many squares are averaged below.
        size = _inner_size((person.shape[1], person.shape[0]))
        colours = cv2.resize(person, size, interpolation=cv2.INTER_LINEAR)
        weighted = cv2.multiply(colours, cv2.merge([outline.inner] * 3), dtype=cv2.CV_32F)
        inner = cv2.divide(cv2.blur(weighted, SPREAD_WINDOW), cv2.merge([outline.reach] * 3), dtype=cv2.CV_8U)
        self._inner = np.asarray(inner, np.uint8)

    def blend(self, person: Pixels, room: Pixels, part: Part, output: Pixels) -> None:
        """Blends one part of the picture into `output`."""
        alpha = cv2.cvtColor(self._outline.alpha[part], cv2.COLOR_GRAY2BGR)
        rest = cv2.cvtColor(self._outline.rest[part], cv2.COLOR_GRAY2BGR)
        clean = cv2.multiply(person[part], alpha, scale=1 / 255)
        cv2.add(clean, cv2.multiply(_enlarged(self._inner, part), cv2.bitwise_not(alpha), scale=1 / 255), dst=clean)
        cv2.multiply(clean, alpha, dst=clean, scale=1 / 255)
        cv2.multiply(room[part], rest, dst=rest, scale=1 / 255)
        cv2.add(clean, rest, dst=output)


def _enlarged(small: Pixels, part: Part) -> Pixels:
    """The given part of a picture that is stored so many times smaller."""
    factor = INNER_SCALE
    (top, bottom), (left, right) = ((side.start, side.stop) for side in part)
    y0, x0 = max(0, top // factor - 1), max(0, left // factor - 1)
    y1, x1 = min(small.shape[0], -(-bottom // factor) + 1), min(small.shape[1], -(-right // factor) + 1)
    size = ((x1 - x0) * factor, (y1 - y0) * factor)
    large = cv2.resize(small[y0:y1, x0:x1], size, interpolation=cv2.INTER_LINEAR)
    # A side that the factor does not divide ends beyond the small picture, whose last row and column then count on.
    rows = np.s_[min(top - y0 * factor, large.shape[0] - 1) : bottom - y0 * factor]
    columns = np.s_[min(left - x0 * factor, large.shape[1] - 1) : right - x0 * factor]
    cut = large[rows, columns]
    if cut.shape[:2] != (bottom - top, right - left):
        cut = cv2.resize(cut, (right - left, bottom - top), interpolation=cv2.INTER_LINEAR)
    return np.ascontiguousarray(cut)


def tiles(matte: Mask, size: tuple[int, int]) -> Iterator[tuple[int, Part]]:
    """The picture in horizontal runs of tiles of one kind.

    Args:
        matte: uint8 (height // 2, width // 2).
        size: width and height of the picture.

    Yields:
        0 for the room, 255 for the person, 128 for both, and the part of the picture.
    """
    width, height = size
    tile = TILE_PX // 2
    rows, columns = -(-matte.shape[0] // tile), -(-matte.shape[1] // tile)
    padded = cv2.copyMakeBorder(
        matte, 0, rows * tile - matte.shape[0], 0, columns * tile - matte.shape[1], cv2.BORDER_REPLICATE
    )
    bands = padded.reshape(rows, tile, columns * tile)
    low, high = (band.reshape(rows, columns, tile) for band in (bands.min(axis=1), bands.max(axis=1)))
    low, high = low.min(axis=-1), high.max(axis=-1)
    kinds = np.where(high == 0, 0, np.where(low == 255, 255, 128))
    for row in range(rows):
        top, bottom = row * TILE_PX, height if row == rows - 1 else (row + 1) * TILE_PX
        start = 0
        for column in range(1, columns + 1):
            if column == columns or kinds[row, column] != kinds[row, start]:
                right = width if column == columns else column * TILE_PX
                yield int(kinds[row, start]), (slice(top, bottom), slice(start * TILE_PX, right))
                start = column


def wrapped(matte: Mask, strength: float) -> Mask:
    """What keeps the room's light off: the matte, less just inside the outline. The person loses none of their own.

    Args:
        matte: uint8 (height, width) at half the picture's size.
        strength: 0..1.
    """
    if strength <= 0:
        return matte
    height, width = matte.shape
    small = cv2.resize(matte, (max(1, width // 4), max(1, height // 4)), interpolation=cv2.INTER_AREA)
    inner = cv2.blur(small, (5, 5))
    keep = cv2.convertScaleAbs(inner, alpha=0.4 * strength, beta=255 * (1 - 0.4 * strength))
    keep[inner == 255] = 255
    return np.asarray(cv2.multiply(matte, cv2.resize(keep, (width, height)), scale=1 / 255), np.uint8)
