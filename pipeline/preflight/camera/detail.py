"""How much fine detail of the face the pictures carry, and how much noise."""

from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media import Frame
from pipeline.preflight.camera.closeups import Closeup, Mask, View
from pipeline.preflight.camera.judging import Check, Texts, judged, limits, shifted, stretched
from pipeline.preflight.finding import Finding
from profiles.reference.figures import PictureReference

SHARPNESS = Check("camera.sharpness", "sharpness of the face")
NOISE = Check("camera.noise", "picture noise")
FINE_PX, COARSE_PX = 1.0, 4.0
"""Spreads of the blurs that part fine detail from coarse, on a close-up."""
BEST_SHARE = 0.7
"""A face that moves is blurred by that: the sharper frames tell about the lens."""
BLOCK = 16
SMOOTH_SHARE = 0.15
"""The share of a picture's blocks, smoothest first, in which what varies is noise."""
DARKEST, LIGHTEST = 12.0, 243.0
LAPLACIANS = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
MOST_FRAMES = 8
WHOLE_LINES = 270
ROUNDING = 1.0 / 12.0
"""The variance of rounding to whole levels."""


def detail_findings(view: View, reference: PictureReference) -> tuple[Finding, ...]:
    """Sharpness and noise."""
    return _sharpness(view, reference), _noise(view, reference)


def sharpness(closeups: tuple[Closeup, ...]) -> float | None:
    """Fine detail of the face over coarse, both without noise, 0..1; None where there is no face.

    Source: the ratio of high to middle spatial frequencies as in Crete et al. 2007, "The blur effect", SPIE 6492,
    on a face of one size, so that distance and resolution count as well.
    """
    if not closeups:
        return None
    return float(np.quantile([_ratio(one) for one in closeups], BEST_SHARE))


def picture_sharpness(frames: tuple[Frame, ...]) -> float | None:
    """The same of whole pictures, for where no face can be made out; None where there is no picture."""
    if not frames:
        return None
    ratios = []
    for frame in frames[::MOST_FRAMES]:
        size = (max(16, round(frame.size[0] * WHOLE_LINES / frame.size[1])), WHOLE_LINES)
        gray = cv2.resize(cv2.cvtColor(frame.pixels, cv2.COLOR_BGR2GRAY), size, interpolation=cv2.INTER_AREA)
        ratios.append(_fine_over_coarse(np.asarray(gray, np.float32), np.ones(gray.shape, np.bool_)))
    return float(np.median(ratios))


def _ratio(one: Closeup) -> float:
    gray = np.asarray(cv2.cvtColor(one.bgr, cv2.COLOR_BGR2GRAY), np.float32)
    return _fine_over_coarse(gray, cv2.erode(one.oval.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)


def _fine_over_coarse(gray: NDArray[np.float32], inside: Mask) -> float:
    """Fine detail over coarse inside a mask; what is as fine in the smoothest parts as elsewhere is noise."""
    soft = cv2.GaussianBlur(gray, (0, 0), FINE_PX)
    fine, coarse = gray - soft, soft - cv2.GaussianBlur(gray, (0, 0), COARSE_PX)
    noise = float(np.quantile(cv2.blur(fine * fine, (9, 9))[inside], SMOOTH_SHARE))
    detail = max(0.0, float(np.mean((fine * fine)[inside])) - max(noise, ROUNDING))
    return float(np.sqrt(detail / (float(np.mean((coarse * coarse)[inside])) + 1e-3)))


def noise_level(frames: tuple[Frame, ...]) -> float | None:
    """Standard deviation of the noise in grey levels of 255; the larger of that within pictures and that between them.

    Source: Immerkaer 1996, "Fast Noise Variance Estimation", doi:10.1006/cviu.1996.0060, in the smoothest blocks only.
    """
    step = max(1, len(frames) // MOST_FRAMES)
    grays = [np.asarray(cv2.cvtColor(frame.pixels, cv2.COLOR_BGR2GRAY), np.float32) for frame in frames[::step]]
    within = [value for gray in grays if (value := _within(gray)) is not None]
    between = [value for one, other in pairwise(grays) if (value := _between(one, other)) is not None]
    if not within:
        return None
    return max(float(np.median(within)), float(np.median(between)) if between else 0.0)


def _within(gray: NDArray[np.float32]) -> float | None:
    """The noise of one picture."""
    rough = np.abs(cv2.filter2D(gray, cv2.CV_32F, LAPLACIANS))
    found = _smoothest(_blocks(np.asarray(rough, np.float32)), _blocks(gray))
    return None if found is None else float(np.sqrt(np.pi / 2.0) / 6.0 * found)


def _between(one: NDArray[np.float32], other: NDArray[np.float32]) -> float | None:
    """The noise by which two pictures of the same thing differ; slow changes of light are left out."""
    change = one - other
    change = np.asarray(change - cv2.blur(change, (BLOCK, BLOCK)), np.float32)
    found = _smoothest(_blocks(np.abs(change)), _blocks(one))
    return None if found is None else float(np.sqrt(np.pi / 2.0) / np.sqrt(2.0) * found)


def _blocks(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """float32 (rows, columns): means over blocks of 16 by 16."""
    size = (max(1, values.shape[1] // BLOCK), max(1, values.shape[0] // BLOCK))
    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA), np.float32)


def _smoothest(rough: NDArray[np.float32], gray: NDArray[np.float32]) -> float | None:
    """What varies in the smoothest blocks that are neither black nor white; None where hardly any are."""
    told = rough[(gray > DARKEST) & (gray < LIGHTEST)]
    return float(np.quantile(told, SMOOTH_SHARE)) if told.size >= 8 else None


def _sharpness(view: View, reference: PictureReference) -> Finding:
    value, whole = sharpness(view.closeups), picture_sharpness(view.fine)
    remedy = "Clean the lens and set the camera's focus on your eyes; come nearer if your face is small in the picture."
    if value is None:
        soft = limits()["picture_sharpness"]
        if whole is None or soft.passes[0] <= whole:
            return SHARPNESS.skip("no face is seen")
        texts = Texts(f"no face is seen, and the picture has {whole:.2f} of its coarse detail", "a face", remedy)
        return judged(SHARPNESS, whole, soft, texts)
    known = reference.sharpness
    limit = stretched(limits()["sharpness"], known, known) if known else limits()["sharpness_alone"]
    said = f"{known:.2f}" if known else f"at least {limit.passes[0]:g}"
    return judged(SHARPNESS, value, limit, Texts(f"{value:.2f} of the coarse detail", said, remedy))


def _noise(view: View, reference: PictureReference) -> Finding:
    value = noise_level(view.fine)
    if value is None:
        return NOISE.skip("no frame came, or all of it is black or white")
    known = reference.noise
    limit = shifted(limits()["noise"], known) if known is not None else limits()["noise_alone"]
    remedy = "Put more light on your face, so that the camera need not amplify: turn its gain or ISO down."
    said = f"{known:.1f} of 255" if known is not None else f"at most {limit.passes[1]:g} of 255"
    return judged(NOISE, value, limit, Texts(f"{value:.1f} of 255", said, remedy))
