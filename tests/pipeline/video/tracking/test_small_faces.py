"""Faces that the detector misses on the whole picture: small ones, and those that the picture's edge cuts."""

import cv2
import numpy as np
import pytest

from pipeline.media import Face, Frame, Pixels
from pipeline.video.tracking.face_detector import FaceDetector
from pipeline.video.tracking.search import ROUND_NS, Part
from profiles.store import BUILTIN
from tests.fakes import FRAME_NS
from tests.footage import (
    BIRD,
    DEMO,
    PERSONAS,
    SMILING,
    SORRY,
    TURNING,
    clip,
    clips,
    enlarged,
    make_frame,
    make_tracker,
    models,
    needs_media,
    scaled,
)

FACE_SHARE = 0.58
"""Height of the face on a built-in portrait, against the portrait's side."""
FACE_MIDDLE = (0.5, 0.53)
PLACES = [(130, 300), (1150, 420), (980, 200)]


def demo(number: int) -> Pixels:
    """The demo actor, alone, in 720 lines."""
    return enlarged(clip(DEMO)[number].pixels)


def joined_by(pixels: Pixels, persona: str, place: tuple[int, int], height_px: int) -> Pixels:
    """A picture with a persona's head at a place, as a visitor; what lies beyond the edge is cut."""
    portrait = cv2.imread(str(BUILTIN / persona / "portrait.png"))
    assert portrait is not None
    side = round(height_px / FACE_SHARE)
    head = scaled(np.asarray(portrait, np.uint8), (side, side))
    left, top = (round(at - middle * side) for at, middle in zip(place, FACE_MIDDLE, strict=True))
    x0, y0, x1, y1 = max(0, left), max(0, top), min(1280, left + side), min(720, top + side)
    result = pixels.copy()
    result[y0:y1, x0:x1] = head[y0 - top : y1 - top, x0 - left : x1 - left]
    return result


def is_blurred(frame: Frame, place: tuple[int, int], height_px: float) -> bool:
    """Whether a face at a place is known, and so blurred."""
    return any(_lies_at(face, place, height_px) for face in frame.faces if not face.chosen)


def _lies_at(face: Face, place: tuple[int, int], height_px: float) -> bool:
    left, top, width, height = face.box
    distance = np.hypot(left + width / 2 - place[0], top + height / 2 - place[1])
    return bool(distance < 0.35 * height_px and height > 0.7 * height_px)


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize("height_px", [90, 130, 180])
def test_a_visitor_is_noticed_within_half_a_second_and_stays_noticed(persona: str, height_px: int) -> None:
    for place in PLACES:
        tracker = make_tracker()
        for index in range(10):
            tracker.process(make_frame(demo(index), index * FRAME_NS))
        seen = []
        for index in range(10, 50):
            pixels = joined_by(demo(index), persona, place, height_px)
            frame = tracker.process(make_frame(pixels, index * FRAME_NS))
            assert frame.chosen_face is not None
            assert abs(frame.chosen_face.box[0] + frame.chosen_face.box[2] / 2 - 640) < 100
            seen.append(is_blurred(frame, place, height_px))
        limit = ROUND_NS // FRAME_NS + 2
        assert all(seen[limit:]), place


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_face_that_the_edge_cuts_in_half_is_noticed(side: str) -> None:
    place = (0 if side == "left" else 1280, 330)
    tracker, seen = make_tracker(), []
    for index in range(40):
        pixels = joined_by(demo(index), "tomas", place, 150)
        seen.append(is_blurred(tracker.process(make_frame(pixels, index * FRAME_NS)), place, 150))
    assert all(seen[20:])


@needs_media
def test_the_second_person_at_the_edge_of_a_clip_is_noticed() -> None:
    tracker = make_tracker()
    seen = [any(face.box[0] > 480 for face in tracker.process(frame).faces) for frame in clip(BIRD)]
    assert all(seen[ROUND_NS // FRAME_NS + 2 :])


@pytest.mark.parametrize("name", clips(DEMO, TURNING, SMILING, SORRY))
def test_nobody_is_noticed_who_is_not_there(name: str) -> None:
    tracker = make_tracker()
    for index, frame in enumerate(clip(name)):
        seen = tracker.process(make_frame(enlarged(frame.pixels), index * FRAME_NS))
        assert [face.chosen for face in seen.faces] == [True]


@pytest.mark.parametrize("persona", PERSONAS)
def test_nobody_is_noticed_in_an_empty_room(persona: str) -> None:
    room = cv2.imread(str(BUILTIN / persona / "room.jpg"))
    assert room is not None
    picture, tracker = scaled(np.asarray(room, np.uint8), (1280, 720)), make_tracker()
    for index in range(30):
        assert tracker.process(make_frame(picture, index * FRAME_NS)).faces == ()


@pytest.mark.parametrize("part", [Part(0, 0, 720), Part(560, 0, 720), Part(-108, 0, 720), Part(300, 100, 518)], ids=str)
def test_a_face_in_a_part_is_placed_in_the_whole_picture(part: Part) -> None:
    detector = FaceDetector(models().path("face-detection"))
    place = (round(np.clip(part.left + part.side / 2, 100, 1180)), part.top + part.side // 2)
    pixels = joined_by(np.full((720, 1280, 3), 128, np.uint8), "mara", place, 130)
    (found,) = detector.detect(pixels, part)
    assert np.hypot(found.box[0] + found.box[2] / 2 - place[0], found.box[1] + found.box[3] / 2 - place[1]) < 20
    right_eye, left_eye, nose, mouth = found.keypoints[:4]
    assert found.box[0] < right_eye[0] < nose[0] < left_eye[0] < found.box[0] + found.box[2]
    assert right_eye[1] < nose[1] < mouth[1]
