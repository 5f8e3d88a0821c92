"""The portrait studio: one soft light in front, a plain wall behind."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from tools.persona.figure import Figure
from tools.persona.geometry.expression import Expression
from tools.persona.identity import Identity
from tools.persona.pose import Pose
from tools.persona.render.camera import Camera
from tools.persona.render.film import developed
from tools.persona.render.light import Arriving, Lamp
from tools.persona.render.picture import Stage, finished, surfaces
from tools.persona.strands.coat import Coat

Singles = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]
STUDIO_RIG = (
    Lamp((-0.08, 0.62, 1.0), 10.0, (4.2, 4.08, 3.9)),
    Lamp((0.0, 0.25, 1.0), 0.7, (0.24, 0.25, 0.27)),
    Lamp((0.0, -1.0, 0.7), 3.0, (0.30, 0.27, 0.25)),
    Lamp((-1.0, 0.45, -0.35), 9.0, (0.85, 0.88, 0.94)),
    Lamp((1.0, 0.45, -0.35), 9.0, (0.85, 0.88, 0.94)),
)
"""Key, room, floor, and one rim light on each side; nearly the same from left and right."""


RELAXED = Expression(blink=0.09)
"""A neutral face: the lids rest a little on the irises."""


class Sitter:
    """A person with everything that is built once."""

    def __init__(self, identity: Identity) -> None:
        self.identity = identity
        self.figure = Figure(identity)
        self.coat = Coat(self.figure)

    def light(self, pose: Pose, stage: Stage) -> Singles:
        """Linear light (height, width, 3) of the person in a pose."""
        parts = self.figure.parts(pose)

        def veil(arriving: Arriving) -> Arriving:
            return self.coat.shaded_skin(arriving, pose, stage.rig)

        image, buffer, head_light = surfaces(parts, self.identity, stage, veil)
        self.coat.draw(self.figure, pose, stage, (head_light, parts[0], buffer, image))
        return finished(image, stage)


def wall(width: int, height: int) -> Singles:
    """A soft grey wall, lighter behind the head, in linear light."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    distance = np.hypot((x / width - 0.5) * 1.1, (y / height - 0.42) * 0.9)
    shade = 0.34 * np.exp(-((distance / 0.75) ** 2)) + 0.07
    noise = np.random.default_rng(3).standard_normal((height, width)).astype(np.float32)
    cloud = cv2.GaussianBlur(noise, (0, 0), width / 9) * (width / 9)
    return np.asarray((shade * (1 + 0.05 * cloud))[..., None] * np.array([0.97, 0.985, 1.0], np.float32), np.float32)


def portrait(identity: Identity, pose: Pose, side_px: int, samples: int = 3) -> Picture:
    """A square portrait, 8-bit BGR (side, side, 3)."""
    camera = Camera(side_px, side_px, samples, 115.0, 35.0 * side_px / 1024, look=(0.0, 1.1))
    quality = (96, 320) if side_px > 256 else (40, 144)
    stage = Stage(camera, STUDIO_RIG, wall(side_px, side_px), quality)
    return developed(Sitter(identity).light(pose, stage), 0.006, identity.seed)
