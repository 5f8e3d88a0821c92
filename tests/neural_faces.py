"""Faces and profiles for the stand-ins of face networks."""

import numpy as np
from numpy.typing import NDArray

from pipeline.media import Face, Pixels, Points, Pose
from pipeline.video.neural.face_model import Matrix
from pipeline.video.tracking.mesh import face_template
from profiles.engines.face import DfmSettings, MergeSettings
from profiles.profile import Profile
from tests.footage import persona


def dfm_profile(
    dfm: dict[str, object] | None = None, merge: dict[str, object] | None = None, **face: object
) -> Profile:
    """A persona whose face is a dfm, with some settings of its own; colours are left as they are."""
    update = {
        "dfm": DfmSettings.model_validate(dfm or {}),
        "merge": MergeSettings.model_validate({"colour_transfer": "none"} | (merge or {})),
    }
    return persona(engine="dfm", **face).model_copy(update=update)


def noise(size: int, seed: int = 0) -> Pixels:
    """A square of levels without any pattern."""
    return np.random.default_rng(seed).integers(0, 256, (size, size, 3), np.uint8)


def face_of(landmarks: Points) -> Face:
    """A face with these landmarks."""
    return Face(0, (0.0, 0.0, 1.0, 1.0), landmarks.astype(np.float32), Pose(0.0, 0.0, 0.0), 1.0, chosen=True)


def mean_face(scale: float = 200.0, yaw_deg: float = 0.0) -> Face:
    """The mean head on a picture, turned."""
    turn = np.radians(yaw_deg)
    # A turn to the picture's right brings what is near the camera to the right.
    rotation = np.array([[np.cos(turn), 0, -np.sin(turn)], [0, 1, 0], [np.sin(turn), 0, np.cos(turn)]])
    return face_of((face_template() @ rotation.T * scale + [640, 360, 0]).astype(np.float32))


def places_on_square(points: Points, matrix: Matrix, size: int) -> NDArray[np.float64]:
    """Places of the picture in shares of the square."""
    return np.asarray((points[:, :2].astype(np.float64) @ matrix[:, :2].T + matrix[:, 2] + 0.5) / size)
