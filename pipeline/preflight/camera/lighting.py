"""How much light is on the face, and where it comes from."""

from math import atan2, degrees
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.preflight.camera.closeups import Closeup, View, lab_of, luminance_of
from pipeline.preflight.camera.judging import Check, Texts, judged, limits, shifted
from pipeline.preflight.finding import Finding, Verdict
from pipeline.preflight.limits import Limit
from profiles.reference.figures import PictureReference

EXPOSURE = Check("camera.exposure", "exposure of the face")
LIGHT = Check("camera.light", "light on the face")
WHITE, BLACK = 250, 6
"""Levels of 255 from which on a pixel's lightest channel is clipped, and up to which it is lost in the dark."""
TURNED_DEG = 20.0
"""A head that is turned farther shows more of one side than of the other."""
EVEN = 0.8
"""Light that is more even than this comes from nowhere in particular."""


class Light(NamedTuple):
    """Where a face's light comes from.

    Attributes:
        from_deg: 0 from the picture's right, 90 from above, -180..180.
        evenness: the darker half of the face over the lighter, 0..1.
    """

    from_deg: float
    evenness: float


class Exposure(NamedTuple):
    """How light a face is.

    Attributes:
        lightness: mean CIE L*, 0..100.
        white: share of its skin that is clipped, 0..1.
        black: share of its skin that is lost in the dark, 0..1.
    """

    lightness: float
    white: float
    black: float


def lighting_findings(view: View, reference: PictureReference) -> tuple[Finding, ...]:
    """Exposure and light."""
    return _exposure(view, reference), _light(view, reference)


def exposure_of(closeups: tuple[Closeup, ...]) -> Exposure | None:
    """How light the face is over the frames; None where there is none."""
    if not closeups:
        return None
    found = []
    for one in closeups:
        skin = one.bgr[one.skin]
        lightness = float(np.mean(lab_of(one.bgr)[..., 0][one.skin]))
        highest = skin.max(axis=1)
        found.append((lightness, float(np.mean(highest >= WHITE)), float(np.mean(highest <= BLACK))))
    return Exposure(*(float(value) for value in np.median(found, axis=0)))


def light_on(closeups: tuple[Closeup, ...]) -> Light | None:
    """Where the face's light comes from; None where no face is seen or it is too dark to tell.

    Source: the first-order term of Basri and Jacobs 2003, "Lambertian reflectance and linear subspaces",
    doi:10.1109/TPAMI.2003.1177153; over a head that is about an ellipsoid it is a slope across the face.
    """
    ahead = [one for one in closeups if abs(one.face.pose.yaw_deg) < TURNED_DEG] or list(closeups)
    slopes = [found for one in ahead if (found := _slope(one)) is not None]
    if not slopes:
        return None
    right, up, evenness = np.median(slopes, axis=0)
    return Light(degrees(atan2(up, right)), float(evenness))


def _slope(one: Closeup) -> tuple[float, float, float] | None:
    """How the logarithm of light grows to the right and upward over half a face, and how even the halves are."""
    light = luminance_of(one.bgr)
    y, x = np.nonzero(one.skin)
    logs = np.log(light[y, x].astype(np.float64) + 0.004)
    if float(np.median(logs)) < np.log(0.008):
        return None
    places = np.stack([np.ones(len(x)), _scaled(x), -_scaled(y)], axis=1)
    weight = np.ones(len(x))
    slope: NDArray[np.float64] = np.zeros(3)
    for _ in range(4):
        slope = np.asarray(np.linalg.solve((places.T * weight) @ places, (places.T * weight) @ logs), np.float64)
        weight = 1.0 / (1.0 + np.square((logs - places @ slope) / 0.2))
    along = places[:, 1:] @ (slope[1:] / (np.hypot(*slope[1:]) + 1e-9))
    halves = [float(np.exp(np.mean(logs[side]))) for side in (along < -0.15, along > 0.15) if side.any()]
    return float(slope[1]), float(slope[2]), min(halves) / max(halves)


