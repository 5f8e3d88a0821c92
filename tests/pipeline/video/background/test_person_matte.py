"""The person told from the room: the actor and nobody else, steady, at any size of picture."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.media import Frame
from pipeline.video.background.person_matte import HEIGHT_PX, WIDTH_PX, PersonMatte
from tests.compositions import noisy, with_guest
from tests.footage import (
    BIRD,
    DEMO,
    PERSONAS,
    SMILING,
    chosen,
    clips,
    every_clip,
    inside_oval,
    make_frame,
    models,
    needs_media,
    tracked,
    tracked_clip,
)

one_person = pytest.mark.parametrize("name", clips(DEMO, SMILING))


@pytest.fixture
def stage() -> PersonMatte:
    """The stage with the real network."""
    return PersonMatte(models().path("selfie-segmentation-landscape"))


def matte_of(stage: PersonMatte, name: str, index: int = 0) -> NDArray[np.uint8]:
    """The matte of one frame."""
    matte = stage.process(tracked_clip(name)[index]).matte
    assert matte is not None
    return matte


@every_clip
def test_the_person_is_the_person_and_the_wall_the_wall(stage: PersonMatte, name: str) -> None:
    matte = matte_of(stage, name)
    assert matte.shape == (HEIGHT_PX, WIDTH_PX)
    assert matte.dtype == np.uint8
    assert 0.08 < float((matte > 128).mean()) < 0.6
    frame = tracked_clip(name)[0]
    inner = inside_oval(chosen(frame), frame.size, 0.8).astype(np.uint8)
    face = cv2.resize(inner, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_NEAREST) > 0
    assert matte[face].mean() > 240
    assert matte[:20, :30].max() < 30


def is_told_apart(stage: PersonMatte, frame: Frame, other: tuple[slice, slice]) -> None:
    """Checks that whoever is seen in a part of the matte is a stranger, and the actor when nobody is chosen."""
    result = stage.process(frame)
    assert result.matte is not None
    assert result.strangers is not None
    assert result.matte[other].mean() < 25
    assert result.strangers[other].mean() > 120
    alone = replace(frame, faces=())
    seen = PersonMatte(models().path("selfie-segmentation-landscape")).process(alone)
    assert seen.matte is not None
    assert seen.matte[other].mean() > 40


@needs_media
def test_somebody_at_the_edge_of_the_picture_is_not_the_actor_but_a_stranger(stage: PersonMatte) -> None:
    # Of the other person, who is cut by the picture's edge, the network sees the hair.
    is_told_apart(stage, tracked_clip(BIRD)[0], np.s_[28:44, 232:250])


@pytest.mark.parametrize("who", PERSONAS)
def test_whoever_looks_in_from_the_side_is_a_stranger(stage: PersonMatte, who: str) -> None:
    (frame,) = tracked([make_frame(with_guest(tracked_clip(DEMO)[0].pixels, who))])
    is_told_apart(stage, frame, np.s_[55:105, 238:252])


@one_person
def test_alone_there_are_no_strangers(stage: PersonMatte, name: str) -> None:
    for frame in tracked_clip(name)[:5]:
        assert stage.process(frame).strangers is None


@one_person
def test_the_matte_is_steady_on_a_still_picture_and_follows_a_moving_one(stage: PersonMatte, name: str) -> None:
    frame, mattes = tracked_clip(name)[0], []
    for index in range(12):
        matte = stage.process(replace(frame, pixels=noisy(frame.pixels, index, 2.0))).matte
        assert matte is not None
        mattes.append(matte.astype(int))
    assert np.abs(np.diff(mattes[4:], axis=0)).mean() < 0.6
    other = tracked_clip(name)[len(tracked_clip(name)) // 2]
    followed = [matte for matte in (stage.process(other).matte for _ in range(4)) if matte is not None]
    fresh = matte_of(PersonMatte(models().path("selfie-segmentation-landscape")), name, len(tracked_clip(name)) // 2)
    assert np.abs(followed[-1].astype(int) - fresh).mean() < 2


@one_person
def test_a_matte_that_was_given_out_is_not_changed_afterwards(stage: PersonMatte, name: str) -> None:
    first = matte_of(stage, name)
    kept = first.copy()
    matte_of(stage, name, 20)
    assert np.array_equal(first, kept)


@one_person
def test_after_a_reset_nothing_is_remembered(stage: PersonMatte, name: str) -> None:
    matte_of(stage, name, 20)
    stage.reset()
    fresh = matte_of(PersonMatte(models().path("selfie-segmentation-landscape")), name)
    assert np.array_equal(matte_of(stage, name), fresh)


@pytest.mark.parametrize("size", [(64, 64), (322, 242), (1920, 1080), (720, 1280)])
def test_any_picture_has_a_matte(stage: PersonMatte, size: tuple[int, int]) -> None:
    pixels = np.full((size[1], size[0], 3), 128, np.uint8)
    matte = stage.process(make_frame(pixels)).matte
    assert matte is not None
    assert matte.shape == (HEIGHT_PX, WIDTH_PX)
