"""What the profile's chain takes on this computer, by a clock of the tests' own."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from pipeline.assembly import Assembly, Chain
from pipeline.errors import ConsentError, ModelError, StageError, UnderstudyError, VoiceError
from pipeline.media import Block, Frame
from pipeline.preflight.finding import Finding, Verdict
from pipeline.preflight.system import speed
from pipeline.preflight.system.checks import system_findings
from pipeline.preflight.system.others import Others
from pipeline.preflight.system.plan import SystemPlan
from pipeline.preflight.system.speed import FIRST, PICTURES, speed_findings
from tests.fakes import FakeClock
from tests.footage import models, persona

SIZE = (320, 180)


class Slow:
    """A stage, or a voice, that takes so many ms of a clock; each in its turn."""

    name, latency_ns = "slow", 0

    def __init__(self, clock: FakeClock, *took_ms: float, failing: bool = False) -> None:
        self._clock, self._took_ms, self._failing, self.calls = clock, took_ms, failing, 0

    def process(self, media: Frame | Block) -> Frame | Block:
        """The same, later."""
        self._clock.advance(round(self._took_ms[self.calls % len(self._took_ms)] * 1e6))
        self.calls += 1
        if self._failing:
            raise StageError("The network stumbled.")
        return media

    def close(self) -> None:
        """Nothing is held."""


def measured(
    monkeypatch: pytest.MonkeyPatch,
    *took_ms: float,
    voice_ms: float = 1.0,
    failing: bool = False,
    others_percent: float = 0.0,
) -> dict[str, Finding]:
    """The findings of a profile whose one stage takes so long for its pictures in turn."""
    clock, build = FakeClock(), Assembly.build
    monkeypatch.setattr(Others, "percent", lambda others: others_percent)

    def built(self: Assembly, profile: object) -> Chain:
        chain = build(self, profile)  # type: ignore[arg-type]
        chain.close()
        stages = (Slow(clock, *took_ms, failing=failing),)
        return replace(chain, stages=stages, owned=(), voice=Slow(clock, voice_ms))  # type: ignore[arg-type]

    monkeypatch.setattr(Assembly, "build", built)
    findings = speed_findings(SystemPlan(persona(), models(), SIZE, 25.0, clock=clock))
    return {finding.id.removeprefix("system."): finding for finding in findings}


def test_a_picture_is_held_against_the_time_between_two(monkeypatch: pytest.MonkeyPatch) -> None:
    finding = measured(monkeypatch, 20.0)["picture_time"]
    assert finding.verdict is Verdict.PASS
    assert finding.measured == f"p50 20.0, p95 20.0 ms over {PICTURES} pictures"
    assert finding.reference.startswith("p95 within 40.0 ms")
    assert finding.gauge is not None
    assert (finding.gauge.value, finding.gauge.most) == (pytest.approx(20.0), 40.0)


def test_a_slow_picture_now_and_then_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    assert measured(monkeypatch, *[20.0] * 9, 60.0)["picture_time"].verdict is Verdict.WARN


def test_pictures_that_are_always_late_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    finding = measured(monkeypatch, 45.0)["picture_time"]
    assert finding.verdict is Verdict.FAIL
    assert "lighter profile" in finding.remedy


def test_a_computer_on_which_pictures_take_very_long_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    finding = measured(monkeypatch, 500.0)["picture_time"]
    assert finding.verdict is Verdict.FAIL
    assert finding.measured.endswith("over 10 pictures")


def test_single_pictures_that_fail_are_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Slow.process

    def now_and_then(self: Slow, media: Frame | Block) -> Frame | Block:
        done = real(self, media)
        if isinstance(media, Frame) and self.calls % 11 == 0:
            raise StageError("The network stumbled.")
        return done

    monkeypatch.setattr(Slow, "process", now_and_then)
    finding = measured(monkeypatch, 1.0)["picture_time"]
    assert finding.verdict is Verdict.WARN
    assert "4 more could not be done: The network stumbled." in finding.measured


def test_where_other_programs_have_the_computer_late_pictures_are_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    finding = measured(monkeypatch, 45.0, others_percent=60.0)["picture_time"]
    assert finding.verdict is Verdict.WARN
    assert finding.measured.endswith("; other programs had 60 % of the computer")
    assert measured(monkeypatch, 20.0, others_percent=60.0)["picture_time"].verdict is Verdict.PASS


def test_an_engine_that_fails_on_every_picture_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    finding = measured(monkeypatch, 1.0, failing=True)["picture_time"]
    assert finding.verdict is Verdict.FAIL
    assert finding.measured == f"none of {FIRST + PICTURES} pictures could be done: The network stumbled."


@pytest.mark.parametrize(("voice_ms", "verdict"), [(2.0, "PASS"), (8.0, "WARN"), (12.0, "FAIL")])
def test_a_voice_is_held_against_the_length_of_its_sound(
    monkeypatch: pytest.MonkeyPatch, voice_ms: float, verdict: str
) -> None:
    finding = measured(monkeypatch, 1.0, voice_ms=voice_ms)["sound_time"]
    assert finding.verdict == verdict
    assert f"p95 {voice_ms:.1f} ms for 10 ms of sound" in finding.measured


def test_the_real_chain_is_measured_and_says_where_it_runs() -> None:
    found = {finding.id: finding for finding in speed_findings(SystemPlan(persona(), models(), SIZE))}
    assert found["system.provider"].measured.endswith("on LiteRT CPU")
    assert found["system.picture_time"].verdict is not Verdict.SKIP
    assert found["system.sound_time"].verdict is not Verdict.SKIP


def test_a_gpu_that_is_there_and_not_used_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speed, "_idle_gpu", lambda built: True)
    finding = measured(monkeypatch, 1.0)["provider"]
    assert (finding.verdict, "a GPU that is not used" in finding.measured) == (Verdict.WARN, True)


@pytest.mark.parametrize(
    ("error", "failing"),
    [
        (ModelError("The model face.dfm is no ONNX model; name another file."), "system.provider"),
        (VoiceError("The voice can't be made in real time; close other programs."), "system.sound_time"),
        (ConsentError("Nobody has cleared it; add a declaration."), ""),
    ],
)
def test_a_profile_that_can_not_be_built_fails_once_where_no_other_check_tells_it(
    monkeypatch: pytest.MonkeyPatch, error: UnderstudyError, failing: str
) -> None:
    def refuse(self: Assembly, profile: object) -> Chain:
        raise error

    monkeypatch.setattr(Assembly, "build", refuse)
    findings = list(speed_findings(SystemPlan(persona(), models(), SIZE)))
    assert [finding.id for finding in findings if finding.verdict is Verdict.FAIL] == [failing] * bool(failing)
    assert {finding.verdict for finding in findings} <= {Verdict.FAIL, Verdict.SKIP}


def test_a_voice_that_fails_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Slow, media: Frame | Block) -> Frame | Block:
        if isinstance(media, Block):
            raise StageError("The model voice.onnx put out no numbers; name another.")
        return media

    monkeypatch.setattr(Slow, "process", refuse)
    finding = measured(monkeypatch, 1.0)["sound_time"]
    assert (finding.verdict, finding.remedy) == (Verdict.FAIL, "Name another.")


def test_whoever_stops_it_waits_for_nothing_that_takes_long() -> None:
    plan = SystemPlan(persona(), models(), SIZE, stopped=threading.Event())
    plan.stopped.set()
    findings: Iterator[Finding] = system_findings(plan)
    left = [finding for finding in findings if "was stopped" in finding.measured]
    assert [finding.id for finding in left] == [
        "system.provider", "system.picture_time", "system.sound_time", "system.av",
    ]  # fmt: skip
    assert {finding.verdict for finding in left} == {Verdict.SKIP}
