"""Pictures wait for their sound: soon, smoothly, and for no longer than they have to."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sync import LONGEST_NS, MEASURED_BLOCKS, SLEW, Sync
from profiles.profile import SyncSettings

MS = 1_000_000
STEP_NS = 10 * MS


def heard(sync: Sync, latency_ms: float, blocks: int = MEASURED_BLOCKS) -> None:
    for _ in range(blocks):
        sync.heard(round(latency_ms * MS))


def following(delay_ms: float = 0.0, trim_ms: float = 0.0) -> Sync:
    """A synchronisation with a profile's settings."""
    sync = Sync()
    sync.follow(SyncSettings(delay_ms=delay_ms, trim_ms=trim_ms))
    return sync


def delays(sync: Sync, seconds: float, from_ns: int = 0) -> list[float]:
    """The delay every 10 ms, in milliseconds."""
    return [sync.delay_ns(from_ns + step * STEP_NS) / MS for step in range(round(seconds * 100) + 1)]


@pytest.mark.parametrize(("before_ms", "after_ms"), [(60.0, 1500.0), (1500.0, 60.0), (40.0, 45.0), (60.0, 5000.0)])
def test_another_voice_is_followed_at_the_slew_and_without_a_jump(before_ms: float, after_ms: float) -> None:
    sync = Sync()
    heard(sync, before_ms)
    delays(sync, 10.0)
    heard(sync, after_ms)
    way = delays(sync, 10.0, 10_000 * MS)
    assert np.abs(np.diff(way)).max() <= SLEW * 10 + 0.01
    in_time = 0.3 + abs(after_ms - before_ms) / 1000 / SLEW + 1.0
    assert abs(way[min(round(in_time * 100), 1000)] - after_ms) < 20
    assert way[-1] == pytest.approx(after_ms, abs=1) or after_ms == 5000.0


def test_from_60_ms_to_a_second_and_a_half_and_back_it_is_within_20_ms_after_two_seconds() -> None:
    sync = Sync()
    heard(sync, 60.0)
    delays(sync, 5.0)
    heard(sync, 1500.0)
    assert delays(sync, 2.0, 5_000 * MS)[-1] == pytest.approx(1500, abs=20)
    heard(sync, 60.0)
    assert delays(sync, 2.0, 7_000 * MS)[-1] == pytest.approx(60, abs=20)


def test_one_late_block_moves_nothing() -> None:
    sync = Sync()
    heard(sync, 60.0)
    before = delays(sync, 5.0)[-1]
    heard(sync, 400.0, MEASURED_BLOCKS // 2)
    assert delays(sync, 1.0, 5_000 * MS)[-1] == before


def test_the_trim_is_added_and_a_profiles_own_delay_is_the_least() -> None:
    sync = following(delay_ms=200.0, trim_ms=-30.0)
    assert sync.target_ns == 200 * MS
    heard(sync, 300.0)
    assert sync.target_ns == 270 * MS
    heard(sync, 100.0)
    assert sync.target_ns == 200 * MS
    sync.silent()
    assert sync.target_ns == 200 * MS


def test_the_first_profiles_delay_holds_from_the_first_picture_on() -> None:
    assert following(delay_ms=300.0).delay_ns(12_345) == 300 * MS


@pytest.mark.parametrize("path_ms", [None, 60.0])
def test_another_delay_is_followed_at_the_slew(path_ms: float | None) -> None:
    sync = following(delay_ms=100.0)
    if path_ms is not None:
        heard(sync, path_ms)
    delays(sync, 1.0)
    sync.follow(SyncSettings(delay_ms=1100.0))
    way = delays(sync, 3.0, 1_000 * MS)
    assert np.abs(np.diff(way)).max() <= SLEW * 10 + 0.01
    assert way[-1] == pytest.approx(1100, abs=1)
    sync.follow(SyncSettings())
    assert delays(sync, 3.0, 4_000 * MS)[-1] == pytest.approx(path_ms or 0.0, abs=1)


def test_when_no_sound_comes_any_more_pictures_wait_only_for_the_profiles_delay() -> None:
    sync = following(delay_ms=100.0, trim_ms=50.0)
    heard(sync, 1500.0)
    assert delays(sync, 5.0)[-1] == pytest.approx(1550, abs=1)
    sync.silent()
    assert delays(sync, 3.0, 5_000 * MS)[-1] == pytest.approx(100, abs=1)
    sync.shown(100 * MS)
    assert sync.readings().offset_ms is None
    heard(sync, 60.0)
    assert delays(sync, 3.0, 8_000 * MS)[-1] == pytest.approx(110, abs=1)


@given(latency_ms=st.lists(st.floats(-1000, 60_000), max_size=40), trim_ms=st.floats(-500, 500))
def test_the_delay_is_never_negative_nor_longer_than_the_line_holds(latency_ms: list[float], trim_ms: float) -> None:
    sync = following(trim_ms=trim_ms)
    now_ns = 0
    for value in latency_ms:
        heard(sync, value)
        now_ns += 500 * MS
        assert 0 <= sync.delay_ns(now_ns) <= LONGEST_NS


def test_the_offset_is_positive_when_sound_is_early() -> None:
    sync = Sync()
    sync.shown(80 * MS)
    assert sync.readings().offset_ms is None
    heard(sync, 60.0)
    delays(sync, 1.0)
    sync.shown(80 * MS)
    sync.shown(50 * MS)
    readings = sync.readings()
    assert readings.offset_ms == pytest.approx(-10)
    assert readings.worst_ms == pytest.approx(20)


def test_pictures_that_have_not_reached_their_delay_yet_count_in_no_spread() -> None:
    sync = following()
    heard(sync, 5000.0)
    delays(sync, 1.0)
    sync.shown(1000 * MS)
    readings = sync.readings()
    assert (readings.offset_ms, readings.pictures, readings.worst_ms) == (-4000.0, 0, 0.0)
    delays(sync, 8.0, 1_000 * MS)
    sync.shown(4990 * MS)
    # What comes apart later is no beginning.
    heard(sync, 5300.0)
    sync.shown(5000 * MS)
    readings = sync.readings()
    assert (readings.pictures, readings.worst_ms) == (2, pytest.approx(300.0))


def test_a_clock_that_stands_or_goes_back_moves_nothing() -> None:
    sync = Sync()
    heard(sync, 500.0)
    assert sync.delay_ns(1000 * MS) == sync.delay_ns(1000 * MS) == sync.delay_ns(900 * MS)
