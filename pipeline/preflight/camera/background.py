"""Whether the actor fits into the profile's room, and can be cut out of his own."""

from dataclasses import replace
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media import Frame, Pixels
from pipeline.preflight.camera.closeups import View, lab_of, linear_of, luminance_of
from pipeline.preflight.camera.colour import kelvin_range, light_of, tint_of, white_balance_k
from pipeline.preflight.camera.judging import Check, Texts, judged, limits, shifted
from pipeline.preflight.camera.lighting import EVEN, light_on
from pipeline.preflight.evidence import Seen
from pipeline.preflight.finding import Finding, Gauge, Verdict

LIGHT = Check("background.light", "light of the room")
EDGES = Check("background.edges", "outline of the person")
BEHIND = Check("background.behind", "room behind the person")
NO_ROOM = {
    "none": "the actor's own room stays behind him",
    "blur": "the actor's own room stays behind him, blurred",
    "colour": "a plain colour has no light of its own",
    "video": "the film behind the actor was not opened",
    "image": "the picture behind the actor was not opened",
}
HALF = 128
"""Of a matte's 255: where the outline runs."""
REACH = 2.5
"""An edge of the picture belongs to the outline when it is no farther off, in points of a matte 256 wide."""
APART = 4
"""Colours are compared so many points to both sides of the outline."""
EDGE_STEP = 14.0
"""ΔE over a few points from which the picture has an edge."""
ALIKE = 12.0
"""ΔE below which person and room look alike."""
AROUND = np.ones((41, 41), np.uint8)
"""The room next to the person: what a wrong outline would show."""
MATTES = 6
SIDED = 1.35
"""A room whose one half is so much lighter than the other has its light on that side."""


class Outline(NamedTuple):
    """How well a person stands out from the room.

    Attributes:
        on_edges: share of the outline that runs along an edge of the picture, 0..1.
        alike: share of the outline where person and room have the same colour, 0..1.
        busy: share of the room next to the person that is full of edges, 0..1.
    """

    on_edges: float
    alike: float
    busy: float


