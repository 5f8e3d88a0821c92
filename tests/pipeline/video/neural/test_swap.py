"""A network's face on the actor: what it covers, what it leaves, and how the settings change it."""

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest

from pipeline.errors import StageError
from pipeline.media import Frame, Pixels
from pipeline.video.neural.dfm import Dfm
from pipeline.video.neural.merge import PATIENCE, Merge
from pipeline.video.neural.swap import NeuralSwap
from pipeline.video.tracking.mesh import INNER_LIPS
from profiles.engines.face import FaceType
from tests.benchmarks.exposure import LEAST_DIFFERENCE, MOST_TEXTURE, MOST_UNCHANGED, exposure
from tests.footage import (
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
    moved,
    tracked_clip,
)
from tests.models.dfm import EVERYWHERE, NOWHERE, Ellipse, Tinting
from tests.neural_faces import FACE, dfm_profile, puppet

Stage = Callable[..., NeuralSwap]

one_person = pytest.mark.parametrize("name", clips(DEMO, SMILING))
INVERTED = Tinting(128, gain=(-1.0, -1.0, -1.0), offset=(1.0, 1.0, 1.0), driver=FACE, target=EVERYWHERE)
DARK = 0.75


def worn(stage: NeuralSwap, frame: Frame) -> Pixels:
    return stage.process(frame).pixels.copy()


def after(frame: Frame, seconds: float) -> Frame:
    """The frame as it comes so much later."""
    return replace(frame, media_ns=frame.media_ns + round(seconds * 1e9))


@one_person
def test_without_a_chosen_face_it_says_so(stage: Stage, name: str) -> None:
    with pytest.raises(StageError, match="no face"):
        stage(INVERTED).process(clip(name)[0])


@every_clip
def test_the_square_is_cut_where_it_is_pasted(stage: Stage, name: str) -> None:
    """There and back again: all that a model does to the picture is a dark negative."""
    spec = Tinting(224, (-DARK,) * 3, (DARK,) * 3, driver=FACE, target=EVERYWHERE)
    swap = stage(spec, dfm_profile(merge={"erode": -0.1}))
    for frame in tracked_clip(name)[::9]:
        negative = np.rint((255 - frame.pixels) * DARK).astype(np.uint8)
        assert difference(worn(swap, frame), negative, inside_oval(chosen(frame), frame.size, 0.6)) < 2.5


@one_person
@pytest.mark.parametrize("profile", [{}, {"pre_sharpen": 1.0}, {"two_pass": True}], ids=str)
def test_a_model_that_gives_back_what_it_is_shown_shows_the_actor_to_nobody(
    stage: Stage, name: str, profile: dict[str, object]
) -> None:
    swap = stage(Tinting(224, driver=FACE, target=EVERYWHERE), dfm_profile(profile, {"colour_transfer": "seam"}))
    for frame in tracked_clip(name)[::9]:
        with pytest.raises(StageError, match="gives back the face that it is shown"):
            swap.process(frame)


@one_person
def test_the_face_is_covered_and_everything_far_from_it_is_left(stage: Stage, name: str) -> None:
    swap = stage(INVERTED)
    # The stand-in's mask does not turn with the head.
    ahead = [frame for frame in tracked_clip(name)[::6] if abs(chosen(frame).pose.yaw_deg) < 15]
    assert len(ahead) > 5
    for frame in ahead:
        pixels = worn(swap, frame)
        assert difference(pixels, frame.pixels, inside_oval(chosen(frame), frame.size, 0.7)) > 25
        far = ~inside_oval(chosen(frame), frame.size, 1.6)
        assert np.array_equal(pixels[far], frame.pixels[far])


@every_clip
@pytest.mark.parametrize("who", PERSONAS[:2])
def test_the_actor_is_in_no_frame_that_a_model_replaces(stage: Stage, name: str, who: str) -> None:
    swap = stage(puppet(who), dfm_profile(merge={"colour_transfer": "seam"}))
    for number, frame in enumerate(tracked_clip(name)):
        shown = exposure(number, chosen(frame), worn(swap, frame), frame.pixels)
        assert shown.difference > LEAST_DIFFERENCE
        assert shown.texture < MOST_TEXTURE
        assert shown.unchanged < MOST_UNCHANGED


