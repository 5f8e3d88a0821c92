"""Whether something is before the face."""

import cv2
import numpy as np

from pipeline.preflight.camera.closeups import Closeup, Mask, View, lab_of
from pipeline.preflight.camera.judging import Check, Texts, judged, limits
from pipeline.preflight.finding import Finding

OCCLUDED = Check("camera.occluded", "something before the face")
STRANGE = 18.0
"""ΔE from the face's own skin from which a point is of something else."""
LIGHT_SHARE = 0.5
"""Lightness counts less than colour: shadows are on every face."""
THIN = np.ones((7, 7), np.uint8)
"""What is thinner than this on a close-up, such as glasses' frames and strands of hair, hides nothing."""


def occluded_finding(view: View) -> Finding:
    """How much of the face is covered."""
    percent = covered_percent(view.closeups)
    if percent is None:
        return OCCLUDED.skip("no face is seen")
    limit = limits()["occluded"]
    remedy = "Take away what is before your face: a hand, a microphone, a mask, hair or a cap."
    return judged(
        OCCLUDED, percent, limit, Texts(f"{percent:.0f} % of the face", f"at most {limit.passes[1]:g} %", remedy)
    )


def covered_percent(closeups: tuple[Closeup, ...]) -> float | None:
    """The share of the face's skin that does not look like it, 0..100; None where there is no face."""
    if not closeups:
        return None
    return 100.0 * float(np.quantile([float(np.mean(strange_on(one)[one.skin])) for one in closeups], 0.75))


def strange_on(one: Closeup) -> Mask:
    """bool (h, w): what of the skin looks like something else, after light that falls on the face from a side."""
    lab = lab_of(cv2.GaussianBlur(one.bgr, (0, 0), 2.0).astype(np.uint8))
    y, x = np.nonzero(one.skin)
    colours = lab[y, x].astype(np.float64)
    places = np.stack([np.ones(len(x)), (x - x.mean()) / 64.0, (y - y.mean()) / 64.0], axis=1)
    off = colours - np.median(colours, axis=0)
    for _ in range(6):
        distance = np.sqrt((LIGHT_SHARE * off[:, 0]) ** 2 + off[:, 1] ** 2 + off[:, 2] ** 2)
        weight = 1.0 / (1.0 + (distance / 8.0) ** 2) ** 2
        ridge = np.diag([1e-6, 0.02 * weight.sum(), 0.02 * weight.sum()])
        fit = np.linalg.solve((places.T * weight) @ places + ridge, (places.T * weight) @ colours)
        off = colours - places @ fit
    strange = np.zeros(one.skin.shape, np.uint8)
    strange[y, x] = np.sqrt((LIGHT_SHARE * off[:, 0]) ** 2 + off[:, 1] ** 2 + off[:, 2] ** 2) > STRANGE
    return np.asarray(cv2.morphologyEx(strange, cv2.MORPH_OPEN, THIN)) > 0
