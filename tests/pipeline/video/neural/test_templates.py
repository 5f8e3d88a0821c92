"""The five points of a face, and the square that they give."""

import numpy as np
import pytest

from pipeline.errors import StageError
from pipeline.video.neural import templates
from pipeline.video.neural.templates import Template, five_points, template_matrix
from pipeline.video.tracking.mesh import face_template
from tests.footage import CLIPS, DEMO, chosen, clips, tracked_clip
from tests.neural_faces import mean_face
from tests.pipeline.video.neural.swapper_desk import TEMPLATES, five

ALL = (templates.ARCFACE_112_V1, templates.ARCFACE_112_V2, templates.ARCFACE_128, templates.FFHQ_512)
each = pytest.mark.parametrize("template", ALL, ids=lambda template: template.name)


@each
def test_templates_are_those_that_were_published(template: Template) -> None:
    assert np.abs(np.array(template.places) - TEMPLATES[template.name]).max() < 1e-4


def test_the_five_points_are_eyes_nose_and_mouth_from_left_to_right() -> None:
    points = five_points(face_template())
    assert points == pytest.approx(five(face_template()), abs=1e-6)
    right_eye, left_eye, nose, right_corner, left_corner = points
    assert right_eye[0] < right_corner[0] < nose[0] < left_corner[0] < left_eye[0]
    assert max(right_eye[1], left_eye[1]) < nose[1] < min(right_corner[1], left_corner[1])


@each
@pytest.mark.parametrize("size", [112, 128, 256])
def test_a_face_that_lies_like_the_template_fills_the_square_as_it_is(template: Template, size: int) -> None:
    landmarks = np.zeros((468, 3), np.float32)
    right_eye, left_eye, nose, *corners = np.array(template.places) * size
    landmarks[[33, 133], :2], landmarks[[362, 263], :2] = right_eye, left_eye
    landmarks[[4, 61, 291], :2] = [nose, *corners]
    assert template_matrix(landmarks, template, size) == pytest.approx(np.eye(2, 3), abs=1e-3)


@each
@pytest.mark.parametrize("name", clips(DEMO, *CLIPS))
def test_the_points_of_real_faces_lie_near_the_template(template: Template, name: str) -> None:
    """Within a few hundredths of the square, whoever it is, while the head is not turned far."""
    wanted = np.array(template.places)
    for frame in tracked_clip(name)[::8]:
        face = chosen(frame)
        if abs(face.pose.yaw_deg) > 15:
            continue
        matrix = template_matrix(face.landmarks, template, 1)
        off = five_points(face.landmarks) @ matrix[:, :2].T + matrix[:, 2] - wanted
        assert np.abs(off).max() < 0.09
        assert float(np.sqrt((off**2).sum(axis=1).mean())) < 0.05


def test_faces_that_can_not_be_aligned_cost_the_frame() -> None:
    for landmarks in (np.zeros((468, 3)), mean_face(0.1).landmarks, mean_face(1e6).landmarks):
        with pytest.raises(StageError, match="too small"):
            template_matrix(np.asarray(landmarks, np.float32), templates.ARCFACE_128, 128)
