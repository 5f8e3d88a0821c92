"""Mute and push-to-talk: to the sample, and without a click."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.audio.condition.switch import RAMP, Switch
from pipeline.audio.stream import RATE_HZ
from tests.pipeline.audio.condition.sounds import block_of, cut, sine, through

ONES = np.ones(4800, np.float32)


def test_open_it_passes_and_shut_it_is_silent() -> None:
    sound = sine(440.0, 0.1)
    assert np.array_equal(through(Switch(), sound), sound)
    assert not through(Switch(passing=False), sound).any()


def test_shutting_takes_five_milliseconds_from_the_next_block_on() -> None:
    stage = Switch()
    through(stage, ONES)
    stage.set(False)
    passed = through(stage, ONES)
    assert passed[0] < 1.0
    assert passed[RAMP - 2] > 0.0
    assert not passed[RAMP - 1 :].any()
    stage.set(True)
    opened = through(stage, ONES)
    assert opened[0] > 0.0
    assert (opened[RAMP - 1 :] == 1.0).all()


def test_there_is_no_click() -> None:
    stage = Switch()
    through(stage, ONES)
    stage.set(False)
    shut = through(stage, ONES)
    assert np.abs(np.diff(shut, prepend=1.0)).max() < 2.0 / RAMP
    assert np.abs(np.diff(shut, n=2)).max() < 0.001


@given(at=st.integers(0, 4799), size=st.sampled_from([1, 64, 65, 480, 4800]))
def test_it_switches_at_the_sample_that_was_asked_for(at: int, size: int) -> None:
    stage = Switch()
    stage.set(False, at_ns=at * 1_000_000_000 // RATE_HZ)
    passed = np.concatenate([stage.process(block).samples[:, 0] for block in cut(ONES, [size] * (4800 // size))])
    expected = np.ones(4800, np.float32)
    shut = through(muted := Switch(), expected)
    muted.set(False)
    ramp = through(muted, expected)
    assert np.array_equal(passed, np.concatenate((shut[:at], ramp[: 4800 - at])))


def test_an_order_for_the_past_holds_at_once() -> None:
    stage = Switch()
    stage.set(False, at_ns=0)
    assert stage.process(block_of(ONES, at=RATE_HZ)).samples[0, 0] < 1.0


def test_turning_back_on_the_way_starts_from_where_it_is() -> None:
    stage = Switch()
    stage.set(False)
    first = through(stage, ONES[: RAMP // 2], RAMP // 2)
    stage.set(True)
    second = through(stage, ONES[:RAMP], RAMP)
    assert second[0] == pytest.approx(first[-1], abs=2.0 / RAMP)
    assert second[-1] == 1.0


def test_it_says_what_was_asked_for() -> None:
    stage = Switch(passing=False)
    assert not stage.passing
    stage.set(True)
    assert stage.passing


def test_muted_stays_muted_after_a_reset() -> None:
    stage = Switch()
    stage.set(False)
    stage.reset()
    assert not through(stage, ONES).any()


@given(until=st.integers(0, 4799), size=st.sampled_from([1, 64, 65, 480, 4800]))
def test_opened_for_a_time_it_shuts_by_itself_at_the_sample(until: int, size: int) -> None:
    stage = Switch(passing=False)
    stage.open_until(until * 1_000_000_000 // RATE_HZ)
    passed = np.concatenate([stage.process(block).samples[:, 0] for block in cut(ONES, [size] * (4800 // size))])
    assert passed[: max(0, until)].all()
    assert not passed[until + RAMP :].any()
    assert np.abs(np.diff(passed, prepend=0.0)).max() < 2.0 / RAMP
    assert not stage.passing


def test_asked_again_in_time_it_stays_open_without_a_trace() -> None:
    stage = Switch()
    for start in range(0, 4800, 480):
        stage.open_until((start + 960) * 1_000_000_000 // RATE_HZ)
        assert (stage.process(block_of(ONES[:480], start)).samples == 1.0).all()
        assert stage.passing


def test_muted_meanwhile_it_stays_shut() -> None:
    stage = Switch()
    stage.open_until(10_000_000_000)
    stage.set(False)
    assert not through(stage, ONES)[RAMP:].any()
    assert not stage.passing


def test_what_was_said_before_it_was_shut_is_heard_as_long_as_it_takes() -> None:
    second_ns, way_ns = 1_000_000_000, 4_000_000_000
    stage = Switch()
    through(stage, np.ones(RATE_HZ, np.float32))
    assert stage.still_heard_s(way_ns, second_ns) == 0.0
    stage.set(False)
    # Before the next block it is known already.
    assert stage.still_heard_s(way_ns, second_ns) == pytest.approx(4.0)
    for number in range(1, 4):
        stage.process(block_of(np.ones(RATE_HZ, np.float32), at=number * RATE_HZ))
    assert stage.still_heard_s(way_ns, 4 * second_ns) == pytest.approx(1.0)
    assert stage.still_heard_s(way_ns, 9 * second_ns) == 0.0
    stage.set(True)
    assert stage.still_heard_s(way_ns, 4 * second_ns) == 0.0


def test_what_was_said_while_the_key_was_held_is_heard_as_long_as_it_takes() -> None:
    stage = Switch(passing=False)
    assert stage.still_heard_s(4_000_000_000, 0) == 0.0
    stage.open_until(500_000_000)
    stage.process(block_of(np.ones(RATE_HZ, np.float32)))
    assert stage.still_heard_s(4_000_000_000, 1_000_000_000) == pytest.approx(3.5)


def test_what_was_said_while_the_key_was_held_has_been_heard_after_so_long() -> None:
    second_ns, way_ns = 1_000_000_000, 2_000_000_000
    stage = Switch(passing=False)
    stage.open_until(second_ns // 2)
    for number in range(4):
        stage.process(block_of(np.ones(RATE_HZ, np.float32), at=number * RATE_HZ))
        left_s = max(0.0, 0.5 + 2.0 - (number + 1))
        assert stage.still_heard_s(way_ns, (number + 1) * second_ns) == pytest.approx(left_s)
