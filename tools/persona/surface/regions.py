"""Which part of the face a vertex belongs to, as soft masks over the mean head's fine vertices."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from tools.persona.geometry.features import unnodded
from tools.persona.geometry.head import mean_surface
from tools.persona.geometry.landmarks import FOLD_UPPER, LID_LOWER, LID_UPPER, LIPS_LOWER, LIPS_UPPER, MOUTH_RING
from tools.persona.geometry.layout import CONTROL_POINTS, LID_RINGS, LIDS, SOCK, layout
from tools.persona.geometry.sculpt import nostril_hole
from tools.persona.meshes.strokes import along

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Regions:
    """Soft masks 0..1, each (vertices,)."""

    lips: Floats
    inside: Floats
    """The mouth's inside."""
    margin: Floats
    """The lids' wet edge."""
    lids: Floats
    under_eye: Floats
    blush: Floats
    """Where blood shows: cheeks, nose, chin."""
    beard: Floats
    scalp: Floats
    """Where hair grows with a straight, full hair line."""
    crown: Floats
    """Height above the hair line, centimetres; negative on the forehead."""
    nostril: Floats
    seam: Floats
    """Where the lips meet."""
    lash_line: Floats
    """The skin along the upper lid's edge."""

    def stacked(self) -> Floats:
        """All masks as columns, in the order of the fields."""
        return np.column_stack([getattr(self, name) for name in self.__slots__])


def _blob(p: Floats, centre: tuple[float, float, float], radius: tuple[float, float, float]) -> Floats:
    distance = (np.column_stack([np.abs(p[:, 0]), p[:, 1], p[:, 2]]) - np.array(centre)) / np.array(radius)
    return np.asarray(np.exp(-((distance**2).sum(1))))


def _spread(values: Floats) -> Floats:
    for level in layout().levels:
        values = level.apply(values)
    return values


def _step(low: float, high: float, values: Floats) -> Floats:
    t = np.clip((values - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t))


def _painted() -> Floats:
    """Masks that follow the mesh itself: lips, mouth inside, lid edge."""
    control = np.zeros((CONTROL_POINTS, 4))
    taper = np.array([0.45, 0.85, 1, 1, 1, 1, 1, 0.85, 0.45])
    for rings in (LIPS_UPPER, LIPS_LOWER):
        for ring, value in zip(rings, (0.45, 1.0, 1.0, 1.0), strict=True):
            control[list(ring)[1:-1], 0] = value * (taper if value < 1 else np.maximum(taper, 0.8))
    control[list(MOUTH_RING), 3] = 1.0
    control[SOCK:, 0] = 1.0
    control[SOCK + 20 :, 1] = 1.0
    control[LIDS : LIDS + 2 * LID_RINGS * 16, 2] = 1.0
    return _spread(control)


def hairline(p: Floats) -> Floats:
    """Height in centimetres above the hair line (n,) at points (n, 3) of the mean head; negative is bare skin."""
    x, y, z = np.abs(p[:, 0]), p[:, 1], p[:, 2]
    front = 8.9 - 0.055 * x**2 + 0.22 * np.exp(-((x - 3.4) ** 2) / 1.2)
    burns = -6.1 + 0.09 * (y - 2.0) + 0.9 * np.exp(-((y - 5.3) ** 2) / 2.2)
    side = (burns - z) * 1.1
    above = (y - front) * 0.95
    temple = np.maximum(above, np.minimum(side, y - 0.4 + 0.0 * z))
    nape = (-z - 12.2) + 0.15 * (y + 5.0)
    back = np.minimum(nape, y + 5.2)
    behind_ear = np.hypot((z + 9.1) / 2.1, (y - 1.3) / 3.2) - 1.0
    return np.minimum(np.maximum(temple, back), np.where(x > 5.0, behind_ear * 2.0, 9.0))


def _beard(p: Floats) -> Floats:
    x, y, z = np.abs(p[:, 0]), p[:, 1], p[:, 2]
    line = -3.6 - 0.02 * x**2 + 2.9 * _step(2.8, 6.3, x) * _step(1.5, -3.5, z)
    jaw = _step(0.5, -0.6, y - line)
    moustache = _blob(p, (1.1, -2.0, 2.0), (1.5, 0.55, 2.0))
    under = _step(-9.8, -8.6, y - 0.15 * z)
    back = _step(-7.6, -6.4, z)
    return np.clip(np.maximum(jaw, 1.3 * moustache), 0, 1) * under * back


@lru_cache(maxsize=1)
def regions() -> Regions:
    """The masks of every head."""
    rest = mean_surface()
    p = rest.points
    level = unnodded(p)
    face = rest.control
    painted = _painted()
    folded = np.ascontiguousarray(np.column_stack([-np.abs(p[:, 0]), p[:, 1:]]))
    lid = (face[list(LID_UPPER)] + face[list(FOLD_UPPER)]) / 2
    upper, _ = along(folded, np.ascontiguousarray(lid))
    lower, _ = along(folded, np.ascontiguousarray(face[list(LID_LOWER)] + [0, -0.15, 0]))
    under, _ = along(folded, np.ascontiguousarray(face[[112, 232, 231, 230, 229]]))
    edge, _ = along(folded, np.ascontiguousarray(face[[33, *LID_UPPER, 133]]))
    blush = (
        0.6 * _blob(level, (4.2, -0.5, 0.2), (2.6, 2.0, 3.5)) + 0.9 * _blob(level, (0.6, -0.1, 3.2), (1.0, 0.9, 2.5))
        + 0.5 * _blob(level, (0.9, -6.9, 2.2), (1.4, 1.0, 2.5)) + 0.5 * _blob(level, (1.3, -0.7, 2.0), (0.5, 0.5, 1.2))
    )  # fmt: skip
    crown = hairline(p)
    lips = _step(0.25, 0.62, painted[:, 0])
    return Regions(
        lips=lips,
        inside=_step(0.3, 0.9, painted[:, 1]),
        margin=_step(0.2, 0.7, painted[:, 2]),
        lids=np.maximum(np.exp(-((upper / 0.35) ** 2)), 0.8 * np.exp(-((lower / 0.25) ** 2))),
        under_eye=np.exp(-((under / 0.45) ** 2)),
        blush=np.clip(blush, 0, 1),
        beard=_beard(level) * (1 - lips),
        scalp=_step(-0.25, 0.45, crown),
        crown=crown,
        nostril=nostril_hole(p),
        seam=_step(0.3, 0.75, painted[:, 3]),
        lash_line=np.maximum(np.exp(-((edge / 0.09) ** 2)), 0.45 * np.exp(-((edge / 0.22) ** 2))),
    )
