"""Regions to look at, and landmarks that stay on the face however it is looked at."""

from math import atan2, cos, degrees, pi, sin

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.media import Points
from pipeline.video.tracking.face_landmarks import MARGIN, FaceLandmarks, Region
from pipeline.video.tracking.mesh import eye_distance_px, face_template
from tests.compositions import turn, turned
from tests.footage import DEMO, SMILING, chosen, clips, every_clip, models, scaled, tracked_clip

regions = st.builds(
    Region, st.floats(-500, 3000), st.floats(-500, 3000), st.floats(8, 4000), st.floats(-pi + 0.01, pi - 0.01)
)


@pytest.fixture(scope="module")
def network() -> FaceLandmarks:
    """The real network."""
    return FaceLandmarks(models().path("face-landmarks"))


def placed(region: Region) -> Points:
    """The mean head, upright and then turned in the picture, about a region's centre."""
    head = face_template()[:, :2] * (region.side / 6)
    turn = np.array([[cos(region.angle_rad), -sin(region.angle_rad)], [sin(region.angle_rad), cos(region.angle_rad)]])
    return np.asarray(head @ turn.T + [region.centre_x, region.centre_y], np.float32)


@given(regions, st.sampled_from([128, 192, 256]))
def test_the_middle_of_the_crop_is_the_regions_centre_and_its_sides_are_the_regions(region: Region, size: int) -> None:
    matrix = region.to_picture(size)
    middle = matrix @ [size / 2, size / 2, 1]
    assert middle == pytest.approx([region.centre_x, region.centre_y], abs=1e-6 * max(1.0, region.side))
    assert float(np.hypot(*(matrix[:, 0] * size))) == pytest.approx(region.side)
    assert float(matrix[:, 0] @ matrix[:, 1]) == pytest.approx(0.0, abs=1e-9 * max(1.0, region.side) ** 2)
    assert float(np.linalg.det(matrix[:, :2])) > 0


@given(regions)
def test_the_eyes_are_level_in_the_crop_and_the_face_lies_inside(region: Region) -> None:
    landmarks = placed(region)
    found = Region.of_landmarks(landmarks)
    turned = (found.angle_rad - region.angle_rad + pi) % (2 * pi) - pi
    assert turned == pytest.approx(0.0, abs=0.01)
    matrix = found.to_picture(192)
    inverse = np.linalg.inv(np.vstack([matrix, [0, 0, 1]]))
    crop = landmarks @ inverse[:2, :2].T + inverse[:2, 2]
    right_eye, left_eye = crop[33], crop[263]
    assert right_eye[1] == pytest.approx(left_eye[1], abs=0.5)
    assert right_eye[0] < left_eye[0]
    assert found.side == pytest.approx(MARGIN * float(np.ptp(landmarks, axis=0).max()), rel=1e-3)
    # A face turned in the picture is larger along the picture's axes than across them, at most by the square root of 2.
    assert crop.min() > 0
    assert crop.max() < 192


@every_clip
def test_looking_from_a_little_aside_finds_the_same_points(network: FaceLandmarks, name: str) -> None:
    frame = tracked_clip(name)[0]
    region = Region.of_landmarks(chosen(frame).landmarks)
    first, score = network.locate(frame.pixels, region)
    assert score > 0.9
    aside = Region(region.centre_x + 0.03 * region.side, region.centre_y, 1.05 * region.side, region.angle_rad + 0.05)
    second, _ = network.locate(frame.pixels, aside)
    error = np.linalg.norm(first[:, :2] - second[:, :2], axis=1).mean() / eye_distance_px(first)
    assert error < 0.04


@pytest.mark.parametrize("name", clips(DEMO, SMILING))
@pytest.mark.parametrize("turn_deg", [-25.0, 15.0, 180.0])
def test_points_turn_with_the_picture(network: FaceLandmarks, turn_deg: float, name: str) -> None:
    frame = tracked_clip(name)[0]
    landmarks, _ = network.locate(frame.pixels, Region.of_landmarks(chosen(frame).landmarks))
    matrix = turn(frame.size, turn_deg)
    expected = (landmarks[:, :2] @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)
    found, score = network.locate(turned(frame.pixels, turn_deg), Region.of_landmarks(expected))
    assert score > 0.9
    error = np.linalg.norm(found[:, :2] - expected, axis=1).mean() / eye_distance_px(landmarks)
    assert error < 0.04
    eyes = found[263, :2] - found[33, :2]
    off_deg = degrees(atan2(float(eyes[1]), float(eyes[0]))) + turn_deg
    assert abs((off_deg + 180) % 360 - 180) < 4


@pytest.mark.parametrize("name", clips(DEMO, SMILING))
@pytest.mark.parametrize("scale", [0.5, 2.0, 4.0])
def test_points_grow_with_the_picture(network: FaceLandmarks, scale: float, name: str) -> None:
    frame = tracked_clip(name)[0]
    landmarks, _ = network.locate(frame.pixels, Region.of_landmarks(chosen(frame).landmarks))
    large = scaled(frame.pixels, (round(frame.size[0] * scale), round(frame.size[1] * scale)))
    expected = (landmarks + [0.5, 0.5, 0]) * scale - [0.5, 0.5, 0]
    found, score = network.locate(large, Region.of_landmarks(expected.astype(np.float32)))
    assert score > 0.9
    error = np.linalg.norm(found[:, :2] - expected[:, :2], axis=1).mean() / (scale * eye_distance_px(landmarks))
    assert error < 0.03


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (64, 64), (322, 242)])
@pytest.mark.parametrize("side", [0.0, 1.0, 50.0, 5000.0])
def test_any_region_of_any_picture_can_be_looked_at(network: FaceLandmarks, size: tuple[int, int], side: float) -> None:
    pixels = np.full((size[1], size[0], 3), 127, np.uint8)
    for x, y in ((0, 0), (-1000, 20), (size[0] / 2, size[1] / 2), (3 * size[0], 1e4)):
        landmarks, score = network.locate(pixels, Region(x, y, side, 0.3))
        assert np.isfinite(landmarks).all()
        assert 0.0 <= score < 0.7
