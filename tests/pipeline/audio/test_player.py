"""Sound handed to a sink with a clock of its own: the reserve is held, wherever it waits, and no delay stays."""

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.audio.player import BACKLOG_SAMPLES, RESERVE_SAMPLES, STALL_NS, Player
from pipeline.audio.ring import Ring
from pipeline.audio.stream import BLOCK_SAMPLES, RATE_HZ
from pipeline.media import Block
from tests.fakes import FakeClock

BLOCK_NS = BLOCK_SAMPLES * 1_000_000_000 // RATE_HZ
RESERVE_MS = RESERVE_SAMPLES / RATE_HZ * 1e3


class ClockedSink:
    """A device that plays at its own clock and has room for more than anyone gives it."""

    name = description = "clocked sink"
    paced, is_file = True, False

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
    # However many blocks it took: it was one piece too much.
    assert ring.overruns == 1


def test_a_device_that_holds_too_much_loses_no_sound_while_none_comes() -> None:
    clock, ring = FakeClock(), Ring(RATE_HZ)
    sink = ClockedSink(clock)
    player = Player(ring, sink, clock)
    player.cover(False)
    played(ring, player, clock, range(50))
    sink.write(np.zeros(RATE_HZ // 10, np.float32))
    for _ in range(100):
        player._leave_out_late()
    assert (ring.overruns, ring.dropped) == (0, 0)


def test_a_gap_is_one_underrun_however_long_it_lasts() -> None:
    clock, ring = FakeClock(), Ring(RATE_HZ)
    player = Player(ring, ClockedSink(clock), clock)
    player.cover(False)
    for first in (0, 100):
        for number in range(first, first + 4):
            ring.write(block(number))
        while ring.fill >= RESERVE_SAMPLES:
            player.step()
        for _ in range(200):
            clock.advance(BLOCK_NS)
            player._fill()
    assert player.meters.underruns == 2


class FakeFile:
    """A file that counts what it is given."""

    name = description = "file"
    paced, is_file, buffered_ns = False, True, 0

    def __init__(self) -> None:
        self.samples = 0

    def write(self, samples: NDArray[np.float32]) -> None:
        """Appends."""
        self.samples += len(samples)

    def close(self) -> None:
        """Nothing is held."""

    def __enter__(self) -> "FakeFile":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class FileDesk:
    """A player that writes to a file, driven by hand."""

    def __init__(self) -> None:
        self.clock, self.ring, self.file = FakeClock(), Ring(RATE_HZ), FakeFile()
        self.player = Player(self.ring, self.file, self.clock)
        self.player.cover(False)
        self.played_ns = 0
        """Time since the start."""

    def wait(self, beats: int) -> None:
        """Lets so many blocks' time pass without any; the player is asked when it would not wait."""
        for beat in range(1, beats + 1):
            self.clock.advance(BLOCK_NS)
            self.played_ns += BLOCK_NS
            if beat * BLOCK_NS >= STALL_NS:
                self.player.step()

    def take(self, captured_ns: list[int]) -> None:
        """Hands blocks over that were captured then, all at once."""
        for at_ns in captured_ns:
            self.ring.write(Block(np.full((BLOCK_SAMPLES, 1), 0.25, np.float32), RATE_HZ, at_ns))
        while self.ring.fill >= BLOCK_SAMPLES:
            self.player.step()

    def play(self, beats: int, *, ahead_ns: int = 0) -> None:
        """One block each 10 ms, captured so much later than it would have been."""
        for _ in range(beats):
            self.clock.advance(BLOCK_NS)
            self.played_ns += BLOCK_NS
            self.take([self.played_ns + ahead_ns])

    @property
    def missing(self) -> int:
        """Samples by which the file is shorter than the time that has passed."""
        return self.played_ns * RATE_HZ // 1_000_000_000 - self.file.samples


@pytest.mark.parametrize("lost", [3, 7, 8, 9, 20, 300])
def test_a_file_stays_as_long_as_time_however_often_the_sound_drops_out(lost: int) -> None:
    desk = FileDesk()
    desk.play(30)
    for _ in range(5):
        desk.wait(lost)
        desk.play(30)
    assert desk.missing == 0


@pytest.mark.parametrize("late", [3, 7, 8, 9, 20])
def test_what_is_only_late_makes_a_file_no_longer(late: int) -> None:
    desk = FileDesk()
    desk.play(30)
    for _ in range(5):
        began_ns = desk.played_ns
        desk.wait(late)
        desk.take([began_ns + (number + 1) * BLOCK_NS for number in range(late)])
        desk.play(30)
    assert desk.missing == 0


def test_a_voice_that_lags_behind_by_less_makes_a_file_no_longer() -> None:
    desk = FileDesk()
    desk.play(30)
    desk.play(30, ahead_ns=60_000_000)
    assert desk.missing == 0