@pytest.mark.parametrize(
    "merge", [{"erode": 0.4}, {"blur": 0.4}, {"erode": 0.4, "blur": 0.4}, {"erode": -0.2}], ids=str
)
def test_no_edge_is_so_soft_that_the_actor_is_seen(stage: Stage, merge: dict[str, float]) -> None:
    frame = closeup(DEMO)
    pixels = worn(stage(puppet("tomas"), dfm_profile(merge={**merge})), frame)
    core = inside_oval(chosen(frame), frame.size, 0.5)
    plain = worn(stage(puppet("tomas"), dfm_profile(merge={"erode": 0.0, "blur": 0.0})), frame)
    assert difference(pixels, plain, core) < 1.0
    assert difference(pixels, frame.pixels, core) > 10


@pytest.mark.parametrize("mask", [NOWHERE, (0.5, 0.5, 0.08, 0.08), (0.15, 0.2, 0.2, 0.2)], ids=str)
@pytest.mark.parametrize("which", ["driver", "target"])
def test_a_model_that_saw_no_face_shows_the_actor_to_nobody(stage: Stage, mask: Ellipse, which: str) -> None:
    with pytest.raises(StageError, match=r"covers \d+% of the face, wanted at least"):
        stage(puppet("tomas", **{which: mask})).process(tracked_clip(DEMO)[0])


def test_why_no_face_is_drawn_is_told_once_when_it_lasts(load: Callable[..., Dfm]) -> None:
    told: list[str] = []
    profile = dfm_profile()
    swap = NeuralSwap(load(puppet("tomas", driver=NOWHERE), profile), profile, tell=told.append)
    frame = tracked_clip(DEMO)[0]
    for number in range(3 * PATIENCE):
        with pytest.raises(StageError, match="covers 0%"):
            swap.process(after(frame, number / 30))
        assert len(told) == (number + 1 >= PATIENCE)
    assert told[0].startswith("The model ")
    assert "take fewer masks" in told[0]
    with pytest.raises(StageError):
        NeuralSwap(load(puppet("mara", driver=NOWHERE), profile), profile).process(frame)


def test_what_a_model_leaves_out_is_left_for_a_while_and_then_drawn_over(stage: Stage) -> None:
    frame = closeup(DEMO)
    # The mask leaves out what a hand before the mouth and the chin would hide.
    swap = stage(puppet("tomas", driver=(0.5, 0.30, 0.32, 0.24)))
    mouth = np.zeros(frame.pixels.shape[:2], np.bool_)
    x, y = chosen(frame).landmarks[list(INNER_LIPS), :2].mean(axis=0).astype(int)
    mouth[y - 8 : y + 8, x - 16 : x + 16] = True
    apart = [difference(worn(swap, after(frame, index / 10)), frame.pixels, mouth) for index in range(300)]
    assert apart[0] < 1
    assert apart[-1] > 8
    drawn_from = next(index for index, value in enumerate(apart) if value > 8) / 10
    assert 4 < drawn_from < 29
    # It does not come and go.
    assert min(apart[round(10 * drawn_from) :]) > 8


def test_masks_that_differ_a_little_from_the_face_are_never_drawn_over(stage: Stage) -> None:
    frame = tracked_clip(DEMO)[0]
    swap = stage(puppet("tomas", driver=(0.5, 0.5, 0.28, 0.30)))
    first = worn(swap, frame)
    for index in range(1, 100):
        last = worn(swap, after(frame, index))
    assert np.abs(first.astype(int) - last).max() <= 1


