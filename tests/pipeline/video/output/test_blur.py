"""Blurs that nobody is known through."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.media import Face, Pixels
from pipeline.video.output.blur import blend, blur_face, blurred_picture
from tests.footage import BIRD, DEMO, chosen, clips, difference, inside_oval, moved, tracked_clip

one_person = pytest.mark.parametrize("name", clips(DEMO, BIRD))


def stripes(size: tuple[int, int] = (320, 240)) -> Pixels:
    pixels = np.zeros((size[1], size[0], 3), np.uint8)
    pixels[:, ::4] = 255
    pixels[:, 1::4] = 255
    return pixels


def detail(pixels: Pixels) -> float:
    """How much neighbours differ."""
    return float(np.abs(np.diff(pixels.astype(np.int16), axis=1)).mean())


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (640, 640)])
def test_what_is_as_large_as_an_eye_of_a_face_that_fills_the_picture_is_gone(size: tuple[int, int]) -> None:
    eye_px = max(size) // 16
    rows, columns = np.indices((size[1], size[0])) // eye_px
    pixels = np.repeat(((rows + columns) % 2 * 255).astype(np.uint8)[..., np.newaxis], 3, axis=2)
    assert float(blurred_picture(pixels).std()) < 0.15 * float(pixels.std())


@pytest.mark.parametrize("size", [(160, 120), (322, 242), (1280, 720)])
def test_a_blurred_picture_keeps_its_light_and_loses_its_detail(size: tuple[int, int]) -> None:
    pixels = stripes(size)
    blurred = blurred_picture(pixels)
    assert blurred.shape == pixels.shape
    assert blurred.flags.c_contiguous
    assert detail(blurred) < 0.05 * detail(pixels)
    assert float(blurred.mean()) == pytest.approx(float(pixels.mean()), abs=3)


@one_person
def test_a_blurred_face_has_lost_its_features_and_the_rest_is_untouched(name: str) -> None:
    frame = tracked_clip(name)[0]
    face, pixels = chosen(frame), frame.pixels.copy()
    blur_face(pixels, face)
    inner, around = inside_oval(face, frame.size, 0.8), ~inside_oval(face, frame.size, 1.6)
    assert difference(pixels, frame.pixels, inner) > 8
    assert np.array_equal(pixels[around], frame.pixels[around])


@one_person
def test_no_strength_is_no_blur_and_more_is_more(name: str) -> None:
    frame = tracked_clip(name)[0]
    face, inner = chosen(frame), inside_oval(chosen(frame), frame.size, 0.8)
    changes = []
    for strength in (0.0, 0.25, 0.5, 1.0):
        pixels = frame.pixels.copy()
        blur_face(pixels, face, strength)
        changes.append(difference(pixels, frame.pixels, inner))
    assert changes[0] == 0.0
    assert changes == sorted(changes)


@one_person
@given(x=st.floats(-900, 900), y=st.floats(-900, 900), scale=st.floats(0.02, 6.0))
def test_a_face_anywhere_and_of_any_size_can_be_blurred(name: str, x: float, y: float, scale: float) -> None:
    frame = tracked_clip(name)[0]
    face: Face = moved(chosen(frame), (x, y), scale)
    pixels = frame.pixels.copy()
    blur_face(pixels, face)
    oval = inside_oval(face, frame.size, 1.5)
    if not oval.any():
        assert np.array_equal(pixels, frame.pixels)


@given(alpha=st.integers(0, 255), under=st.integers(0, 255), over=st.integers(0, 255))
def test_blending_lies_between_the_two_pictures(alpha: int, under: int, over: int) -> None:
    part = np.full((3, 5, 3), under, np.uint8)
    blend(part, np.full((3, 5, 3), over, np.uint8), np.full((3, 5), alpha, np.uint8))
    expected = under + (over - under) * alpha / 255
    assert np.abs(part - expected).max() <= 1.01
