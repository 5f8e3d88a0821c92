"""Detail between the landmarks: nostrils, folds, creases and the lines of age."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tools.persona.geometry.landmarks import FOLD_LOWER, FOLD_UPPER, LID_LOWER, LID_UPPER
from tools.persona.meshes.strokes import Stroke, relief

Floats = npt.NDArray[np.float64]


def _path(face: Floats, *ids: int) -> Floats:
    return face[list(ids)]


def anatomy(face: Floats) -> tuple[Stroke, ...]:
    """Creases that every adult face has, for the mean landmarks (468, 3)."""
    lid, fold = face[list(LID_UPPER)], face[list(FOLD_UPPER)]
    crease = lid + (fold - lid) * np.array([0.8, 0.75, 0.7, 0.68, 0.68, 0.7, 0.75])[:, None]
    over = lid + (fold - lid) * 1.5
    middle = np.array([[-0.02, 0, 0]])
    ridge = np.stack([face[2] + [-0.33, -0.15, -0.1], face[164] + [-0.36, 0, 0], face[37] + [0.12, 0.1, 0]])
    return (
        Stroke(crease, 0.085, -0.14, 0.22),
        Stroke(over, 0.24, 0.11, 0.3),
        Stroke(_path(face, 102, 64, 98), 0.24, -0.05, 0.4),
        Stroke(face[[2, 164, 0]] + middle, 0.22, -0.06, 0.3),
        Stroke(ridge, 0.14, 0.035, 0.4),
        Stroke(np.stack([face[83], face[18]]) + [0, 0.05, 0], 0.35, -0.06, 0.05),
        Stroke(_path(face, 129, 203, 206, 216), 0.25, -0.035, 0.4),
        Stroke(_path(face, 112, 232, 231, 230), 0.22, -0.035, 0.4),
        Stroke(_path(face, 57, 43), 0.22, -0.04, 0.4),
    )


def _forehead(face: Floats, age: float) -> tuple[Stroke, ...]:
    lines = []
    for level, height in enumerate((0.22, 0.45, 0.68)):
        left = face[105] + (face[104] - face[105]) * height * 1.1
        near = face[107] + (face[108] - face[107]) * height
        centre = face[9] + (face[151] - face[9]) * height + [0, -0.15, 0]
        lines.append(
            Stroke(
                np.stack([left, (left + near) / 2 + [0, 0.18, 0.05], near, centre]),
                0.085,
                -0.075 * age * (1 - 0.2 * level),
                0.12,
            )
        )
    return tuple(lines)


def lines_of_age(face: Floats, age: float) -> tuple[Stroke, ...]:
    """Wrinkles and hollows; ``age`` 0..1 scales their depth."""
    if age <= 0.05:
        return ()
    corner = face[33]
    feet = tuple(
        Stroke(
            corner + np.array([[-0.45, 0.25 * s + 0.02, -0.3], [-0.85, 0.52 * s, -0.7], [-1.3, 0.85 * s - 0.1, -1.35]]),
            0.06,
            -0.045 * age,
        )
        for s in (-1.0, -0.45, 0.15, 0.75)
    )
    bag = face[list(FOLD_LOWER)] + [0, -0.18, 0]
    under = face[list(LID_LOWER)] + [0, -0.22, 0.02]
    frown = np.stack([face[55] + [0.35, -0.2, 0.05], face[107] + [0.5, -0.25, 0.02]])
    return _forehead(face, age) + feet + (
        Stroke(_path(face, 129, 203, 206, 216, 212), 0.13, -0.11 * age, 0.3),
        Stroke(_path(face, 203, 205, 207) + [0, 0.1, 0], 0.7, 0.10 * age, 0.4),
        Stroke(np.stack([face[61] + [-0.1, -0.15, 0], face[43], face[202], face[210]]), 0.15, -0.08 * age, 0.35),
        Stroke(_path(face, 121, 120, 119, 118), 0.2, -0.09 * age, 0.35),
        Stroke(bag, 0.3, 0.07 * age, 0.3),
        Stroke(under, 0.05, -0.03 * age, 0.3),
        Stroke(frown, 0.08, -0.06 * age, 0.4),
        Stroke(_path(face, 138, 135, 169, 170), 0.5, 0.10 * age, 0.3),
    )  # fmt: skip


def neck_muscles() -> tuple[Stroke, ...]:
    """The two cords from behind the ears to the notch of the breastbone, and the notch's hollow."""
    cord = np.array([[-5.2, -7.3, -8.3], [-4.5, -9.3, -7.4], [-3.3, -11.8, -6.3], [-1.4, -14.6, -5.6]])
    notch = np.array([[-0.05, -13.8, -5.3], [-0.05, -16.0, -5.5]])
    return (
        Stroke(cord, 0.75, 0.28, 0.45),
        Stroke(cord + [1.5, -0.3, 0.6], 0.8, -0.14, 0.4),
        Stroke(notch, 0.7, -0.3, 0.1),
    )


def nostril_hole(points: Floats) -> Floats:
    """How much of each point (n, 3) of the mean head lies in a nostril (n,), 0..1."""
    x, y, z = np.abs(points[:, 0]) - 0.58, points[:, 1] + 1.20, points[:, 2] - 2.42
    lean = x + 0.22 * z
    at = np.stack([lean / 0.27, (y - 0.25 * z) / 0.34, z / 0.52], 1)
    return np.asarray(np.exp(-((at * at).sum(1) ** 2)))


def nostrils(points: Floats) -> Floats:
    """Offsets in y and z (n, 2) that open the nostrils, at points (n, 3) of the mean head."""
    hole = nostril_hole(points)
    return np.stack([0.62 * hole, -0.10 * hole], 1)


def sculpted(points: Floats, face: Floats, age: float) -> Floats:
    """Relief (n, 3) (along the normal; y; z) at the mean head's fine vertices; ``face`` are its landmarks."""
    height = relief(points, anatomy(face) + neck_muscles() + lines_of_age(face, age))
    return np.column_stack([height, nostrils(points)])
