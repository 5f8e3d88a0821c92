"""One face that a network made, joined with the actor's picture."""

from collections.abc import Callable
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import EngineError, StageError
from pipeline.media import Face, Frame, Pasted, Pixels, Points
from pipeline.video.buffers import Buffers
from pipeline.video.neural import merge_mask
from pipeline.video.neural.colour import GRID, ColourMatch, Pair, echoes, levels
from pipeline.video.neural.face_model import FaceModel, Matrix
from pipeline.video.neural.merge_mask import LEAST_COVERED, SIDE, TOLERATED, Allowance, Mask
from pipeline.video.output.blur import blend
from pipeline.video.swap.photo_swap import show_through
from pipeline.video.tracking.mesh import INNER_LIPS
from profiles.profile import Profile

HALVE_BELOW = 0.45
"""A square that shows the picture smaller than this is cut from a picture of half the size: it would glitter. Above, up
to the picture's own scale, linear interpolation comes nearest to what the pixels' areas hold, and beyond that cubic."""
MARGIN_PX = 3
SHARPEN_SIGMA_PX = 1.2
PATIENCE = 30
"""Faces in a row that are refused before that is told: a hand goes by sooner. The lane goes on without a word."""


class Masks(Protocol):
    """Networks that tell what stands before a face."""

    def seen(self, frame: Frame, face: Face, matrix: Matrix, size: int) -> Mask:
        """Where on a square of `size` pixels, to which `matrix` leads, the face is seen.

        Raises:
            StageError: a network failed.
        """

    def close(self) -> None:
        """Frees the networks; may be called twice."""


