"""The sound of a recording: what was said under silence is not in it, however late it comes."""

import numpy as np
import pytest

from pipeline.audio.ring import Ring
from pipeline.audio.stream import BLOCK_SAMPLES, RATE_HZ
from pipeline.audio.tape import Tape
from pipeline.media import Block
from tests.fakes import FakeClock
from tests.pipeline.audio.booth import FakeTrack

BLOCK_NS = BLOCK_SAMPLES * 1_000_000_000 // RATE_HZ


@pytest.mark.parametrize(
    ("lossless", "loud"), [(False, [False] * 4 + [True] * 2), (True, [True] * 6)], ids=["real time", "lossless"]
)
def test_what_was_captured_before_the_silence_was_taken_off_is_recorded_as_silence(
    lossless: bool, loud: list[bool]
) -> None:
    clock, ring, track = FakeClock(), Ring(RATE_HZ), FakeTrack()
    tape = Tape(ring, track, clock, lossless=lossless)
    for number in range(6):
        ring.write(Block(np.ones((BLOCK_SAMPLES, 1), np.float32), RATE_HZ, number * BLOCK_NS))
    clock.advance(3 * BLOCK_NS)
    tape.cover(False)
    ring.close()
    while tape.step():
        pass
    assert [bool(samples.any()) for samples in track.samples] == loud
    assert track.ended
    assert tape.latency.count == (0 if lossless else 6)
    assert lossless or tape.latency.latest_ms(6) == pytest.approx((30.0, 20.0, 10.0, 0.0, 0.0, 0.0))
