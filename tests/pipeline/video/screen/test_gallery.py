"""The gallery: nothing is made for nobody, nothing more often than it can be looked at, and nobody sees what is old."""

import numpy as np
import pytest

from pipeline.media import Pixels
from pipeline.telemetry import Shown
from pipeline.video.screen.gallery import INTERVAL_NS, MOST_KEPT, WANTED_NS, Gallery, screen_size, thumbnail
from tests.fakes import FakeClock

SMALL, LARGE = (40, 30), (80, 60)


def grey(size: tuple[int, int], level: int = 0) -> Pixels:
    return np.full((size[1], size[0], 3), level, np.uint8)


def hung(gallery: Gallery, shown: Shown, level: int = 0) -> int:
    """Makes what is due, and tells how many pictures that was."""
    due = gallery.due(shown)
    for size in due:
        gallery.hang(shown, grey(size, level))
    return len(due)


def test_nothing_is_due_until_somebody_asks_and_then_only_that() -> None:
    gallery = Gallery(FakeClock())
    assert [gallery.due(shown) for shown in Shown] == [[]] * len(Shown)
    assert gallery.newest(Shown.MASK, SMALL) is None
    assert gallery.due(Shown.MASK) == [SMALL]
    assert gallery.due(Shown.SOURCE) == []
    assert (gallery.wants(Shown.MASK), gallery.wants(Shown.NEXT)) == (True, False)


def test_two_kinds_and_two_sizes_are_made_beside_each_other() -> None:
    gallery = Gallery(FakeClock())
    for shown, size in ((Shown.SOURCE, SMALL), (Shown.PROGRAM, SMALL), (Shown.PROGRAM, LARGE)):
        gallery.newest(shown, size)
    assert (hung(gallery, Shown.SOURCE, 1), hung(gallery, Shown.PROGRAM, 2)) == (1, 2)
    shown = [gallery.newest(Shown.SOURCE, SMALL), *(gallery.newest(Shown.PROGRAM, size) for size in (SMALL, LARGE))]
    assert [(int(one.pixels[0, 0, 0]), one.pixels.shape[:2]) for one in shown if one] == [
        (1, (30, 40)),
        (2, (30, 40)),
        (2, (60, 80)),
    ]
    assert len({one.serial for one in shown if one}) == 3


def test_a_kind_is_made_sixteen_times_a_second_at_most() -> None:
    clock = FakeClock()
    gallery, made = Gallery(clock), 0
    for _ in range(240):
        gallery.newest(Shown.FACES, SMALL)
        made += hung(gallery, Shown.FACES)
        clock.advance(1_000_000_000 // 120)
    assert 28 <= made <= 33


def test_what_nobody_has_asked_for_lately_is_made_no_more_and_not_shown_again_when_it_is_old() -> None:
    clock = FakeClock()
    gallery = Gallery(clock)
    gallery.newest(Shown.SOURCE, SMALL)
    hung(gallery, Shown.SOURCE, 7)
    clock.advance(WANTED_NS)
    assert gallery.newest(Shown.SOURCE, SMALL) is not None
    clock.advance(WANTED_NS + 1)
    assert gallery.due(Shown.SOURCE) == []
    assert not gallery.wants(Shown.SOURCE)
    assert gallery.newest(Shown.SOURCE, SMALL) is None
    assert gallery.due(Shown.SOURCE) == [SMALL]


def test_a_picture_that_is_looked_at_once_a_second_stays() -> None:
    """A screen under a dialog looks no more often, and its timer is a little late."""
    clock = FakeClock()
    gallery = Gallery(clock)
    gallery.newest(Shown.SOURCE, SMALL)
    for _ in range(3):
        gallery.hang(Shown.SOURCE, np.zeros((SMALL[1], SMALL[0], 3), np.uint8))
        clock.advance(1_150_000_000)
        assert gallery.newest(Shown.SOURCE, SMALL) is not None


def test_whoever_changes_the_size_sees_the_other_size_until_his_own_is_made() -> None:
    clock = FakeClock()
    gallery = Gallery(clock)
    gallery.newest(Shown.PROGRAM, SMALL)
    hung(gallery, Shown.PROGRAM)
    first = gallery.newest(Shown.PROGRAM, LARGE)
    assert first is not None
    assert first.pixels.shape[:2] == (30, 40)
    clock.advance(INTERVAL_NS)
    assert LARGE in gallery.due(Shown.PROGRAM)
    gallery.hang(Shown.PROGRAM, grey(LARGE))
    second = gallery.newest(Shown.PROGRAM, LARGE)
    assert second is not None
    assert second.pixels.shape[:2] == (60, 80)


def test_a_window_that_is_resized_again_and_again_does_not_have_every_size_made() -> None:
    gallery = Gallery(FakeClock())
    for width in range(100, 200):
        gallery.newest(Shown.PROGRAM, (width, 50))
    due = gallery.due(Shown.PROGRAM)
    assert due == [(width, 50) for width in range(200 - MOST_KEPT, 200)]


def test_a_kind_that_is_taken_down_is_not_shown_and_is_due_at_once() -> None:
    gallery = Gallery(FakeClock())
    for shown in (Shown.NEXT, Shown.PROGRAM):
        gallery.newest(shown, SMALL)
        hung(gallery, shown)
    gallery.clear(Shown.NEXT)
    assert gallery.newest(Shown.NEXT, SMALL) is None
    assert gallery.newest(Shown.PROGRAM, SMALL) is not None
    assert gallery.due(Shown.NEXT) == [SMALL]


def test_every_picture_and_every_card_has_a_number_of_its_own() -> None:
    gallery, card = Gallery(FakeClock()), grey((320, 180), 90)
    gallery.newest(Shown.PROGRAM, SMALL)
    hung(gallery, Shown.PROGRAM)
    picture = gallery.newest(Shown.PROGRAM, SMALL)
    assert picture is not None
    cards = [gallery.card(card, size).serial for size in (SMALL, SMALL, LARGE)]
    assert cards[0] == cards[1] != cards[2]
    assert picture.serial not in cards


@pytest.mark.parametrize("size", [(2, 2), (7, 5), (80, 45), (400, 300)])
def test_a_thumbnail_is_rgb_of_the_size_asked_for(size: tuple[int, int]) -> None:
    pixels: Pixels = np.zeros((180, 320, 3), np.uint8)
    pixels[:] = (10, 100, 200)
    small = thumbnail(pixels, size)
    assert small.shape == (size[1], size[0], 3)
    assert (small == (200, 100, 10)).all()


@pytest.mark.parametrize(
    ("asked", "made"), [((80, 46), (80, 46)), ((4096, 2304), (640, 360)), ((360, 1280), (180, 640)), ((0, 0), (2, 2))]
)
def test_a_picture_for_a_screen_is_never_so_large_that_the_lane_feels_it(
    asked: tuple[int, int], made: tuple[int, int]
) -> None:
    assert screen_size(*asked) == made
