"""Steady points without visible lag."""

from math import tau

import numpy as np
from numpy.typing import NDArray


class OneEuro:
    """A low-pass filter whose cutoff rises with speed: still points stand still, quick ones are not held back.

    It works in real time, not in samples, so a changing frame rate does not change how it feels.

    Source: Casiez, Roussel and Vogel 2012, "1€ Filter: A Simple Speed-based Low-pass Filter for Noisy Input in
    Interactive Systems", doi:10.1145/2207676.2208639.
    """

    def __init__(self, min_cutoff_hz: float, speed_gain: float, speed_cutoff_hz: float = 4.0) -> None:
        """An empty filter.

        Args:
            min_cutoff_hz: cutoff for points at rest.
            speed_gain: by how many Hz the cutoff rises for a speed of one `unit` a second.
            speed_cutoff_hz: cutoff of the filter for the speed itself.
        """
        self._min_cutoff_hz = min_cutoff_hz
        self._speed_gain = speed_gain
        self._speed_cutoff_hz = speed_cutoff_hz
        self._value: NDArray[np.float32] | None = None
        self._speed: NDArray[np.float32] | None = None
        self._at_ns = 0

    def smooth(self, points: NDArray[np.float32], unit: float, at_ns: int) -> NDArray[np.float32]:
        """The smoothed points.

        Args:
            points: float32 (n, d).
            unit: the length that speeds are measured in, so that a small face is smoothed like a large one.
            at_ns: when the points were seen.
        """
        elapsed_s = (at_ns - self._at_ns) / 1e9
        if self._value is None or self._speed is None or self._value.shape != points.shape or elapsed_s > 0.5:
            self._value, self._speed = points.copy(), np.zeros_like(points)
        elif elapsed_s > 0:
            change = points - self._value
            self._speed += _weight(self._speed_cutoff_hz, elapsed_s) * (change / elapsed_s - self._speed)
            speed = np.linalg.norm(self._speed[:, :2], axis=1, keepdims=True) / unit
            cutoff_hz = self._min_cutoff_hz + self._speed_gain * speed
            self._value = self._value + change / (1.0 + 1.0 / (tau * cutoff_hz * elapsed_s))
        self._at_ns = at_ns
        return self._value


def _weight(cutoff_hz: float, elapsed_s: float) -> float:
    """The share of the new value in a first-order low pass."""
    return 1.0 / (1.0 + 1.0 / (tau * cutoff_hz * elapsed_s))
