"""Heads at every angle: landmarks are believed only the right way up."""

import numpy as np
import pytest

from pipeline.video.tracking.face_detector import FaceDetector
from pipeline.video.tracking.way_up import is_upside_down
from tests.compositions import turned
from tests.fakes import FRAME_NS
from tests.footage import (
    DEMO,
    SMILING,
    TURNING,
    chosen,
    clip,
    clips,
    enlarged,
    every_clip,
    make_frame,
    make_tracker,
    models,
    tracked_clip,
)


def off_by(roll_deg: float, wanted_deg: float) -> float:
    """The difference of two angles, 0..180."""
    return abs((roll_deg - wanted_deg + 180) % 360 - 180)


@pytest.mark.parametrize("degrees", range(0, 360, 45))
def test_the_demo_actor_is_followed_the_right_way_up_at_every_angle(degrees: int) -> None:
    upright, tracker, followed = make_tracker(), make_tracker(), 0
    frames = clip(DEMO)[::15]
    for index, frame in enumerate(frames):
        pixels = enlarged(frame.pixels)
        roll_deg = chosen(upright.process(make_frame(pixels, index * FRAME_NS))).pose.roll_deg
        seen = tracker.process(make_frame(turned(pixels, -degrees), index * FRAME_NS))
        if seen.chosen_face is not None:
            followed += 1
            assert off_by(seen.chosen_face.pose.roll_deg, roll_deg + degrees) < 30
        else:
            assert any(face.score > 0 for face in seen.faces)
    assert followed >= len(frames) - 1


@pytest.mark.parametrize("name", clips(DEMO, TURNING, SMILING))
def test_a_camera_that_hangs_upside_down_never_puts_the_likeness_on_the_wrong_way(name: str) -> None:
    tracker = make_tracker()
    for frame in clip(name):
        pixels = np.ascontiguousarray(enlarged(frame.pixels)[::-1, ::-1])
        seen = tracker.process(make_frame(pixels, frame.media_ns))
        if seen.chosen_face is not None:
            assert off_by(seen.chosen_face.pose.roll_deg, 180) < 45
        else:
            assert any(face.score > 0 for face in seen.faces)


@every_clip
def test_landmarks_are_taken_for_upside_down_only_when_they_are(name: str) -> None:
    detector = FaceDetector(models().path("face-detection"))
    for number, frame in enumerate(tracked_clip(name)):
        landmarks = chosen(frame).landmarks
        assert not is_upside_down(detector, frame.pixels, landmarks)
        if number % 5 == 0:
            wrong = landmarks.copy()
            low, high = wrong[:, :2].min(axis=0), wrong[:, :2].max(axis=0)
            wrong[:, :2] = low + high - wrong[:, :2]
            assert is_upside_down(detector, frame.pixels, wrong)


def test_where_no_face_is_seen_nothing_is_upside_down() -> None:
    detector = FaceDetector(models().path("face-detection"))
    frame = tracked_clip(DEMO)[0]
    assert not is_upside_down(detector, np.full_like(frame.pixels, 128), chosen(frame).landmarks)
