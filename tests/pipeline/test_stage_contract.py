"""What every video stage promises, tried on every one: the real ones on a real face, and the fake."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import StageError
from pipeline.media import Frame, Pixels
from pipeline.stage import VideoStage
from pipeline.video.background.compose import Compose
from pipeline.video.background.person_matte import PersonMatte
from pipeline.video.background.room import BlurredRoom, PictureRoom
from pipeline.video.beside import Ahead
from pipeline.video.swap.bystanders import Bystanders
from pipeline.video.swap.photo_swap import PhotoSwap
from profiles.profile import FaceChoice, Profile
from tests.fakes import FRAME_NS, FakeStage
from tests.footage import (
    DEMO,
    SMILING,
    chosen,
    clips,
    make_frame,
    make_tracker,
    models,
    moved,
    persona,
    target,
    tracked_clip,
)
from tests.neural_faces import wear

Builder = Callable[[Profile], VideoStage]
Shots = Callable[[tuple[int, int]], Frame]

SIZES = [(64, 64), (322, 242), (321, 241), (640, 480), (1280, 720), (242, 322)]

STAGES: dict[str, Builder] = {
    "track": make_tracker,
    "ahead": lambda profile: Ahead(STAGES["compose"](profile)),
    "segment": lambda profile: PersonMatte(models().path("selfie-segmentation-landscape")),
    "bystanders": Bystanders,
    "swap": lambda profile: PhotoSwap(target(), profile),
    "neural": wear,
    "compose": lambda profile: Compose(PictureRoom.plain("#203040"), profile),
    "compose-blur": lambda profile: Compose(BlurredRoom(0.5), profile),
    "fake": lambda profile: FakeStage(),
}

every_stage = pytest.mark.parametrize("builder", STAGES.values(), ids=STAGES.keys())


@dataclass(frozen=True)
class Change:
    """Another profile, and on which stages it shows at once."""

    profile: Profile
    shows_on: str


CHANGES = {
    "track": Change(persona(choice=FaceChoice.ID, choice_id=99), "faces"),
    "bystanders": Change(persona(bystanders="show"), "pixels"),
    "swap": Change(persona(opacity=0.85), "pixels"),
    "neural": Change(persona(opacity=0.85), "pixels"),
    "compose": Change(persona().with_background(light_wrap=1.0), "pixels"),
    "compose-blur": Change(persona().with_background(light_wrap=1.0), "pixels"),
}


@cache
def finished_frame(name: str, size: tuple[int, int]) -> Frame:
    """A frame of a clip with everything that stages put on frames: two faces, one chosen, and a matte."""
    source = tracked_clip(name)[0]
    pixels = np.asarray(cv2.resize(source.pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    actor = moved(chosen(source), scale=size[0] / source.size[0])
    other = replace(moved(actor, (0.25 * size[0], 0.0)), track_id=1, chosen=False)
    small = np.zeros((144, 256), np.uint8)
    cv2.ellipse(small, (128, 110), (45, 90), 0, 0, 360, (255,), -1)
    matte = np.asarray(cv2.blur(small, (5, 5)), np.uint8)
    return replace(make_frame(pixels), faces=(actor, other), matte=matte)


@pytest.fixture(scope="module", params=clips(DEMO, SMILING))
def finished(request: pytest.FixtureRequest) -> Shots:
    """Makes finished frames of a size."""
    return partial(finished_frame, request.param)


def at(frame: Frame, index: int) -> Frame:
    """The frame as number `index` of a source."""
    return replace(frame, captured_ns=1_000_000 + index * FRAME_NS, media_ns=index * FRAME_NS)


def worked(stage: VideoStage, frame: Frame) -> Frame | None:
    """What the stage makes of a frame; None when it can't be done, which it may say by a StageError only."""
    try:
        return stage.process(frame)
    except StageError as error:
        assert str(error).endswith(".")
        return None


