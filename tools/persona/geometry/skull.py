"""Skull and neck: a band of points from the face's edge over the head down to the collar.

Source of the proportions: ordinary adult head measures (breadth 15 cm, length 19 cm, chin to crown 22 cm).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tools.persona.geometry.landmarks import OVAL

Floats = npt.NDArray[np.float64]
STATIONS = 14
"""Rings of points between the face's edge and the neck's lower end."""
_PATHS: dict[int, tuple[tuple[float, float, float], ...]] = {
    0: ((0, 11.2, -2.5), (0, 13.2, -5.4), (0, 13.9, -9), (0, 12.9, -13), (0, 10, -16.8), (0, 6, -18.6), (0, 2, -18.2),
        (0, -1.5, -16.4), (0, -4, -15), (0, -8, -14.3), (0, -12, -14.4), (0, -17, -15.2)),
    2: ((3.9, 10.4, -3.5), (4.3, 12.1, -6.2), (4.4, 12.6, -9.2), (4.1, 11.6, -13), (3.3, 9, -16.4), (2.6, 5.5, -18.1),
        (2.2, 1.8, -17.7), (2.2, -1.6, -16), (2.2, -4.2, -14.8), (2.3, -8, -14.1), (2.6, -12, -14.2), (2.9, -17, -15)),
    4: ((6.6, 8.2, -6.5), (7.2, 9, -9.5), (7.0, 8.8, -12.5), (5.8, 7.5, -15.6), (4.6, 4.5, -17.2), (4.2, 1, -16.8),
        (4.1, -2, -15.3), (4.1, -5, -14.2), (4.2, -8.5, -13.6), (4.7, -12, -13.6), (5.4, -17, -14.2)),
    6: ((7.35, 4.4, -8), (7.65, 4.9, -10.2), (7.2, 4.4, -13), (6.2, 3, -15.3), (5.5, 0.3, -15.4), (5.2, -2.5, -14.4),
        (5.1, -5.5, -13.2), (5.2, -8.5, -12.6), (5.7, -12, -12.6), (7.0, -17, -13)),
    8: ((7.1, 0.4, -8), (7.3, 0.6, -10), (7.1, 0.2, -12.4), (6.2, -1.4, -14), (5.5, -4, -13), (5.3, -8, -11.7),
        (5.8, -12, -11.4), (7.6, -17, -11.6)),
    10: ((6.5, -2.3, -7.2), (6.2, -2.9, -9), (5.8, -4, -10.3), (5.4, -5.8, -10.3), (5.3, -8, -10.1), (5.7, -12, -10.1),
         (7.3, -17, -10.2)),
    12: ((5.5, -5.9, -4.8), (5.3, -6.6, -6.2), (5.1, -7.4, -7.3), (5.0, -8.6, -7.9), (5.1, -10, -8.2),
         (5.4, -12.5, -8.5), (6.4, -17, -8.6)),
    15: ((2.9, -8.1, -1.7), (2.9, -8.5, -3.2), (2.9, -9.0, -4.7), (3.1, -10, -5.7), (3.3, -11.4, -6.1),
         (3.6, -13.3, -6.3), (4.2, -17, -6.4)),
    18: ((0, -8.75, 0.2), (0, -8.95, -1.6), (0, -9.2, -3.5), (0, -10.0, -4.8), (0, -11.4, -5.1), (0, -13.2, -5.3),
         (0, -17, -5.6)),
}  # fmt: skip


def _spline(knots: Floats, values: Floats, at: Floats) -> Floats:
    """Cubic Hermite curve through (n, k) values with finite-difference tangents."""
    slopes = np.gradient(values, knots, axis=0)
    i = np.clip(np.searchsorted(knots, at, side="right") - 1, 0, len(knots) - 2)
    span = (knots[i + 1] - knots[i])[:, None]
    t = (at[:, None] - knots[i][:, None]) / span
    a, b = (1 + 2 * t) * (1 - t) ** 2, t * t * (3 - 2 * t)
    c, d = t * (1 - t) ** 2, t * t * (t - 1)
    return np.asarray(a * values[i] + b * values[i + 1] + span * (c * slopes[i] + d * slopes[i + 1]))


def _resampled(path: Floats) -> Floats:
    """The path at STATIONS + 1 places, evenly along its length (the first is its start)."""
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    return _spline(length, path, np.linspace(0, length[-1], STATIONS + 1))


def band(face: Floats, mean: Floats, neck_width: float) -> Floats:
    """The band's points (STATIONS, 36, 3) for a face (468, 3); ``mean`` is the face the paths were drawn for."""
    half = np.array(OVAL[:19])
    keys = np.array(sorted(_PATHS))
    paths = np.stack([_resampled(np.vstack([mean[half[k]], _PATHS[int(k)]])) for k in keys])
    flat = _spline(keys.astype(float), paths.reshape(len(keys), -1), np.arange(19.0)).reshape(19, -1, 3)
    start = (face[half] - flat[:, 0])[:, None]
    fade = np.linspace(1, 0, STATIONS + 1)[None, :, None] ** 1.5
    points = flat + start * fade
    neck = np.clip((-4.0 - points[..., 1]) / 4.0, 0, 1) * np.linspace(0, 1, STATIONS + 1) ** 0.5
    points[..., 0] *= 0.94 + 0.06 * (1 - neck) + 0.10 * neck_width * neck
    points[..., 2] += 0.5 * neck_width * neck * np.where(points[..., 2] > -9, 1, -1) * 0.6
    points[[0, 18], :, 0] = 0.0
    other = points[-2:0:-1] * np.array([-1.0, 1.0, 1.0])
    return np.ascontiguousarray(np.concatenate([points, other]).transpose(1, 0, 2)[1:])
