"""A furnished room and how it is photographed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.room.scene import Scene
from tools.room.tracer.denoise import develop_light
from tools.room.tracer.develop import Development, develop
from tools.room.tracer.film import expose, look
from tools.room.tracer.vector import Vec


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """Where the camera stands and what it is set to."""

    position: Vec = (0.0, 1.2, 0.0)
    """Metres."""
    target: Vec = (0.0, 1.2, 3.0)
    """The middle of the picture, metres."""
    fov_degrees: float = 62.0
    """Horizontal field of view."""
    aperture_m: float = 0.0042
    """Radius of the lens opening."""
    focus_m: float = 0.95
    """Distance of the sharp plane: where the person sits."""


@dataclass(frozen=True, slots=True)
class Room:
    """Everything needed to take the picture."""

    scene: Scene
    viewpoint: Viewpoint
    development: Development
    seed: int

    def photograph(self, size: tuple[int, int], samples: int) -> NDArray[np.uint8]:
        """The picture.

        Args:
            size: width, height in pixels.
            samples: light paths per pixel.

        Returns:
            uint8 (height, width, 3) BGR.
        """
        view = self.viewpoint
        camera = look(view.position, view.target, size, view.fov_degrees, (view.aperture_m, view.focus_m, 0.0))
        film = expose(self.scene.world(), camera, samples)
        return develop(develop_light(film), self.development, self.seed)
