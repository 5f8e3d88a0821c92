"""How still the tracked points stand on a still picture, and how far they stay behind a moving one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import tau

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media import Frame, Pixels, Points
from pipeline.video.tracking.mesh import eye_distance_px
from pipeline.video.tracking.smoothing import OneEuro
from pipeline.video.tracking.tracker import Tracker

FPS = 30.0
SETTLE_S = 1.0
"""So long the filters may settle before anything is measured."""

Series = NDArray[np.float32]
"""float32 (frames, 468, 3)."""


@dataclass(frozen=True, slots=True)
class Lag:
    """How points follow a sinus.

    Attributes:
        delay_ms: how much later they are.
        amplitude: their amplitude as a share of the picture's own.
        worst_px: the largest mean distance of the points from where they belong, over the frames.
    """

    delay_ms: float
    amplitude: float
    worst_px: float


def noisy(picture: Pixels, sigma: float, count: int, seed: int = 7) -> Iterable[Pixels]:
    """A still picture with fresh noise of so many grey levels on every frame."""
    random = np.random.default_rng(seed)
    for _ in range(count):
        noise = random.normal(0.0, sigma, picture.shape).astype(np.float32)
        yield np.clip(np.rint(picture + noise), 0, 255).astype(np.uint8)


def path_px(frequency_hz: float, amplitude_px: float, count: int) -> NDArray[np.float64]:
    """float64 (count, 2): where a picture that swings sideways is on every frame."""
    times_s = np.arange(count) / FPS
    return np.stack([amplitude_px * np.sin(tau * frequency_hz * times_s), np.zeros(count)], axis=1)


def moving(picture: Pixels, path: NDArray[np.float64]) -> Iterable[Pixels]:
    """A picture moved along a path."""
    size = (picture.shape[1], picture.shape[0])
    for x, y in path:
        matrix = np.array([[1.0, 0.0, x], [0.0, 1.0, y]])
        moved = cv2.warpAffine(picture, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        yield np.asarray(moved, np.uint8)


def tracked(tracker: Tracker, pictures: Iterable[Pixels], fps: float = FPS) -> Series:
    """The chosen face's points on every frame, not-a-number where there is none."""
    tracker.reset()
    rows = []
    for number, picture in enumerate(pictures):
        at_ns = round(number * 1e9 / fps)
        face = tracker.process(Frame(picture, at_ns, at_ns)).chosen_face
        rows.append(np.full((468, 3), np.nan, np.float32) if face is None else face.landmarks.copy())
    return np.stack(rows)


def smoothed(raw: Series, make: Callable[[], OneEuro], fps: float = FPS) -> Series:
    """A raw series as a filter gives it."""
    smoothing = make()
    rows = [smoothing.smooth(row, eye_distance_px(row), round(i * 1e9 / fps)).copy() for i, row in enumerate(raw)]
    return np.stack(rows)


def jitter_px(series: Series) -> float:
    """Root mean square distance of the points from their own middle, over points and frames."""
    settled = series[round(SETTLE_S * FPS) :, :, :2].astype(np.float64)
    return float(np.sqrt(((settled - settled.mean(axis=0)) ** 2).sum(axis=2).mean()))


def lag(series: Series, still: Points, path: NDArray[np.float64], frequency_hz: float) -> Lag:
    """The delay of a series that should lie at `still` moved along the path, by the phase of its mean."""
    start = round(SETTLE_S * FPS)
    times_s = np.arange(len(series))[start:] / FPS
    waves = np.stack(
        [np.sin(tau * frequency_hz * times_s), np.cos(tau * frequency_hz * times_s), np.ones(len(times_s))]
    )
    mean = series[start:, :, 0].mean(axis=1)
    sine, cosine, _ = np.linalg.lstsq(waves.T, mean, rcond=None)[0]
    wanted = still[np.newaxis, :, :2] + path[start:, np.newaxis]
    off_px = np.linalg.norm(series[start:, :, :2] - wanted, axis=2).mean(axis=1)
    delay_ms = -float(np.arctan2(cosine, sine)) / (tau * frequency_hz) * 1e3
    return Lag(delay_ms, float(np.hypot(sine, cosine)) / float(np.abs(path).max()), float(off_px.max()))
