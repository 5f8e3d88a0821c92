"""The delay line: bounded, in order, in buffers that are used again, and true to the colours."""

import threading
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import LaneError
from pipeline.media import Pixels
from pipeline.video.output.delay_line import SPARE, DelayLine, Showing

SIZE = (64, 48)
SOON_S = 5.0
MOMENT_S = 0.05


def picture(level: int = 128, size: tuple[int, int] = SIZE) -> Pixels:
    return np.full((size[1], size[0], 3), level, np.uint8)


def make_line(capacity: int = 4, lossless: bool = False) -> DelayLine:
    return DelayLine(SIZE, capacity, lossless)


def fill(line: DelayLine, instants: list[int]) -> None:
    for instant in instants:
        line.write(picture(), instant, instant * 10)


def started(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def patches() -> Pixels:
    """Patches of all colours, each of 8 pixels a side: I420 has colour at half resolution only."""
    colours = np.random.default_rng(7).integers(0, 256, (30, 40, 3), np.uint8)
    return np.ascontiguousarray(colours.repeat(8, axis=0).repeat(8, axis=1))


def test_colours_come_back_within_three_levels() -> None:
    pixels = patches()
    line = DelayLine((320, 240), 2, lossless=False)
    line.write(pixels, 1, 2)
    entry = line.take(1)
    assert entry is not None
    assert entry.planes is not None
    assert entry.planes.shape == (360, 320)
    assert entry.planes.flags.c_contiguous
    back = cv2.cvtColor(entry.planes, cv2.COLOR_YUV2BGR_I420)
    assert np.abs(back.astype(int) - pixels).max() <= 3


def test_a_picture_keeps_its_two_times() -> None:
    line = make_line()
    line.write(picture(), 7, 9)
    entry = line.take(7)
    assert entry is not None
    assert (entry.showing, entry.captured_ns, entry.media_ns) == (Showing.PICTURE, 7, 9)


def test_the_lines_own_copy_is_taken() -> None:
    line, pixels = make_line(), picture(40)
    line.write(pixels, 1, 1)
    before = cv2.cvtColor(picture(40), cv2.COLOR_BGR2YUV_I420)
    pixels[:] = 255
    entry = line.take(1)
    assert entry is not None
    assert entry.planes is not None
    assert np.array_equal(entry.planes, before)


def test_nothing_is_taken_before_it_is_due() -> None:
    line = make_line()
    fill(line, [100])
    assert line.take(99) is None
    assert line.head_ns() == 100
    assert line.take(100) is not None
    assert line.head_ns() is None


def test_the_newest_due_picture_is_taken_and_older_ones_are_lost_and_counted() -> None:
    line = make_line(capacity=8)
    fill(line, [1, 2, 3, 4, 5])
    entry = line.take(3)
    assert entry is not None
    assert entry.captured_ns == 3
    assert line.dropped == 2
    assert line.head_ns() == 4


def test_a_full_line_drops_its_oldest_and_counts_it() -> None:
    line = make_line(capacity=3)
    fill(line, list(range(10)))
    assert line.dropped == 7
    assert line.head_ns() == 7


def test_instants_without_a_picture_count_too() -> None:
    line = make_line(capacity=2)
    for instant in range(5):
        line.mark(Showing.CARD, instant, instant)
    assert line.dropped == 3
    entry = line.take(10)
    assert entry is not None
    assert (entry.showing, entry.planes) == (Showing.CARD, None)


def test_a_lossless_line_gives_the_oldest_however_early() -> None:
    line = make_line(lossless=True)
    fill(line, [10, 20, 30])
    taken = [line.take(0) for _ in range(3)]
    assert [entry.captured_ns for entry in taken if entry] == [10, 20, 30]
    assert line.take(100) is None


def test_a_full_lossless_line_makes_the_writer_wait_and_loses_nothing() -> None:
    line = make_line(capacity=2, lossless=True)
    fill(line, [1, 2])
    writer = started(lambda: fill(line, [3]))
    writer.join(MOMENT_S)
    assert writer.is_alive()
    assert line.take(0) is not None
    writer.join(SOON_S)
    assert not writer.is_alive()
    assert line.dropped == 0
    assert line.head_ns() == 2


def test_everything_passes_a_lossless_line_between_two_threads() -> None:
    line = make_line(capacity=2, lossless=True)

    def write() -> None:
        fill(line, list(range(300)))
        line.close()

    writer, taken = started(write), list[int]()
    while not line.closed_and_empty:
        entry = line.take(0)
        if entry is None:
            line.wait(SOON_S)
            continue
        taken.append(entry.captured_ns)
        assert entry.planes is not None
        line.give_back(entry.planes)
    writer.join(SOON_S)
    assert taken == list(range(300))
    assert line.dropped == 0


def test_closing_wakes_the_writer_and_the_reader() -> None:
    full, empty = make_line(capacity=1, lossless=True), make_line()
    fill(full, [1])
    threads = started(lambda: fill(full, [2])), started(lambda: empty.wait(30.0))
    full.close()
    empty.close()
    for thread in threads:
        thread.join(SOON_S)
        assert not thread.is_alive()
    assert empty.closed_and_empty
    assert not full.closed_and_empty


@pytest.mark.parametrize("lossless", [False, True])
def test_a_thousand_pictures_pass_through_a_fixed_set_of_buffers(lossless: bool) -> None:
    line, seen, shown = make_line(capacity=4, lossless=lossless), set[int](), None
    for instant in range(1000):
        line.write(picture(instant % 256), instant, instant)
        if instant % 3 == 2 or lossless:
            entry = line.take(instant)
            assert entry is not None
            assert entry.planes is not None
            if shown is not None:
                line.give_back(shown)
            shown = entry.planes
            seen.add(shown.ctypes.data)
    assert len(seen) <= 4 + SPARE


def test_the_picture_on_show_is_not_written_over() -> None:
    line = make_line(capacity=2)
    line.write(picture(10), 0, 0)
    entry = line.take(0)
    assert entry is not None
    assert entry.planes is not None
    before = entry.planes.copy()
    for instant in range(1, 50):
        line.write(picture(200), instant, instant)
    assert np.array_equal(entry.planes, before)


def test_a_line_whose_buffers_never_come_back_says_so() -> None:
    line = make_line(capacity=1)
    with pytest.raises(LaneError, match="no free buffer"):
        for instant in range(1 + SPARE + 1):
            line.write(picture(), instant, instant)
            line.take(instant)


def test_five_seconds_of_full_hd_stay_under_500_mb() -> None:
    width, height, seconds, fps = 1920, 1080, 5, 30
    buffer = DelayLine((width, height), 1, lossless=False)
    buffer.write(np.zeros((height, width, 3), np.uint8), 0, 0)
    entry = buffer.take(0)
    assert entry is not None
    assert entry.planes is not None
    # Six pictures of slack on top of the delay, and the line's own spare buffers.
    buffers = seconds * fps + 6 + SPARE
    assert buffers * entry.planes.nbytes < 500_000_000


@given(
    capacity=st.integers(1, 5),
    deeds=st.lists(st.one_of(st.just("write"), st.just("mark"), st.integers(0, 5)), max_size=60),
)
def test_whatever_happens_each_entry_is_taken_once_in_order_or_counted(capacity: int, deeds: list[str | int]) -> None:
    line = make_line(capacity)
    put, taken, shown = 0, list[int](), None
    for deed in deeds:
        if deed == "write":
            line.write(picture(), put, put)
            put += 1
        elif deed == "mark":
            line.mark(Showing.AGAIN, put, put)
            put += 1
        elif isinstance(deed, int) and (entry := line.take(put - 1 - deed)) is not None:
            taken.append(entry.captured_ns)
            if entry.planes is not None:
                if shown is not None:
                    line.give_back(shown)
                shown = entry.planes
    held = 0
    while (entry := line.take(line.head_ns() or 0)) is not None:
        taken.append(entry.captured_ns)
        held += 1
    assert held <= capacity
    assert taken == sorted(set(taken))
    assert len(taken) + line.dropped == put