def background_findings(seen: Seen, room: Pixels | None, kind: str) -> tuple[Finding, ...]:
    """The light of the profile's room against the actor's, and how well the actor can be cut out.

    Args:
        seen: a stretch of tracked frames with mattes.
        room: uint8 (height, width, 3) BGR, the profile's background picture; None where there is none.
        kind: the profile's kind of background: `image`, `video`, `colour`, `blur` or `none`.
    """
    view = View.of(seen)
    light = LIGHT.skip(NO_ROOM.get(kind, "no room is known")) if room is None else _light(view, room)
    if kind == "none":
        why = "nobody is cut out: the actor's own room stays"
        return light, EDGES.skip(why), BEHIND.skip(why)
    outlines = [found for frame in view.fine[:: max(1, len(view.fine) // MATTES)] if (found := outline_of(frame))]
    if not outlines:
        why = "no person is told from the room on any frame"
        return light, EDGES.skip(why), BEHIND.skip(why)
    usual = Outline(*(float(value) for value in np.median(outlines, axis=0)))
    return light, _edges(usual), _behind(usual)


def outline_of(frame: Frame) -> Outline | None:
    """How well the person stands out on a frame; None where there is no matte or no outline on it."""
    if frame.matte is None:
        return None
    matte = frame.matte
    lab = lab_of(np.asarray(cv2.resize(frame.pixels, matte.shape[::-1], interpolation=cv2.INTER_AREA), np.uint8))
    points, outward = _points(matte)
    if len(points) < 40:
        return None
    scale = matte.shape[1] / 256
    steps = _steps(lab)
    far = cv2.distanceTransform((steps < EDGE_STEP).astype(np.uint8), cv2.DIST_L2, 3)
    x, y = np.rint(points).astype(int).T
    inside, outside = (_sampled(lab, points + sign * APART * scale * outward) for sign in (-1.0, 1.0))
    alike = np.linalg.norm(inside - outside, axis=1) < ALIKE
    person = (matte > HALF // 2).astype(np.uint8)
    near = (cv2.dilate(person, AROUND) > 0) & (cv2.dilate(person, np.ones((9, 9), np.uint8)) == 0)
    busy = float(np.mean(steps[near] > EDGE_STEP)) if near.any() else 0.0
    return Outline(float(np.mean(far[y, x] <= REACH * scale)), float(np.mean(alike)), busy)


def _points(matte: NDArray[np.uint8]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """float64 (n, 2) twice: points of the outline in the matte's points, and the ways out of the person there."""
    contours, _ = cv2.findContours((matte > HALF).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    largest = max(contours, key=len, default=np.zeros((0, 1, 2), np.int32)).reshape(-1, 2).astype(np.float64)
    height, width = matte.shape
    inner = (largest > 3).all(axis=1) & (largest[:, 0] < width - 4) & (largest[:, 1] < height - 4)
    soft = cv2.GaussianBlur(matte.astype(np.float32), (0, 0), 2.0)
    x, y = largest[inner].astype(int).T
    slopes = [cv2.Sobel(soft, cv2.CV_32F, *axes)[y, x] for axes in ((1, 0), (0, 1))]
    outward = -np.stack(slopes, axis=1).astype(np.float64)
    return largest[inner], outward / (np.linalg.norm(outward, axis=1, keepdims=True) + 1e-6)


def _steps(lab: NDArray[np.float32]) -> NDArray[np.float32]:
    """float32 (h, w): by how much ΔE the colour changes across each point."""
    slopes = [cv2.Sobel(lab, cv2.CV_32F, *axes, scale=0.25) for axes in ((1, 0), (0, 1))]
    return np.asarray(np.sqrt(sum((np.square(slope).sum(axis=2) for slope in slopes), np.float32(0.0))), np.float32)


def _sampled(lab: NDArray[np.float32], points: NDArray[np.float64]) -> NDArray[np.float32]:
    """float32 (n, 3): the colours at some points, the nearest ones where they lie off the picture."""
    height, width = lab.shape[:2]
    x = np.clip(np.rint(points[:, 0]).astype(int), 0, width - 1)
    y = np.clip(np.rint(points[:, 1]).astype(int), 0, height - 1)
    return np.asarray(lab[y, x], np.float32)


def room_light_side(room: Pixels) -> float:
    """The light of a room's right half over that of its left one."""
    small = np.asarray(cv2.resize(room, (64, 36), interpolation=cv2.INTER_AREA), np.uint8)
    light = luminance_of(small)
    return float((light[:, 32:].mean() + 1e-4) / (light[:, :32].mean() + 1e-4))


def room_light_k(room: Pixels) -> float:
    """The correlated colour temperature of a room's light.

    Source: shades of grey, Finlayson and Trezzi 2004, with the norm 6; then what is grey in that light.
    """
    small = linear_of(np.asarray(cv2.resize(room, (96, 54), interpolation=cv2.INTER_AREA), np.uint8)).reshape(-1, 3)
    shades = np.mean((small[:, ::-1].astype(np.float64) + 1e-3) ** 6, axis=0) ** (1 / 6)
    return tint_of(np.exp(light_of(room, np.log(shades)))).kelvin


def _light(view: View, room: Pixels) -> Finding:
    own_k, light = white_balance_k(view), light_on(view.closeups)
    if own_k is None or light is None:
        return LIGHT.skip("no face is seen, or it is too dark to tell its light")
    room_k = room_light_k(room)
    limit = shifted(limits()["room_temperature"], 1e6 / room_k)
    least, most = kelvin_range(limit)
    lighter = room_light_side(room)
    room_side = "right" if lighter > SIDED else "left" if lighter < 1.0 / SIDED else "no side"
    across = abs(light.from_deg)
    own_side = "no side" if light.evenness >= EVEN or 60.0 < across < 120.0 else "right" if across < 90.0 else "left"
    opposite = {room_side, own_side} == {"right", "left"}
    way, lamps = ("higher", "warmer") if own_k > room_k else ("lower", "colder")
    remedy = f"Use lamps with {lamps} light, or set the kelvin of the camera's white balance {way}."
    if opposite:
        remedy = f"Put your lamp on the picture's {room_side}, where the light of the profile's room is."
    texts = Texts(f"{own_k:.0f} K, from {own_side}", f"{room_k:.0f} K, from {room_side}", remedy)
    found = judged(LIGHT, 1e6 / own_k, limit, texts, Verdict.WARN if opposite else Verdict.PASS)
    return replace(found, gauge=Gauge(own_k, least, most, "K"))


def _edges(usual: Outline) -> Finding:
    percent, limit = 100.0 * usual.on_edges, limits()["edges"]
    remedy = "Step away from the wall, put light on it, and wear what stands out from it."
    said = f"at least {limit.passes[0]:g} %"
    return judged(
        EDGES, percent, limit, Texts(f"{percent:.0f} % of it runs along an edge of the picture", said, remedy)
    )


def _behind(usual: Outline) -> Finding:
    alike, busy = 100.0 * usual.alike, 100.0 * usual.busy
    limit, busy_limit = limits()["alike"], limits()["busy"]
    remedy = "Choose a wall of another colour than your hair and clothes, or light it differently."
    if limit.verdict(alike) is Verdict.PASS:
        remedy = "Clear away what is behind you, or move to where the wall is plain."
    measured = f"{alike:.0f} % of the outline has the room's colour, {busy:.0f} % of the room beside it is busy"
    said = f"at most {limit.passes[1]:g} % and {busy_limit.passes[1]:g} %"
    return judged(BEHIND, alike, limit, Texts(measured, said, remedy), busy_limit.verdict(busy))
