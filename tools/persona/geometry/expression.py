"""The face in motion: lips, jaw, lids and brows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tools.persona.geometry.landmarks import (
    BROW_LOWER,
    BROW_UPPER,
    FOLD_UPPER,
    LID_LOWER,
    LID_UPPER,
    LIPS_LOWER,
    LIPS_UPPER,
    mean_face,
)

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Expression:
    """How far each part of the face is from rest."""

    jaw_deg: float = 0.0
    wide: float = 0.0
    """Mouth corners outward, -1 (rounded) .. 1 (spread)."""
    pucker: float = 0.0
    """Lips forward, 0..1."""
    upper_lip: float = 0.0
    """Upper lip raised, 0..1."""
    lower_lip: float = 0.0
    """Lower lip drawn down, -1 (up, under the teeth) .. 1."""
    press: float = 0.0
    """Lips pressed together and rolled in, 0..1."""
    smile: float = 0.0
    blink: float = 0.0
    """0 open .. 1 closed."""
    tongue: float = 0.0
    """Tip of the tongue raised to the teeth, 0..1."""
    brow: float = 0.0
    """Brows raised, -1 (frown) .. 1."""

    def opens(self) -> bool:
        """Whether the mouth's inside can show."""
        return self.jaw_deg > 0.2 or self.lower_lip > 0.05 or self.upper_lip > 0.05

    def blended(self, other: Expression, weight: float) -> Expression:
        """This expression with every part moved ``weight`` (0..1) of the way to another's."""
        parts = {name: (1 - weight) * getattr(self, name) + weight * getattr(other, name) for name in self.__slots__}
        return Expression(**parts)


VISEMES: dict[str, Expression] = {
    "rest": Expression(),
    "A": Expression(jaw_deg=11, wide=-0.3, lower_lip=0.35, upper_lip=0.25),
    "E": Expression(jaw_deg=5.5, wide=0.55, lower_lip=0.4, upper_lip=0.3),
    "I": Expression(jaw_deg=3.0, wide=0.8, lower_lip=0.4, upper_lip=0.3),
    "O": Expression(jaw_deg=7.5, wide=-0.9, pucker=0.6, lower_lip=0.2),
    "U": Expression(jaw_deg=3.5, wide=-1.0, pucker=1.0, lower_lip=0.1),
    "M": Expression(jaw_deg=0.0, press=0.9),
    "F": Expression(jaw_deg=2.0, lower_lip=-0.8, upper_lip=0.3, wide=0.1),
    "L": Expression(jaw_deg=5.0, tongue=0.9, wide=0.15, lower_lip=0.3, upper_lip=0.2),
    "S": Expression(jaw_deg=1.5, wide=0.4, lower_lip=0.5, upper_lip=0.35),
    "R": Expression(jaw_deg=3.5, wide=-0.5, pucker=0.45, lower_lip=0.2, upper_lip=0.1),
    "T": Expression(jaw_deg=3.0, tongue=0.7, wide=0.2, lower_lip=0.35, upper_lip=0.25),
}
"""Mouth shapes by the sound they belong to: M stands for M/B/P, F for F/V, T for T/D/N."""
_HINGE = np.array([0.0, 0.8, -8.0])


def _jaw_weights(rest: Floats) -> Floats:
    low = 1 / (1 + np.exp((rest[:, 1] + 3.55) / 0.55))
    front = np.clip((rest[:, 2] + 7.0) / 6.5, 0, 1)
    side = np.exp(-((np.abs(rest[:, 0]) / 6.8) ** 4))
    weights = low * front * np.maximum(side, 0.75 * front * (rest[:, 1] < -4.5))
    for depth in range(4):
        along = np.sin(np.pi * np.arange(11) / 10)
        weights[list(LIPS_UPPER[depth])] = 0.45 * (1 - along**0.8)
        weights[list(LIPS_LOWER[depth])] = 0.45 + 0.55 * along**0.8
    return np.asarray(weights)


