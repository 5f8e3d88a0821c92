"""The audio lane: the target's voice or silence, never the actor's own."""

from dataclasses import replace
from typing import TypeAlias

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.audio.lane import CEILING_DBFS, REPORT_EVERY_NS, AudioLane, AudioLinks
from pipeline.audio.ring import Ring
from pipeline.audio.stream import BLOCK_SAMPLES, RATE_HZ
from pipeline.errors import LaneError
from pipeline.media import Block
from pipeline.telemetry import Event
from tests.chains import make_profile
from tests.fakes import FakeClock, FakeVoice

Sound: TypeAlias = NDArray[np.float32]

MS = 1_000_000
LAG = 72
"""Samples by which the limiter at the end of the lane sees ahead."""
LAG_NS = 1_500_000


class Bench:
    """A lane between two rings, and what it reports."""

    def __init__(self, *voices: FakeVoice) -> None:
        self.clock = FakeClock()
        self.events: list[Event] = []
        self.source, self.output = Ring(RATE_HZ), Ring(RATE_HZ)
        conditioning, voice = voices[:-1], voices[-1]
        links = AudioLinks(self.source, [self.output], self.clock, self.events.append)
        self.lane = AudioLane(conditioning, voice, links)
        self._fed = 0

    def feed(self, level: float = 0.5) -> Block:
        """One block through the lane."""
        samples = np.full((BLOCK_SAMPLES, 1), level, np.float32)
        self.source.write(Block(samples, RATE_HZ, self._fed * 10 * MS))
        self._fed += 1
        assert self.lane.step()
        block = self.output.read(BLOCK_SAMPLES)
        assert block is not None
        return block


class Counting(FakeVoice):
    """Counts how often it was told to forget, and its blocks."""

    forgot = done = 0

    def reset(self) -> None:
        """Counts."""
        self.forgot += 1

    def process(self, block: Block) -> Block:
        """Counts."""
        self.done += 1
        return super().process(block)


def test_a_block_goes_through_every_stage_and_keeps_its_instant() -> None:
    bench = Bench(FakeVoice(0.5, latency_ns=2 * MS), FakeVoice(0.5, latency_ns=20 * MS))
    bench.feed()
    block = bench.feed()
    assert np.allclose(block.samples, 0.125)
    assert block.captured_ns == 10 * MS - 22 * MS - LAG_NS
    assert bench.lane.latency_ns == 22 * MS + LAG_NS
    assert bench.lane.meters.blocks == 2


@pytest.mark.parametrize("broken", [0, 1])
def test_what_a_stage_cant_do_goes_out_as_silence_in_its_place(broken: int) -> None:
    stages = (FakeVoice(0.5, latency_ns=2 * MS), FakeVoice(0.5, latency_ns=20 * MS))
    bench = Bench(*stages)
    bench.feed()
    stages[broken].failing = True
    block = bench.feed()
    assert not block.samples[LAG:].any()
    assert block.captured_ns == 10 * MS - 22 * MS - LAG_NS
    stages[broken].failing = False
    assert np.allclose(bench.feed().samples[LAG:], 0.125)
    assert bench.lane.meters.failed == 1
    (event,) = bench.events
    assert "Silence goes out instead" in event.text


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_voice_that_makes_no_numbers_is_not_heard(value: float) -> None:
    voice = FakeVoice()
    bench = Bench(voice)
    voice.factor = value
    assert not bench.feed().samples.any()
    voice.factor = 0.5
    assert np.allclose(bench.feed().samples[LAG:], 0.25)


def test_a_voice_that_fails_again_and_again_is_reported_now_and_then() -> None:
    voice = FakeVoice()
    bench = Bench(voice)
    voice.failing = True
    for _ in range(100):
        bench.feed()
        bench.clock.advance(10 * MS)
    assert bench.lane.meters.failed == 100
    assert len(bench.events) == 1
    bench.clock.advance(REPORT_EVERY_NS)
    bench.feed()
    assert len(bench.events) == 2


def test_another_voice_is_faded_over_to_within_one_block() -> None:
    bench = Bench(FakeVoice(0.5))
    bench.feed()
    other = FakeVoice(-0.5)
    bench.lane.take(other)
    between = np.concatenate([bench.feed().samples, bench.feed().samples])[LAG : LAG + BLOCK_SAMPLES, 0]
    assert between[0] == pytest.approx(0.25)
    assert between[-1] == pytest.approx(-0.25)
    assert np.abs(np.diff(between)).max() < 0.01
    assert np.allclose(bench.feed().samples, -0.25)
    assert bench.lane.voice is other


def test_until_the_new_voice_has_something_to_say_the_old_one_is_heard() -> None:
    bench = Bench(FakeVoice(0.5))
    bench.feed()
    bench.lane.take(FakeVoice(-0.5, latency_ns=25 * MS))
    assert [float(bench.feed().samples[LAG - 1, 0]) for _ in range(5)] == pytest.approx(
        [0.25, 0.25, 0.25, -0.25, -0.25]
    )


def test_a_voice_that_was_here_before_begins_anew() -> None:
    first, second = Counting(0.5), Counting(0.1)
    bench = Bench(first)
    for voice in (second, first):
        bench.lane.take(voice)
        bench.feed()
    assert (first.forgot, second.forgot) == (1, 1)


