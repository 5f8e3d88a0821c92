"""Where the target's features lie on the actor."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.media import LANDMARK_COUNT, Points
from pipeline.video.swap.photo_target import PhotoTarget
from pipeline.video.swap.proportions import Proportions
from pipeline.video.swap.topology import with_ring
from pipeline.video.tracking.head_pose import HeadPose
from pipeline.video.tracking.mesh import face_template
from profiles.profile import FaceSettings
from tests.footage import TURNING, chosen, every_clip, target, tracked_clip

FRAME_NS = 33_333_333


@pytest.fixture(scope="module")
def mara() -> PhotoTarget:
    """A portrait made ready."""
    return target("mara")


def actor(scale: float = 100.0, wide: float = 1.0, yaw_deg: float = 0.0) -> Points:
    """The mean head, made wider and turned, float32 (468, 3)."""
    turn = np.radians(yaw_deg)
    rotation = np.array([[np.cos(turn), 0, -np.sin(turn)], [0, 1, 0], [np.sin(turn), 0, np.cos(turn)]])
    return np.asarray((face_template() * [wide, 1, 1]) @ rotation.T * scale + [300, 200, 0], np.float32)


def settled(proportions: Proportions, landmarks: Points, settings: FaceSettings, frames: int = 30) -> Points:
    """The mesh after a while."""
    assert frames > 0
    for index in range(frames):
        mesh = proportions.displaced(landmarks, settings, index * FRAME_NS)
    return mesh


@given(scale=st.floats(5, 600), wide=st.floats(0.85, 1.15))
def test_without_warp_and_at_its_own_size_the_mesh_is_the_actors(mara: PhotoTarget, scale: float, wide: float) -> None:
    landmarks = actor(scale, wide)
    mesh = Proportions(mara).displaced(landmarks, FaceSettings(warp=0.0), 0)
    assert np.array_equal(mesh, with_ring(landmarks))


@given(size=st.floats(0.8, 1.25), scale=st.floats(5, 600))
def test_the_size_scales_about_the_faces_middle_and_the_ring_stays(
    mara: PhotoTarget, size: float, scale: float
) -> None:
    landmarks = actor(scale)
    mesh = Proportions(mara).displaced(landmarks, FaceSettings(warp=0.0, size=size), 0)
    inner, plain = mesh[:LANDMARK_COUNT], landmarks
    assert np.allclose(inner.mean(axis=0), plain.mean(axis=0), atol=1e-3 * scale)
    assert np.allclose(np.ptp(inner, axis=0), size * np.ptp(plain, axis=0), rtol=1e-3, atol=1e-2)
    assert np.array_equal(mesh[LANDMARK_COUNT:], with_ring(landmarks)[LANDMARK_COUNT:])


def test_more_warp_is_closer_to_the_targets_proportions(mara: PhotoTarget) -> None:
    landmarks, poses, distances = actor(wide=1.1), HeadPose(), []
    features = np.array([33, 133, 362, 263, 1, 61, 291, 13])
    for warp in (0.0, 0.35, 0.7, 1.0):
        mesh = settled(Proportions(mara), landmarks, FaceSettings(warp=warp))
        head = poses.place(landmarks).to_head(mesh[:LANDMARK_COUNT])
        distances.append(float(np.linalg.norm((head - mara.shape)[features], axis=1).mean()))
    assert distances == sorted(distances, reverse=True)
    assert distances[-1] < 0.3 * distances[0]


def test_in_profile_the_nose_ends_where_the_actors_does(mara: PhotoTarget) -> None:
    moved = []
    for yaw_deg in (0.0, 35.0, 60.0):
        landmarks = actor(yaw_deg=yaw_deg)
        mesh = settled(Proportions(mara), landmarks, FaceSettings(warp=1.0))
        moved.append(float(np.abs(mesh[:LANDMARK_COUNT] - landmarks).max()))
    assert moved[0] > moved[1] > moved[2]
    assert moved[2] == pytest.approx(0.0, abs=1e-3)


def test_an_expression_passes_into_the_mesh_and_not_into_what_is_learnt(mara: PhotoTarget) -> None:
    resting = actor()
    opened = resting.copy()
    jaw = resting[:, 1] > np.percentile(resting[:, 1], 80)
    opened[jaw, 1] += 15
    proportions, settings = Proportions(mara), FaceSettings(warp=0.5)
    before = settled(proportions, resting, settings, 90)
    after = proportions.displaced(opened, settings, 90 * FRAME_NS)
    shift = (after - before)[:LANDMARK_COUNT]
    assert np.abs(shift[jaw, 1] - 15).mean() < 2
    assert np.abs(shift[~jaw]).mean() < 2


@every_clip
def test_on_footage_the_mesh_stays_near_the_face_and_moves_smoothly(mara: PhotoTarget, name: str) -> None:
    proportions, settings, offsets = Proportions(mara), FaceSettings(warp=1.0), []
    for frame in tracked_clip(name):
        landmarks = chosen(frame).landmarks
        mesh = proportions.displaced(landmarks, settings, frame.media_ns)
        height = float(np.ptp(landmarks[:, 1]))
        offset = (mesh[:LANDMARK_COUNT] - landmarks)[:, :2] / height
        assert np.abs(offset).max() < 0.2
        offsets.append(offset)
    if name != TURNING:
        steps = np.linalg.norm(np.diff(offsets, axis=0), axis=-1)
        assert np.percentile(steps, 99) < 0.02
