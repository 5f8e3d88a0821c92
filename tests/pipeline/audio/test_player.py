"""Sound handed to a sink with a clock of its own: the reserve is held, wherever it waits, and no delay stays."""

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.audio.player import BACKLOG_SAMPLES, RESERVE_SAMPLES, Player
from pipeline.audio.ring import Ring
from pipeline.audio.stream import BLOCK_SAMPLES, RATE_HZ
from pipeline.media import Block
from tests.fakes import FakeClock

BLOCK_NS = BLOCK_SAMPLES * 1_000_000_000 // RATE_HZ
RESERVE_MS = RESERVE_SAMPLES / RATE_HZ * 1e3


class ClockedSink:
    """A device that plays at its own clock and has room for more than anyone gives it."""

    name = description = "clocked sink"
    paced = True

    def __init__(self, clock: FakeClock, ppm: float = 0.0) -> None:
        self._clock, self._pace = clock, 1.0 + ppm * 1e-6
        self._until_ns = float(clock.now_ns())
        self.dry = 0
        self.played: list[NDArray[np.float32]] = []

    @property
    def buffered_ns(self) -> int:
        """What it holds."""
        return max(0, round(self._until_ns - self._clock.now_ns()))

    def write(self, samples: NDArray[np.float32]) -> None:
        """Plays after what it holds."""
        if self._until_ns < self._clock.now_ns():
            # The resampler keeps what it needs back at first.
            self.dry += len(self.played) > 10
            self._until_ns = float(self._clock.now_ns())
        self._until_ns += len(samples) * 1e9 / RATE_HZ / self._pace
        self.played.append(samples.copy())

    def close(self) -> None:
        """Nothing is held."""

    def __enter__(self) -> "ClockedSink":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def block(number: int) -> Block:
    return Block(np.full((BLOCK_SAMPLES, 1), 0.25, np.float32), RATE_HZ, number * BLOCK_NS)


def played(ring: Ring, player: Player, clock: FakeClock, numbers: range) -> None:
    """One block each 10 ms, each taken at once."""
    for number in numbers:
        clock.advance(BLOCK_NS)
        ring.write(block(number))
        while ring.fill >= BLOCK_SAMPLES and (
            number > RESERVE_SAMPLES // BLOCK_SAMPLES or ring.fill >= RESERVE_SAMPLES
        ):
            player.step()


@pytest.mark.parametrize("ppm", [-200.0, 0.0, 200.0])
def test_a_device_with_room_to_spare_holds_the_reserve_and_no_more(ppm: float) -> None:
    """The ring is always empty then: what the device holds is what counts."""
    clock, ring = FakeClock(), Ring(RATE_HZ)
    sink = ClockedSink(clock, ppm)
    player = Player(ring, sink, clock)
    player.cover(False)
    played(ring, player, clock, range(120 * 100))
    assert sink.dry == 0
    assert player.meters.underruns == 0
    assert sink.buffered_ns / 1e6 == pytest.approx(RESERVE_MS + 10.0, abs=8.0)


def test_what_piled_up_while_a_device_stood_still_is_left_out_and_counted() -> None:
    clock, ring = FakeClock(), Ring(RATE_HZ)
    player = Player(ring, ClockedSink(clock), clock)
    player.cover(False)
    played(ring, player, clock, range(50))
    for number in range(50, 80):
        ring.write(block(number))
    clock.advance(30 * BLOCK_NS)
    player.step()
    assert ring.fill <= RESERVE_SAMPLES
    assert ring.overruns == 1
    assert ring.dropped == 30 * BLOCK_SAMPLES - RESERVE_SAMPLES
    assert 30 * BLOCK_SAMPLES > BACKLOG_SAMPLES


def test_what_piled_up_in_the_device_is_left_out_of_what_comes_next() -> None:
    clock, ring = FakeClock(), Ring(RATE_HZ)
    sink = ClockedSink(clock)
    player = Player(ring, sink, clock)
    player.cover(False)
    played(ring, player, clock, range(50))
    sink.write(np.zeros(RATE_HZ // 10, np.float32))
    before = sink.buffered_ns
    for number in range(50, 70):
        clock.advance(BLOCK_NS)
        ring.write(block(number))
        while ring.fill >= BLOCK_SAMPLES:
            player.step()
    assert before / 1e6 > 100.0
    assert 10.0 < sink.buffered_ns / 1e6 < RESERVE_MS + 20.0
    assert sink.dry == 0
    assert player.meters.underruns == 0
