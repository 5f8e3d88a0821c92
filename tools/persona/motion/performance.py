"""How the demo actor moves: head, eyes, lids, brows and breath, in a loop without a seam."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from tools.persona.motion.timeline import Cue, mouth_at
from tools.persona.pose import Pose

Floats = npt.NDArray[np.float64]
LOOP_S = 10.0
FPS = 30
_HEAD = (
    (0.0, 0.0, 0.0, 0.0), (1.1, 4.0, -3.0, 1.5), (2.3, -9.0, 2.0, -2.0), (3.4, -28.0, 1.0, -3.5),
    (4.3, -22.0, -4.0, -2.5), (5.2, 2.0, 3.0, 1.0), (6.0, 12.0, 10.5, 2.0), (6.8, 29.0, 3.0, 4.0),
    (7.6, 22.0, -6.0, 2.5), (8.4, 4.0, -11.0, -1.0), (9.2, -3.0, -2.0, -0.5), (10.0, 0.0, 0.0, 0.0),
)  # fmt: skip
"""Time in seconds, yaw, pitch and roll in degrees."""
_GAZE = (
    (0.0, 0, 0), (1.6, 0, 0), (1.66, 8, 2), (2.4, 8, 2), (2.46, 14, 0), (3.9, 14, 0), (3.96, -7, -4), (4.6, -7, -4),
    (4.66, -2, 0), (5.6, -2, 0), (5.66, -8, -6), (6.4, -8, -6), (6.46, -15, 0), (7.9, -15, 0), (7.96, -3, 8),
    (8.7, -3, 8), (8.76, 2, 0), (10.0, 0, 0),
)  # fmt: skip
"""Time, and degrees of the eyes against the head; they jump and hold."""
_BLINKS_S = (0.9, 2.42, 3.92, 5.62, 7.92, 9.5)
_BROWS = (
    (0.0, 0.0),
    (0.6, 0.5),
    (1.4, 0.1),
    (5.0, 0.0),
    (5.5, 0.8),
    (6.3, 0.6),
    (7.2, 0.0),
    (8.3, -0.3),
    (9.0, 0.2),
    (10.0, 0.0),
)
_BLINK_S = 0.30


def _smooth(table: tuple[tuple[float, ...], ...], t_s: float) -> list[float]:
    """A looped cubic through keys: first column time, the others values."""
    keys = np.array(table[:-1])
    looped = _looped(keys)
    i = int(np.searchsorted(looped[:, 0], t_s, side="right")) - 1
    p, q = looped[i], looped[i + 1]
    before, after = looped[i - 1], looped[i + 2]
    span = q[0] - p[0]
    t = (t_s - p[0]) / span
    slope_p = (q[1:] - before[1:]) / (q[0] - before[0]) * span
    slope_q = (after[1:] - p[1:]) / (after[0] - p[0]) * span
    a, b = (1 + 2 * t) * (1 - t) ** 2, t * t * (3 - 2 * t)
    c, d = t * (1 - t) ** 2, t * t * (t - 1)
    return [float(v) for v in a * p[1:] + b * q[1:] + c * slope_p + d * slope_q]


def _looped(keys: Floats) -> Floats:
    shift = np.zeros(keys.shape[1])
    shift[0] = LOOP_S
    return np.concatenate([keys - shift, keys, keys + shift])


def _blink(t_s: float) -> float:
    """How far the lids are closed: down fast, up slower."""
    most = 0.0
    for start_s in _BLINKS_S:
        share = ((t_s - start_s) % LOOP_S) / _BLINK_S
        if share < 1.0:
            most = max(most, float(np.sin(np.pi * share**0.65) ** 1.3))
    return most


def _sway(t_s: float, cycles: int, phase: float) -> float:
    return float(np.sin(2 * np.pi * cycles * t_s / LOOP_S + phase))


def pose_at(t_s: float, timeline: tuple[Cue, ...]) -> Pose:
    """The whole person at a time of the loop, seconds."""
    t_s = t_s % LOOP_S
    yaw, pitch, roll = _smooth(_HEAD, t_s)
    mouth = mouth_at(t_s, timeline)
    gaze = [float(np.interp(t_s, [k[0] for k in _GAZE], [k[i] for k in _GAZE])) for i in (1, 2)]
    (brow,) = _smooth(_BROWS, t_s)
    lids = min(_blink(t_s) + 0.10 * max(-gaze[1] / 8, 0.0), 1.0)
    nod = -0.12 * mouth.jaw_deg
    return Pose(
        yaw_deg=yaw + 0.5 * _sway(t_s, 4, 0.4),
        pitch_deg=pitch + nod + 0.4 * _sway(t_s, 5, 1.1),
        roll_deg=roll + 0.4 * _sway(t_s, 3, 2.0),
        gaze_yaw_deg=gaze[0],
        gaze_pitch_deg=gaze[1],
        shift_cm=(
            0.35 * _sway(t_s, 2, 0.3) + 0.03 * yaw,
            0.15 * _sway(t_s, 3, 1.3),
            0.5 * _sway(t_s, 1, 0.0) + 0.02 * pitch,
        ),
        breath_cm=0.12 * _sway(t_s, 3, 0.0),
        expression=replace(mouth, blink=lids, brow=brow, smile=0.12 + 0.10 * _sway(t_s, 1, 1.0)),
    )
