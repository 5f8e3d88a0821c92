"""What is gathered for a preflight: all of what is needed, bounded, copied, with the gaps counted."""

import threading

import numpy as np
import pytest

from pipeline.media import Block, Frame
from pipeline.preflight import gatherer as gathering
from pipeline.preflight.gatherer import Gatherer
from tests.rigging import SOON_S

RATE_HZ = 48_000
LENGTH = 480
STEP_NS = LENGTH * 1_000_000_000 // RATE_HZ


def block(number: int, late_ns: int = 0) -> Block:
    """The block after so many others."""
    return Block(np.full((LENGTH, 1), 0.1 * number, np.float32), RATE_HZ, number * STEP_NS + late_ns)


def frame(number: int, fps: float = 30.0) -> Frame:
    """A frame whose every pixel is its number."""
    at_ns = round(number * 1e9 / fps)
    return Frame(np.full((72, 128, 3), number % 256, np.uint8), at_ns, at_ns)


def test_nothing_was_heard_or_seen_before_anything_came() -> None:
    empty = Gatherer(1.0)
    assert empty.heard("microphone") is None
    assert empty.seen("camera", None, None) is None
    assert empty.latest(1.0) is None
    assert empty.face is None


def test_sound_is_kept_as_it_came_and_no_longer_than_it_may() -> None:
    gatherer = Gatherer(0.1)
    for number in range(30):
        gatherer.hear(block(number))
    heard = gatherer.heard("microphone")
    assert heard is not None
    assert heard.samples.shape == (RATE_HZ // 10, 1)
    assert heard.samples[:LENGTH].max() == 0.0
    assert heard.gaps == 0
    latest = gatherer.latest(0.02)
    assert latest is not None
    np.testing.assert_array_equal(latest.samples, heard.samples[-2 * LENGTH :])


@pytest.mark.parametrize(("late_ns", "gaps"), [(1_000_000, 0), (40_000_000, 1)])
def test_sound_that_jumps_in_time_has_a_gap_and_jitter_has_none(late_ns: int, gaps: int) -> None:
    gatherer = Gatherer(1.0)
    for number in range(10):
        gatherer.hear(block(number, late_ns if number >= 5 else 0))
    heard = gatherer.heard("microphone")
    assert heard is not None
    assert heard.gaps == gaps


def test_a_frame_now_and_then_is_kept_whole_and_the_others_small() -> None:
    gatherer = Gatherer(1.0)
    for number in range(60):
        gatherer.see(frame(number))
    seen = gatherer.seen("camera", (128, 72), 30.0)
    assert seen is not None
    assert len(seen.times_ns) == len(seen.frames) == 60
    whole = [kept for kept in seen.frames if kept.size == (128, 72)]
    assert len(whole) == 4
    assert {kept.size for kept in seen.frames} == {(128, 72), (32, 18)}


def test_frames_are_copied_because_their_memory_is_used_again() -> None:
    gatherer, first = Gatherer(1.0), frame(7)
    gatherer.see(first)
    first.pixels[:] = 200
    seen = gatherer.seen("camera", None, None)
    assert seen is not None
    assert seen.frames[0].pixels.max() == 7


@pytest.mark.parametrize(("fps", "size"), [(30.0, (128, 72)), (60.0, (128, 72)), (30.0, (256, 144))])
def test_a_minute_leaves_frames_of_all_of_it(
    fps: float, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "WHOLE_BYTES", 20 * 128 * 72 * 3)
    monkeypatch.setattr(gathering, "SMALL_BYTES", 500 * 32 * 18 * 3)
    gatherer, count = Gatherer(60.0), round(60 * fps)
    for number in range(count):
        at_ns = round(number * 1e9 / fps)
        gatherer.see(Frame(np.zeros((size[1], size[0], 3), np.uint8), at_ns, at_ns))
    seen = gatherer.seen("camera", None, None)
    assert seen is not None
    assert len(seen.times_ns) == count
    times_ns = [frame.captured_ns for frame in seen.frames]
    assert times_ns == sorted(times_ns)
    whole = [frame for frame in seen.frames if frame.size == size]
    small = [frame for frame in seen.frames if frame.size != size]
    assert sum(frame.pixels.nbytes for frame in whole) <= gathering.WHOLE_BYTES
    assert sum(frame.pixels.nbytes for frame in small) <= gathering.SMALL_BYTES
    for kept in (whole, small):
        instants_s = np.array([0.0, *(frame.captured_ns / 1e9 for frame in kept), 60.0])
        assert np.diff(instants_s).max() <= 4 * 60.0 / len(kept)


def test_few_frames_are_kept_all_of_them() -> None:
    gatherer = Gatherer(60.0)
    for number in range(450):
        gatherer.see(frame(number))
    seen = gatherer.seen("camera", None, None)
    assert seen is not None
    assert len(seen.frames) == 450
    assert sum(kept.size == (128, 72) for kept in seen.frames) == gathering.WHOLE_FRAMES


def test_the_sound_does_not_wait_for_a_picture_to_be_made_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    gatherer, waited = Gatherer(1.0), list[bool]()

    def slow(seen: Frame) -> Frame:
        """Meanwhile the sound comes, and somebody asks where the head is."""
        for meanwhile in (lambda: gatherer.hear(block(0)), lambda: gatherer.face):
            other = threading.Thread(target=meanwhile)
            other.start()
            other.join(SOON_S / 5)
            waited.append(other.is_alive())
        return seen

    monkeypatch.setattr(gathering, "lightened", slow)
    for number in range(2):
        gatherer.see(frame(number))
    assert waited == [False, False]
    assert gatherer.heard("microphone") is not None


def test_when_the_sound_began_is_told() -> None:
    gatherer = Gatherer(1.0)
    assert gatherer.begun_ns is None
    for number in (3, 4):
        gatherer.hear(block(number))
    assert gatherer.begun_ns == 3 * STEP_NS
