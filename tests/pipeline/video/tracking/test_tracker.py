"""The tracker on faces: nobody lost, nobody swapped, and a still face that stands still."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
import pytest

from pipeline.media import Frame, Pixels
from pipeline.video.tracking.face_detector import Detection, FaceDetector
from pipeline.video.tracking.mesh import eye_distance_px
from pipeline.video.tracking.search import LOOKS, ROUND_NS, Part
from pipeline.video.tracking.tracker import CHECK_INTERVAL_NS, Tracker
from profiles.profile import FaceChoice
from tests.compositions import beside, cut_out, likeness
from tests.fakes import FRAME_NS
from tests.footage import (
    DEMO,
    SMILING,
    SORRY,
    TURNING,
    chosen,
    clip,
    clips,
    closeup,
    enlarged,
    every_clip,
    inside_oval,
    make_frame,
    make_tracker,
    needs_media,
    persona,
    tracked_clip,
)

JITTER_LIMIT_PX = 0.3
NOISE_SIGMA = 3.0

Person = Callable[[int, int], Pixels]
"""Somebody's picture at an index of their film and a height."""


@dataclass(frozen=True)
class Couple:
    """Two people who come before the camera together."""

    one: Person
    other: Person


TWINS = Couple(partial(cut_out, DEMO), lambda index, height: cut_out(DEMO, 100 + index, height))
GUEST = Couple(partial(cut_out, DEMO), lambda index, height: likeness("ines", height))
REAL = Couple(partial(cut_out, SMILING), lambda index, height: cut_out(TURNING, 12 + index // 4, height))

every_couple = pytest.mark.parametrize(
    "couple",
    [
        pytest.param(TWINS, id="twins"),
        pytest.param(GUEST, id="guest"),
        pytest.param(REAL, id="real", marks=needs_media),
    ],
)


class CountingDetector(FaceDetector):
    """Counts the searches of all its kind."""

    searches = 0

    def detect(self, pixels: Pixels, part: Part | None = None) -> list[Detection]:
        """As ever."""
        type(self).searches += 1
        return super().detect(pixels, part)


def follow(tracker: Tracker, pixels: Pixels, frames: int = 6) -> Frame:
    """The last of some frames of a still picture."""
    assert frames > 0
    for index in range(frames):
        frame = tracker.process(make_frame(pixels, index * FRAME_NS))
    return frame


@every_clip
def test_the_face_of_a_clip_is_followed_on_every_frame_under_one_id(name: str) -> None:
    faces = [chosen(frame) for frame in tracked_clip(name)]
    assert {face.track_id for face in faces} == {0}
    assert min(face.score for face in faces) > 0.9
    for face, frame in zip(faces, tracked_clip(name), strict=True):
        assert face.landmarks.shape == (468, 3)
        assert face.landmarks.dtype == np.float32
        left, top, width, height = face.box
        assert left >= 0
        assert top >= 0
        assert left + width <= frame.size[0]
        assert top + height <= frame.size[1]
        assert 0.5 < width / height < 1.3


@every_clip
def test_the_followed_face_does_not_jump(name: str) -> None:
    frames = tracked_clip(name)
    for before, after in zip(frames, frames[1:], strict=False):
        shift = chosen(after).landmarks[:, :2].mean(axis=0) - chosen(before).landmarks[:, :2].mean(axis=0)
        # The quickest turn of these heads moves the face by a quarter of the eyes' distance in 80 ms.
        assert np.linalg.norm(shift) < 0.35 * eye_distance_px(chosen(before).landmarks)


@every_clip
def test_the_picture_is_searched_in_single_looks_and_no_more_of_them_than_needed(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.video.tracking.tracker.FaceDetector", CountingDetector)
    monkeypatch.setattr(CountingDetector, "searches", 0)
    tracker, counts = make_tracker(), [0]
    for frame in clip(name):
        tracker.process(make_frame(enlarged(frame.pixels), frame.media_ns))
        counts.append(CountingDetector.searches)
    seconds = clip(name)[-1].media_ns / 1e9
    looks = np.diff(counts[1:])
    # One that finds part of a face, and one that tells which way up another is, come on top.
    assert looks.max() <= 2
    assert np.median(looks) <= 1
    expected = seconds * (LOOKS * 1e9 / ROUND_NS + 1e9 / CHECK_INTERVAL_NS)
    # At the start every part is looked at once.
    assert expected - 2 <= looks.sum() <= expected + 11


@pytest.mark.parametrize("name", clips(DEMO, SMILING, SORRY))
def test_a_still_face_in_a_noisy_picture_stands_still(name: str) -> None:
    still, generator = closeup(name).pixels, np.random.default_rng(11)
    tracker, seen = make_tracker(), []
    height = still.shape[0]
    noise = generator.normal(0, NOISE_SIGMA, (2 * height, *still.shape[1:])).astype(np.float32)
    for index in range(45):
        shift = int(generator.integers(0, height))
        noisy = np.clip(still + noise[shift : shift + height], 0, 255).astype(np.uint8)
        seen.append(chosen(tracker.process(make_frame(noisy, index * FRAME_NS))).landmarks[:, :2])
    settled = np.array(seen[15:])
    jitter = np.linalg.norm(settled - settled.mean(axis=0), axis=-1)
    assert float(np.sqrt((jitter**2).mean())) < JITTER_LIMIT_PX


@every_couple
@pytest.mark.parametrize("one_is_left", [True, False])
def test_two_faces_get_two_ids_and_keep_them(couple: Couple, one_is_left: bool) -> None:
    tracker, rows = make_tracker(), []
    for index in range(20):
        one, other = couple.one(index, 240), couple.other(index, 240)
        left, right = (one, other) if one_is_left else (other, one)
        frame = tracker.process(make_frame(beside(left, right), index * FRAME_NS))
        rows.append({face.track_id: face.box[0] > left.shape[1] for face in frame.faces})
    assert all(row == rows[0] for row in rows)
    assert sorted(rows[0].values()) == [False, True]


@every_couple
@pytest.mark.parametrize("large_is_left", [True, False])
def test_the_largest_face_is_chosen_on_either_side(couple: Couple, large_is_left: bool) -> None:
    large, small = couple.one(0, 280), couple.other(2, 220)
    pair = beside(large, small) if large_is_left else beside(small, large)
    frame = follow(make_tracker(persona(choice=FaceChoice.LARGEST)), pair)
    assert len(frame.faces) == 2
    assert (chosen(frame).box[0] < pair.shape[1] / 2) == large_is_left
    assert chosen(frame).box[3] == max(face.box[3] for face in frame.faces)


@every_couple
@pytest.mark.parametrize("central_is_left", [True, False])
def test_the_most_central_face_is_chosen_on_either_side(couple: Couple, central_is_left: bool) -> None:
    one, other = couple.one(0, 240), couple.other(2, 240)
    margin = np.full((240, 110, 3), 128, np.uint8)
    parts = (margin, one, other) if central_is_left else (one, other, margin)
    row = np.ascontiguousarray(np.hstack(parts))
    frame = follow(make_tracker(persona(choice=FaceChoice.CENTRAL)), row)
    assert len(frame.faces) == 2
    lefts = sorted(face.box[0] for face in frame.faces)
    assert chosen(frame).box[0] == (lefts[0] if central_is_left else lefts[1])


@every_couple
@pytest.mark.parametrize("wanted", [0, 1])
def test_the_wanted_id_is_chosen_and_nobody_when_it_is_not_there(couple: Couple, wanted: int) -> None:
    pair = beside(couple.one(0, 240), couple.other(2, 240))
    tracker = make_tracker(persona(choice=FaceChoice.ID, choice_id=wanted))
    assert chosen(follow(tracker, pair)).track_id == wanted
    tracker.adjust(persona(choice=FaceChoice.ID, choice_id=9))
    assert follow(tracker, pair).chosen_face is None


@pytest.mark.parametrize("name", clips(DEMO, SMILING))
def test_a_covered_camera_loses_the_face_and_an_open_one_finds_it_again(name: str) -> None:
    tracker, open_frame = make_tracker(), clip(name)[0]
    dark = np.full_like(open_frame.pixels, 5)
    counts = []
    for index in range(60):
        pixels = dark if 10 <= index < 40 else open_frame.pixels
        frame = tracker.process(make_frame(pixels.copy(), index * FRAME_NS))
        counts.append(sum(face.score > 0 for face in frame.faces))
    assert counts[:10] == [1] * 10
    assert counts[10:40] == [0] * 30
    assert counts[40:] == [1] * 20


@pytest.mark.parametrize("name", clips(DEMO, SMILING))
def test_the_landmarks_lie_on_the_face(name: str) -> None:
    frame = tracked_clip(name)[0]
    face = chosen(frame)
    lab = cv2.cvtColor(frame.pixels, cv2.COLOR_BGR2LAB).astype(int)
    skin, wall = inside_oval(face, frame.size, 0.8), np.zeros(frame.pixels.shape[:2], bool)
    wall[:, :80] = True
    assert lab[skin][:, 1].mean() > lab[wall][:, 1].mean() + 5
    # The pupils are darker than the cheeks beneath them.
    gray = cv2.cvtColor(frame.pixels, cv2.COLOR_BGR2GRAY)
    for eye, cheek in ((159, 50), (386, 280)):
        x, y = np.rint(face.landmarks[eye, :2]).astype(int)
        cheek_x, cheek_y = np.rint(face.landmarks[cheek, :2]).astype(int)
        assert gray[y : y + 3, x - 2 : x + 3].min() < gray[cheek_y, cheek_x] - 30
