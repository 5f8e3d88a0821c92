"""The mean head of several people, its depth measured from the turning of their heads.

Source: scaled-orthographic structure from motion after C. Tomasi and T. Kanade, 1992; generalised Procrustes analysis.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tools.persona.geometry.landmarks import EYE_RING, EYE_RING_RIGHT, LIPS_LOWER, LIPS_UPPER

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
_NOSE_BASE = ((20, 250), (141, 370), (242, 462), (125, 354), (241, 461), (238, 458))
"""Mirror partners under the nose, where points lie closer than a face is symmetric."""
_PUPILS_CM = 6.3
_TRUST_IN_NETWORK = 0.05
"""Weight of the landmark network's own depth against what the turning head shows, per frame."""


def _similarity(points: Floats, goal: Floats) -> tuple[Floats, float]:
    """The turn (3, 3) and scale that best carry centred points onto centred goals (n, 3)."""
    u, s, vt = np.linalg.svd(goal.T @ points)
    flip = np.array([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
    return np.asarray(u * flip @ vt), float((s * flip).sum() / (points * points).sum())


def _mean(shapes: list[Floats]) -> Floats:
    middle = shapes[0]
    for _ in range(6):
        carried = []
        for shape in shapes:
            turn, scale = _similarity(shape, middle)
            carried.append(scale * shape @ turn.T)
        middle = np.mean(carried, axis=0)
    return np.asarray(middle)


def head_of(landmarks: npt.NDArray[np.float32]) -> Floats:
    """One person's head (468, 3), y up and z to the camera, from frames (frames, 468, 3) in picture coordinates."""
    frames = landmarks.astype(np.float64) * [1.0, -1.0, -1.0]
    frames -= frames.mean(axis=1, keepdims=True)
    across = frames[:, 454] - frames[:, 234]
    turned = np.abs(np.degrees(np.arctan2(across[:, 2], across[:, 0])))
    upward = frames[:, 10] - frames[:, 152]
    pitch = np.degrees(np.arctan2(upward[:, 2], upward[:, 1]))
    off = turned + 0.5 * np.abs(pitch - np.median(pitch))
    frontal = np.argsort(off, kind="stable")[: max(5, len(frames) // 5)]
    network = _mean([frames[k] for k in frontal])
    network /= np.sqrt((network**2).mean())
    shape = network
    for _ in range(15):
        rows, seen = [], []
        for frame in frames:
            turn, scale = _similarity(shape, frame)
            rows.append(turn[:2])
            seen.append(frame[:, :2].T / scale)
        a, b = np.concatenate(rows), np.concatenate(seen)
        trust = _TRUST_IN_NETWORK * len(frames)
        shape = np.linalg.solve(a.T @ a + trust * np.eye(3), a.T @ b + trust * network.T).T
        shape = shape - shape.mean(axis=0)
    return np.asarray(shape)


def mirror_pairs(points: Floats) -> Ints:
    """The landmark on the other side (468,) of each, an involution: lips, lids and the nose's base by name, the rest
    nearest first."""
    pairs = np.full(len(points), -1)
    named = [(ring[k], ring[10 - k]) for ring in LIPS_LOWER + LIPS_UPPER for k in range(11)]
    for a, b in named + list(_NOSE_BASE) + list(zip(EYE_RING, EYE_RING_RIGHT, strict=True)):
        pairs[a], pairs[b] = b, a
    distance = ((points[:, None] - (points * [-1, 1, 1])[None]) ** 2).sum(-1)
    for flat in np.argsort(distance, axis=None, kind="stable"):
        a, b = divmod(int(flat), len(points))
        if pairs[a] < 0 and pairs[b] < 0:
            pairs[a], pairs[b] = b, a
    return pairs


def _upright(points: Floats) -> Floats:
    """Points turned and shifted so that their sides mirror each other in x = 0."""
    for _ in range(5):
        pairs = mirror_pairs(points)
        axis = np.linalg.svd(points - points[pairs])[2][0]
        axis = axis * np.sign(axis[0])
        v = np.cross(axis, [1.0, 0.0, 0.0])
        k = np.array([[0, -v[2], v[1]], [v[2], 0, -v[0]], [-v[1], v[0], 0]])
        points = points @ (np.eye(3) + k + k @ k / (1 + axis[0])).T
        points[:, 0] -= ((points + points[pairs]) / 2)[:, 0].mean()
    return points


def mean_head(people: list[npt.NDArray[np.float32]]) -> tuple[Floats, Ints]:
    """The symmetric mean (468, 3) of several people's frames, in centimetres, and its mirror pairs."""
    points = _upright(_mean([head_of(frames) for frames in people]))
    pairs = mirror_pairs(points)
    points = (points + points[pairs] * [-1, 1, 1]) / 2
    eyes = points[[33, 133]].mean(axis=0) - points[[362, 263]].mean(axis=0)
    return np.asarray(points * _PUPILS_CM / np.linalg.norm(eyes)), pairs
