"""Faces and profiles for the stand-ins of face networks."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.inference.onnx.model_file import ModelFile, read_model
from pipeline.inference.onnx.runtime import Preference, Runtime
from pipeline.media import Face, Pixels, Points, Pose
from pipeline.video.neural.alignment import CROPS, Alignment
from pipeline.video.neural.dfm import Dfm
from pipeline.video.neural.face_model import Matrix
from pipeline.video.neural.merge import cut
from pipeline.video.neural.swap import NeuralSwap
from pipeline.video.tracking.mesh import face_template
from profiles.engines.face import DfmSettings, FaceType, MergeSettings
from profiles.profile import Profile
from profiles.store import BUILTIN
from tests.footage import chosen, make_frame, persona, tracked
from tests.models.dfm import EVERYWHERE, Ellipse, Tinting, tinting_dfm

FACE: Ellipse = (0.5, 0.53, 0.30, 0.41)
"""About where a face lies in the whole-face square."""


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


@cache
def portrait_square(who: str, size: int = 224) -> NDArray[np.float32]:
    """float32 (size, size, 3) BGR in 0..1: a persona's portrait as a whole-face model would show it."""
    (frame,) = tracked([make_frame(np.asarray(cv2.imread(str(BUILTIN / who / "portrait.png")), np.uint8))])
    matrix = Alignment().matrix(chosen(frame), CROPS[FaceType.WHOLE_FACE], size, steady=False)
    return cut(frame.pixels, matrix, size).astype(np.float32) / np.float32(255)


def puppet(who: str, size: int = 224, **masks: Ellipse) -> Tinting:
    """A dfm that shows a persona's face, whatever it sees."""
    return Tinting(size, picture=portrait_square(who, size), **{"driver": FACE, "target": EVERYWHERE, **masks})


@cache
def stand_in_file(spec: Tinting) -> ModelFile:
    """A stand-in, read; it lies in a folder that goes with the process."""
    return read_model(tinting_dfm(Path(scratch().name) / f"{len(list(Path(scratch().name).iterdir()))}.dfm", spec))


@cache
def scratch() -> TemporaryDirectory[str]:
    """A folder for as long as the tests run."""
    return TemporaryDirectory(prefix="understudy-tests-")


def wear(profile: Profile, spec: Tinting | None = None) -> NeuralSwap:
    """The stage that wears a stand-in, with a runtime of its own."""
    model = Dfm(
        Runtime(Preference.CPU), stand_in_file(spec or Tinting(64, (-0.5, -0.8, -1.0), (0.6, 0.8, 1.0))), profile
    )
    return NeuralSwap(model, profile)
