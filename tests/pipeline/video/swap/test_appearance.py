"""The actor's colours and what hides the face, on the portrait's grid."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.media import Pose
from pipeline.video.swap.appearance import GAIN_RANGE, Colouring, Grid, Unwrapped, unwrap
from pipeline.video.swap.occlusion import Occlusion
from pipeline.video.swap.photo_target import GRID_HEIGHT, GRID_WIDTH, PhotoTarget
from pipeline.video.swap.topology import with_ring
from profiles.profile import FaceSettings
from tests.footage import DEMO, SMILING, chosen, clips, moved, target, tracked_clip

FRAME_NS = 33_333_333
FULL = FaceSettings(colour=1.0, relight=1.0)
FRONT = Pose(0.0, 0.0, 0.0)


@pytest.fixture(scope="module")
def mara() -> PhotoTarget:
    """A portrait made ready."""
    return target("mara")


def face_of(lab: NDArray[np.floating], facing: float = 1.0) -> Unwrapped:
    return Unwrapped(lab.astype(np.float32), np.full((GRID_HEIGHT, GRID_WIDTH), facing, np.float32))


def visible(share: float = 1.0) -> Grid:
    return np.full((GRID_HEIGHT, GRID_WIDTH), share, np.float32)


def spot(lab: Grid, change: tuple[float, float, float]) -> NDArray[np.floating]:
    """The face with something before its right cheek and mouth, in another colour and with a texture of its own."""
    covered = lab.astype(np.float64)
    rows, columns = np.mgrid[45:70, 12:40]
    covered[45:70, 12:40] = covered[45:70, 12:40].mean(axis=(0, 1)) + change
    covered[45:70, 12:40, 0] += 6.0 * np.sin(0.9 * rows + 0.5 * columns)
    return covered


@given(seed=st.integers(0, 2**32 - 1), spread=st.floats(0, 60), light=st.floats(-60, 60), steps=st.integers(1, 5))
def test_the_gain_is_bounded_whatever_the_actor_looks_like(
    mara: PhotoTarget, seed: int, spread: float, light: float, steps: int
) -> None:
    generator, colouring = np.random.default_rng(seed), Colouring(mara)
    for index in range(steps):
        lab = mara.lab + generator.normal(0, spread, mara.lab.shape) + [light, 0, 0]
        gain = colouring.gain(face_of(lab), visible(), FULL, index * FRAME_NS)
        assert np.isfinite(gain).all()
        assert gain.min() >= GAIN_RANGE[0] - 1e-4
        assert gain.max() <= GAIN_RANGE[1] + 1e-4


def test_an_actor_who_looks_like_the_portrait_changes_nothing(mara: PhotoTarget) -> None:
    gain = Colouring(mara).gain(face_of(mara.lab), visible(), FULL, 0)
    skin = mara.skin > 0.5
    assert np.abs(gain[skin] - 1.0).max() < 0.15


@given(light=st.floats(-25, 15))
def test_a_brighter_actor_makes_the_portrait_brighter(mara: PhotoTarget, light: float) -> None:
    gain = Colouring(mara).gain(face_of(mara.lab + [light, 0, 0]), visible(), FULL, 0)
    mean = float(gain[mara.skin > 0.5].mean())
    assert (mean > 1.0) == (light > 0) or abs(light) < 1.0


def test_no_strength_leaves_the_portraits_colours(mara: PhotoTarget) -> None:
    off = FaceSettings(colour=0.0, relight=0.0)
    gain = Colouring(mara).gain(face_of(mara.lab + [-20, 10, 10]), visible(), off, 0)
    assert np.abs(gain[mara.inside > 0.03] - 1.0).max() < 0.05


def test_the_colours_follow_slowly_and_arrive(mara: PhotoTarget) -> None:
    colouring, dark = Colouring(mara), face_of(mara.lab - [25, 0, 0])
    first = colouring.gain(face_of(mara.lab), visible(), FULL, 0).mean()
    path = [float(colouring.gain(dark, visible(), FULL, index * FRAME_NS).mean()) for index in range(1, 60)]
    goal = float(Colouring(mara).gain(dark, visible(), FULL, 0).mean())
    assert path == sorted(path, reverse=True)
    assert abs(path[0] - float(first)) < 0.2 * abs(goal - float(first))
    assert path[-1] == pytest.approx(goal, abs=0.005)


def test_a_face_that_is_not_seen_keeps_the_colours_it_had(mara: PhotoTarget) -> None:
    colouring = Colouring(mara)
    assert (colouring.gain(face_of(mara.lab), visible(0.0), FULL, 0) == 1.0).all()
    known = colouring.gain(face_of(mara.lab - [20, 0, 0]), visible(), FULL, FRAME_NS).copy()
    hidden = colouring.gain(face_of(mara.lab + [30, 0, 0]), visible(0.0), FULL, 2 * FRAME_NS)
    assert np.array_equal(hidden, known)


def test_a_thing_before_the_face_is_noticed_at_once_and_the_rest_stays(mara: PhotoTarget) -> None:
    occlusion = Occlusion(mara)
    for index in range(30):
        seen = occlusion.visible(face_of(mara.lab), FRONT, index * FRAME_NS)
    assert seen[mara.inside > 0.02].min() > 0.99
    covered = occlusion.visible(face_of(spot(mara.lab, (-30, 15, 0))), FRONT, 30 * FRAME_NS)
    assert covered[50:65, 18:34].max() < 0.1
    assert covered[8:25, 20:44].min() > 0.9
    for index in range(31, 45):
        seen = occlusion.visible(face_of(mara.lab), FRONT, index * FRAME_NS)
    assert seen.min() > 0.9


@pytest.mark.parametrize("light", [-25.0, 12.0])
def test_another_light_is_no_thing(mara: PhotoTarget, light: float) -> None:
    occlusion = Occlusion(mara)
    for index in range(30):
        occlusion.visible(face_of(mara.lab), FRONT, index * FRAME_NS)
    seen = occlusion.visible(face_of(mara.lab + [light, 0, 0]), FRONT, 30 * FRAME_NS)
    assert seen.min() > 0.9


def test_noise_is_no_thing(mara: PhotoTarget) -> None:
    occlusion, generator = Occlusion(mara), np.random.default_rng(2)
    for index in range(40):
        noisy = mara.lab + generator.normal(0, 1.5, mara.lab.shape)
        seen = occlusion.visible(face_of(noisy), FRONT, index * FRAME_NS)
        assert seen.min() > 0.9


def test_after_a_cut_the_face_is_learnt_anew(mara: PhotoTarget) -> None:
    occlusion = Occlusion(mara)
    for index in range(10):
        occlusion.visible(face_of(mara.lab), FRONT, index * FRAME_NS)
    seen = occlusion.visible(face_of(spot(mara.lab, (-30, 15, 0))), FRONT, 10_000_000_000)
    assert (seen == 1.0).all()


@pytest.mark.parametrize("name", clips(DEMO, SMILING))
def test_the_face_is_looked_up_wherever_and_however_large_it_is(mara: PhotoTarget, name: str) -> None:
    frame = tracked_clip(name)[0]
    skin = mara.skin > 0.9
    whole = unwrap(frame, with_ring(chosen(frame).landmarks), mara)
    assert 20 < float(whole.lab[skin][:, 0].mean()) < 90
    assert float(whole.facing[skin].mean()) > 0.8
    for by, scale in (((-200.0, 0.0), 1.0), ((0.0, 0.0), 20.0), ((0.0, 0.0), 0.03), ((5000.0, 0.0), 1.0)):
        seen = unwrap(frame, with_ring(moved(chosen(frame), by, scale).landmarks), mara)
        assert seen.lab.shape == (GRID_HEIGHT, GRID_WIDTH, 3)
        assert np.isfinite(seen.lab).all()
        assert 0.0 <= seen.facing.min() <= seen.facing.max() <= 1.0
    gone = unwrap(frame, with_ring(moved(chosen(frame), (5000.0, 0.0)).landmarks), mara)
    assert gone.facing.max() == 0.0
