"""The photo engine on faces: what it covers, what it leaves, and how the settings change it."""

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.errors import StageError
from pipeline.media import Face, Frame, Pixels
from pipeline.video.tracking.mesh import INNER_LIPS, LEFT_EYE, RIGHT_EYE
from tests.compositions import darkened, likeness, noisy
from tests.footage import (
    BIRD,
    DEMO,
    LEFTMOST,
    MOUTH_OPEN,
    PERSONAS,
    SMILING,
    TURNING,
    chosen,
    clip,
    clips,
    closeup,
    difference,
    every_clip,
    inside_oval,
    make_frame,
    swap,
    tracked,
    tracked_clip,
    worn,
)

one_person = pytest.mark.parametrize("name", clips(DEMO, SMILING))

Mask = NDArray[np.bool_]


def polygon(face: Face, group: tuple[int, ...], size: tuple[int, int], share: float) -> Mask:
    """The pixels within a group's polygon, shrunk about its middle."""
    points = face.landmarks[list(group), :2]
    middle = points.mean(axis=0)
    mask = np.zeros((size[1], size[0]), np.uint8)
    cv2.fillPoly(mask, [np.rint(middle + share * (points - middle)).astype(np.int32)], (1,))
    return mask.astype(np.bool_)


def changed(before: Pixels, after: Pixels) -> int:
    """How many pixels differ visibly."""
    return int(np.count_nonzero(np.abs(after.astype(int) - before).max(axis=-1) > 6))


def detail(pixels: Pixels, mask: Mask) -> float:
    """How much of a picture there is at its finest."""
    gray = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    return float(np.abs(cv2.Laplacian(gray, cv2.CV_32F))[mask].mean())


@cache
def somebody_else(name: str) -> Frame:
    """A frame with another person than a clip's."""
    return tracked_clip(BIRD)[0] if name == SMILING else tracked([make_frame(likeness("ines", 288))])[0]


@one_person
def test_without_a_chosen_face_it_says_so(name: str) -> None:
    with pytest.raises(StageError, match="no face"):
        swap().process(clip(name)[0])


@every_clip
def test_no_opacity_and_no_warp_leave_the_frame(name: str) -> None:
    frames = tracked_clip(name)[::6]
    for frame, pixels in zip(frames, worn(frames, opacity=0.0, warp=0.0), strict=True):
        assert np.array_equal(pixels, frame.pixels)


@one_person
@pytest.mark.parametrize("who", PERSONAS)
def test_the_face_is_covered_and_everything_far_from_it_is_left(name: str, who: str) -> None:
    frames = tracked_clip(name)[::6]
    for frame, pixels in zip(frames, worn(frames, who), strict=True):
        inner = inside_oval(chosen(frame), frame.size, 0.9)
        far = ~inside_oval(chosen(frame), frame.size, 1.5)
        assert difference(pixels, frame.pixels, inner) > 5
        assert np.array_equal(pixels[far], frame.pixels[far])


@one_person
def test_different_portraits_give_different_faces(name: str) -> None:
    frame = tracked_clip(name)[0]
    inner = inside_oval(chosen(frame), frame.size, 0.9)
    faces = [worn((frame,), who)[0] for who in PERSONAS]
    for index, one in enumerate(faces):
        for other in faces[:index]:
            assert difference(one, other, inner) > 4


@one_person
def test_more_opacity_is_more_of_the_portrait(name: str) -> None:
    frame = tracked_clip(name)[0]
    inner = inside_oval(chosen(frame), frame.size, 0.9)
    shares = [difference(worn((frame,), opacity=o, warp=0.0)[0], frame.pixels, inner) for o in (0.0, 0.3, 0.7, 1.0)]
    assert shares == sorted(shares)
    assert shares[1] == pytest.approx(0.3 * shares[3], rel=0.15)


@one_person
def test_a_larger_face_covers_more(name: str) -> None:
    frame = closeup(name)
    areas = [changed(frame.pixels, worn((frame,), size=size, warp=0.0)[0]) for size in (0.85, 1.0, 1.2)]
    assert areas[0] < areas[2]
    assert areas[1] < areas[2]
    # The face's own features move outward with its size.
    lips = []
    for size in (0.85, 1.2):
        pixels = worn((frame,), "ines", size=size, warp=0.0)[0]
        left, top, width, height = (round(value) for value in chosen(frame).box)
        redness = cv2.cvtColor(pixels[top : top + height, left : left + width], cv2.COLOR_BGR2LAB)[..., 1].astype(float)
        redness = np.maximum(redness - np.percentile(redness, 90), 0)
        lips.append(float((redness.sum(axis=1) * np.arange(height)).sum() / redness.sum()) / height)
    assert lips[1] > lips[0] + 0.01


