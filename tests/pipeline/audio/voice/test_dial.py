"""More time means a voice that lags by exactly that; what the computer can't do is refused, and found out once."""

from collections.abc import Callable

import numpy as np
import pytest

from pipeline.audio.stream import BLOCK_SAMPLES, RATE_HZ
from pipeline.audio.voice.actor import Actor
from pipeline.audio.voice.chunks import Gathered, Stepped
from pipeline.audio.voice.dial import AROUND_MS, BUDGET, STEPS_MS, Dial, load, voice_stage
from pipeline.audio.voice.timbre import STEP_MS, Timbre
from pipeline.errors import VoiceError
from pipeline.media import Block
from pipeline.stage import AudioStage
from profiles.profile import Profile
from tests.chains import make_profile
from tests.fakes import FakeClock, FakeVoice

BLOCK_NS = BLOCK_SAMPLES * 1_000_000_000 // RATE_HZ


class SlowVoice(FakeVoice):
    """A voice that takes its time by a clock that stands still otherwise."""

    def __init__(self, clock: FakeClock, takes_ns: int) -> None:
        super().__init__()
        self._clock, self._takes_ns = clock, takes_ns

    def process(self, block: Block) -> Block:
        """The block, after a while."""
        self._clock.advance(self._takes_ns)
        return super().process(block)


class Computer:
    """Says what a voice takes instead of measuring it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, takes: Callable[[int], float]) -> None:
        self._takes = takes
        self.tries = 0
        monkeypatch.setattr("pipeline.audio.voice.dial.load", self._load)

    def _load(self, stage: AudioStage) -> float:
        self.tries += 1
        return self._takes(step_of(stage))


def step_of(stage: AudioStage) -> int:
    """How many samples a stage works on at a time."""
    return stage.step if isinstance(stage, Stepped) else BLOCK_SAMPLES


@pytest.mark.parametrize("latency_ms", [60.0, 100.0, 500.0, 1500.0, 5000.0])
def test_the_voice_lags_by_what_the_dial_says(latency_ms: float) -> None:
    stage = voice_stage(make_profile("ada"), latency_ms)
    assert stage.latency_ns / 1e6 + AROUND_MS == pytest.approx(latency_ms, abs=20.1 if latency_ms < 125 else 0.1)
    assert stage.latency_ns / 1e6 + AROUND_MS <= latency_ms
    silence = Block(np.zeros((BLOCK_SAMPLES, 1), np.float32), RATE_HZ, 10**12)
    assert stage.process(silence).captured_ns == 10**12 - stage.latency_ns


def test_the_least_that_can_be_asked_for_is_met_but_for_3_ms() -> None:
    assert voice_stage(make_profile("ada"), 40.0).latency_ns / 1e6 + AROUND_MS == pytest.approx(43.0)


def test_what_is_tried_differs_in_how_much_is_done_at_a_time_and_what_is_not_tried_does_not() -> None:
    steps = [step_of(voice_stage(make_profile("ada"), latency_ms)) for latency_ms in STEPS_MS]
    assert steps == sorted(set(steps))
    for between, tried in ((84.0, STEPS_MS[0]), (200.0, STEPS_MS[-1]), (5000.0, STEPS_MS[-1])):
        assert step_of(voice_stage(make_profile("ada"), between)) == step_of(voice_stage(make_profile("ada"), tried))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 2.0])
def test_the_load_is_the_share_of_the_time_that_there_is(share: float) -> None:
    clock = FakeClock()
    assert load(SlowVoice(clock, round(share * BLOCK_NS)), clock.now_ns) == pytest.approx(share, rel=0.01)


@pytest.mark.parametrize("step", [960, 1_200, 1_439, 1_920])
def test_a_voice_in_longer_stretches_has_all_of_each_for_its_work(step: int) -> None:
    clock = FakeClock()
    stage = Gathered(SlowVoice(clock, BLOCK_NS), step)
    assert load(stage, clock.now_ns) == pytest.approx(BLOCK_SAMPLES / step, rel=0.001)


def test_a_computer_that_keeps_up_gets_what_is_wanted() -> None:
    assert Dial().least_ms(make_profile("ada"), 40.0) == 40.0
    assert Dial().least_ms(make_profile("ada"), 333.0) == 333.0


def test_one_that_does_not_gets_more_time_and_what_it_keeps_is_not_measured_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    computer = Computer(monkeypatch, lambda step: 1.0 - step / 2_400)
    dial = Dial()
    assert [dial.least_ms(make_profile(name), 40.0) for name in ("ada", "ben", "ada")] == [105.0] * 3
    assert computer.tries == 4, "the least is tried for each, in case that the computer has less to do by now"
    assert dial.least_ms(make_profile("ada"), 800.0) == 800.0
    assert computer.tries == 4


@pytest.mark.parametrize("wanted_ms", [40.0, 110.0, 5000.0])
def test_one_that_keeps_no_latency_is_told_so_and_measured_again_for_the_next_voice(
    monkeypatch: pytest.MonkeyPatch, wanted_ms: float
) -> None:
    Computer(monkeypatch, lambda step: 2.5)
    dial = Dial()
    for _ in range(3):
        with pytest.raises(VoiceError, match=rf"Ada can't .* takes 250% .* wanted less than {BUDGET:.0%}; close"):
            dial.least_ms(make_profile("ada"), wanted_ms)
    monkeypatch.undo()
    Computer(monkeypatch, lambda step: 0.1)
    assert dial.least_ms(make_profile("ada"), wanted_ms) == wanted_ms


def test_a_voice_is_not_made_to_know_what_it_lags_by(monkeypatch: pytest.MonkeyPatch) -> None:
    made = list[float]()

    class Counted(Timbre):
        """Counts how many there are."""

        def __init__(self, profile: Profile, look_ahead_ms: float, actor: Actor | None) -> None:
            made.append(look_ahead_ms)
            super().__init__(profile, look_ahead_ms, actor)

    monkeypatch.setattr("pipeline.audio.voice.dial.Timbre", Counted)
    voice_stage(make_profile("ada"), 70.0)
    assert made == [pytest.approx(70.0 - AROUND_MS - STEP_MS)]
