"""Whatever breaks between microphone and sink: no gap, one sentence, and never the actor's own voice."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from pipeline.audio.condition.settings import ConditionSettings
from pipeline.audio.lane import REPORT_EVERY_NS
from pipeline.audio.stream import BLOCK_SAMPLES, RATE_HZ
from pipeline.audio.voice.chunks import Gathered
from pipeline.audio.voice.timbre import Timbre
from pipeline.errors import StageError
from pipeline.media import Block
from pipeline.selftest.plain import Unchanged
from tests.fakes import FakeVoice
from tests.footage import persona
from tests.pipeline.audio.condition.sounds import cut, words
from tests.pipeline.audio.fault_desk import (
    BLOCK_MS,
    MS,
    TICK_MS,
    FaultDesk,
    Masked,
    Sound,
    noise,
    silence_on,
    silences,
    torn,
)

ALIKE = 0.5
"""Noise is like other noise by a quarter at most; a voice that passes is like itself by 1, and by 0.77 behind a
resampler."""
SECONDS = 2.0

Opened = Callable[..., FaultDesk]


@pytest.fixture(params=[True, False], ids=["device", "pipe"])
def desk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultDesk]:
    """A desk with an ear that plays at its own clock, and one with an ear that takes what comes."""
    desk = FaultDesk(monkeypatch, paced=request.param)
    yield desk
    desk.end()


def test_a_voice_that_passes_would_be_found(desk: FaultDesk) -> None:
    desk.begin(Unchanged())
    desk.run(SECONDS)
    assert desk.likeness() > 0.7


def test_as_long_as_nothing_breaks_nothing_is_told_and_nothing_is_missing(desk: FaultDesk) -> None:
    desk.begin(Masked())
    desk.run(SECONDS)
    desk.assert_gapless()
    desk.assert_told()
    assert desk.likeness() < ALIKE
    assert silences(desk.ears[0].heard) == []
    assert desk.rig.readings(desk.clock.now_ns()).underruns == 0


@pytest.mark.parametrize("faults", [silence_on(50, error=torn()), silence_on(50)], ids=["raises", "no numbers"])
def test_an_engine_that_fails_on_one_block_costs_that_block(
    desk: FaultDesk, faults: Callable[[int, Sound], Sound]
) -> None:
    desk.begin(Masked(faults))
    desk.run(SECONDS)
    desk.assert_gapless()
    desk.assert_told("Silence goes out instead")
    assert desk.likeness() < ALIKE
    (silence,) = silences(desk.ears[0].heard)
    # A resampler rings on into it.
    assert silence == pytest.approx(BLOCK_SAMPLES, abs=100)
    # The sound after it is where it belongs.
    assert max(desk.latencies_ns[60:]) - min(desk.latencies_ns[60:]) < 2_000_000
    assert desk.rig.readings(desk.clock.now_ns()).failed == 1


def test_an_engine_that_always_fails_is_silence_and_told_now_and_then(desk: FaultDesk) -> None:
    desk.begin(Masked(silence_on(error=torn())))
    seconds = 2.5 * REPORT_EVERY_NS / 1e9
    desk.run(seconds)
    desk.assert_gapless()
    desk.assert_told(*["torn. Silence goes out instead"] * 3)
    assert not desk.ears[0].heard.any()
    assert desk.failures == []


def test_an_engine_that_breaks_altogether_leaves_silence_that_does_not_end(desk: FaultDesk) -> None:
    """What no engine says of itself ends the lane."""
    desk.begin(Masked(silence_on(50, error=RuntimeError("out of memory"))))
    desk.run(SECONDS)
    desk.assert_gapless()
    desk.assert_told("RuntimeError: out of memory")
    assert len(desk.failures) == 1
    assert desk.likeness() < ALIKE
    assert not desk.ears[0].heard[round(0.7 * RATE_HZ) :].any()


SPOILT: dict[str, Callable[[Sound], Sound]] = {
    "silence": np.zeros_like,
    "square wave at full scale": lambda sound: np.where(np.arange(len(sound)) % 240 < 120, 1.0, -1.0),
    "direct current": np.ones_like,
    "no numbers": lambda sound: np.full_like(sound, np.nan),
    "some that are no numbers": lambda sound: np.where(np.arange(len(sound)) % 7 == 0, np.nan, sound),
    "infinite": lambda sound: np.full_like(sound, np.inf),
    "far too loud": lambda sound: sound * 1e30,
    "next to nothing": lambda sound: np.full_like(sound, np.finfo(np.float32).smallest_subnormal),
}

NO_NUMBERS = {"no numbers", "some that are no numbers", "infinite"}


@pytest.mark.parametrize("what", SPOILT)
def test_whatever_the_microphone_delivers_sound_leaves_and_the_voice_goes_on_after_it(
    desk: FaultDesk, what: str
) -> None:
    desk.talker.sound = np.tile(words(4)[0], 4)
    desk.begin(Timbre(persona()), ConditionSettings(suppression=True))
    desk.run(0.8)
    desk.talker.spoil = lambda sound: SPOILT[what](sound).astype(np.float32)
    desk.run(0.6)
    desk.talker.spoil = lambda sound: sound
    desk.run(1.4)
    desk.assert_gapless()
    heard = desk.ears[0].heard
    assert np.isfinite(heard).all()
    assert np.abs(heard).max() <= 1.0
    assert np.abs(heard[-RATE_HZ:]).max() > 0.05
    desk.assert_told(*(["no numbers, for which silence goes out"] if what in NO_NUMBERS else []))
    readings = desk.rig.readings(desk.clock.now_ns())
    assert desk.failures == []
    assert readings.failed == 0
    assert -60.0 < readings.input_level.hold_dbfs <= 0.0


def test_a_microphone_that_vanishes_is_silence_until_it_is_back(desk: FaultDesk) -> None:
    desk.begin(Masked())
    desk.run(1.0)
    before_ns = sorted(desk.latencies_ns[-20:])[10]
    desk.talker.plugged = False
    desk.run(3.0)
    desk.assert_gapless()
    assert not desk.ears[0].heard[-2 * RATE_HZ :].any()
    desk.talker.plugged = True
    desk.run(2.0)
    desk.assert_gapless()
    desk.assert_told("No sound from fake microphone", "Sound comes again")
    assert desk.likeness() < ALIKE
    (silence,) = silences(desk.ears[0].heard)
    assert silence == pytest.approx(3 * RATE_HZ, abs=RATE_HZ // 12)
    # No delay stays.
    assert sorted(desk.latencies_ns[-20:])[10] == pytest.approx(before_ns, abs=15_000_000)


@pytest.mark.parametrize("away_ms", [20, 60, 150, 700])
def test_a_microphone_that_falters_leaves_no_delay(desk: FaultDesk, away_ms: int) -> None:
    desk.begin(Masked())
    desk.run(1.0)
    before_ns = sorted(desk.latencies_ns[-20:])[10]
    for _ in range(4):
        desk.talker.plugged = False
        desk.run(away_ms / 1000)
        desk.talker.plugged = True
        desk.run(0.5)
    desk.assert_gapless(falters=4)
    desk.assert_told()
    assert desk.likeness() < ALIKE
    assert sorted(desk.latencies_ns[-20:])[10] == pytest.approx(before_ns, abs=15_000_000)


@pytest.mark.parametrize("away_ms", [20, 60, 150, 700])
def test_a_file_gets_every_moment_that_the_microphone_was_away(monkeypatch: pytest.MonkeyPatch, away_ms: int) -> None:
    desk = FaultDesk(monkeypatch, paced=False)
    desk.ears[0].is_file = True
    desk.begin(Masked())
    desk.run(1.0)
    for _ in range(8):
        desk.talker.plugged = False
        desk.run(away_ms / 1000)
        desk.talker.plugged = True
        desk.run(0.3)
    desk.assert_gapless()
    desk.end()


def test_the_only_sink_that_vanishes_is_told_once_and_fails_the_session(desk: FaultDesk) -> None:
    desk.begin(Masked())
    desk.run(0.5)
    desk.ears[0].plugged = False
    desk.run(1.0)
    desk.assert_told("The fake ear is gone")
    assert len(desk.failures) == 1
    assert desk.rig.readings(desk.clock.now_ns()).lost_sinks == ("The fake ear is gone; plug it in again.",)


@pytest.mark.parametrize("paced", [True, False])
def test_a_sink_that_vanishes_beside_another_costs_the_other_nothing(
    monkeypatch: pytest.MonkeyPatch, paced: bool
) -> None:
    desk = FaultDesk(monkeypatch, paced=paced, ears=2)
    desk.begin(Masked())
    desk.run(0.5)
    desk.ears[1].plugged = False
    desk.run(1.5)
    desk.assert_gapless()
    desk.assert_told("The fake ear is gone")
    assert desk.failures == []
    assert desk.likeness() < ALIKE
    assert silences(desk.ears[0].heard) == []
    desk.end()


@pytest.mark.parametrize("ears", [1, 2])
@pytest.mark.parametrize("held_up_ms", [40, 100, 200, 400])
def test_a_lane_that_is_held_up_costs_a_gap_and_what_came_too_late_for_it_is_no_second_loss(
    monkeypatch: pytest.MonkeyPatch, held_up_ms: int, ears: int
) -> None:
    desk = FaultDesk(monkeypatch, paced=True, ears=ears)
    desk.begin(Masked())
    crew, times = desk.rig._crew, 5
    for passed_ms in range(0, 1000 * (times + 1), TICK_MS):
        desk.clock.advance(TICK_MS * MS)
        if passed_ms % BLOCK_MS == 0:
            crew.step("microphone")
        if passed_ms < 1000 or passed_ms % 1000 >= held_up_ms:
            # It makes up for lost time, in pieces.
            for _ in range(5):
                crew.step("audio lane")
        for number in range(1, ears + 1):
            crew.step(f"sound sink {number}")
    readings = desk.rig.readings(desk.clock.now_ns())
    assert (readings.underruns, readings.overruns) == (times, 0)
    assert desk.latencies_ns[-1] < 90_000_000, "no delay stays"
    desk.end()


class Tenth(FakeVoice):
    """An engine that fails at its tenth call."""

    calls = 0

    def process(self, block: Block) -> Block:
        """The block, lower."""
        self.calls += 1
        self.failing = self.calls == 10
        return super().process(block)


def test_what_waits_behind_an_engine_that_fails_comes_in_its_turn() -> None:
    """Seconds of finished sound may wait there."""
    chunk, wait = 960, 4800
    stage = Gathered(Tenth(0.5), chunk, wait)
    said, done = noise(1.0), []
    for block in cut(said, [BLOCK_SAMPLES] * (len(said) // BLOCK_SAMPLES - 1)):
        try:
            done.append(stage.process(block).samples[:, 0])
        except StageError:
            done.append(np.zeros(len(block.samples), np.float32))
    heard, late = np.concatenate(done), chunk + wait
    wanted = np.concatenate((np.zeros(late, np.float32), 0.5 * said))[: len(heard)]
    loud = np.abs(heard) > 0.0
    assert np.allclose(heard[loud], wanted[loud])
    # The block in which it failed is silent, and in its turn what it could not do.
    assert np.count_nonzero(~loud[late:]) == pytest.approx(BLOCK_SAMPLES + chunk, abs=5)
