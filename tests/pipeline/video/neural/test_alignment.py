"""The square that a face network sees: where it lies, how large it is, and what does not move it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import StageError
from pipeline.media import Face
from pipeline.video.neural.alignment import ALIGNED, BROWS, CROPS, Alignment, Crop, crop_for, similarity, unit_template
from pipeline.video.neural.face_model import Matrix
from pipeline.video.tracking.mesh import CHIN, FOREHEAD_TOP, INNER_LIPS, OUTER_LIPS, RIGID
from profiles.engines.face import DfmSettings, FaceType
from tests.footage import DEMO, TURNING, chosen, clips, moved, tracked_clip
from tests.neural_faces import face_of, mean_face, places_on_square

SIZE = 224
PUBLISHED = {
    FaceType.HALF: (1.0, 0.0),
    FaceType.MID_FULL: (1.19, 0.0),
    FaceType.FULL: (1.597, 0.0),
    FaceType.WHOLE_FACE: (2.131, -0.07),
    FaceType.HEAD: (2.98, -0.50),
}
"""Side of the square in units of the template, and how far its middle lies below the template's."""

alignment = Alignment()
both_fits = pytest.mark.parametrize("steady", [True, False], ids=["at rest", "as it is"])
every_type = pytest.mark.parametrize("face_type", FaceType)


def matrix_of(face: Face, crop: Crop, steady: bool) -> Matrix:
    return alignment.matrix(face, crop, SIZE, steady=steady)


@both_fits
@given(
    turn_deg=st.floats(-180, 180), scale=st.floats(0.2, 4), x=st.floats(-500, 500), y=st.floats(-500, 500),
    yaw_deg=st.floats(-50, 50), face_type=st.sampled_from(list(FaceType)),
)  # fmt: skip
def test_however_a_face_lies_on_the_picture_the_square_shows_the_same_of_it(
    steady: bool, turn_deg: float, scale: float, x: float, y: float, yaw_deg: float, face_type: FaceType
) -> None:
    face, turn = mean_face(yaw_deg=yaw_deg), np.radians(turn_deg)
    rotation = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    other = face_of((face.landmarks @ rotation.T * scale + [x, y, 0]).astype(np.float32))
    places = [places_on_square(one.landmarks, matrix_of(one, CROPS[face_type], steady), SIZE) for one in (face, other)]
    assert np.abs(places[0] - places[1]).max() < 2e-3


@given(seed=st.integers(0, 1000), noise=st.floats(0.0, 0.3))
def test_the_similarity_is_umeyamas(seed: int, noise: float) -> None:
    random = np.random.default_rng(seed)
    points, template = random.normal(size=(33, 2)), random.normal(size=(33, 2)) * noise
    turn = random.uniform(-3, 3)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    template = template + 0.3 * points @ rotation.T + random.normal(size=2)
    middle, wanted = points.mean(axis=0), template.mean(axis=0)
    u, singular, vt = np.linalg.svd((template - wanted).T @ (points - middle))
    sign = np.array([1.0, np.sign(np.linalg.det(u @ vt))])
    expected = (u * sign) @ vt * float((singular * sign).sum()) / ((points - middle) ** 2).sum()
    found = similarity(points.astype(np.float32), template.astype(np.float32))
    assert found[:, :2] == pytest.approx(expected, abs=1e-5)
    assert found[:, 2] == pytest.approx(wanted - expected @ middle, abs=1e-4)


@both_fits
@every_type
def test_each_face_type_shows_as_much_as_was_published(face_type: FaceType, steady: bool) -> None:
    coverage, y = PUBLISHED[face_type]
    face = mean_face()
    matrix = matrix_of(face, CROPS[face_type], steady)
    brows = places_on_square(face.landmarks[list(BROWS)], matrix, SIZE)
    brow_width = float(np.ptp(brows[:, 0]))
    assert 0.96 / brow_width == pytest.approx(coverage, rel=2e-3)
    template = unit_template()[[CHIN, FOREHEAD_TOP]].astype(np.float64)
    expected = (template - [0.5, 0.5 + y]) / coverage + 0.5
    assert places_on_square(face.landmarks[[CHIN, FOREHEAD_TOP]], matrix, SIZE) == pytest.approx(expected, abs=3e-3)


def test_the_template_is_a_face_whose_brows_span_the_unit_square() -> None:
    aligned = unit_template()[list(ALIGNED)]
    assert len(ALIGNED) == len(set(ALIGNED)) == 33
    assert aligned[:, 0].min() == pytest.approx(0.02)
    assert aligned[:, 0].max() == pytest.approx(0.98)
    # It is the same seen in a mirror, and all of it lies in the unit square.
    assert aligned[:, 0].mean() == pytest.approx(0.5, abs=1e-3)
    assert (aligned > 0).all()
    assert (aligned < 1).all()