class Merge:
    """Wears a model's face on one actor. Called by one thread at a time."""

    def __init__(
        self, model: FaceModel, profile: Profile, masks: Masks | None = None, tell: Callable[[str], None] | None = None
    ) -> None:
        """Starts without knowing the actor; model and masks may serve others at the same time.

        Args:
            model: makes the face.
            profile: whose it is.
            masks: what leaves out things before the face.
            tell: told why no face can be drawn, when that lasts.
        """
        self._model, self._masks, self._buffers = model, masks, Buffers()
        self._tell, self._refusals = tell, 0
        self.reset()
        self.adjust(profile)

    def reset(self) -> None:
        """Forgets the actor."""
        self._colours = ColourMatch(self._buffers)
        self._allowance = Allowance()

    def adjust(self, profile: Profile) -> None:
        """Takes the live settings."""
        self._face, self._merge = profile.face, profile.merge
        self._with_outline = profile.face.engine == "dfm" and profile.dfm.mask_landmarks

    def wear(self, frame: Frame, face: Face, pixels: Pixels) -> Pasted | None:
        """Draws the target's face on a face of the frame; where it lies, or None where that is beyond the picture.

        Args:
            frame: what the camera saw; not written to.
            face: on whom.
            pixels: uint8 (height, width, 3), the picture that is written to.

        Raises:
            StageError: the network failed, did not see the face, or gave back the actor's.
        """
        matrix = self._model.align(face)
        square = cut(frame.pixels, matrix, self._model.size, self._buffers)
        converted = self._model.convert(square)
        landmarks = _on_mask(face.landmarks[:, :2], matrix, self._model.size)
        oval = merge_mask.outline(landmarks)
        seen = None if self._masks is None else self._masks.seen(frame, face, matrix, self._model.size)
        mask = self._mask(converted.mask, seen, landmarks, oval, frame.media_ns)
        made = levels(converted.face, self._buffers.pixels("made", *converted.face.shape))
        weight = cv2.resize(cv2.min(mask, oval), (GRID, GRID), interpolation=cv2.INTER_AREA)
        shares = weight.astype(np.float32) * np.float32(1 / 255)
        pair = Pair.of(made, square)
        if echoes(pair, shares):
            what = "gives back the face that it is shown, which would show the actor; use another model."
            raise self._refusal(what, EngineError)
        made = self._colours.matched(pair, shares, self._merge.colour_transfer, frame.media_ns)
        self._refusals = 0
        return self._paste(pixels, self._sharpened(made), mask, _resized(matrix, face, self._face.size), face)

    def _refusal(self, what: str, kind: type[StageError] = StageError) -> StageError:
        """Why the face that the model made can't be drawn; told once when it lasts."""
        error = kind(f"The model {self._model.name} {what}")
        self._refusals += 1
        if self._refusals == PATIENCE and self._tell is not None:
            self._tell(str(error))
        return error

    def _mask(
        self, own: NDArray[np.float32] | None, seen: Mask | None, landmarks: Points, oval: Mask, at_ns: int
    ) -> Mask:
        """Where the face is drawn, and how far.

        Raises:
            StageError: so little of the face would be drawn that the actor is seen.
        """
        mask = oval
        if own is not None:
            mask = levels(np.asarray(cv2.resize(own, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.float32))
            if self._with_outline:
                mask = np.asarray(cv2.min(mask, oval), np.uint8)
        if seen is not None:
            mask = np.asarray(cv2.multiply(mask, seen, scale=1 / 255), np.uint8)
        core, area = merge_mask.core(landmarks, self._face.size)
        held = merge_mask.covered(core, core, area)
        if held < 1.0 - TOLERATED:
            raise self._refusal(
                f"sees {held:.0%} of the face in its square, wanted at least {1.0 - TOLERATED:.0%}; "
                "set its coverage, or size in [face], higher."
            )
        share = merge_mask.covered(mask, core, area)
        if share < LEAST_COVERED:
            raise self._refusal(
                f"covers {share:.0%} of the face, wanted at least {LEAST_COVERED:.0%}; "
                "take fewer masks in the profile, or another model."
            )
        if self._allowance.refuses(1.0 - share, at_ns):
            mask = np.asarray(cv2.max(mask, core), np.uint8)
        soft = merge_mask.kept_covered(merge_mask.softened(mask, self._merge), mask, core)
        if self._face.opacity < 1.0:
            soft = np.asarray(cv2.convertScaleAbs(soft, alpha=self._face.opacity), np.uint8)
        return soft

    def _sharpened(self, made: Pixels) -> Pixels:
        """The network's face with its fine detail raised."""
        strength = self._merge.sharpen
        if strength <= 0:
            return made
        soft = cv2.GaussianBlur(made, (0, 0), SHARPEN_SIGMA_PX)
        return np.asarray(cv2.addWeighted(made, 1.0 + strength, soft, -strength, 0.0), np.uint8)

    def _paste(self, pixels: Pixels, made: Pixels, mask: Mask, matrix: Matrix, face: Face) -> Pasted | None:
        """Draws the square into the picture, where the mask says so."""
        size = made.shape[0]
        inverse = cv2.invertAffineTransform(matrix)
        left, top, width, height = cv2.boundingRect(mask)
        corners = np.array([[x, y] for x in (left - 1, left + width) for y in (top - 1, top + height)])
        spots = ((corners + 0.5) * (size / SIDE) - 0.5) @ inverse[:, :2].T + inverse[:, 2]
        rectangle = _within(spots, pixels)
        if rectangle is None:
            return None
        x0, y0, x1, y1 = rectangle
        local = matrix.copy()
        local[:, 2] += matrix[:, :2] @ np.array([x0, y0], np.float32)
        take, width, height = self._buffers.pixels, x1 - x0, y1 - y0
        layers = take("layers", size, size, 4)
        cv2.cvtColor(made, cv2.COLOR_BGR2BGRA, dst=layers)
        cv2.insertChannel(cv2.resize(mask, (size, size), interpolation=cv2.INTER_LINEAR), layers, 3)
        worn, over, alpha = take("worn", height, width, 4), take("over", height, width, 3), take("alpha", height, width)
        cv2.warpAffine(layers, local, (width, height), dst=worn, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
        cv2.extractChannel(worn, 3, dst=alpha)
        cv2.cvtColor(worn, cv2.COLOR_BGRA2BGR, dst=over)
        if self._merge.mouth > 0:
            lips = face.landmarks[list(INNER_LIPS), :2] - np.array([x0, y0], np.float32)
            show_through(alpha, lips, self._merge.mouth)
        blend(pixels[y0:y1, x0:x1], over, alpha, take("share", height, width, 3))
        return Pasted(x0, y0, alpha)


def cut(pixels: Pixels, matrix: Matrix, size: int, buffers: Buffers | None = None) -> Pixels:
    """The square that a network sees, uint8 (size, size, 3); beyond the picture its border goes on.

    Args:
        pixels: uint8 (height, width, 3).
        matrix: from the picture to the square.
        size: the square's side.
        buffers: memory to use, in which the square then lies.

    Raises:
        StageError: nothing of it lies on the picture.
    """
    inverse = cv2.invertAffineTransform(matrix)
    ends = np.array([[x, y] for x in (-1.0, size) for y in (-1.0, size)])
    rectangle = _within(ends @ inverse[:, :2].T + inverse[:, 2], pixels)
    if rectangle is None:
        raise StageError("The face lies outside of the picture.")
    left, top, right, bottom = rectangle
    take, turn = (buffers or Buffers()).pixels, False
    part, local = pixels[top:bottom, left:right], matrix.astype(np.float64)
    local[:, 2] += local[:, :2] @ np.array([left, top], np.float64)
    while np.hypot(local[0, 0], local[1, 0]) < HALVE_BELOW and min(part.shape[:2]) >= 8:
        height, width = part.shape[0] // 2, part.shape[1] // 2
        even = part[: 2 * height, : 2 * width]
        # What is halved and what comes of it may not share their memory.
        turn = not turn
        half = take("even" if turn else "odd", height, width, 3)
        part = np.asarray(cv2.resize(even, (width, height), dst=half, interpolation=cv2.INTER_AREA), np.uint8)
        local[:, 2] += local[:, :2] @ np.array([0.5, 0.5])
        local[:, :2] *= 2.0
    square, to = take("square", size, size, 3), (size, size)
    if np.hypot(local[0, 0], local[1, 0]) > 1.0:
        cv2.warpAffine(part, local, to, dst=square, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        return square
    # Four channels are warped in half the time of three.
    layers, warped = take("seen", *part.shape[:2], 4), take("warped", size, size, 4)
    cv2.cvtColor(part, cv2.COLOR_BGR2BGRA, dst=layers)
    cv2.warpAffine(layers, local, to, dst=warped, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.cvtColor(warped, cv2.COLOR_BGRA2BGR, dst=square), np.uint8)


def _within(spots: NDArray[np.floating], pixels: Pixels) -> tuple[int, int, int, int] | None:
    """Left, top, right and bottom of what spots enclose of a picture; None where that is nothing."""
    height, width = pixels.shape[:2]
    low, high = np.floor(spots.min(axis=0)) - MARGIN_PX, np.ceil(spots.max(axis=0)) + MARGIN_PX
    left, top = int(max(0.0, low[0])), int(max(0.0, low[1]))
    right, bottom = int(min(float(width), high[0])), int(min(float(height), high[1]))
    return (left, top, right, bottom) if right - left > 1 and bottom - top > 1 else None


def _on_mask(points: Points, matrix: Matrix, size: int) -> Points:
    """Places on the picture in the mask's pixels."""
    on_square = points @ matrix[:, :2].T + matrix[:, 2]
    return np.asarray((on_square + 0.5) * np.float32(SIDE / size) - 0.5, np.float32)


def _resized(matrix: Matrix, face: Face, size: float) -> Matrix:
    """The matrix for a face drawn larger or smaller about its middle."""
    if size == 1.0:
        return matrix
    middle = face.landmarks[:, :2].mean(axis=0)
    resized = matrix / np.float32(size)
    resized[:, 2] = matrix[:, 2] + (matrix[:, :2] - resized[:, :2]) @ middle
    return np.asarray(resized, np.float32)