def is_sound(result: Frame, frame: Frame) -> None:
    """Checks what holds for every result."""
    assert result.pixels.shape == frame.pixels.shape
    assert result.pixels.dtype == np.uint8
    assert result.pixels.flags.c_contiguous
    assert (result.captured_ns, result.media_ns) == (frame.captured_ns, frame.media_ns)
    for face in result.faces:
        assert face.landmarks.shape == (468, 3)
        assert np.isfinite(face.landmarks).all()
    assert sum(face.chosen for face in result.faces) <= 1


@every_stage
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_a_frame_comes_out_as_it_came_in_apart_from_the_work(
    builder: Builder, size: tuple[int, int], finished: Shots
) -> None:
    stage, frame = builder(persona()), finished(size)
    before = frame.pixels.tobytes()
    for index in range(3):
        result = worked(stage, at(frame, index))
        assert result is not None
        is_sound(result, at(frame, index))
    assert frame.pixels.tobytes() == before
    stage.close()


@every_stage
def test_a_stage_has_a_name_and_adds_no_delay(builder: Builder) -> None:
    stage = builder(persona())
    assert isinstance(stage, VideoStage)
    assert stage.name.isidentifier()
    assert stage.latency_ns == 0


@every_stage
def test_a_stage_works_after_a_reset_and_when_the_size_changes(builder: Builder, finished: Shots) -> None:
    stage = builder(persona())
    for index, size in enumerate([(322, 242), (64, 64), (640, 480), (322, 242)]):
        frame = at(finished(size), index)
        result = worked(stage, frame)
        assert result is not None
        is_sound(result, frame)
        stage.reset()
    stage.close()


@every_stage
def test_a_reset_makes_a_stage_as_good_as_new(builder: Builder, finished: Shots) -> None:
    used, new = builder(persona()), builder(persona())
    for index in range(3):
        assert worked(used, at(finished((640, 480)), index)) is not None
    used.reset()
    frame = at(finished((322, 242)), 0)
    again, fresh = worked(used, frame), worked(new, frame)
    assert again is not None
    assert fresh is not None
    assert np.array_equal(again.pixels, fresh.pixels)
    assert len(again.faces) == len(fresh.faces)


@every_stage
def test_closing_twice_is_closing_once(builder: Builder, finished: Shots) -> None:
    stage = builder(persona())
    assert worked(stage, finished((322, 242))) is not None
    stage.close()
    stage.close()


@every_stage
def test_the_same_settings_again_change_nothing(builder: Builder, finished: Shots) -> None:
    told, left = builder(persona()), builder(persona())
    for index in range(3):
        frame = at(finished((322, 242)), index)
        told.adjust(persona())
        one, other = worked(told, frame), worked(left, frame)
        assert one is not None
        assert other is not None
        assert np.array_equal(one.pixels, other.pixels)


@pytest.mark.parametrize("name", CHANGES)
def test_other_settings_hold_from_the_next_frame_on(name: str, finished: Shots) -> None:
    change, frame = CHANGES[name], finished((640, 480))
    stage = STAGES[name](persona())
    before = stage.process(at(frame, 0))
    kept = before.pixels.copy()
    stage.adjust(change.profile)
    after = stage.process(at(frame, 1))
    assert np.array_equal(before.pixels, kept) or np.shares_memory(after.pixels, before.pixels)
    if change.shows_on == "faces":
        assert [face.chosen for face in after.faces] != [face.chosen for face in before.faces]
    else:
        assert not np.array_equal(after.pixels, kept)
    same = STAGES[name](change.profile).process(at(frame, 1))
    assert [face.chosen for face in same.faces] == [face.chosen for face in after.faces]


@every_stage
def test_a_frame_without_anybody_costs_at_most_itself(builder: Builder, finished: Shots) -> None:
    stage = builder(persona())
    empty = make_frame(np.full((242, 322, 3), 120, np.uint8))
    for frame in (empty, replace(empty, matte=np.zeros((144, 256), np.uint8))):
        result = worked(stage, frame)
        if result is not None:
            is_sound(result, frame)
    assert worked(stage, at(finished((322, 242)), 1)) is not None


