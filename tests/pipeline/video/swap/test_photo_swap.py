"""The photo engine on real footage: what it covers, what it leaves, and what stays in front."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.errors import StageError
from pipeline.media import Face, Frame, Pixels
from pipeline.video.swap.photo_swap import PhotoSwap
from pipeline.video.tracking.mesh import INNER_LIPS, LEFT_EYE, RIGHT_EYE
from tests.footage import (
    CLIPS,
    chosen,
    clip,
    difference,
    inside_oval,
    make_frame,
    needs_media,
    persona,
    target,
    tracked_clip,
)

pytestmark = needs_media

TURNING, SMILING, BIRD = CLIPS[0], CLIPS[1], CLIPS[2]
LARGE = (960, 720)
HAND = np.s_[150:178, 446:484]
"""Within the fist before the mouth, on frames 18 to 34 of the clip at 960×720."""
HAND_FRAMES = slice(18, 35)

Mask = NDArray[np.bool_]


def swap(name: str = "mara", **face: object) -> PhotoSwap:
    """The engine with settings as they are given: a profile would refuse an opacity that shows the actor."""
    profile = persona(name)
    return PhotoSwap(target(name), profile.model_copy(update={"face": profile.face.model_copy(update=face)}))


def worn(frames: tuple[Frame, ...], name: str = "mara", **face: object) -> list[Pixels]:
    """What the engine makes of some frames, each a copy."""
    stage = swap(name, **face)
    return [stage.process(frame).pixels.copy() for frame in frames]


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


def test_without_a_chosen_face_it_says_so() -> None:
    with pytest.raises(StageError, match="no face"):
        swap().process(clip(SMILING)[0])


@pytest.mark.parametrize("name", CLIPS)
def test_no_opacity_and_no_warp_leave_the_frame(name: str) -> None:
    frames = tracked_clip(name)[::6]
    for frame, pixels in zip(frames, worn(frames, opacity=0.0, warp=0.0), strict=True):
        assert np.array_equal(pixels, frame.pixels)


def test_the_face_is_covered_and_everything_far_from_it_is_left() -> None:
    for name in ("mara", "tomas"):
        for frame, pixels in zip(tracked_clip(SMILING)[:5], worn(tracked_clip(SMILING)[:5], name), strict=True):
            inner = inside_oval(chosen(frame), frame.size, 0.9)
            far = ~inside_oval(chosen(frame), frame.size, 1.5)
            assert difference(pixels, frame.pixels, inner) > 6
            assert np.array_equal(pixels[far], frame.pixels[far])


def test_different_portraits_give_different_faces() -> None:
    frame = tracked_clip(SMILING)[0]
    inner = inside_oval(chosen(frame), frame.size, 0.9)
    faces = [worn((frame,), name)[0] for name in ("anselm", "ines", "mara", "tomas")]
    for index, one in enumerate(faces):
        for other in faces[:index]:
            assert difference(one, other, inner) > 4


def test_more_opacity_is_more_of_the_portrait() -> None:
    frame = tracked_clip(SMILING)[0]
    inner = inside_oval(chosen(frame), frame.size, 0.9)
    shares = [difference(worn((frame,), opacity=o, warp=0.0)[0], frame.pixels, inner) for o in (0.0, 0.3, 0.7, 1.0)]
    assert shares == sorted(shares)
    assert shares[1] == pytest.approx(0.3 * shares[3], rel=0.15)


def test_a_larger_face_covers_more() -> None:
    frame = tracked_clip(SMILING, LARGE)[0]
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
def test_the_actors_own_eyes_and_teeth_show_unless_they_are_closed_off(group: tuple[int, ...]) -> None:
    frame = tracked_clip(SMILING, LARGE)[0]
    hole = polygon(chosen(frame), group, LARGE, 0.5)
    assert hole.sum() > 30
    shown = worn((frame,), warp=0.0)[0]
    hidden = worn((frame,), warp=0.0, eyes=0.0, mouth=0.0)[0]
    assert difference(shown, frame.pixels, hole) < 2.5
    assert difference(hidden, frame.pixels, hole) > 8


@pytest.mark.parametrize("name", ["mara", "tomas"])
def test_a_hand_before_the_face_stays_in_front(name: str) -> None:
    frames = tracked_clip(BIRD, LARGE)[: HAND_FRAMES.stop]
    box = np.zeros((LARGE[1], LARGE[0]), np.bool_)
    box[HAND] = True
    kept = [difference(pixels, frame.pixels, box) for pixels, frame in zip(worn(frames, name), frames, strict=True)]
    drawn_over = worn(frames, name, occlusion=0.0)
    assert np.mean(kept[:8]) > 6
    # Only the warp of the actor's own pixels toward the target's proportions touches the hand.
    assert max(kept[HAND_FRAMES]) < 3
    for pixels, frame in zip(drawn_over[HAND_FRAMES], frames[HAND_FRAMES], strict=True):
        assert difference(pixels, frame.pixels, box) > 10


def test_the_face_comes_back_when_the_hand_has_gone() -> None:
    frames = tracked_clip(BIRD)
    last = worn(frames)[-1]
    inner = inside_oval(chosen(frames[-1]), frames[-1].size, 0.9)
    assert difference(last, frames[-1].pixels, inner) > 6


def test_a_change_of_light_hides_no_part_of_the_face() -> None:
    frame = tracked_clip(SMILING)[0]
    inner, stage = inside_oval(chosen(frame), frame.size, 0.8), swap()
    for index in range(40):
        light = 1.0 if index < 20 else 0.6
        pixels = np.asarray(cv2.convertScaleAbs(frame.pixels, alpha=light), np.uint8)
        now = replace(frame, pixels=pixels, media_ns=index * 33_000_000, captured_ns=index * 33_000_000)
        result = stage.process(now).pixels
        assert difference(result, pixels, inner) > 4


def test_the_portrait_takes_over_the_actors_light() -> None:
    frame = tracked_clip(SMILING)[0]
    inner = inside_oval(chosen(frame), frame.size, 0.8)
    for tint in ((1.0, 1.0, 1.0), (1.2, 1.0, 0.7), (0.6, 0.6, 0.6)):
        pixels = np.clip(frame.pixels * np.array(tint), 0, 255).astype(np.uint8)
        result = worn((replace(frame, pixels=pixels),), "anselm", colour=1.0, relight=1.0)[0]
        assert np.abs(result[inner].mean(axis=0) - pixels[inner].mean(axis=0)).max() < 12


def test_a_still_face_does_not_flicker() -> None:
    frame, generator = tracked_clip(SMILING)[0], np.random.default_rng(5)
    inner, stage, levels = inside_oval(chosen(frame), frame.size, 0.8), swap(), []
    for index in range(30):
        noisy = np.clip(frame.pixels + generator.normal(0, 3, frame.pixels.shape), 0, 255).astype(np.uint8)
        now = replace(frame, pixels=noisy, media_ns=index * 33_000_000)
        levels.append(stage.process(now).pixels[inner].mean(axis=0))
    assert np.std(levels[5:], axis=0).max() < 0.4


def test_beyond_the_portraits_limit_the_face_fades_to_a_blur() -> None:
    frame = tracked_clip(TURNING, (960, 540))[0]
    assert abs(chosen(frame).pose.yaw_deg) > 40
    inner = inside_oval(chosen(frame), frame.size, 0.8)
    sharp, fading, blurred = (worn((frame,), max_yaw_deg=limit)[0] for limit in (90.0, 36.0, 15.0))
    assert detail(blurred, inner) < 0.35 * detail(sharp, inner)
    assert detail(blurred, inner) < detail(fading, inner) < detail(sharp, inner)
    assert difference(blurred, frame.pixels, inner) > 6


def test_another_actor_is_not_judged_by_the_one_before() -> None:
    first, second = tracked_clip(SMILING)[0], tracked_clip(BIRD)[0]
    as_other = replace(second, faces=(replace(chosen(second), track_id=5),), media_ns=33_000_000)
    stage = swap()
    stage.process(first)
    after_another = stage.process(as_other).pixels.copy()
    assert np.array_equal(after_another, swap().process(as_other).pixels)


def test_after_a_reset_it_works_as_if_new() -> None:
    frames, stage = tracked_clip(SMILING)[:3], swap()
    fresh = [stage.process(frame).pixels.copy() for frame in frames]
    stage.reset()
    for frame, expected in zip(frames, fresh, strict=True):
        assert np.array_equal(stage.process(frame).pixels, expected)


def test_two_stages_share_one_target_without_touching_each_other() -> None:
    frames = tracked_clip(SMILING)[:4]
    alone = worn(frames)
    one, other = swap(), swap(size=1.2)
    for frame, expected in zip(frames, alone, strict=True):
        other.process(tracked_clip(BIRD)[0])
        assert np.array_equal(one.process(frame).pixels, expected)


def test_how_fast_a_file_is_read_does_not_change_the_picture() -> None:
    frames = tracked_clip(BIRD)[::3]
    slow = worn(tuple(replace(frame, captured_ns=7 * frame.captured_ns) for frame in frames))
    for one, other in zip(worn(frames), slow, strict=True):
        assert np.array_equal(one, other)


def test_a_still_picture_can_be_worn() -> None:
    pixels = tracked_clip(SMILING)[0].pixels
    frame = replace(make_frame(pixels.copy()), faces=tracked_clip(SMILING)[0].faces)
    assert changed(pixels, worn((frame,))[0]) > 1000