def turned_about_hinge(points: Floats, degrees: float | Floats) -> Floats:
    """Points (n, 3) that follow the jaw as it opens by an angle, one for all or one each (n,)."""
    angle = np.radians(degrees)
    y, z = points[:, 1] - _HINGE[1], points[:, 2] - _HINGE[2]
    out = points.copy()
    out[:, 1] = _HINGE[1] + y * np.cos(angle) - z * np.sin(angle)
    out[:, 2] = _HINGE[2] + y * np.sin(angle) + z * np.cos(angle)
    return out


def _moved_lips(points: Floats, rest: Floats, e: Expression) -> Floats:
    out = points.copy()
    middle = np.array([0.0, -3.3, 1.8])
    near = np.exp(-((rest[:, 0] / 3.6) ** 2 + ((rest[:, 1] - middle[1]) / 2.2) ** 2)) * (rest[:, 2] > -3)
    corner = np.exp(-((np.abs(rest[:, 0]) - 2.7) ** 2 + (rest[:, 1] - middle[1]) ** 2) / 2.0) * (rest[:, 2] > -3)
    out[:, 0] += rest[:, 0] * near * (0.17 * e.wide if e.wide > 0 else 0.26 * e.wide)
    out[:, 2] += near * (0.55 * e.pucker - 0.18 * max(e.wide, 0.0))
    sign = np.sign(rest[:, 0])
    out += corner[:, None] * np.stack([0.35 * sign, np.full_like(sign, 0.38), np.full_like(sign, -0.2)], 1) * e.smile
    for depth in range(4):
        along = np.sin(np.pi * np.arange(11) / 10)
        inner = (0.55, 0.75, 0.9, 1.0)[depth]
        upper, lower = list(LIPS_UPPER[depth]), list(LIPS_LOWER[depth])
        out[upper, 1] += along * (0.32 * e.upper_lip * inner - 0.07 * e.press * (1 - inner))
        out[lower, 1] += along * (-0.34 * e.lower_lip * inner + 0.07 * e.press * (1 - inner))
        out[upper, 2] -= along * 0.16 * e.press * inner
        out[lower, 2] -= along * (0.16 * e.press + 0.30 * max(-e.lower_lip, 0.0)) * inner
    return out


def _moved_brows(points: Floats, rest: Floats, amount: float) -> Floats:
    weight = np.exp(-(((np.abs(rest[:, 0]) - 2.8) / 2.6) ** 2 + ((rest[:, 1] - 5.2) / 1.1) ** 2))
    out = points.copy()
    out[:, 1] += 0.45 * amount * weight * (rest[:, 2] > -5) * (rest[:, 1] > 4.0)
    return out


def _closed_lids(points: Floats, blink: float, eyes: tuple[tuple[float, float, float], ...]) -> Floats:
    """Slide the upper lids down over the eyeballs (centre of the left eye in the image first)."""
    out = points.copy()
    mirror = mean_face().mirror
    for side, eye in enumerate(eyes):
        centre = np.array(eye)
        for row, share in ((LID_UPPER, 0.93), (FOLD_UPPER, 0.42)):
            upper, lower = np.array(row), np.array(LID_LOWER)
            if side:
                upper, lower = mirror[upper], mirror[lower]
            goal = points[upper] + (points[lower] - points[upper]) * share
            moved = points[upper] + (goal - points[upper]) * blink
            radius = np.linalg.norm(points[upper] - centre, axis=1)
            around = moved - centre
            keep = np.linalg.norm(around, axis=1)
            out[upper] = centre + around * (np.maximum(radius, keep) / keep)[:, None]
        lower = mirror[np.array(LID_LOWER)] if side else np.array(LID_LOWER)
        out[lower, 1] += 0.06 * blink
    return out


def expressed(
    points: Floats, rest: Floats, expression: Expression, eyes: tuple[tuple[float, float, float], ...]
) -> Floats:
    """The control points (n >= 468, 3) moved to an expression; ``rest`` are the same points of the mean face."""
    out = turned_about_hinge(points, expression.jaw_deg * _jaw_weights(rest))
    out = _moved_brows(_moved_lips(out, rest, expression), rest, expression.brow)
    return _closed_lids(out, expression.blink, eyes)


BROW_POINTS = BROW_UPPER + BROW_LOWER