@one_person
def test_more_opacity_is_more_of_the_target(stage: Stage, name: str) -> None:
    frame = tracked_clip(name)[0]
    inner = inside_oval(chosen(frame), frame.size, 0.6)
    pixels = [worn(stage(puppet("tomas"), dfm_profile(opacity=opacity)), frame) for opacity in (0.85, 1.0)]
    less, full = (difference(shown, frame.pixels, inner) for shown in pixels)
    assert less == pytest.approx(0.85 * full, rel=0.03)


@one_person
def test_a_larger_face_covers_more_and_its_features_move_outward(stage: Stage, name: str) -> None:
    frame = closeup(name)
    areas = []
    for size in (0.85, 1.0, 1.2):
        pixels = worn(stage(INVERTED, dfm_profile(size=size)), frame)
        areas.append(int((np.abs(pixels.astype(int) - frame.pixels).max(axis=-1) > 6).sum()))
    assert areas[0] == pytest.approx(0.85**2 * areas[1], rel=0.08)
    assert areas[2] == pytest.approx(1.2**2 * areas[1], rel=0.08)


def test_the_actors_own_teeth_show_where_the_profile_asks_for_them(stage: Stage) -> None:
    frame = closeup(DEMO, MOUTH_OPEN)
    points = chosen(frame).landmarks[list(INNER_LIPS), :2]
    hole = np.zeros(frame.pixels.shape[:2], np.uint8)
    cv2.fillPoly(hole, [np.rint(points.mean(axis=0) + 0.5 * (points - points.mean(axis=0))).astype(np.int32)], (1,))
    mouths = [
        difference(worn(stage(INVERTED, dfm_profile(merge={"mouth": mouth})), frame), frame.pixels, hole > 0)
        for mouth in (0.0, 0.5, 1.0)
    ]
    assert mouths[2] < 3 < mouths[1] < mouths[0]


@one_person
def test_sharpening_raises_detail_of_the_face_only(stage: Stage, name: str) -> None:
    frame = closeup(name)
    inner, far = (inside_oval(chosen(frame), frame.size, share) for share in (0.6, 1.6))
    plain, sharp = (worn(stage(puppet("tomas"), dfm_profile(merge={"sharpen": s})), frame) for s in (0.0, 1.5))
    edges = [float(np.abs(cv2.Laplacian(pixels, cv2.CV_32F))[inner].mean()) for pixels in (plain, sharp)]
    assert edges[1] > 1.2 * edges[0]
    assert np.array_equal(plain[~far], sharp[~far])


@one_person
def test_the_outline_of_the_tracked_face_bounds_the_mask_where_it_is_asked_for(stage: Stage, name: str) -> None:
    frame = closeup(name)
    everywhere = replace(INVERTED, driver=EVERYWHERE)
    plain, bound = (
        worn(stage(everywhere, dfm_profile({"mask_landmarks": on}, {"erode": 0.0, "blur": 0.02})), frame)
        for on in (False, True)
    )
    outside = ~inside_oval(chosen(frame), frame.size, 1.08)
    assert difference(plain, frame.pixels, outside) > 5
    assert difference(bound, frame.pixels, outside) < 0.1


def test_without_any_mask_the_outline_of_the_tracked_face_is_taken(stage: Stage) -> None:
    frame = closeup(DEMO)
    settings = {"mask_driver": False, "mask_target": False}
    pixels = worn(stage(INVERTED, dfm_profile(settings)), frame)
    assert difference(pixels, frame.pixels, inside_oval(chosen(frame), frame.size, 0.7)) > 25
    assert difference(pixels, frame.pixels, ~inside_oval(chosen(frame), frame.size, 1.15)) < 0.1


@pytest.mark.parametrize("name", clips(DEMO, TURNING))
def test_beyond_the_limit_the_face_fades_to_a_blur(stage: Stage, name: str) -> None:
    frame = closeup(name, LEFTMOST if name == DEMO else 0)
    yaw_deg = abs(chosen(frame).pose.yaw_deg)
    inner = inside_oval(chosen(frame), frame.size, 0.7)
    limits = (90.0, yaw_deg - 7, 10.0)
    shown = [worn(stage(puppet("tomas"), dfm_profile(max_yaw_deg=limit)), frame) for limit in limits]
    fine = [float(np.abs(cv2.Laplacian(pixels, cv2.CV_32F))[inner].mean()) for pixels in shown]
    assert fine[2] < fine[1] < fine[0]
    assert fine[2] < 0.45 * fine[0]