def _scaled(places: NDArray[np.int64]) -> NDArray[np.float64]:
    """Positions over the face from about -1 to 1."""
    low, high = np.quantile(places, (0.02, 0.98))
    return np.asarray((places - (low + high) / 2) / max(1.0, (high - low) / 2), np.float64)


def _exposure(view: View, reference: PictureReference) -> Finding:
    found = exposure_of(view.closeups)
    if found is None:
        return _whole_exposure(view)
    known = reference.exposure
    limit = limits()["exposure_alone"] if known is None else _about(known)
    white, black = limits()["clipped_white"].verdict(found.white), limits()["clipped_black"].verdict(found.black)
    too_light = found.lightness > sum(limit.passes) / 2 if black is Verdict.PASS else False
    remedy = (
        "Lower the camera's exposure or move the lamp away from your face."
        if too_light or white is not Verdict.PASS
        else "Put more light on your face or raise the camera's exposure."
    )
    clipped = f"{100 * found.white:.0f} % of the skin clipped, {100 * found.black:.0f} % black"
    said = f"L* {known:.0f}" if known is not None else f"L* {limit.passes[0]:.0f} to {limit.passes[1]:.0f}"
    texts = Texts(f"L* {found.lightness:.0f}; {clipped}", said, remedy)
    return judged(EXPOSURE, found.lightness, limit, texts, white, black)


def _about(known: float) -> Limit:
    """The limit about a reference's lightness; skins differ, so what is well exposed for itself never fails."""
    limit, alone = shifted(limits()["exposure"], known), limits()["exposure_alone"].passes
    borne = limit.borne or limit.passes
    return limit.model_copy(update={"borne": (min(borne[0], alone[0]), max(borne[1], alone[1]))})


def _whole_exposure(view: View) -> Finding:
    """The exposure where no face is seen, which may be why."""
    levels = [float(np.mean(lab_of(frame.pixels[::8, ::8])[..., 0])) for frame in view.fine]
    limit = limits()["picture_exposure"]
    if not levels or limit.verdict(float(np.median(levels))) is Verdict.PASS:
        return EXPOSURE.skip("no face is seen")
    level = float(np.median(levels))
    remedy = "Open the camera's shutter or take off its cap, and put light on your face."
    if level > limit.passes[1]:
        remedy = "Lower the camera's exposure and turn it away from lamps and windows."
    texts = Texts(f"no face is seen, and the picture has L* {level:.0f}", "a face", remedy)
    return judged(EXPOSURE, level, limit, texts)


def _light(view: View, reference: PictureReference) -> Finding:
    found = light_on(view.closeups)
    if found is None:
        return LIGHT.skip("no face is seen, or it is too dark to tell")
    known, known_deg = reference.light_evenness, reference.light_from_deg
    limit = limits()["evenness_alone"] if known is None else shifted(limits()["evenness"], known)
    verdict, said = Verdict.PASS, f"evenness at least {limit.passes[0]:.2f}"
    if known is not None and known_deg is not None:
        said = f"from {side(known_deg)}, evenness {known:.2f}"
        if min(known, found.evenness) < EVEN:
            verdict = limits()["light_direction"].verdict(apart_deg(found.from_deg, known_deg))
    remedy = f"Move your lamp, or add a second one, so that the light comes from {side(known_deg)}."
    if known_deg is None or found.evenness < limit.passes[0]:
        remedy = (
            f"Put a lamp or a white sheet on the side away from the light, which comes from {side(found.from_deg)}."
        )
    texts = Texts(f"from {side(found.from_deg)}, evenness {found.evenness:.2f}", said, remedy)
    return judged(LIGHT, found.evenness, limit, texts, verdict)


def apart_deg(one: float, other: float) -> float:
    """The angle between two directions, 0..180."""
    return abs((one - other + 180.0) % 360.0 - 180.0)


def side(from_deg: float | None) -> str:
    """A direction for people, in the picture as the camera gives it."""
    right, left = ("the picture's right", "the upper right"), ("the picture's left", "the lower left")
    names = (*right, "above", "the upper left", *left, "below", "the lower right")
    return "straight ahead" if from_deg is None else names[round(from_deg / 45.0) % 8]