def test_going_back_before_any_sound_came_leaves_the_voice_as_it_is() -> None:
    first = FakeVoice(0.5)
    bench = Bench(first)
    bench.lane.take(FakeVoice(0.1))
    bench.lane.take(first)
    assert np.allclose(bench.feed().samples[LAG:], 0.25)
    assert bench.lane.voice is first


def test_going_back_to_a_voice_that_is_still_heard_goes_on_with_it() -> None:
    first, second = Counting(0.5), Counting(-0.5, latency_ns=100 * MS)
    bench = Bench(first)
    bench.feed()
    bench.lane.take(second)
    bench.feed()
    bench.lane.take(first)
    blocks = [bench.feed().samples for _ in range(12)]
    assert np.allclose(blocks, 0.25)
    assert (first.done, first.forgot, second.done) == (14, 0, 1)


def test_a_voice_is_held_until_nothing_of_it_is_heard_or_will_be() -> None:
    first, second, third, fourth = (FakeVoice(latency_ns=25 * MS) for _ in range(4))
    bench = Bench(first)

    def held() -> list[bool]:
        return [bench.lane.holds(voice) for voice in (first, second, third, fourth)]

    assert held() == [True, False, False, False]
    bench.lane.take(second)
    assert held() == [True, True, False, False]
    bench.feed()
    bench.lane.take(third)
    bench.feed()
    assert held() == [True, False, True, False]
    bench.lane.take(fourth)
    bench.lane.take(third)
    for _ in range(3):
        bench.feed()
    assert held() == [False, False, True, False]


def loud(level: float) -> Sound:
    """Two seconds of bursts, each second one `level` high."""
    at = np.arange(2 * RATE_HZ) / RATE_HZ
    burst = np.sin(2 * np.pi * 430 * at) * np.where(at % 0.4 < 0.2, 0.2, level)
    return burst.astype(np.float32)


def limited(sound: Sound) -> Sound:
    """What leaves a lane whose voice changes nothing."""
    bench = Bench(FakeVoice(1.0))
    blocks = []
    for start in range(0, len(sound), BLOCK_SAMPLES):
        bench.source.write(Block(sound[start : start + BLOCK_SAMPLES, np.newaxis], RATE_HZ, start * 1_000_000 // 48))
        assert bench.lane.step()
        block = bench.output.read(BLOCK_SAMPLES)
        assert block is not None
        blocks.append(block.samples[:, 0])
    return np.concatenate(blocks)


def test_what_is_not_loud_leaves_bit_for_bit() -> None:
    sound = loud(0.88)
    assert np.array_equal(limited(sound)[LAG:], sound[:-LAG])


@pytest.mark.parametrize("level", [1.0, 1.9, 3.0])
def test_what_is_loud_is_held_below_the_ceiling_and_the_rest_is_kept(level: float) -> None:
    sound = loud(level)
    done = limited(sound)
    assert np.abs(done).max() <= 10 ** (CEILING_DBFS / 20)
    assert np.abs(done).max() > 0.95 * 10 ** (CEILING_DBFS / 20)
    # A quiet burst's second half: the gain has come back.
    later = slice(2 * 19_200 + 5_000, 2 * 19_200 + 9_000)
    assert np.allclose(done[LAG:][later], sound[:-LAG][later], atol=0.04)


def test_of_two_voices_given_before_one_block_the_last_is_taken() -> None:
    bench = Bench(FakeVoice(0.5))
    bench.lane.take(FakeVoice(0.1))
    last = FakeVoice(0.2)
    bench.lane.take(last)
    bench.feed()
    assert np.allclose(bench.feed().samples[LAG:], 0.1)


def test_live_settings_reach_every_stage_before_the_next_block() -> None:
    stages = FakeVoice(), FakeVoice()
    bench = Bench(*stages)
    profile = make_profile("ada")
    bench.lane.adjust(profile)
    bench.feed()
    assert [stage.adjusted for stage in stages] == [[profile], [profile]]


def test_the_end_of_the_source_ends_the_rings_behind_it() -> None:
    bench = Bench(FakeVoice())
    bench.source.write(Block(np.ones((100, 1), np.float32), RATE_HZ, 0))
    bench.source.close()
    assert bench.lane.step()
    block = bench.output.read(BLOCK_SAMPLES) or bench.output.read(100)
    assert block is not None and len(block.samples) == 100
    assert not bench.lane.step()
    assert bench.output.closed


def test_closing_closes_every_stage() -> None:
    stages = FakeVoice(), FakeVoice()
    Bench(*stages).lane.close()
    assert all(stage.closed for stage in stages)


def test_a_stage_that_can_not_be_closed_leaves_no_other_open() -> None:
    class Stuck(FakeVoice):
        """Does not close."""

        def close(self) -> None:
            raise LaneError("The fake voice is stuck.")

    stages = FakeVoice(), Stuck(), FakeVoice()
    with pytest.raises(LaneError, match="stuck"):
        Bench(*stages).lane.close()
    assert stages[0].closed and stages[2].closed


def test_the_input_is_never_written() -> None:
    bench = Bench(FakeVoice())
    block = Block(np.full((BLOCK_SAMPLES, 1), 0.5, np.float32), RATE_HZ, 0)
    block.samples.flags.writeable = False
    bench.source.write(replace(block))
    assert bench.lane.step()
