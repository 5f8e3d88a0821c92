"""The dial: what this computer can't keep is refused, and the smallest latency that it can is found."""

from pathlib import Path

import pytest

from pipeline.audio.neural.cut import LEAST_MS
from pipeline.audio.neural.rvc import Tools
from pipeline.audio.neural.voices import BUDGET, STEPS_MS, RvcVoices, measured
from pipeline.audio.stream import RATE_HZ
from pipeline.audio.voice.chunks import Plan
from pipeline.errors import VoiceError
from pipeline.inference.onnx.runtime import Preference, Runtime
from pipeline.inference.store import ModelStore
from profiles.profile import Profile
from tests.pipeline.audio.neural.voices import PLAN, opened, profile_of


class Computer:
    """One that takes some time for a call and more for each second that it hears."""

    def __init__(self, call_s: float, second_s: float) -> None:
        self.call_s, self.second_s, self.tried = call_s, second_s, 0

    def share(self, _: Profile, plan: Plan) -> float:
        self.tried += 1
        took_s = self.call_s + self.second_s * (plan.context + plan.reach) / RATE_HZ
        return took_s / (plan.chunk / RATE_HZ)


def voices(computer: Computer | None = None) -> RvcVoices:
    tools = Tools(Runtime(Preference.CPU), ModelStore())
    return RvcVoices(tools, share_of=computer.share if computer else None)


@pytest.mark.parametrize("call_s", [0.001, 0.02, 0.1, 0.4])
@pytest.mark.parametrize("second_s", [0.0, 0.05, 0.2])
def test_the_smallest_latency_that_is_kept_is_found_in_a_few_trials(
    tmp_path: Path, call_s: float, second_s: float
) -> None:
    computer, profile = Computer(call_s, second_s), profile_of(tmp_path)
    dial = voices(computer)
    kept_ms = dial.least_ms(profile, 100.0)
    assert computer.tried <= 6 and dial._share(profile, kept_ms) < BUDGET
    smaller = [step for step in STEPS_MS if step < kept_ms]
    assert not smaller or dial._share(profile, smaller[-1]) >= BUDGET


def test_what_is_kept_stays_as_it_was_wanted(tmp_path: Path) -> None:
    profile = profile_of(tmp_path)
    dial = voices(computer := Computer(0.01, 0.01))
    assert dial.least_ms(profile, 333.0) == 333.0 and computer.tried == 1
    assert dial.least_ms(profile, 333.0) == 333.0 and computer.tried == 1
    assert voices(Computer(0.0, 0.0)).least_ms(profile, 40.0) == LEAST_MS


def test_a_computer_that_keeps_none_is_told_so_with_figures(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match=r"with 5000 ms it takes \d+% of the time that there is, wanted less than 70%"):
        voices(Computer(0.1, 2.0)).least_ms(profile_of(tmp_path), 100.0)


def test_a_voice_that_could_not_be_kept_is_measured_again_when_it_is_asked_for_again(tmp_path: Path) -> None:
    dial, profile = voices(computer := Computer(0.1, 2.0)), profile_of(tmp_path)
    with pytest.raises(VoiceError):
        dial.least_ms(profile, 100.0)
    computer.call_s = computer.second_s = 0.0
    assert dial.least_ms(profile, 100.0) == 100.0


def test_a_voice_is_measured_and_closed_again(tmp_path: Path) -> None:
    runtime = Runtime(Preference.CPU)
    dial = RvcVoices(Tools(runtime, ModelStore()))
    profile = profile_of(tmp_path)
    assert dial.least_ms(profile, 5_000.0) == 5_000.0
    assert not runtime.providers
    stage = dial.stage(profile, 300.0)
    assert stage.name == "rvc" and len(runtime.providers) == 3
    assert stage.latency_ns == pytest.approx((300.0 - 18.0) * 1e6, abs=16e6)
    stage.close()
    assert not runtime.providers


def test_the_slowest_of_some_chunks_counts(tmp_path: Path) -> None:
    now = iter(range(0, 10**12, 7_000_000))
    with opened(profile_of(tmp_path)) as engine:
        share = measured(engine, PLAN, lambda: next(now))
    assert share == pytest.approx(0.007 / (PLAN.chunk / RATE_HZ))


def test_what_a_chunk_takes_is_known_while_it_runs(tmp_path: Path) -> None:
    with opened(profile_of(tmp_path)) as engine:
        assert engine.load == 0.0
        measured(engine, PLAN, engine._clock.now_ns)
        assert engine.work.count == 8 and 0.0 < engine.load < 10.0
