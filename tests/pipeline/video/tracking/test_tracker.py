"""The tracker on real footage: nobody lost, nobody swapped, and a still face that stands still."""

import cv2
import numpy as np
import pytest

from pipeline.media import Frame, Pixels
from pipeline.video.tracking.face_detector import Detection, FaceDetector
from pipeline.video.tracking.mesh import eye_distance_px
from pipeline.video.tracking.tracker import SEARCH_INTERVAL_NS, Tracker
from profiles.profile import FaceChoice
from tests.fakes import FRAME_NS
from tests.footage import (
    CLIPS,
    chosen,
    clip,
    inside_oval,
    make_frame,
    make_tracker,
    needs_media,
    persona,
    scaled_clip,
    tracked_clip,
)

JITTER_LIMIT_PX = 0.3
NOISE_SIGMA = 3.0
HD = (1280, 720)
MAN, WOMAN = CLIPS[1], CLIPS[0]


class CountingDetector(FaceDetector):
    """Counts the searches of all its kind."""

    searches = 0

    def detect(self, pixels: Pixels) -> list[Detection]:
        """As ever."""
        type(self).searches += 1
        return super().detect(pixels)


def portrait_of(name: str, index: int, height: int) -> Pixels:
    """The person of a clip cut out with a little room around, at a height: the detector sees no small faces."""
    frame = tracked_clip(name)[index]
    left, top, width, face_height = chosen(frame).box
    middle, reach = left + width / 2, 0.8 * face_height
    y0, y1 = max(0, round(top - 0.4 * face_height)), round(top + 1.4 * face_height)
    part = frame.pixels[y0:y1, round(middle - reach) : round(middle + reach)]
    scale = height / part.shape[0]
    size = (round(part.shape[1] * scale), height)
    return np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def beside(left: Pixels, right: Pixels) -> Pixels:
    """Two pictures side by side, the lower one filled up with grey."""
    height = max(left.shape[0], right.shape[0])
    parts = [
        cv2.copyMakeBorder(part, 0, height - part.shape[0], 0, 0, cv2.BORDER_CONSTANT, value=(128, 128, 128))
        for part in (left, right)
    ]
    return np.ascontiguousarray(np.hstack(parts), np.uint8)


def follow(tracker: Tracker, pixels: Pixels, frames: int = 6) -> Frame:
    """The last of some frames of a still picture."""
    assert frames > 0
    for index in range(frames):
        frame = tracker.process(make_frame(pixels, index * FRAME_NS))
    return frame


@needs_media
@pytest.mark.parametrize("name", CLIPS)
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


@needs_media
@pytest.mark.parametrize("name", CLIPS)
def test_the_followed_face_does_not_jump(name: str) -> None:
    frames = tracked_clip(name)
    for before, after in zip(frames, frames[1:], strict=False):
        shift = chosen(after).landmarks[:, :2].mean(axis=0) - chosen(before).landmarks[:, :2].mean(axis=0)
        # The quickest turn of these heads moves the face by a quarter of the eyes' distance in 80 ms.
        assert np.linalg.norm(shift) < 0.35 * eye_distance_px(chosen(before).landmarks)


@needs_media
@pytest.mark.parametrize("name", CLIPS)
def test_the_whole_picture_is_searched_only_as_often_as_needed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.video.tracking.tracker.FaceDetector", CountingDetector)
    monkeypatch.setattr(CountingDetector, "searches", 0)
    tracker, frames = make_tracker(), clip(name)
    for frame in frames:
        tracker.process(frame)
    assert CountingDetector.searches <= 2 + frames[-1].media_ns // SEARCH_INTERVAL_NS
    assert CountingDetector.searches >= frames[-1].media_ns // SEARCH_INTERVAL_NS


