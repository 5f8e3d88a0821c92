"""Where faces are looked for: everywhere, of every size, soon, and never much at once."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.video.tracking.search import LARGE, LOOKS, MIN_SIDE_PX, ROUND_NS, SMALL, Fineness, Part, Search, parts

SIZES = [(1280, 720), (1920, 1080), (640, 480), (480, 270), (720, 1280), (720, 720), (2560, 720)]
FRAME_NS = 33_333_333
SECOND = 30
"""Frames; by then every part was looked at once."""


def run(search: Search, size: tuple[int, int], seconds: float, frame_ns: int = FRAME_NS) -> list[list[Part | None]]:
    return [search.due(size, index * frame_ns, urgent=False) for index in range(round(seconds * 1e9 / frame_ns))]


@pytest.mark.parametrize("fineness", [LARGE, SMALL], ids=["large", "small"])
@given(
    size=st.tuples(st.integers(MIN_SIDE_PX, 2000), st.integers(MIN_SIDE_PX, 2000)),
    x=st.floats(0, 1),
    y=st.floats(0, 1),
)
def test_a_face_lies_wholly_in_some_part(fineness: Fineness, size: tuple[int, int], x: float, y: float) -> None:
    layout = parts(size, fineness)
    side = layout[0].side
    face = 0.14 * side
    centre_x, centre_y = x * size[0], y * size[1]
    beyond = [fineness.side * min(size) < length for length in size]
    assert any(
        (part.left <= centre_x - face / 2 and centre_x + face / 2 <= part.left + side or not beyond[0])
        and (part.top <= centre_y - face / 2 and centre_y + face / 2 <= part.top + side or not beyond[1])
        for part in layout
    )


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_large_parts_come_round_twice_a_second_and_all_others_within_a_few(size: tuple[int, int]) -> None:
    looks = run(Search(), size, 20.0)
    for part in [*parts(size, LARGE), *parts(size, SMALL), None]:
        limit_ns = ROUND_NS if part in parts(size, LARGE) else 14 * ROUND_NS
        seen = [index for index, look in enumerate(looks) if index >= SECOND and part in look]
        assert seen
        assert max(after - before for before, after in pairwise(seen)) * FRAME_NS <= limit_ns + 2 * FRAME_NS


@pytest.mark.parametrize("frame_ns", [8_000_000, 16_666_667, 33_333_333, 40_000_000, 80_000_000])
def test_there_is_at_most_one_look_on_a_frame_and_no_more_than_needed(frame_ns: int) -> None:
    looks = run(Search(), (1280, 720), 10.0, frame_ns)
    assert max(len(look) for look in looks) == 1
    later = looks[len(parts((1280, 720), LARGE)) + len(parts((1280, 720), SMALL)) :]
    assert sum(len(look) for look in later) == pytest.approx(len(later) * frame_ns * LOOKS / ROUND_NS, abs=2)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_at_the_start_every_part_is_looked_at_within_some_frames_and_the_large_ones_first(
    size: tuple[int, int],
) -> None:
    large, small = parts(size, LARGE), parts(size, SMALL)
    looks = [part for look in run(Search(), size, 2.0) for part in look]
    assert looks[: len(large) + len(small)] == [*large, *small]


def test_while_it_is_urgent_the_whole_picture_is_looked_at_on_every_frame() -> None:
    search = Search()
    looks = [search.due((1280, 720), index * FRAME_NS, urgent=True) for index in range(60)]
    assert all(look[0] is None and look.count(None) == 1 and len(look) <= 2 for look in looks)


def test_a_tiny_picture_is_looked_at_as_a_whole() -> None:
    assert {part for look in run(Search(), (64, 48), 2.0) for part in look} == {None}


def test_a_change_of_size_and_a_jump_in_time_begin_anew() -> None:
    search = Search()
    run(search, (1280, 720), 3.0)
    assert len(search.due((1280, 720), 0, urgent=False)) == 1
    assert search.due((1280, 720), FRAME_NS, urgent=False) == []
    assert len(search.due((1280, 720), 3_600_000_000_000, urgent=False)) == 1
    later = [search.due((640, 480), 3_600_000_000_000 + index * FRAME_NS, urgent=False) for index in range(60)]
    assert {part.side for look in later for part in look if part is not None} == {480, 346}
