"""Whether something is before the face: of another colour, come or gone meanwhile, or over an eye."""

from itertools import combinations
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.preflight.camera.closeups import (
    LEFT_BROW,
    RIGHT_BROW,
    Closeup,
    Mask,
    View,
    lab_of,
    linear_of,
    luminance_of,
)
from pipeline.preflight.camera.judging import Check, Texts, judged, limits
from pipeline.preflight.finding import Finding, Verdict
from pipeline.video.tracking.mesh import CHIN, LEFT_EYE, LEFT_EYE_OUTER, RIGHT_EYE, RIGHT_EYE_OUTER

OCCLUDED = Check("camera.occluded", "something before the face")
REMEDY = "Take away what is before your face: a hand, a microphone, a mask, hair or a cap."
MOST_UNREAD = 0.5
"""Of the frames with a face; features that are read on fewer than half of them are hidden."""
STRANGE = 18.0
"""ΔE from the face's own skin from which a point is of something else."""
LIGHT_SHARE = 0.5
"""Lightness counts less than colour: shadows are on every face."""
THIN = np.ones((7, 7), np.uint8)
"""What is thinner than this on a close-up, such as glasses' frames and strands of hair, hides nothing."""
USUAL = 0.75
GRID = (40, 48)
EYES_AND_CHIN = np.array([[8, 14], [32, 14], [20, 46]], np.float32)
"""Where they are laid on the grid on which frames are compared."""
COLOURS, EDGES = 2.0, 3.0
"""How much ratios of channels, and edges, count against lightness, all in logarithms."""
CHANGED = 0.2
SAME_POSE_DEG = 8.0
COMPARED = 10
MOST_CHANGED = 0.9
FEWEST_POINTS = 200
AHEAD_DEG = 20.0
Grid = NDArray[np.float64]


class Cover(NamedTuple):
    """What hides a face.

    Attributes:
        strange: share of the skin of another colour than the rest, 0..1.
        changed: share of the skin that looks otherwise on some frames than on others, 0..1.
        eye: how dark the less visible eye and its brow are against the skin, in logarithms of light; NaN where the
            head is never turned to the camera.
    """

    strange: float
    changed: float
    eye: float


def occluded_finding(view: View) -> Finding:
    """How much of the face is covered."""
    limit, cover, unread = limits()["occluded"], cover_of(view.closeups), _unread_share(view)
    if unread > MOST_UNREAD:
        texts = Texts("a face is there, but its features can't be read", "eyes, nose and mouth in sight", REMEDY)
        return judged(OCCLUDED, 100.0 * unread, limit, texts)
    if cover is None:
        return OCCLUDED.skip("no face is seen")
    percent = 100.0 * max(cover.strange, cover.changed)
    eye = Verdict.PASS if np.isnan(cover.eye) else limits()["eye"].verdict(cover.eye)
    measured = f"{percent:.0f} % of the face" + ", an eye can't be seen" * (eye is not Verdict.PASS)
    return judged(OCCLUDED, percent, limit, Texts(measured, f"at most {limit.passes[1]:g} %", REMEDY), eye)


def _unread_share(view: View) -> float:
    """The share of the frames with a face on which its features can't be read, 0..1."""
    there = sum(any(face.score > 0.0 for face in frame.faces) for frame in view.seen.frames)
    return 1.0 - len(view.faces) / there if there else 0.0


def cover_of(closeups: tuple[Closeup, ...]) -> Cover | None:
    """What hides the face; None where there is none."""
    if not closeups:
        return None
    strange = float(np.quantile([float(np.mean(strange_on(one)[one.skin])) for one in closeups], USUAL))
    eyes = [_eye(one) for one in closeups if abs(one.face.pose.yaw_deg) < AHEAD_DEG]
    return Cover(strange, _changed(closeups), float(np.quantile(eyes, 1.0 - USUAL)) if eyes else float("nan"))


def strange_on(one: Closeup) -> Mask:
    """bool (h, w): what of the skin looks like something else, after light that falls on the face from a side."""
    lab = lab_of(np.asarray(cv2.GaussianBlur(one.bgr, (0, 0), 2.0), np.uint8))
    colours = lab[one.skin].astype(np.float64) * [LIGHT_SHARE, 1.0, 1.0]
    off = _apart(colours - np.median(colours, axis=0), _places(one.skin), 8.0)
    strange = np.zeros(one.skin.shape, np.uint8)
    strange[one.skin] = off > STRANGE
    return np.asarray(cv2.morphologyEx(strange, cv2.MORPH_OPEN, THIN)) > 0


def _places(mask: Mask) -> Grid:
    """float64 (n, 3): one, and the positions of a mask's points about their middle, over half its width."""
    y, x = np.nonzero(mask)
    half = mask.shape[1] / 2
    return np.stack([np.ones(len(x)), (x - x.mean()) / half, (y - y.mean()) / half], axis=1)


