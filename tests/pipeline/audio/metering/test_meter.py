"""A meter that moves as those of broadcast programs do."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.audio.condition.mono import Sound
from pipeline.audio.metering.meter import Meter
from pipeline.audio.stream import RATE_HZ
from pipeline.media import Block
from tests.pipeline.audio.condition.sounds import block_of, seconds, sine

S = 1_000_000_000
STEP_NS = S // 100


def fed(meter: Meter, sound: Sound, start_ns: int = 0) -> int:
    """Feeds a meter 10 ms at a time, each block at its end's instant; the last one's."""
    now = start_ns
    for start in range(0, len(sound), 480):
        now += STEP_NS
        meter.feed(block_of(sound[start : start + 480]), now)
    return now


def test_a_tone_shows_its_peak_and_its_mean() -> None:
    meter = Meter()
    shown = meter.reading(fed(meter, sine(1000.0, 2.0, 0.1)))
    assert shown.peak_dbfs == pytest.approx(-20.0, abs=0.05)
    assert shown.rms_dbfs == pytest.approx(-23.01, abs=0.05)
    assert not shown.clipped
    assert not shown.stale


def test_the_bar_rises_at_once() -> None:
    meter = Meter()
    now = fed(meter, seconds(1.0))
    assert meter.reading(now).peak_dbfs == -60.0
    assert meter.reading(fed(meter, sine(1000.0, 0.01, 0.5), now)).peak_dbfs == pytest.approx(-6.02, abs=0.05)


def test_the_bar_falls_by_20_db_in_1_7_s() -> None:
    meter = Meter()
    now = fed(meter, sine(1000.0, 0.1, 0.5))
    before = meter.reading(now).peak_dbfs
    now = fed(meter, seconds(1.7), now)
    assert meter.reading(now).peak_dbfs == pytest.approx(before - 20.0, abs=0.1)


def test_the_bar_falls_between_blocks_too() -> None:
    meter = Meter()
    now = fed(meter, sine(1000.0, 0.1, 0.5))
    assert meter.reading(now + S // 4).peak_dbfs < meter.reading(now).peak_dbfs


def test_the_highest_peak_stays_and_then_gives_way() -> None:
    meter = Meter()
    now = fed(meter, sine(1000.0, 0.1, 0.5))
    now = fed(meter, sine(1000.0, 5.0, 0.05), now)
    assert meter.reading(now).hold_dbfs == pytest.approx(-6.02, abs=0.05)
    now = fed(meter, sine(1000.0, 20.0, 0.05), now)
    assert meter.reading(now).hold_dbfs == pytest.approx(-26.02, abs=0.05)


def test_the_figure_follows_a_few_seconds_later() -> None:
    meter = Meter()
    now = fed(meter, sine(1000.0, 0.1, 0.5))
    now = fed(meter, sine(1000.0, 2.5, 0.05), now)
    assert meter.reading(now).lately_dbfs == pytest.approx(-6.02, abs=0.05)
    now = fed(meter, sine(1000.0, 1.0, 0.05), now)
    assert meter.reading(now).lately_dbfs == pytest.approx(-26.02, abs=0.05)


def test_in_a_pause_the_figure_is_never_below_the_bar() -> None:
    meter = Meter()
    now = fed(meter, sine(1000.0, 0.1, 0.5))
    now = fed(meter, sine(1000.0, 2.8, 0.3), now)
    for _ in range(40):
        now = fed(meter, sine(1000.0, 0.01, 0.0), now)
        seen = meter.reading(now)
        assert seen.lately_dbfs >= seen.peak_dbfs > -60.0


def test_everything_falls_to_silence_when_nothing_comes_any_more() -> None:
    meter = Meter()
    now = fed(meter, sine(1000.0, 2.0, 0.5))
    later = meter.reading(now + 5 * S)
    assert (later.peak_dbfs, later.rms_dbfs, later.lately_dbfs) == (-60.0, -60.0, -60.0)
    assert later.stale


def test_a_sample_at_full_scale_leaves_a_mark_for_a_second() -> None:
    meter = Meter()
    sound = sine(1000.0, 0.1, 0.5)
    sound[-1] = -1.0
    now = fed(meter, sound)
    assert meter.reading(now).clipped
    assert meter.reading(now + S // 2).clipped
    assert not meter.reading(now + 2 * S).clipped


def test_no_data_for_half_a_second_reads_as_stale() -> None:
    meter = Meter()
    assert meter.reading(0).stale
    now = fed(meter, sine(1000.0, 0.1, 0.5))
    assert not meter.reading(now + S // 2).stale
    assert meter.reading(now + S // 2 + 1).stale


def test_no_number_is_a_fault_and_not_a_level() -> None:
    meter = Meter()
    now = fed(meter, np.full(480, np.nan, np.float32))
    shown = meter.reading(now)
    assert shown.clipped
    assert shown.peak_dbfs == -60.0
    assert meter.reading(fed(meter, sine(1000.0, 2.0, 0.1), now)).rms_dbfs == pytest.approx(-23.01, abs=0.05)


def test_an_empty_block_says_nothing() -> None:
    meter = Meter()
    meter.feed(block_of(seconds(0.0)), 0)
    assert meter.reading(0).stale


def test_a_reset_meter_shows_nothing() -> None:
    meter = Meter()
    now = fed(meter, sine(1000.0, 0.1, 1.0))
    meter.reset()
    assert meter.reading(now) == Meter().reading(now)


def test_two_channels_show_the_louder_one() -> None:
    meter = Meter()
    both = np.stack((sine(1000.0, 0.1, 0.1), sine(1000.0, 0.1, 0.5)), axis=1)
    meter.feed(Block(both, RATE_HZ, 0), 0)
    assert meter.reading(0).peak_dbfs == pytest.approx(-6.02, abs=0.05)


@given(st.lists(st.tuples(st.floats(width=32), st.integers(0, 3 * S)), max_size=20))
def test_levels_stay_on_the_scale(fed_with: list[tuple[float, int]]) -> None:
    meter, now = Meter(), 0
    for value, later in fed_with:
        now += later
        meter.feed(block_of(np.full(64, value, np.float32)), now)
        shown = meter.reading(now)
        for level in (shown.peak_dbfs, shown.rms_dbfs, shown.hold_dbfs):
            assert -60.0 <= level <= 0.0
