"""The self-test of sound against picture as a preflight makes it: what is put in comes out, and what is said of it."""

import numpy as np
import pytest

from pipeline.audio.stream import RATE_HZ
from pipeline.errors import LaneError
from pipeline.inference.store import ModelStore
from pipeline.preflight.finding import Verdict
from pipeline.preflight.system import av, others
from pipeline.preflight.system.av import av_finding, av_settings, lost_finding, way_finding
from pipeline.preflight.system.plan import SystemPlan
from pipeline.selftest.av import LEAST_FOUND, Spread, WayReport, way_of
from pipeline.selftest.finding import beep_latencies, flash_latencies
from tests.footage import models, persona
from tests.pipeline.selftest.test_av import SIZE, measured

SHIFTS_MS = (-120.0, -80.0, -40.0, 0.0, 40.0, 80.0, 120.0)
MOST_OFF_MS = 8.0


def simulated(shift_ms: float, seed: int = 0) -> WayReport:
    """A way in which pictures and blocks of sound come a little late at random, 150 ms after their capture."""
    settings = av_settings(SystemPlan(persona(), ModelStore()), shift_ms)
    score, length_s = settings.score, settings.seconds + 1.0
    chance = np.random.default_rng(seed)
    count = round(length_s * 30)
    captured_ns = np.round(np.arange(count) * 1e9 / 30).astype(np.int64)
    lit = np.array([score.flashes(int(instant)) for instant in captured_ns])
    patches = (90.0 + 60.0 * lit[:, np.newaxis] + chance.normal(0.0, 2.0, (count, 4))).astype(np.float32)
    shown_ns = captured_ns + 150_000_000 + chance.integers(0, 5_000_000, count)
    samples = score.sound(0, round(length_s * RATE_HZ))
    samples += chance.normal(0.0, 0.002, len(samples)).astype(np.float32)
    block = np.arange(len(samples)) // 480
    late_ns = chance.integers(0, 5_000_000, block[-1] + 1)[block]
    heard_ns = np.arange(len(samples)) * 1_000_000_000 // RATE_HZ + 150_000_000 + late_ns
    flashes = flash_latencies(shown_ns, patches, np.array(score.flashes_ns, np.int64))
    beeps = beep_latencies(np.maximum.accumulate(heard_ns), samples, np.array(score.beeps_ns, np.int64))
    return way_of("simulated", score, flashes, beeps, 0.0)


@pytest.mark.parametrize("shift_ms", SHIFTS_MS)
def test_an_offset_that_is_put_in_is_recovered(shift_ms: float) -> None:
    way = simulated(shift_ms)
    assert way.offset.count >= LEAST_FOUND
    assert way.offset.median_ms == pytest.approx(-shift_ms, abs=MOST_OFF_MS)


@pytest.mark.timeout(240)
def test_a_session_in_real_time_tells_the_offset_that_is_put_in() -> None:
    settings = av_settings(SystemPlan(persona(), models(), SIZE), 80.0)

    def as_put_in(way: WayReport) -> None:
        assert way.offset.median_ms == pytest.approx(-80.0, abs=MOST_OFF_MS)

    measured(settings, as_put_in)


def way(offset_ms: float, mad_ms: float = 0.5) -> WayReport:
    """A way with an offset."""
    video, audio = Spread(150.0, 0.2, 16), Spread(150.0 - offset_ms, 0.2, 16)
    return WayReport("engines", video, audio, Spread(offset_ms, mad_ms, 16), (), 0.0)


@pytest.mark.parametrize(
    ("offset_ms", "verdict"),
    [(-130.0, "FAIL"), (-80.0, "WARN"), (-50.0, "PASS"), (0.0, "PASS"), (39.0, "PASS"), (60.0, "WARN"), (95.0, "FAIL")],
)
def test_the_verdict_follows_the_offset(offset_ms: float, verdict: str) -> None:
    finding = way_finding(way(offset_ms))
    assert finding.verdict == verdict
    assert finding.gauge is not None
    assert finding.gauge.value == offset_ms
    assert ("early" if offset_ms >= 0 else "late") in finding.measured
    assert bool(finding.remedy) == (verdict != "PASS")


def test_the_spread_is_told_and_a_wide_one_is_a_warning() -> None:
    assert "± 0.5 ms (median ± MAD of 16)" in way_finding(way(0.0)).measured
    for offset_ms in (0.0, 60.0, 200.0):
        finding = way_finding(way(offset_ms, mad_ms=20.0))
        assert (finding.verdict, "too unevenly" in finding.remedy) == (Verdict.WARN, True)


def test_what_the_profile_trims_is_no_fault() -> None:
    finding = way_finding(way(80.0), trim_ms=80.0)
    assert finding.verdict is Verdict.PASS
    assert "trim of 80 ms is taken off" in finding.measured


def test_flashes_that_got_lost_are_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(plan: SystemPlan) -> WayReport:
        raise LaneError("Of 16 flashes and beeps 3 came out; let the computer do nothing else.")

    monkeypatch.setattr(av, "measured_way", lost)
    monkeypatch.setattr(others, "MOST_PERCENT", 101.0)
    finding = av_finding(SystemPlan(persona(), ModelStore()))
    assert finding.verdict is Verdict.FAIL
    assert finding.measured == "Of 16 flashes and beeps 3 came out"
    assert finding.remedy


def test_on_a_busy_computer_lost_flashes_are_a_warning() -> None:
    finding = lost_finding("3 came out", 97.0)
    assert finding.verdict is Verdict.WARN
    assert finding.measured == "3 came out; other programs had 97 % of the computer"


def test_the_brisk_measurement_is_long_enough_and_within_a_preflight() -> None:
    settings = av_settings(SystemPlan(persona(), ModelStore()))
    assert len(settings.score.flashes_ns) >= LEAST_FOUND + 2
    assert settings.seconds < 7.0


def test_a_voice_that_takes_long_gets_a_longer_lead() -> None:
    slow = persona().with_sound(latency_ms=1000.0)
    quick, patient = (av_settings(SystemPlan(profile, ModelStore())) for profile in (persona(), slow))
    assert patient.lead_s - quick.lead_s > 1.5
    assert len(patient.score.flashes_ns) == len(quick.score.flashes_ns)
