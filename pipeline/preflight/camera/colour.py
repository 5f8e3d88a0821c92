"""The colour of the light, as the picture shows it."""

from dataclasses import replace
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media import Pixels
from pipeline.preflight.camera.closeups import Closeup, View, linear_of
from pipeline.preflight.camera.judging import Check, Texts, judged, limits, shifted
from pipeline.preflight.finding import Finding, Gauge
from pipeline.preflight.limits import Limit
from profiles.reference.figures import PictureReference

WHITE_BALANCE = Check("camera.white_balance", "white balance")
SKIN = np.array([0.675, 1.255, 1.72], np.float64)
"""What turns the light that skin sends back, in linear red, green and blue, into the light that falls on it: the
inverse of the mean of light and dark skin. Source: patches 1 and 2 of the ColorChecker, sRGB by Pascale 2006."""
GREY_LOGS = 0.16
"""A pixel is grey whose channels, after the light's colour is taken out, differ by less than this in logarithms."""
GREY_SHARE = 0.03
"""With so many greys in the picture they count as much as the skin does."""
SMALL = (96, 54)
LEAST, MOST = 0.01, 0.93
"""Linear light, 0..1, between which a channel tells its colour."""
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
"""Linear sRGB to CIE XYZ (IEC 61966-2-1)."""
MIREDS = np.arange(40.0, 601.0)
"""25000 K to 1667 K."""


class Tint(NamedTuple):
    """A light's colour.

    Attributes:
        kelvin: correlated colour temperature.
        duv: distance from the black bodies in CIE 1960 u, v; positive is greener, negative pinker.
    """

    kelvin: float
    duv: float


def white_balance_finding(view: View, reference: PictureReference) -> Finding:
    """The colour temperature, held against the reference or against neutral."""
    kelvin = white_balance_k(view)
    if kelvin is None:
        return WHITE_BALANCE.skip("no face is seen, or no colour can be told on it")
    known = reference.white_balance_k
    neutral = limits()["white_balance_alone"] if known is None else shifted(limits()["white_balance"], 1e6 / known)
    colder = 1e6 / kelvin < sum(neutral.passes) / 2
    way, lamps = ("higher", "warmer") if colder else ("lower", "colder")
    remedy = (
        f"Lock the camera's white balance and set its kelvin {way} until a white sheet looks white, "
        f"or use lamps with {lamps} light."
    )
    least, most = kelvin_range(neutral)
    said = f"{known:.0f} K" if known else f"{least:.0f} to {most:.0f} K"
    difference = f", {kelvin - known:+.0f} K" if known else ""
    finding = judged(WHITE_BALANCE, 1e6 / kelvin, neutral, Texts(f"{kelvin:.0f} K{difference}", said, remedy))
    return replace(finding, gauge=Gauge(kelvin, least, most, "K"))


def kelvin_range(limit: Limit) -> tuple[float, float]:
    """The range in which a limit in reciprocal megakelvin passes, in kelvin."""
    least, most = (1e6 / max(end, MIREDS[0]) for end in reversed(limit.passes))
    return float(least), float(most)


def white_balance_k(view: View) -> float | None:
    """The correlated colour temperature that the pictures' greys stand for: 6504 where they are neutral."""
    looks = [light for one in view.closeups if (light := skin_light(one)) is not None]
    if not looks:
        return None
    skin = np.median(looks, axis=0)
    found = [light_of(frame.pixels, skin) for frame in view.fine[::4]]
    return tint_of(np.exp(np.median(found, axis=0))).kelvin


def skin_light(one: Closeup) -> NDArray[np.float64] | None:
    """float64 (3,): logarithms of the light's red, green and blue, as skin tells it; None where it is black or white.

    Source: Störring, Andersen and Granum 2000, "Estimation of the illuminant colour from human skin colour",
    doi:10.1109/AFGR.2000.840613.
    """
    light = linear_of(one.bgr)[one.skin][:, ::-1]
    told = light[(light.min(axis=1) > LEAST / 4) & (light.max(axis=1) < MOST)]
    if len(told) < 100:
        return None
    return np.asarray(np.log(np.median(told, axis=0) * SKIN), np.float64)


def light_of(pixels: Pixels, first: NDArray[np.float64]) -> NDArray[np.float64]:
    """float64 (3,): the same, with the greys of the whole picture: what is grey in the light that skin tells.

    Args:
        pixels: uint8 (height, width, 3) BGR.
        first: float64 (3,), a first estimate in logarithms of red, green and blue.
    """
    small = np.asarray(cv2.resize(pixels, SMALL, interpolation=cv2.INTER_AREA), np.uint8)
    light = linear_of(small).reshape(-1, 3)[:, ::-1]
    told = np.log(light[(light.min(axis=1) > LEAST) & (light.max(axis=1) < MOST)].astype(np.float64))
    off = told - told.mean(axis=1, keepdims=True) - (first - first.mean())
    greys = off[np.ptp(off, axis=1) < GREY_LOGS]
    if len(greys) == 0:
        return first
    weight = len(greys) / (len(greys) + GREY_SHARE * len(light))
    return np.asarray(first - first.mean() + weight * greys.mean(axis=0), np.float64)


def tint_of(light: NDArray[np.float64]) -> Tint:
    """The colour of a light, float64 (3,) in linear sRGB: the nearest black body, and how far it is.

    Source: the black bodies by Krystek 1985, doi:10.1002/col.5080100109.
    """
    x, y, z = TO_XYZ @ light
    total = x + 15.0 * y + 3.0 * z
    u, v = 4.0 * x / total, 6.0 * y / total
    kelvin = 1e6 / MIREDS
    top = 0.860117757 + 1.54118254e-4 * kelvin + 1.28641212e-7 * kelvin**2
    body_u = top / (1.0 + 8.42420235e-4 * kelvin + 7.08145163e-7 * kelvin**2)
    top = 0.317398726 + 4.22806245e-5 * kelvin + 4.20481691e-8 * kelvin**2
    body_v = top / (1.0 - 2.89741816e-5 * kelvin + 1.61456053e-7 * kelvin**2)
    distances = np.hypot(body_u - u, body_v - v)
    nearest = int(np.argmin(distances))
    return Tint(float(kelvin[nearest]), float(np.copysign(distances[nearest], v - body_v[nearest])))
