"""A person ready to be posed: surfaces with what lies on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tools.persona.body.ears import ear, mirrored
from tools.persona.body.eyeball import eyeball
from tools.persona.body.mouth import Mouth
from tools.persona.body.torso import torso
from tools.persona.geometry.head import Head, build_head, mean_surface
from tools.persona.geometry.landmarks import FACE_POINTS
from tools.persona.geometry.layout import BAND, eye_rings
from tools.persona.identity import Identity
from tools.persona.meshes.mesh import Mesh, vertex_normals
from tools.persona.pose import Pose, neck_weights, rotation, turned
from tools.persona.surface.cloth import folds
from tools.persona.surface.regions import regions

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Part:
    """One surface in its pose."""

    kind: str
    """``skin``, ``eye``, ``cloth``, ``teeth`` or ``tongue``."""
    points: Floats
    triangles: Ints
    normals: Floats
    rest: Floats
    """(n, 3) where patterns are measured."""
    extra: Floats
    """(n, k): region masks of skin, nearness of the lids for eyes, ring number for cloth."""
    turn: Floats
    """(3, 3) from the part's own frame to the world, for eyes."""
    shadow: Ints | None = None
    """Coarser triangles over the same points, for shadows; None uses the fine ones."""


def _ear_masks(count: int) -> Floats:
    masks = np.zeros((count, 12))
    masks[:, 5] = 0.75
    masks[:, 8] = -5.0
    return masks


class Figure:
    """One identity, built once and posed many times."""

    def __init__(self, identity: Identity) -> None:
        self.identity = identity
        self.head: Head = build_head(identity.shape, identity.skin.age)
        right = ear(identity.shape.ear_size)
        shift = np.array([self.head.control[454, 0] - mean_surface().control[454, 0], 0, 0])
        right = Mesh(right.points + shift, right.triangles)
        self._ears = (right, mirrored(right))
        self._torso, rings = torso(0.05 * identity.shape.neck_width)
        self._rings = np.column_stack([rings, folds(self._torso.points.astype(np.float32), rings.astype(np.float32))])
        self._masks = regions().stacked()
        self._eyeball = eyeball()
        self._mouth = Mouth(self.head.control[13])

    def rest_surface(self) -> Floats:
        """The head's fine vertices (n, 3) at rest."""
        return self.head.surface(Pose().expression)

    def head_part(self, pose: Pose) -> Part:
        """The head's skin in a pose."""
        points = turned(self.head.surface(pose.expression), pose, neck_weights())
        triangles = self.head.layout.triangles
        return Part(
            "skin",
            points,
            triangles,
            vertex_normals(points, triangles),
            mean_surface().points,
            self._masks,
            np.eye(3),
            self.head.layout.levels[-2].triangles,
        )

    def parts(self, pose: Pose) -> list[Part]:
        """Every surface in a pose."""
        head = self.head_part(pose)
        found = [head]
        for mesh in self._ears:
            points = turned(mesh.points, pose)
            found.append(
                Part(
                    "skin",
                    points,
                    mesh.triangles,
                    vertex_normals(points, mesh.triangles),
                    mesh.points,
                    _ear_masks(len(points)),
                    np.eye(3),
                )
            )
        found += [self._eye(side, pose, head) for side in range(2)]
        if pose.expression.opens():
            found += self._inside(pose)
        body = self._torso.points + np.array([0.35, 0.35, 0.35]) * np.array(pose.shift_cm) + [0, pose.breath_cm, 0]
        found.append(
            Part(
                "cloth",
                body,
                self._torso.triangles,
                vertex_normals(body, self._torso.triangles),
                self._torso.points,
                self._rings,
                np.eye(3),
            )
        )
        return found

    def _inside(self, pose: Pose) -> list[Part]:
        parts = []
        for kind, mesh, gum in self._mouth.posed(pose.expression.jaw_deg, pose.expression.tongue):
            points = turned(mesh.points, pose)
            normals = vertex_normals(points, mesh.triangles)
            parts.append(Part(kind, points, mesh.triangles, normals, mesh.points, gum[:, None], np.eye(3)))
        return parts

    def _eye(self, side: int, pose: Pose, head: Part) -> Part:
        mesh = self._eyeball
        inward = 1.2 if side == 0 else -1.2
        look = rotation(pose.gaze_yaw_deg + inward, pose.gaze_pitch_deg)
        turn = rotation(pose.yaw_deg, pose.pitch_deg, pose.roll_deg) @ look
        points = turned(mesh.points @ look.T + np.array(self.head.eyes[side]), pose)
        ring = head.points[eye_rings()[side]]
        upper = np.linalg.norm(points[:, None] - ring[None, 9:], axis=2).min(1)
        lower = np.linalg.norm(points[:, None] - ring[None, 1:8], axis=2).min(1)
        extra = np.stack([upper, lower], 1)
        return Part("eye", points, mesh.triangles, vertex_normals(points, mesh.triangles), mesh.points, extra, turn)

    def landmarks(self, pose: Pose) -> Floats:
        """The 468 landmarks (468, 3) in a pose."""
        return self.head_part(pose).points[:FACE_POINTS]


LANDMARK_END = BAND
