"""Where the target's features lie on the actor: between the actor's proportions and the target's, and scaled."""

import numpy as np

from pipeline.media import LANDMARK_COUNT, Points
from pipeline.video.swap.photo_target import PhotoTarget
from pipeline.video.swap.topology import with_ring
from pipeline.video.tracking.head_pose import HeadPose
from pipeline.video.tracking.mesh import FACE_OVAL
from profiles.profile import FaceSettings

LEARN_TIME_S = 3.0
"""How slowly the actor's resting face is learnt; expression averages out."""
OVAL_SHARE = 0.5
"""Share of the displacement on the oval itself, where the target's face meets the actor's head."""
FRONTAL_DEG, PROFILE_DEG = 20.0, 50.0
"""Between these turns of the head the displacement fades: a nose in profile has to end where the actor's does."""


class Proportions:
    """Learns the actor's resting face and displaces the mesh from it."""

    def __init__(self, target: PhotoTarget) -> None:
        """Starts without knowing the actor."""
        self._target = target.shape
        self._poses = HeadPose()
        self._resting: Points | None = None
        self._at_ns = 0
        self._share = np.ones((LANDMARK_COUNT, 1), np.float32)
        self._share[list(FACE_OVAL)] = OVAL_SHARE

    def displaced(self, landmarks: Points, settings: FaceSettings, at_ns: int) -> Points:
        """float32 (504, 3): the mesh to draw on; its ring stays on the actor's own.

        Args:
            landmarks: float32 (468, 3), the actor's.
            settings: `warp` and `size`.
            at_ns: when.
        """
        placement = self._poses.place(landmarks)
        self._learn(placement.to_head(landmarks), at_ns)
        mesh = with_ring(landmarks)
        if settings.warp > 0 and self._resting is not None:
            strength = settings.warp * _frontal_share(placement.pose.yaw_deg)
            shifts = (self._target - self._resting) * self._share * strength
            mesh[:LANDMARK_COUNT] += placement.shift_to_picture(np.asarray(shifts, np.float32))
        if settings.size != 1.0:
            centre = mesh[:LANDMARK_COUNT].mean(axis=0)
            mesh[:LANDMARK_COUNT] = centre + settings.size * (mesh[:LANDMARK_COUNT] - centre)
        return mesh

    def _learn(self, shape: Points, at_ns: int) -> None:
        """Takes one look at the actor's face in the mean head's coordinates."""
        elapsed_s = (at_ns - self._at_ns) / 1e9
        self._at_ns = at_ns
        if self._resting is None or not 0 <= elapsed_s < 2.0:
            self._resting = shape.copy()
            return
        self._resting += np.float32(1.0 - np.exp(-elapsed_s / LEARN_TIME_S)) * (shape - self._resting)


def _frontal_share(yaw_deg: float) -> float:
    """1 for a face seen from the front, 0 in profile."""
    return float(np.clip((PROFILE_DEG - abs(yaw_deg)) / (PROFILE_DEG - FRONTAL_DEG), 0.0, 1.0))
