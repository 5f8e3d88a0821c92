"""A pinhole camera."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera on the z axis looking back along it, its picture ``samples`` times finer than the final one."""

    width: int
    height: int
    samples: int
    """Samples per final pixel along each side."""
    distance_cm: float
    """From the origin (the face) to the lens."""
    px_per_cm: float
    """Scale in final pixels at z = 0."""
    centre: tuple[float, float] = (0.5, 0.5)
    """Where the axis meets the picture, as shares of its width and height."""
    look: tuple[float, float] = (0.0, 0.0)
    """The x and y of the axis, centimetres."""

    @property
    def position(self) -> Floats:
        """The lens, (3,)."""
        return np.array([self.look[0], self.look[1], self.distance_cm])

    def project(self, points: Floats) -> Floats:
        """Sample coordinates x, y and the distance along the axis (n, 3) of points (n, 3)."""
        depth = np.maximum(self.distance_cm - points[:, 2], 1e-3)
        scale = self.px_per_cm * self.samples * self.distance_cm / depth
        x = (points[:, 0] - self.look[0]) * scale + self.centre[0] * self.width * self.samples
        y = -(points[:, 1] - self.look[1]) * scale + self.centre[1] * self.height * self.samples
        return np.stack([x, y, depth], 1)

    def size(self) -> tuple[int, int]:
        """Rows and columns of the sample grid."""
        return self.height * self.samples, self.width * self.samples
