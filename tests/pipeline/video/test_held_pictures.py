"""Pictures in memory: there and back, at their times or as fast as they are taken."""

import numpy as np
import pytest

from pipeline.clock import Playhead
from pipeline.stage import EndOfSource
from pipeline.video.held_pictures import HeldPictures
from tests.fakes import FakeClock

PICTURES = [np.full((4, 6, 3), level, np.uint8) for level in range(3)]
FRAME_NS = 100_000_000


def test_they_are_shown_there_and_back_at_their_times() -> None:
    clock = FakeClock()
    begin_ns = clock.now_ns()
    with HeldPictures(PICTURES, 10.0, clock, Playhead()) as camera:
        assert camera.live
        assert camera.size == (6, 4)
        frames = [camera.read() for _ in range(6)]
    assert [int(frame.pixels[0, 0, 0]) for frame in frames] == [0, 1, 2, 1, 0, 1]
    assert [frame.captured_ns - begin_ns for frame in frames] == [index * FRAME_NS for index in range(6)]
    assert clock.now_ns() - begin_ns == 5 * FRAME_NS


def test_without_a_playhead_nothing_is_waited_for() -> None:
    clock = FakeClock()
    begin_ns = clock.now_ns()
    with HeldPictures(PICTURES, 10.0, clock) as camera:
        assert not camera.live
        assert [camera.read().media_ns for _ in range(3)] == [0, FRAME_NS, 2 * FRAME_NS]
    assert clock.now_ns() == begin_ns
    with pytest.raises(EndOfSource):
        camera.read()