@pytest.fixture(scope="module")
def stages() -> list[VideoStage]:
    """One of every kind, used for everything that follows."""
    return [builder(persona()) for builder in STAGES.values()]


def faces_at(finished: Shots, by: tuple[float, float], scale: float, size: tuple[int, int] = (322, 242)) -> Frame:
    """A frame whose chosen face lies elsewhere and is larger or smaller, about the picture's middle."""
    frame = finished(size)
    middle = (size[0] / 2, size[1] / 2)
    actor = moved(chosen(frame), (-middle[0], -middle[1]))
    actor = moved(actor, (middle[0] + by[0], middle[1] + by[1]), scale)
    return replace(frame, faces=(actor, *frame.faces[1:]))


@pytest.mark.parametrize("by", [(-150, 0), (150, 0), (0, -110), (0, 130), (-160, 120), (2000, 2000)], ids=str)
def test_a_face_partly_or_wholly_outside_the_picture_is_no_error(
    stages: list[VideoStage], by: tuple[float, float], finished: Shots
) -> None:
    frame = faces_at(finished, by, 1.0)
    for index, stage in enumerate(stages):
        result = worked(stage, at(frame, index))
        if result is not None:
            is_sound(result, at(frame, index))


@pytest.mark.parametrize("height_px", [2.0, 8.0, 20.0, 242.0, 600.0, 2500.0])
def test_a_face_of_a_few_pixels_or_larger_than_the_picture_is_no_error(
    stages: list[VideoStage], height_px: float, finished: Shots
) -> None:
    natural = float(np.ptp(chosen(finished((322, 242))).landmarks[:, 1]))
    frame = faces_at(finished, (0.0, 0.0), height_px / natural)
    for index, stage in enumerate(stages):
        result = worked(stage, at(frame, index))
        if result is not None:
            is_sound(result, at(frame, index))


@given(
    x=st.floats(-700, 700), y=st.floats(-700, 700), scale=st.floats(0.05, 12), turn_deg=st.floats(-180, 180),
    squeeze=st.floats(0.0, 1.0), size=st.sampled_from(SIZES[:3]),
)  # fmt: skip
def test_whatever_the_tracker_says_of_a_face_no_stage_behind_it_breaks(
    stages: list[VideoStage],
    x: float,
    y: float,
    scale: float,
    turn_deg: float,
    squeeze: float,
    size: tuple[int, int],
    finished: Shots,
) -> None:
    frame = faces_at(finished, (x, y), scale, size)
    actor = chosen(frame)
    middle, turn = actor.landmarks.mean(axis=0), np.radians(turn_deg)
    rotation = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    landmarks = ((actor.landmarks - middle) * [squeeze, 1, 1]) @ rotation.T + middle
    frame = replace(frame, faces=(replace(actor, landmarks=landmarks.astype(np.float32)), *frame.faces[1:]))
    for stage in stages[1:]:
        result = worked(stage, frame)
        if result is not None:
            is_sound(result, frame)


@every_stage
def test_black_white_and_noisy_pictures_are_no_error(builder: Builder, finished: Shots) -> None:
    stage, frame = builder(persona()), finished((322, 242))
    noise: Pixels = np.random.default_rng(1).integers(0, 256, frame.pixels.shape, np.uint8)
    for index, pixels in enumerate((np.zeros_like(noise), np.full_like(noise, 255), noise)):
        now = at(replace(frame, pixels=pixels), index)
        if (result := worked(stage, now)) is not None:
            is_sound(result, now)


@every_stage
def test_time_may_stand_still_jump_and_go_back(builder: Builder, finished: Shots) -> None:
    stage, frame = builder(persona()), finished((322, 242))
    for at_ns in (0, 0, 10**15, 5, 33_000_000):
        now = replace(frame, captured_ns=at_ns, media_ns=at_ns)
        if (result := worked(stage, now)) is not None:
            is_sound(result, now)
            assert np.isfinite(result.pixels).all()
