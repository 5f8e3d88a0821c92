"""The person before another room: exact where it is one or the other, clean in between, at any size."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.media import Frame, Motion, Pixels
from pipeline.video.background.compose import Compose, tiles, wrapped
from pipeline.video.background.edges import sharpened_matte
from pipeline.video.background.person_matte import PersonMatte
from profiles.profile import Profile
from tests.compositions import noisy
from tests.footage import (
    DEMO,
    SMILING,
    chosen,
    clips,
    every_clip,
    inside_oval,
    make_frame,
    models,
    persona,
    tracked_clip,
)

BLUE = (200, 60, 20)
SIZES = [(640, 480), (1280, 720), (322, 242), (64, 64), (66, 130)]


class PlainRoom:
    """A room of one colour that counts its closings."""

    def __init__(self, colour: tuple[int, int, int] = BLUE) -> None:
        self._colour = colour
        self.closes = 0

    def behind(self, frame: Frame) -> Pixels:
        """The colour at the frame's size."""
        return np.full_like(frame.pixels, self._colour)

    def close(self) -> None:
        """Counts."""
        self.closes += 1


def profile(light_wrap: float = 0.0) -> Profile:
    return persona().with_background(light_wrap=light_wrap)


def matte_of(person: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """A full-size cut-out as the segmentation network would give it: small and soft."""
    small = cv2.resize(person.astype(np.uint8) * 255, (256, 144), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.blur(small, (3, 3)), np.uint8)


def red_person(size: tuple[int, int], wall: tuple[int, int, int] = (40, 200, 40)) -> tuple[Frame, NDArray[np.bool_]]:
    """A red person before a green wall, and where the person is."""
    mask = np.zeros((size[1], size[0]), np.uint8)
    cv2.ellipse(mask, (size[0] // 2, size[1] * 2 // 3), (size[0] // 5, size[1] // 2), 0, 0, 360, (1,), -1)
    pixels = np.full((size[1], size[0], 3), wall, np.uint8)
    pixels[mask > 0] = (40, 40, 200)
    person = mask.astype(np.bool_)
    return replace(make_frame(pixels), matte=matte_of(person)), person


def apart(mask: NDArray[np.bool_], distance_px: int) -> NDArray[np.bool_]:
    """The pixels of a mask that are at least so far from its edge."""
    return np.asarray(cv2.erode(mask.astype(np.uint8), np.ones((2 * distance_px + 1,) * 2, np.uint8)) > 0)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("level", [0, 255])
def test_an_empty_picture_is_the_room_and_a_full_one_the_person(size: tuple[int, int], level: int) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (size[1], size[0], 3), np.uint8)
    frame = replace(make_frame(pixels), matte=np.full((144, 256), level, np.uint8))
    result = Compose(PlainRoom(), profile()).process(frame).pixels
    assert np.array_equal(result, np.full_like(pixels, BLUE) if level == 0 else pixels)


@pytest.mark.parametrize("size", SIZES[:3])
def test_away_from_the_outline_everything_is_exact(size: tuple[int, int]) -> None:
    frame, person = red_person(size)
    result = Compose(PlainRoom(), profile()).process(frame).pixels
    margin = max(8, size[0] // 40)
    assert np.array_equal(result[apart(person, margin)], frame.pixels[apart(person, margin)])
    assert (result[apart(~person, margin)] == BLUE).all()


def test_no_rim_of_the_old_wall_is_carried_over() -> None:
    frame, person = red_person((640, 480))
    result = Compose(PlainRoom(), profile()).process(frame).pixels
    rim = ~apart(person, 6) & ~apart(~person, 6)
    green_before = frame.pixels[rim][:, 1].mean()
    # Neither the person nor the new room is greener than 60.
    assert float(np.percentile(result[rim][:, 1], 99)) < 100
    assert result[rim][:, 1].mean() < 0.6 * green_before


def test_nothing_outside_the_colours_of_person_and_room_appears() -> None:
    frame, _ = red_person((640, 480), wall=(120, 120, 120))
    result = Compose(PlainRoom((90, 90, 90)), profile(0.0)).process(frame).pixels
    assert result.min() >= 38
    assert result.max() <= 202


@given(width=st.integers(64, 400), height=st.integers(64, 400))
def test_every_size_of_picture_can_be_composed(width: int, height: int) -> None:
    frame, _ = red_person((width, height))
    soft = replace(frame, matte=np.full((144, 256), 150, np.uint8))
    for one in (frame, soft):
        result = Compose(PlainRoom(), profile(0.5)).process(one).pixels
        assert result.shape == frame.pixels.shape
        assert result.flags.c_contiguous


def test_without_a_matte_the_frame_is_kept() -> None:
    frame = make_frame(np.full((48, 64, 3), 9, np.uint8))
    assert Compose(PlainRoom(), profile()).process(frame) is frame


def test_light_wrap_lets_the_room_in_at_the_outline_only_and_is_live() -> None:
    frame, person = red_person((640, 480))
    room = PlainRoom((255, 255, 255))
    stage = Compose(room, profile(0.0))
    dry = stage.process(frame).pixels.copy()
    stage.adjust(profile(1.0))
    wet = stage.process(frame).pixels
    inner_rim = person & ~apart(person, 12) & apart(person, 3)
    assert wet[inner_rim].mean() > dry[inner_rim].mean() + 3
    assert np.array_equal(wet[apart(person, 60)], dry[apart(person, 60)])


@given(width=st.integers(64, 700), height=st.integers(64, 500), seed=st.integers(0, 99))
def test_the_tiles_cover_every_pixel_once_and_are_what_they_say(width: int, height: int, seed: int) -> None:
    matte = np.random.default_rng(seed).choice(np.array([0, 0, 0, 255, 255, 90], np.uint8), (8, 8))
    half = np.asarray(cv2.resize(matte, (width // 2, height // 2), interpolation=cv2.INTER_NEAREST), np.uint8)
    count = np.zeros((height, width), np.uint8)
    full = np.asarray(cv2.resize(half, (width, height), interpolation=cv2.INTER_NEAREST), np.uint8)
    for kind, part in tiles(half, (width, height)):
        count[part] += 1
        assert full[part].size > 0
        if kind in (0, 255):
            assert half[part[0].start // 2 : part[0].stop // 2, part[1].start // 2 : part[1].stop // 2].min() == kind
            assert half[part[0].start // 2 : part[0].stop // 2, part[1].start // 2 : part[1].stop // 2].max() == kind
    assert (count == 1).all()


@given(strength=st.floats(0, 1), seed=st.integers(0, 99))
def test_light_wrap_never_makes_a_matte_more_opaque(strength: float, seed: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, (9, 16), np.uint8)
    matte = np.asarray(cv2.resize(noise, (160, 90), interpolation=cv2.INTER_CUBIC), np.uint8)
    result = wrapped(matte, strength)
    assert (result.astype(int) <= matte.astype(int) + 1).all()
    assert (result[matte == 0] == 0).all()
    solid = np.full((90, 160), 255, np.uint8)
    assert np.array_equal(wrapped(solid, strength), solid)


@pytest.mark.parametrize("size", [(640, 480), (160, 90), (33, 41)])
@pytest.mark.parametrize("level", [0, 255])
def test_a_plain_matte_stays_plain_whatever_the_picture(size: tuple[int, int], level: int) -> None:
    guide = np.random.default_rng(3).integers(0, 256, (size[1], size[0], 3), np.uint8)
    result = sharpened_matte(np.full((144, 256), level, np.uint8), guide)
    assert result.shape == (size[1], size[0])
    assert (result == level).all()


def test_a_soft_matte_comes_to_rest_on_the_pictures_own_edge() -> None:
    guide = np.full((360, 640, 3), 200, np.uint8)
    guide[:, :323] = 30
    person = np.zeros((720, 1280), np.bool_)
    person[:, :640] = True
    soft = np.asarray(cv2.blur(matte_of(person), (5, 5)), np.uint8)
    result = sharpened_matte(soft, guide)
    row = result[180]
    assert row[300] == 255
    assert row[345] == 0
    edge = int(np.argmax(row < 128))
    assert abs(edge - 323) <= 3


def test_closing_closes_the_room() -> None:
    room = PlainRoom()
    stage = Compose(room, profile())
    stage.close()
    stage.close()
    assert room.closes >= 1


@every_clip
def test_on_footage_the_wall_is_gone_and_the_face_is_kept(name: str) -> None:
    matte, stage = PersonMatte(models().path("selfie-segmentation-landscape")), Compose(PlainRoom(), profile())
    for frame in tracked_clip(name)[:6]:
        result = stage.process(matte.process(frame)).pixels
        inner = inside_oval(chosen(frame), frame.size, 0.6)
        assert np.array_equal(result[inner], frame.pixels[inner])
        # The upper corners are wall, in one clip with somebody else before it.
        for corner in (np.s_[:40, :40], np.s_[:40, -40:]):
            assert (result[corner] == BLUE).mean() > 0.95


@pytest.mark.parametrize("name", clips(DEMO, SMILING))
def test_the_outline_of_a_still_person_does_not_flicker(name: str) -> None:
    still = tracked_clip(name)[0]
    matte, stage, seen = (
        PersonMatte(models().path("selfie-segmentation-landscape")),
        Compose(PlainRoom(), profile()),
        [],
    )
    for index in range(20):
        frame = replace(make_frame(noisy(still.pixels, index, 2.0), index * 33_000_000), faces=still.faces)
        result = stage.process(matte.process(frame)).pixels
        seen.append((result == BLUE).all(axis=-1))
    flips = np.mean([np.mean(one != other) for one, other in zip(seen[5:], seen[6:], strict=False)])
    assert flips < 0.002


def test_a_dark_room_takes_no_light_from_the_person() -> None:
    frame, person = red_person((640, 480))
    result = Compose(PlainRoom((0, 0, 0)), profile(1.0)).process(frame).pixels
    dry = Compose(PlainRoom((0, 0, 0)), profile(0.0)).process(frame).pixels
    inner_rim = person & ~apart(person, 12) & apart(person, 3)
    np.testing.assert_allclose(result[inner_rim], dry[inner_rim], atol=1)


def test_the_outline_goes_with_the_face_where_that_is_made_smaller() -> None:
    frame, person = red_person((640, 480))
    moved = np.full((480, 640, 3), (40, 200, 40), np.uint8)
    moved[:, 24:] = frame.pixels[:, :-24]
    shift = np.full((60, 80), -24.0, np.float32)
    motion = Motion(0, 0, 640, 480, shift, np.zeros_like(shift))
    result = Compose(PlainRoom((0, 0, 0)), profile()).process(replace(frame, pixels=moved, motion=motion)).pixels
    assert result[..., 1].max() < 90
    inside = np.roll(person & apart(person, 16), 24, axis=1)
    np.testing.assert_allclose(result[inside], [(40, 40, 200)] * inside.sum(), atol=2)
