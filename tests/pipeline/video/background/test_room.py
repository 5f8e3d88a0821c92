"""Rooms: the right kind for a profile, the frame filled without distortion, the actor not in the blur."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import MediaError
from pipeline.media import Frame, Pixels
from pipeline.video.background.room import BlurredRoom, PictureRoom, filled
from pipeline.video.background.rooms import open_room
from pipeline.video.background.video_room import VideoRoom
from tests.films import make_film
from tests.footage import make_frame, persona


def blank(size: tuple[int, int], level: int = 0) -> Frame:
    return make_frame(np.full((size[1], size[0], 3), level, np.uint8))


def rings(size: tuple[int, int]) -> Pixels:
    """A disc in the middle, whose shape tells of distortion."""
    pixels = np.zeros((size[1], size[0], 3), np.uint8)
    cv2.circle(pixels, (size[0] // 2, size[1] // 2), min(size) // 3, (255, 255, 255), -1)
    return pixels


def test_each_kind_of_background_gives_its_room(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "room.png"), np.full((30, 40, 3), 50, np.uint8))
    make_film(tmp_path / "room.mp4", count=2)
    kinds = {
        "image": ("room.png", PictureRoom), "video": ("room.mp4", VideoRoom), "colour": ("x", PictureRoom),
        "blur": ("x", BlurredRoom), "none": ("x", type(None)),
    }  # fmt: skip
    for kind, (name, expected) in kinds.items():
        profile = persona().with_background(kind=kind, path=str(tmp_path / name))
        room = open_room(profile)
        assert type(room) is expected
        if room is not None:
            assert room.behind(blank((64, 48))).shape == (48, 64, 3)
            room.close()


def test_a_plain_colour_is_that_colour() -> None:
    room = PictureRoom.plain("#102030")
    assert (room.behind(blank((322, 242))) == (0x30, 0x20, 0x10)).all()


@given(
    width=st.integers(2, 400), height=st.integers(2, 400), to_width=st.integers(2, 400), to_height=st.integers(2, 400)
)
def test_any_picture_fills_any_frame(width: int, height: int, to_width: int, to_height: int) -> None:
    result = filled(np.full((height, width, 3), 77, np.uint8), (to_width, to_height))
    assert result.shape == (to_height, to_width, 3)
    assert result.flags.c_contiguous
    assert (result == 77).all()


@pytest.mark.parametrize("size", [(640, 360), (300, 300), (200, 500)])
@pytest.mark.parametrize("wanted", [(320, 240), (1280, 720), (242, 322)])
def test_round_things_stay_round_and_in_the_middle(size: tuple[int, int], wanted: tuple[int, int]) -> None:
    bright = filled(rings(size), wanted)[..., 0] > 128
    scale = max(wanted[0] / size[0], wanted[1] / size[1])
    radius = scale * (min(size) // 3)
    rows, columns = np.flatnonzero(bright.any(axis=1)), np.flatnonzero(bright.any(axis=0))
    assert len(columns) == pytest.approx(min(2 * radius + 1, wanted[0]), abs=4 + 0.04 * radius)
    assert len(rows) == pytest.approx(min(2 * radius + 1, wanted[1]), abs=4 + 0.04 * radius)
    assert columns.mean() == pytest.approx((wanted[0] - 1) / 2, abs=3 + scale)
    assert rows.mean() == pytest.approx((wanted[1] - 1) / 2, abs=3 + scale)


def test_a_still_room_is_fitted_once_for_each_size() -> None:
    room = PictureRoom(rings((640, 360)))
    first = room.behind(blank((320, 240)))
    assert room.behind(blank((320, 240))) is first
    assert room.behind(blank((322, 242))).shape == (242, 322, 3)


@pytest.mark.parametrize("content", [b"", b"text"], ids=["empty", "text"])
def test_what_is_no_picture_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "room.jpg").write_bytes(content)
    with pytest.raises(MediaError, match=r"room\.jpg is no picture"):
        PictureRoom.read(tmp_path / "room.jpg")


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="can't be read: No such file"):
        PictureRoom.read(tmp_path / "room.jpg")


def test_more_strength_is_less_detail() -> None:
    pixels = np.random.default_rng(2).integers(0, 256, (240, 320, 3), np.uint8)
    pixels = np.asarray(cv2.blur(pixels, (9, 9)), np.uint8)
    frame = replace(make_frame(pixels), matte=np.zeros((144, 256), np.uint8))
    detail = [float(np.std(BlurredRoom(strength).behind(frame))) for strength in (0.0, 0.5, 1.0)]
    assert detail == sorted(detail, reverse=True)
    assert detail[0] < float(np.std(pixels))


@pytest.mark.parametrize("strength", [0.0, 0.5, 1.0])
def test_the_actor_does_not_bleed_into_the_blurred_room(strength: float) -> None:
    pixels = np.full((240, 320, 3), (60, 160, 60), np.uint8)
    pixels[60:, 110:210] = (40, 40, 230)
    matte = np.zeros((144, 256), np.uint8)
    matte[36:, 88:168] = 255
    room = BlurredRoom(strength).behind(replace(make_frame(pixels), matte=matte))
    assert room.shape == pixels.shape
    outside = np.ones((240, 320), np.bool_)
    outside[50:, 100:220] = False
    assert np.abs(room[outside].astype(int) - (60, 160, 60)).max() <= 8


def test_a_room_that_is_all_person_is_still_a_picture() -> None:
    frame = replace(blank((64, 64), 90), matte=np.full((144, 256), 255, np.uint8))
    room = BlurredRoom(0.5).behind(frame)
    assert np.abs(room.astype(int) - 90).max() <= 2