def _apart(values: Grid, places: Grid, tolerance: float) -> Grid:
    """float64 (n,): how far values, float64 (n, k), are from the slope that most of them lie on.

    Source: iteratively reweighted least squares with Geman and McClure's weights; a slope is what light from a side
    makes of a face.
    """
    distance = np.linalg.norm(values, axis=1)
    for _ in range(4):
        weight = 1.0 / (1.0 + (distance / tolerance) ** 2) ** 2
        ridge = weight.sum() * np.diag([1e-9, 0.02, 0.02])
        slope = np.linalg.solve((places.T * weight) @ places + ridge, (places.T * weight) @ values)
        distance = np.linalg.norm(values - places @ slope, axis=1)
    return np.asarray(distance, np.float64)


def _changed(closeups: tuple[Closeup, ...]) -> float:
    """The share of the skin by which frames with the same pose differ at most, 0..1."""
    places = np.linspace(0, len(closeups) - 1, min(COMPARED, len(closeups)))
    spread = [(_spread_out(closeups[round(place)]), closeups[round(place)].face.pose) for place in places]
    shares = [
        _difference(one, other)
        for (one, pose), (other, to) in combinations(spread, 2)
        if abs(pose.yaw_deg - to.yaw_deg) < SAME_POSE_DEG
        and abs(pose.pitch_deg - to.pitch_deg) < SAME_POSE_DEG
        and abs(pose.roll_deg - to.roll_deg) < SAME_POSE_DEG
    ]
    return float(np.quantile(shares, MOST_CHANGED)) if shares else 0.0


def _spread_out(one: Closeup) -> tuple[Grid, Mask]:
    """float64 (48, 40, 4) and bool (48, 40): light, two ratios of channels and edges over the face, and its skin."""
    corners = one.landmarks[[RIGHT_EYE_OUTER, LEFT_EYE_OUTER, CHIN]].astype(np.float32)
    matrix = cv2.getAffineTransform(corners, EYES_AND_CHIN)
    soft = linear_of(np.asarray(cv2.GaussianBlur(one.bgr, (0, 0), 2.0), np.uint8))
    fine = np.log(luminance_of(np.asarray(cv2.GaussianBlur(one.bgr, (0, 0), 0.8), np.uint8)) + np.float32(0.02))
    edges = cv2.magnitude(*(cv2.Sobel(fine, cv2.CV_32F, *axes, scale=0.125) for axes in ((1, 0), (0, 1))))
    blue, green, red = cv2.split(np.log(cv2.warpAffine(soft, matrix, GRID) + np.float32(0.01)))
    light = (0.2126 * red + 0.7152 * green + 0.0722 * blue).astype(np.float32)
    laid = cv2.warpAffine(cv2.GaussianBlur(edges, (0, 0), 3.0), matrix, GRID)
    looks = np.dstack([light, COLOURS * (red - green), COLOURS * (blue - green), EDGES * laid])
    skin = cv2.warpAffine(one.skin.astype(np.uint8), matrix, GRID, flags=cv2.INTER_NEAREST)
    return looks.astype(np.float64), np.asarray(cv2.erode(skin, np.ones((3, 3), np.uint8))) > 0


def _difference(one: tuple[Grid, Mask], other: tuple[Grid, Mask]) -> float:
    """The share of the skin that looks otherwise, light from a side apart."""
    skin = one[1] & other[1]
    if np.count_nonzero(skin) < FEWEST_POINTS:
        return 0.0
    changed = np.zeros(skin.shape, np.uint8)
    changed[skin] = _apart(one[0][skin] - other[0][skin], _places(skin), 0.1) > CHANGED
    return float(np.mean(cv2.morphologyEx(changed, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))[skin]))


def _eye(one: Closeup) -> float:
    """How dark the less visible eye and its brow are against the skin around."""
    light = np.log(luminance_of(np.asarray(cv2.GaussianBlur(one.bgr, (0, 0), 1.0), np.uint8)) + np.float32(0.004))
    found = []
    for points in (RIGHT_EYE + RIGHT_BROW, LEFT_EYE + LEFT_BROW):
        inside = np.zeros(one.skin.shape, np.uint8)
        cv2.fillConvexPoly(inside, cv2.convexHull(np.rint(one.landmarks[list(points)]).astype(np.int32)), (1,))
        around = (cv2.dilate(inside, np.ones((21, 21), np.uint8)) > 0) & one.skin
        if np.count_nonzero(inside) >= 20 and np.count_nonzero(around) >= 20:
            found.append(float(np.median(light[around]) - np.quantile(light[inside > 0], 0.15)))
    return min(found, default=0.0)
