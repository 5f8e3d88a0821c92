"""The synthetic head is symmetric and smooth, and its parts move as faces do."""

import numpy as np
import pytest

pytest.importorskip("numba", reason="the people's renderer needs numba, which the optional group 'studio' installs")

from tools.persona.body.eyeball import RADIUS_CM
from tools.persona.figure import Figure
from tools.persona.geometry.expression import VISEMES, Expression
from tools.persona.geometry.head import Head, build_head, mean_surface
from tools.persona.geometry.landmarks import mean_face
from tools.persona.geometry.layout import LIDS, layout
from tools.persona.identity import Identity, Shape
from tools.persona.meshes.mesh import vertex_normals
from tools.persona.pose import Pose

UPPER_LID, LOWER_LID = 159, 145
UPPER_LIP, LOWER_LIP = 13, 14
NOSE_TIP = 4


@pytest.fixture(scope="module")
def head() -> Head:
    return build_head(Shape(), age=0.3)


@pytest.fixture(scope="module")
def figure() -> Figure:
    return Figure(Identity("somebody"))


def gap(head: Head, expression: Expression, points: tuple[int, int]) -> float:
    """Centimetres between two landmarks of the smooth surface."""
    surface = head.surface(expression)
    return float(np.linalg.norm(surface[points[0]] - surface[points[1]]))


def test_the_two_sides_of_the_head_mirror_each_other(head: Head) -> None:
    landmarks = head.surface(Expression())[:468]
    mirrored = landmarks[mean_face().mirror] * [-1, 1, 1]
    assert np.abs(landmarks - mirrored).max() < 0.03


def test_the_mirror_is_an_involution_that_keeps_the_middle_line() -> None:
    mean = mean_face()
    np.testing.assert_array_equal(mean.mirror[mean.mirror], np.arange(468))
    assert np.abs(mean.points[mean.mirror == np.arange(468), 0]).max() < 1e-6


def test_refinement_moves_a_rigid_head_rigidly() -> None:
    level = layout().levels[0]
    count = int(level.columns.max()) + 1
    np.testing.assert_allclose(level.apply(np.ones((count, 1))), 1.0, atol=1e-12)


def test_every_edge_of_the_head_has_two_sides_but_at_the_collar_and_behind_lids_and_lips() -> None:
    triangles = layout().coarse
    edges = np.sort(np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), axis=1)
    found, count = np.unique(edges, axis=0, return_counts=True)
    assert count.max() == 2
    open_edges = found[count == 1]
    assert len(open_edges) == 36 + 2 * 16 + 20
    assert (open_edges >= LIDS - 36).all()


def test_the_surface_faces_outwards_at_the_nose(head: Head) -> None:
    normals = vertex_normals(head.surface(Expression()), head.layout.triangles)
    assert normals[NOSE_TIP, 2] > 0.7


def test_a_blink_closes_the_eye(head: Head) -> None:
    lids = (UPPER_LID, LOWER_LID)
    assert gap(head, Expression(), lids) > 0.7
    assert gap(head, Expression(blink=1.0), lids) < 0.2


@pytest.mark.parametrize("blink", [0.0, 0.5, 1.0])
def test_the_skin_of_the_lids_stays_off_the_eyeball(head: Head, blink: float) -> None:
    surface = head.surface(Expression(blink=blink))[:468]
    for eye in head.eyes:
        assert np.linalg.norm(surface - np.array(eye), axis=1).min() > RADIUS_CM


def test_an_open_vowel_parts_the_lips_and_a_closed_sound_does_not(head: Head) -> None:
    lips = (UPPER_LIP, LOWER_LIP)
    assert gap(head, VISEMES["A"], lips) > 1.2
    assert gap(head, VISEMES["M"], lips) < 0.25
    assert gap(head, VISEMES["A"], lips) > gap(head, VISEMES["E"], lips) > gap(head, VISEMES["S"], lips)


def test_rounded_vowels_narrow_the_mouth_and_spread_ones_widen_it(head: Head) -> None:
    corners = (61, 291)
    assert gap(head, VISEMES["U"], corners) < gap(head, Expression(), corners) < gap(head, VISEMES["I"], corners)


def test_turning_the_head_moves_the_nose_the_same_way(figure: Figure) -> None:
    rest = figure.landmarks(Pose())[NOSE_TIP]
    assert figure.landmarks(Pose(yaw_deg=20))[NOSE_TIP, 0] > rest[0] + 2
    assert figure.landmarks(Pose(pitch_deg=15))[NOSE_TIP, 1] > rest[1] + 1
    eyes = figure.landmarks(Pose(roll_deg=15))
    assert eyes[263, 1] < eyes[33, 1]


def test_the_shoulders_stay_when_the_head_turns(figure: Figure) -> None:
    still, turned = (figure.head_part(pose).points for pose in (Pose(), Pose(yaw_deg=30)))
    collar = mean_surface().points[:, 1] < -14.5
    assert np.abs(still - turned)[collar].max() < 0.03


def test_identities_differ_from_the_mean_where_they_say(head: Head) -> None:
    wide = build_head(Shape(jaw_width=1.0), age=0.3).surface(Expression())
    mean = head.surface(Expression())
    assert wide[288, 0] - mean[288, 0] > 0.3
    assert np.abs(wide[NOSE_TIP] - mean[NOSE_TIP]).max() < 0.1
