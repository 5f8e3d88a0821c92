"""Sound between two threads: in order, whole, and with the instants at which it was captured."""

import threading
import tracemalloc

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.audio.ring import Ring, Rings
from pipeline.audio.stream import RATE_HZ
from pipeline.media import Block

PATIENCE_S = 10.0


def ramp(first: int, count: int) -> Block:
    """Samples that are their own numbers, captured as of a clock that runs at the nominal rate."""
    samples = np.arange(first, first + count, dtype=np.float32)[:, np.newaxis]
    return Block(samples, RATE_HZ, round(first * 1e9 / RATE_HZ))


@given(writes=st.lists(st.integers(0, 40), max_size=40), reads=st.lists(st.integers(1, 40), max_size=40))
def test_what_comes_out_is_what_went_in(writes: list[int], reads: list[int]) -> None:
    ring, written, expected = Ring(64), 0, 0
    for count, wanted in zip(writes, reads, strict=False):
        ring.write(ramp(written, count))
        written += count
        expected = max(expected, written - 64)
        block = ring.read(wanted)
        assert (block is None) == (written - expected < wanted)
        if block is not None:
            assert block.samples[:, 0].tolist() == list(range(expected, expected + wanted))
            assert abs(block.captured_ns - expected * 1e9 / RATE_HZ) <= 1
            expected += wanted
        assert ring.fill == written - expected


def test_late_sound_is_dropped_and_counted() -> None:
    ring = Ring(10)
    ring.write(ramp(0, 8))
    ring.write(ramp(8, 25))
    assert ring.dropped == 23
    block = ring.read(10)
    assert block is not None and block.samples[:, 0].tolist() == list(range(23, 33))


def test_what_is_dropped_while_nobody_reads_is_one_overrun() -> None:
    ring = Ring(10)
    for number in range(5):
        ring.write(ramp(8 * number, 8))
    assert (ring.overruns, ring.dropped) == (1, 30)
    ring.read(10)
    assert ring.skip(5, lost=True) == 0
    assert ring.overruns == 1
    ring.write(ramp(40, 15))
    assert ring.overruns == 2


def test_after_a_gap_in_time_the_instants_are_those_of_the_new_sound() -> None:
    ring = Ring(100)
    ring.write(ramp(0, 10))
    ring.write(Block(np.zeros((10, 1), np.float32), RATE_HZ, 7_000_000_000))
    ring.read(10)
    block = ring.read(5)
    assert block is not None and block.captured_ns == 7_000_000_000


def test_a_lossless_ring_makes_the_writer_wait_and_loses_nothing() -> None:
    ring, got = Ring(50, lossless=True), []

    def write() -> None:
        for first in range(0, 1000, 20):
            ring.write(ramp(first, 20))
        ring.close()

    writer = threading.Thread(target=write)
    writer.start()
    while not (ring.closed and ring.fill == 0):
        assert ring.wait(30, PATIENCE_S)
        block = ring.read(30)
        if block is not None:
            got += block.samples[:, 0].tolist()
    writer.join(PATIENCE_S)
    assert got == list(range(1000))
    assert ring.dropped == 0


def test_what_is_left_can_be_read_once_the_ring_is_closed() -> None:
    ring = Ring(50)
    ring.write(ramp(0, 7))
    assert ring.read(8) is None
    ring.close()
    ring.write(ramp(7, 7))
    block = ring.read(8)
    assert block is not None and len(block.samples) == 7
    assert ring.read(8) is None


def test_skipping_throws_the_oldest_away() -> None:
    ring = Ring(50)
    ring.write(ramp(0, 20))
    assert ring.skip(5) == 5
    block = ring.read(2)
    assert block is not None and block.samples[:, 0].tolist() == [5, 6]
    assert ring.skip(50) == 13


def test_a_ring_that_nobody_reads_does_not_grow() -> None:
    ring = Ring(RATE_HZ // 2)
    ring.write(ramp(0, RATE_HZ // 2))
    tracemalloc.start()
    for first in range(0, 20_000 * 480, 480):
        ring.write(Block(np.zeros((480, 1), np.float32), RATE_HZ, first))
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert held < 50_000


def test_a_patient_writer_waits_for_room_until_the_ring_is_closed() -> None:
    ring = Ring(50)
    ring.write(ramp(0, 40))
    writer = threading.Thread(target=lambda: [ring.write(ramp(first, 20), patient=True) for first in (40, 60)])
    writer.start()
    got = ring.read(30)
    assert got is not None and got.samples[:, 0].tolist() == list(range(30))
    assert ring.wait(30, PATIENCE_S)
    ring.close()
    writer.join(PATIENCE_S)
    assert not writer.is_alive()
    assert ring.dropped == 0


def test_rings_that_come_and_go_leave_the_others_every_block() -> None:
    stays, goes, comes = Ring(50), Ring(50), Ring(50)
    rings = Rings([stays, goes])
    for ring in rings:
        rings.remove(goes)
        rings.add(comes)
        ring.write(ramp(0, 10))
    for ring in rings:
        ring.write(ramp(10, 10))
    assert [ring.fill for ring in (stays, goes, comes)] == [20, 10, 20]


def test_what_a_ring_lost_stays_counted_when_it_goes() -> None:
    stays, goes = Ring(50), Ring(5)
    rings = Rings([stays, goes])
    for ring in rings:
        ring.write(ramp(0, 20))
    assert rings.overruns == 1
    rings.remove(goes)
    rings.remove(goes)
    assert rings.overruns == 1