@needs_media
@pytest.mark.parametrize("name", [CLIPS[1], CLIPS[3]])
def test_a_still_face_in_a_noisy_picture_stands_still(name: str) -> None:
    still, generator = scaled_clip(name, HD)[0].pixels, np.random.default_rng(11)
    tracker, seen = make_tracker(), []
    noise = generator.normal(0, NOISE_SIGMA, (2 * HD[1], HD[0], 3)).astype(np.float32)
    for index in range(45):
        shift = int(generator.integers(0, HD[1]))
        noisy = np.clip(still + noise[shift : shift + HD[1]], 0, 255).astype(np.uint8)
        seen.append(chosen(tracker.process(make_frame(noisy, index * FRAME_NS))).landmarks[:, :2])
    settled = np.array(seen[15:])
    jitter = np.linalg.norm(settled - settled.mean(axis=0), axis=-1)
    assert float(np.sqrt((jitter**2).mean())) < JITTER_LIMIT_PX


@needs_media
@pytest.mark.parametrize("man_is_left", [True, False])
def test_two_faces_get_two_ids_and_keep_them(man_is_left: bool) -> None:
    tracker, rows = make_tracker(), []
    for index in range(0, 20):
        man, woman = portrait_of(MAN, index, 240), portrait_of(WOMAN, 12 + index // 4, 240)
        pair = beside(man, woman) if man_is_left else beside(woman, man)
        frame = tracker.process(make_frame(pair, index * FRAME_NS))
        rows.append({face.track_id: face.box[0] > man.shape[1] for face in frame.faces})
    assert all(row == rows[0] for row in rows)
    assert sorted(rows[0].values()) == [False, True]


@needs_media
@pytest.mark.parametrize("large_is_left", [True, False])
def test_the_largest_face_is_chosen_on_either_side(large_is_left: bool) -> None:
    large, small = portrait_of(MAN, 0, 280), portrait_of(WOMAN, 14, 220)
    pair = beside(large, small) if large_is_left else beside(small, large)
    frame = follow(make_tracker(persona(choice=FaceChoice.LARGEST)), pair)
    assert len(frame.faces) == 2
    assert (chosen(frame).box[0] < pair.shape[1] / 2) == large_is_left
    assert chosen(frame).box[3] == max(face.box[3] for face in frame.faces)


@needs_media
@pytest.mark.parametrize("central_is_left", [True, False])
def test_the_most_central_face_is_chosen_on_either_side(central_is_left: bool) -> None:
    man, woman = portrait_of(MAN, 0, 240), portrait_of(WOMAN, 14, 240)
    margin = np.full((240, 110, 3), 128, np.uint8)
    parts = (margin, man, woman) if central_is_left else (man, woman, margin)
    row = np.ascontiguousarray(np.hstack(parts))
    frame = follow(make_tracker(persona(choice=FaceChoice.CENTRAL)), row)
    assert len(frame.faces) == 2
    lefts = sorted(face.box[0] for face in frame.faces)
    assert chosen(frame).box[0] == (lefts[0] if central_is_left else lefts[1])


@needs_media
@pytest.mark.parametrize("wanted", [0, 1])
def test_the_wanted_id_is_chosen_and_nobody_when_it_is_not_there(wanted: int) -> None:
    pair = beside(portrait_of(MAN, 0, 240), portrait_of(WOMAN, 14, 240))
    tracker = make_tracker(persona(choice=FaceChoice.ID, choice_id=wanted))
    assert chosen(follow(tracker, pair)).track_id == wanted
    tracker.adjust(persona(choice=FaceChoice.ID, choice_id=9))
    assert follow(tracker, pair).chosen_face is None


@needs_media
def test_a_covered_camera_loses_the_face_and_an_open_one_finds_it_again() -> None:
    tracker, open_frame = make_tracker(), clip(MAN)[0]
    dark = np.full_like(open_frame.pixels, 5)
    counts = []
    for index in range(60):
        pixels = dark if 10 <= index < 40 else open_frame.pixels
        counts.append(len(tracker.process(make_frame(pixels.copy(), index * FRAME_NS)).faces))
    assert counts[:10] == [1] * 10
    assert counts[10:40] == [0] * 30
    assert counts[40:] == [1] * 20


@needs_media
def test_the_landmarks_lie_on_the_face() -> None:
    frame = tracked_clip(MAN)[0]
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
