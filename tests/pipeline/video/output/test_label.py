"""The label and the card: there for every corner, size, language and title, legible, and never off the picture."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.media import Pixels
from pipeline.video.output.card import card
from pipeline.video.output.label import WORDING, Label
from profiles.profile import DisclosureSettings

CORNERS = ("top-right", "top-left", "bottom-right", "bottom-left")
LANGUAGES = tuple(WORDING)
SIZES = [(64, 64), (322, 242), (640, 480), (1280, 720), (1920, 1080), (720, 1280)]
LONGEST_TITLE = "W" * 40

titles = st.text(st.characters(min_codepoint=32, max_codepoint=0x24F), min_size=1, max_size=40)


def settings(**changes: object) -> DisclosureSettings:
    return DisclosureSettings.model_validate(changes)


def drawn(label: Label, size: tuple[int, int], level: int) -> Pixels:
    pixels = np.full((size[1], size[0], 3), level, np.uint8)
    label.draw(pixels)
    return pixels


def plate(label: Label) -> tuple[slice, slice]:
    height, width = label.text.shape[:2]
    return slice(label.top, label.top + height), slice(label.left, label.left + width)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("corner", CORNERS)
@pytest.mark.parametrize("level", [0, 128, 255])
def test_the_label_is_seen_in_its_corner_on_any_picture(size: tuple[int, int], corner: str, level: int) -> None:
    label = Label.build("Mara", settings(corner=corner), size)
    pixels = drawn(label, size, level)
    changed = np.argwhere((pixels != level).any(axis=-1))
    middle = changed.mean(axis=0)
    assert (middle[0] < size[1] / 2) == corner.startswith("top")
    if label.text.shape[1] < 0.8 * size[0]:
        assert (middle[1] < size[0] / 2) == corner.endswith("left")
    text = pixels[plate(label)]
    # Letters are white on a plate at least as dark as 0.28 of the picture: legible on white and on black.
    assert text.max() >= 225
    assert np.percentile(text, 10) <= 0.3 * level + 1
    assert int(text.max()) - int(np.percentile(text, 10)) >= 140


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [0.03, 0.045, 0.12])
@pytest.mark.parametrize("title", ["M", LONGEST_TITLE])
def test_the_label_fits_in_every_language_size_and_title(language: str, size: float, title: str) -> None:
    for picture in SIZES:
        label = Label.build(title, settings(language=language, size=size), picture)
        height, width = label.text.shape[:2]
        assert 0 <= label.left <= label.left + width <= picture[0]
        assert 0 <= label.top <= label.top + height <= picture[1]
        assert height >= min(14, picture[1])
        assert label.text.max() > 200
        # Nothing is cut off by the plate's end: the margins stay free of letters.
        assert label.text[:, : max(2, height // 4)].max() == 0
        assert label.text[:, -max(2, height // 8) :].max() < 128


@given(
    title=titles,
    language=st.sampled_from(LANGUAGES),
    corner=st.sampled_from(CORNERS),
    size=st.floats(0.03, 0.12),
    width=st.integers(32, 1000).map(lambda n: 2 * n),
    height=st.integers(32, 1000).map(lambda n: 2 * n),
)
def test_no_title_and_no_picture_makes_the_label_vanish_or_leave(
    title: str, language: str, corner: str, size: float, width: int, height: int
) -> None:
    label = Label.build(title, settings(language=language, corner=corner, size=size), (width, height))
    assert label.left + label.text.shape[1] <= width
    assert label.top + label.text.shape[0] <= height
    assert label.text.max() > 200
    pixels = drawn(label, (width, height), 255)
    assert pixels[plate(label)].mean() < 160


def test_a_strip_of_a_picture_has_its_label_too() -> None:
    label = Label.build("Mara", settings(corner="top-left"), (64, 3840))
    pixels = drawn(label, (64, 3840), 255)
    assert label.left + label.text.shape[1] <= 64
    assert (pixels != 255).any()


def test_different_languages_say_different_things() -> None:
    texts = {Label.build("Mara", settings(language=language), (1280, 720)).text.tobytes() for language in LANGUAGES}
    assert len(texts) == len(LANGUAGES)


def test_the_title_is_part_of_the_label() -> None:
    mara, tomas = (Label.build(title, settings(), (1280, 720)) for title in ("Mara", "Tomas"))
    assert mara.text.shape != tomas.text.shape or not np.array_equal(mara.text, tomas.text)


def test_the_label_is_as_high_as_asked() -> None:
    heights = [Label.build("Mara", settings(size=size), (1280, 720)).text.shape[0] for size in (0.03, 0.06, 0.12)]
    assert heights == [22, 43, 86]


def test_only_the_plate_is_drawn_on() -> None:
    label = Label.build("Mara", settings(), (640, 480))
    pixels = drawn(label, (640, 480), 90)
    pixels[plate(label)] = 90
    assert (pixels == 90).all()


def test_the_label_survives_the_way_to_the_call_program() -> None:
    label = Label.build("Mara", settings(), (1280, 720))
    pixels = drawn(label, (1280, 720), 128)
    back = cv2.cvtColor(cv2.cvtColor(pixels, cv2.COLOR_BGR2YUV_I420), cv2.COLOR_YUV2BGR_I420)
    assert np.abs(back[plate(label)].astype(int) - pixels[plate(label)]).mean() < 4


@pytest.mark.parametrize("size", SIZES[1:])
@pytest.mark.parametrize("title", ["M", LONGEST_TITLE, "Anselm Ünterwölde"])
def test_the_card_is_calm_readable_and_never_black(size: tuple[int, int], title: str) -> None:
    pixels = card(title, size)
    assert pixels.shape == (size[1], size[0], 3)
    assert pixels.dtype == np.uint8
    assert pixels.flags.c_contiguous
    assert pixels.max(axis=-1).min() >= 30
    assert pixels.max() >= 180
    edge = max(1, size[0] // 40)
    assert pixels[:, :edge].max() < 120
    assert pixels[:, -edge:].max() < 120


def test_even_the_smallest_card_is_not_black() -> None:
    assert card(LONGEST_TITLE, SIZES[0]).max(axis=-1).min() >= 30


@given(title=titles)
def test_any_title_fits_on_the_card(title: str) -> None:
    pixels = card(title, (322, 242))
    assert pixels[:, :4].max() < 120
    assert pixels[:, -4:].max() < 120
