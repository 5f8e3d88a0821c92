"""More time means a voice that lags by exactly that; less than the computer can do is not tried."""

import numpy as np
import pytest

from pipeline.audio.stream import BLOCK_SAMPLES, RATE_HZ
from pipeline.audio.voice.dial import BEFORE_MS, BUDGET, STEPS_MS, least_latency_ms, load, voice_stage
from pipeline.media import Block
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


@pytest.mark.parametrize("latency_ms", [40.0, 60.0, 100.0, 500.0, 1500.0, 5000.0])
def test_the_voice_lags_by_what_the_dial_says(latency_ms: float) -> None:
    stage = voice_stage(make_profile("ada"), latency_ms)
    assert stage.latency_ns / 1e6 + BEFORE_MS == pytest.approx(latency_ms, abs=20.1 if latency_ms < 120 else 0.1)
    assert stage.latency_ns / 1e6 + BEFORE_MS <= latency_ms + 1.0
    silence = Block(np.zeros((BLOCK_SAMPLES, 1), np.float32), RATE_HZ, 10**12)
    assert stage.process(silence).captured_ns == 10**12 - stage.latency_ns


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 2.0])
def test_the_load_is_the_share_of_the_time_that_there_is(share: float) -> None:
    clock = FakeClock()
    assert load(SlowVoice(clock, round(share * BLOCK_NS)), clock.now_ns) == pytest.approx(share, rel=0.01)


def test_a_computer_that_keeps_up_gets_what_is_wanted() -> None:
    assert least_latency_ms(make_profile("ada"), 40.0) == 40.0
    assert least_latency_ms(make_profile("ada"), 333.0) == 333.0


def test_one_that_does_not_gets_more_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.audio.voice.dial.load", lambda stage: 40e6 / stage.latency_ns)
    kept = least_latency_ms(make_profile("ada"), 40.0)
    assert kept == next(step for step in STEPS_MS if 40 / (step - BEFORE_MS) < BUDGET)
    monkeypatch.setattr("pipeline.audio.voice.dial.load", lambda stage: 9.0)
    assert least_latency_ms(make_profile("ada"), 40.0) == STEPS_MS[-1]
