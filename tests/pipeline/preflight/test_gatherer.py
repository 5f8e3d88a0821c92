"""What is gathered for a preflight: all of what is needed, bounded, copied, with the gaps counted."""

import numpy as np
import pytest

from pipeline.media import Block, Frame
from pipeline.preflight import gatherer as gathering
from pipeline.preflight.gatherer import Gatherer

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


def test_a_long_preflight_keeps_no_more_frames_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "MOST_FRAMES", 20)
    gatherer = Gatherer(1.0)
    for number in range(100):
        gatherer.see(frame(number))
    seen = gatherer.seen("camera", None, None)
    assert seen is not None
    assert len(seen.frames) <= 20 + gathering.WHOLE_FRAMES
    assert len(seen.times_ns) == 100