@every_type
def test_opening_the_mouth_and_raising_the_brows_does_not_move_the_square(face_type: FaceType) -> None:
    face = mean_face()
    speaking = face.landmarks.copy()
    moving = sorted({*INNER_LIPS, *OUTER_LIPS, *BROWS, CHIN} - set(RIGID))
    speaking[moving, 1] += 25.0
    at_rest, other = (matrix_of(one, CROPS[face_type], True) for one in (face, face_of(speaking)))
    assert np.array_equal(at_rest, other)
    followed = matrix_of(face_of(speaking), CROPS[face_type], False)
    assert np.abs(followed - at_rest).max() > 1.0


@pytest.mark.parametrize("name", clips(DEMO, TURNING))
def test_the_square_of_a_face_at_rest_lies_where_the_usual_one_lies_however_the_head_turns(name: str) -> None:
    crop = CROPS[FaceType.WHOLE_FACE]
    corners = np.array([[0, 0], [1, 0], [0, 1], [1, 1]], np.float64) * SIZE - 0.5
    for frame in tracked_clip(name)[::3]:
        rest, usual = (matrix_of(chosen(frame), crop, steady) for steady in (True, False))
        there = (corners - rest[:, 2]) @ np.linalg.inv(rest[:, :2].astype(np.float64)).T
        again = (there @ usual[:, :2].T + usual[:, 2] + 0.5) / SIZE
        assert np.abs(again - (corners + 0.5) / SIZE).max() < 0.06
        assert np.abs(again.mean(axis=0) - 0.5).max() < 0.015


@pytest.mark.parametrize("name", clips(DEMO, TURNING))
def test_the_whole_face_lies_in_the_whole_face_square(name: str) -> None:
    for frame in tracked_clip(name)[::3]:
        face = chosen(frame)
        places = places_on_square(face.landmarks, matrix_of(face, CROPS[FaceType.WHOLE_FACE], True), SIZE)
        assert places.min() > 0.02
        assert places.max() < 0.98
        assert np.ptp(places[:, 1]) > 0.55


@both_fits
def test_positive_offsets_move_the_square_right_and_down(steady: bool) -> None:
    face = mean_face()
    usual = places_on_square(face.landmarks, matrix_of(face, Crop(2.0), steady), SIZE)
    shifted = places_on_square(face.landmarks, matrix_of(face, Crop(2.0, x=0.1, y=0.2), steady), SIZE)
    assert (usual - shifted).mean(axis=0) == pytest.approx([0.05, 0.1], abs=1e-4)


def test_a_profile_overrides_what_suits_the_face_type() -> None:
    assert crop_for(DfmSettings()) == CROPS[FaceType.WHOLE_FACE]
    assert crop_for(DfmSettings(face_type=FaceType.HEAD)) == CROPS[FaceType.HEAD]
    own = DfmSettings(face_type=FaceType.HEAD, coverage=2.2, x_offset=0.01, y_offset=-0.08)
    assert crop_for(own) == Crop(2.2, 0.01, -0.08, follows_turn=True)


@pytest.mark.parametrize("yaw_deg", [-45.0, 45.0])
def test_the_square_of_a_head_moves_toward_the_back_of_a_head_that_turns(yaw_deg: float) -> None:
    face = mean_face(yaw_deg=yaw_deg)
    head = CROPS[FaceType.HEAD]
    still = replace(head, follows_turn=False)
    moved_x = (places_on_square(face.landmarks, matrix_of(face, still, True), SIZE)
               - places_on_square(face.landmarks, matrix_of(face, head, True), SIZE)).mean(axis=0)  # fmt: skip
    assert np.sign(moved_x[0]) == -np.sign(yaw_deg)
    assert abs(moved_x[0]) > 0.05
    assert moved_x[1] == pytest.approx(0.0, abs=1e-4)


def test_the_square_of_a_head_hardly_moves_at_small_turns() -> None:
    head = CROPS[FaceType.HEAD]
    shifts = []
    for yaw_deg in (0.0, 5.0, 40.0):
        face = mean_face(yaw_deg=yaw_deg)
        both = (matrix_of(face, crop, True)[0, 2] for crop in (head, replace(head, follows_turn=False)))
        shifts.append(abs(float(np.diff(list(both))[0])))
    assert shifts[0] < 0.05
    assert shifts[1] < 0.05 * shifts[2]


@both_fits
@pytest.mark.parametrize("scale", [0.0, 1e-4, 1e5])
def test_a_face_without_any_size_or_much_too_large_costs_one_frame(scale: float, steady: bool) -> None:
    face = moved(mean_face(), scale=scale)
    with pytest.raises(StageError, match="too small"):
        matrix_of(face, CROPS[FaceType.WHOLE_FACE], steady)