@pytest.mark.parametrize("group", [RIGHT_EYE, LEFT_EYE, INNER_LIPS], ids=["right eye", "left eye", "mouth"])
@one_person
def test_the_actors_own_eyes_and_teeth_show_unless_they_are_closed_off(group: tuple[int, ...], name: str) -> None:
    frame = closeup(name, MOUTH_OPEN if name == DEMO else 0)
    hole = polygon(chosen(frame), group, frame.size, 0.5)
    assert hole.sum() > 30
    shown = worn((frame,), warp=0.0)[0]
    hidden = worn((frame,), warp=0.0, eyes=0.0, mouth=0.0)[0]
    assert difference(shown, frame.pixels, hole) < 2.5
    assert difference(hidden, frame.pixels, hole) > 8


@one_person
def test_a_change_of_light_hides_no_part_of_the_face(name: str) -> None:
    frame = tracked_clip(name)[0]
    inner, stage = inside_oval(chosen(frame), frame.size, 0.8), swap()
    for index in range(40):
        pixels = darkened(frame.pixels, 1.0 if index < 20 else 0.6)
        now = replace(frame, pixels=pixels, media_ns=index * 33_000_000, captured_ns=index * 33_000_000)
        result = stage.process(now).pixels
        assert difference(result, pixels, inner) > 4


@one_person
def test_the_portrait_takes_over_the_actors_light(name: str) -> None:
    frame = tracked_clip(name)[0]
    inner = inside_oval(chosen(frame), frame.size, 0.8)
    for tint in ((1.0, 1.0, 1.0), (1.2, 1.0, 0.7), (0.6, 0.6, 0.6)):
        pixels = np.clip(frame.pixels * np.array(tint), 0, 255).astype(np.uint8)
        result = worn((replace(frame, pixels=pixels),), "anselm", colour=1.0, relight=1.0)[0]
        assert np.abs(result[inner].mean(axis=0) - pixels[inner].mean(axis=0)).max() < 12


@one_person
def test_a_still_face_does_not_flicker(name: str) -> None:
    frame = tracked_clip(name)[0]
    inner, stage, levels = inside_oval(chosen(frame), frame.size, 0.8), swap(), []
    for index in range(30):
        now = replace(frame, pixels=noisy(frame.pixels, index, 3.0), media_ns=index * 33_000_000)
        levels.append(stage.process(now).pixels[inner].mean(axis=0))
    assert np.std(levels[5:], axis=0).max() < 0.4


@pytest.mark.parametrize("name", clips(DEMO, TURNING))
def test_beyond_the_portraits_limit_the_face_fades_to_a_blur(name: str) -> None:
    frame = closeup(name, LEFTMOST if name == DEMO else 0)
    yaw_deg = abs(chosen(frame).pose.yaw_deg)
    assert yaw_deg > 30
    inner = inside_oval(chosen(frame), frame.size, 0.8)
    sharp, fading, blurred = (worn((frame,), max_yaw_deg=limit)[0] for limit in (90.0, yaw_deg - 5, 15.0))
    # On footage that was scaled up or coded hard, a third of what is fine there is not the face's.
    assert detail(blurred, inner) < 0.4 * detail(sharp, inner)
    assert detail(blurred, inner) < detail(fading, inner) < detail(sharp, inner)
    assert difference(blurred, frame.pixels, inner) > 6


@one_person
def test_another_actor_is_not_judged_by_the_one_before(name: str) -> None:
    first, second = tracked_clip(name)[0], somebody_else(name)
    as_other = replace(second, faces=(replace(chosen(second), track_id=5),), media_ns=33_000_000)
    stage = swap()
    stage.process(first)
    after_another = stage.process(as_other).pixels.copy()
    assert np.array_equal(after_another, swap().process(as_other).pixels)


@one_person
def test_after_a_reset_it_works_as_if_new(name: str) -> None:
    frames, stage = tracked_clip(name)[:3], swap()
    fresh = [stage.process(frame).pixels.copy() for frame in frames]
    stage.reset()
    for frame, expected in zip(frames, fresh, strict=True):
        assert np.array_equal(stage.process(frame).pixels, expected)


@one_person
def test_two_stages_share_one_target_without_touching_each_other(name: str) -> None:
    frames = tracked_clip(name)[:4]
    alone = worn(frames)
    one, other = swap(), swap(size=1.2)
    for frame, expected in zip(frames, alone, strict=True):
        other.process(somebody_else(name))
        assert np.array_equal(one.process(frame).pixels, expected)


@pytest.mark.parametrize("name", clips(DEMO, BIRD))
def test_how_fast_a_file_is_read_does_not_change_the_picture(name: str) -> None:
    frames = tracked_clip(name)[:63:3]
    slow = worn(tuple(replace(frame, captured_ns=7 * frame.captured_ns) for frame in frames))
    for one, other in zip(worn(frames), slow, strict=True):
        assert np.array_equal(one, other)


@one_person
def test_a_still_picture_can_be_worn(name: str) -> None:
    pixels = tracked_clip(name)[0].pixels
    frame = replace(make_frame(pixels.copy()), faces=tracked_clip(name)[0].faces)
    assert changed(pixels, worn((frame,))[0]) > 1000
