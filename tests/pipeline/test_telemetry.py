"""Meters: spreads, rates, and a size that time does not change."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.telemetry import DurationMeter, Percentiles, RateMeter
from pipeline.telemetry.meters import spread_of

SECOND_NS = 1_000_000_000


def test_an_unused_meter_reads_zero() -> None:
    assert DurationMeter().percentiles() == Percentiles(0.0, 0.0, 0.0)
    assert DurationMeter().latest_ms(5) == ()
    assert RateMeter().rate_hz(SECOND_NS) == 0.0


@given(st.lists(st.integers(0, 10**10), min_size=1, max_size=80))
def test_a_meter_reads_the_spread_of_the_durations_it_holds(durations: list[int]) -> None:
    meter = DurationMeter(capacity=50)
    for duration in durations:
        meter.add(duration)
    held = np.array(durations[-50:]) / 1e6
    spread = meter.percentiles()
    assert (spread.p50_ms, spread.p95_ms, spread.p99_ms) == pytest.approx(tuple(np.percentile(held, (50, 95, 99))))
    assert meter.latest_ms(7) == pytest.approx(tuple(held[-7:]))
    assert meter.latest_ms(1000) == pytest.approx(tuple(held))


@given(st.floats(1.0, 240.0), st.integers(0, 10**15))
def test_a_steady_rate_is_read_as_it_is(rate_hz: float, start_ns: int) -> None:
    meter = RateMeter()
    instants = [start_ns + round(index * 1e9 / rate_hz) for index in range(round(3 * rate_hz) + 2)]
    for instant in instants:
        meter.add(instant)
    assert meter.rate_hz(instants[-1]) == pytest.approx(rate_hz, rel=0.01)
    assert meter.count == len(instants)


def test_a_rate_falls_to_zero_when_nothing_comes_any_more() -> None:
    meter = RateMeter()
    for index in range(30):
        meter.add(index * SECOND_NS // 30)
    assert meter.rate_hz(SECOND_NS * 3) == 0.0
    assert meter.count == 30


def test_only_the_last_second_counts() -> None:
    meter = RateMeter()
    for index in range(100):
        meter.add(index * SECOND_NS // 100)
    for index in range(20):
        meter.add(SECOND_NS + index * SECOND_NS // 10)
    assert meter.rate_hz(SECOND_NS + 19 * SECOND_NS // 10) == pytest.approx(10.0)


def test_a_rate_falls_within_the_second_in_which_items_stop_coming() -> None:
    meter = RateMeter()
    for index in range(31):
        meter.add(index * SECOND_NS // 30)
    assert meter.rate_hz(SECOND_NS) == pytest.approx(30.0)
    assert meter.rate_hz(SECOND_NS + SECOND_NS // 2) == pytest.approx(16.0, rel=0.05)


@given(st.lists(st.integers(2_000, 60_000_000_000), min_size=1, max_size=3000))
def test_the_spread_of_a_whole_run_is_within_two_percent(durations_ns: list[int]) -> None:
    meter = DurationMeter(capacity=8)
    for duration_ns in durations_ns:
        meter.add(duration_ns)
    overall = meter.overall()
    expected = np.percentile(durations_ns, (50, 95, 99), method="inverted_cdf") / 1e6
    assert [overall.p50_ms, overall.p95_ms, overall.p99_ms] == pytest.approx(expected, rel=0.02)


def test_the_spread_of_nothing_is_zero() -> None:
    assert DurationMeter().overall() == Percentiles()


@pytest.mark.parametrize("after", [0, 1, 5, 20])
def test_a_meter_that_begins_anew_tells_only_of_what_comes_and_keeps_the_whole_run(after: int) -> None:
    meter = DurationMeter(capacity=8)
    for _ in range(11):
        meter.add(100_000_000)
    meter.begin_anew()
    for _ in range(after):
        meter.add(5_000_000)
    assert meter.percentiles() == (Percentiles(5.0, 5.0, 5.0) if after else Percentiles())
    assert meter.held == min(after, 8)
    assert meter.overall().p99_ms == pytest.approx(100.0, rel=0.02)


@given(st.lists(st.floats(0.0, 1e4), min_size=1, max_size=900))
def test_the_spread_is_the_one_that_numpy_tells(values_ms: list[float]) -> None:
    held = np.array(values_ms)
    spread = spread_of(held)
    wanted = np.percentile(held, (50, 95, 99))
    assert (spread.p50_ms, spread.p95_ms, spread.p99_ms) == pytest.approx(tuple(wanted), rel=1e-9, abs=1e-9)
    assert spread_of(np.zeros(0)) == Percentiles()