@one_person
def test_another_actor_is_not_judged_by_the_one_before(stage: Stage, name: str) -> None:
    profile = dfm_profile(merge={"colour_transfer": "seam"})
    first, second = tracked_clip(name)[0], tracked_clip(DEMO)[9]
    other = replace(second, faces=(replace(chosen(second), track_id=77),), media_ns=first.media_ns + 33_000_000)
    swap = stage(puppet("tomas"), profile)
    swap.process(first)
    assert np.array_equal(worn(swap, other), worn(stage(puppet("tomas"), profile), other))


def test_two_faces_can_be_worn_on_one_picture(stage: Stage) -> None:
    frame = closeup(DEMO)
    half = np.asarray(cv2.resize(frame.pixels, None, fx=0.5, fy=0.5), np.uint8)
    pair = make_frame(np.hstack([half, half]))
    faces = [moved(chosen(frame), scale=0.5), moved(moved(chosen(frame), scale=0.5), (half.shape[1], 0.0))]
    shown = pair.pixels.copy()
    swaps = [stage(puppet(who)) for who in ("tomas", "mara")]
    for swap, face in zip(swaps, faces, strict=True):
        Merge(swap._model, dfm_profile()).wear(pair, face, shown)
    left, right = shown[:, : half.shape[1]], shown[:, half.shape[1] :]
    inner = inside_oval(faces[0], (half.shape[1], half.shape[0]), 0.6)
    assert difference(left, half, inner) > 8
    assert difference(right, half, inner) > 8
    assert difference(left, right, inner) > 8


@pytest.mark.parametrize("by", [(5000.0, 0.0), (0.0, -5000.0)])
def test_a_face_that_is_not_on_the_picture_costs_the_frame(stage: Stage, by: tuple[float, float]) -> None:
    frame = tracked_clip(DEMO)[0]
    with pytest.raises(StageError, match="outside"):
        stage(INVERTED).process(replace(frame, faces=(moved(chosen(frame), by),)))


@pytest.mark.parametrize("face_type", FaceType)
def test_every_face_type_covers_what_a_person_is_known_by(stage: Stage, face_type: FaceType) -> None:
    frame = closeup(DEMO)
    everywhere = Tinting(128, gain=(-1.0,) * 3, offset=(1.0,) * 3, driver=EVERYWHERE, target=EVERYWHERE)
    pixels = worn(stage(everywhere, dfm_profile({"face_type": face_type})), frame)
    points = chosen(frame).landmarks[[70, 300, 61, 291], :2]
    middle = np.zeros(frame.pixels.shape[:2], np.uint8)
    cv2.fillPoly(middle, [np.rint(points[[0, 1, 3, 2]]).astype(np.int32)], (1,))
    assert difference(pixels, frame.pixels, middle > 0) > 25


@pytest.mark.parametrize(
    ("settings", "face"),
    [({"coverage": 0.8}, {"size": 0.8}), ({"face_type": "half", "y_offset": 0.4}, {})],
    ids=["small square, drawn smaller", "square far down"],
)
def test_a_square_that_holds_less_than_the_face_shows_the_actor_to_nobody(
    stage: Stage, settings: dict[str, object], face: dict[str, object]
) -> None:
    everywhere = Tinting(128, gain=(-1.0,) * 3, offset=(1.0,) * 3, driver=EVERYWHERE, target=EVERYWHERE)
    with pytest.raises(StageError, match=r"sees \d+% of the face in its square, wanted at least 85%; set its coverage"):
        stage(everywhere, dfm_profile(settings, **face)).process(closeup(DEMO))
