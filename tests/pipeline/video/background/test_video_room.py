"""A video behind the person: in step with the frames' own time, over and over, at any size."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import MediaError
from pipeline.media import Frame
from pipeline.video.background.video_room import VideoRoom
from tests.films import make_film, number_of

FPS = 10
STEP_NS = 1_000_000_000 // FPS
LENGTH = 5


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five numbered pictures, half a second."""
    return make_film(tmp_path_factory.mktemp("room") / "room.mp4", count=LENGTH, fps=FPS)


def frame(at_ns: int, size: tuple[int, int] = (64, 48), *, pace: int = 1) -> Frame:
    return Frame(np.zeros((size[1], size[0], 3), np.uint8), at_ns // pace, at_ns)


def numbers(room: VideoRoom, instants: list[int], *, pace: int = 1) -> list[int]:
    return [number_of(room.behind(frame(instant, pace=pace))) for instant in instants]


def test_each_picture_is_shown_when_it_is_due(film: Path) -> None:
    room = VideoRoom(film)
    assert numbers(room, [index * STEP_NS // 2 for index in range(2 * LENGTH)]) == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    room.close()


def test_the_first_frame_shows_the_first_picture_whenever_it_comes(film: Path) -> None:
    room = VideoRoom(film)
    start_ns = 3_600_000_000_000
    assert numbers(room, [start_ns, start_ns + STEP_NS]) == [0, 1]
    room.close()


def test_it_begins_again_after_its_end_without_a_slip(film: Path) -> None:
    room = VideoRoom(film)
    shown = numbers(room, [index * STEP_NS + 1 for index in range(4 * LENGTH)])
    assert shown == [0, 1, 2, 3, 4] * 4
    room.close()


@pytest.mark.parametrize("fps", [7.0, 25.0, 60.0])
def test_it_keeps_its_own_speed_at_any_rate_of_frames(film: Path, fps: float) -> None:
    room = VideoRoom(film)
    instants = [round(index * 1e9 / fps) + 1 for index in range(round(3 * fps))]
    expected = [instant // STEP_NS % LENGTH for instant in instants]
    assert numbers(room, instants) == expected
    room.close()


def test_it_keeps_the_frames_own_time_however_fast_they_are_worked_on(film: Path) -> None:
    room = VideoRoom(film)
    assert numbers(room, [index * STEP_NS + 1 for index in range(8)], pace=50) == [0, 1, 2, 3, 4, 0, 1, 2]
    room.close()


def test_after_a_long_absence_it_goes_on_where_it_was(film: Path) -> None:
    """Pictures that nobody saw need not be decoded."""
    room = VideoRoom(film)
    assert numbers(room, [1, STEP_NS + 1]) == [0, 1]
    hour_ns = 3_600_000_000_000
    later = numbers(room, [hour_ns, hour_ns + STEP_NS, hour_ns + 2 * STEP_NS])
    assert later == [2, 3, 4]
    room.close()


def test_a_single_picture_is_a_room_too(tmp_path: Path) -> None:
    room = VideoRoom(make_film(tmp_path / "one.mp4", count=1, fps=FPS))
    assert numbers(room, [0, STEP_NS, 10 * STEP_NS]) == [0, 0, 0]
    room.close()


@pytest.mark.parametrize("size", [(64, 48), (322, 242), (64, 64), (48, 64)])
def test_it_fills_any_frame(film: Path, size: tuple[int, int]) -> None:
    room = VideoRoom(film)
    pixels = room.behind(frame(0, size))
    assert pixels.shape == (size[1], size[0], 3)
    assert pixels.dtype == np.uint8
    assert number_of(pixels) == 0
    other = room.behind(frame(1, (96, 64)))
    assert other.shape == (64, 96, 3)
    room.close()


@pytest.mark.parametrize("content", [b"", b"this is no video\n" * 50], ids=["empty", "text"])
def test_what_is_no_video_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "room.mp4").write_bytes(content)
    with pytest.raises(MediaError, match=r"room\.mp4"):
        VideoRoom(tmp_path / "room.mp4")


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"room\.mp4"):
        VideoRoom(tmp_path / "room.mp4")


def test_closing_twice_is_closing_once(film: Path) -> None:
    room = VideoRoom(film)
    room.close()
    room.close()
