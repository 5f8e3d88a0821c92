"""Known values of ITU-R BS.1770 and the signals of EBU Tech 3341, on one channel: 3.01 LU below the stereo values."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.audio.condition.mono import Sound
from pipeline.audio.metering.loudness import LoudnessMeter, LoudnessReading, loudness
from tests.pipeline.audio.condition.sounds import block_of, cut, hiss, seconds, sine

MONO_LU = -3.01


def tone(dbfs: float, duration: float) -> Sound:
    """A sine of 1 kHz whose peak is at a level."""
    return sine(1000.0, duration, 10.0 ** (dbfs / 20.0))


def read(*sounds: Sound) -> LoudnessReading:
    meter = LoudnessMeter()
    for sound in sounds:
        meter.feed(block_of(sound))
    return meter.reading()


def test_a_sine_of_997_hz_at_full_scale_is_at_minus_3_01() -> None:
    assert loudness(sine(997.0, 5.0)) == pytest.approx(-3.01, abs=0.02)


def test_a_sine_of_1_khz_at_minus_20_is_at_minus_23() -> None:
    assert loudness(tone(-20.0, 5.0)) == pytest.approx(-23.0, abs=0.05)


@pytest.mark.parametrize("dbfs", [-23.0, -33.0])
def test_a_steady_tone_reads_alike_on_every_scale(dbfs: float) -> None:
    shown = read(tone(dbfs, 20.0))
    assert shown.momentary_lufs == pytest.approx(dbfs + MONO_LU, abs=0.1)
    assert shown.short_term_lufs == pytest.approx(dbfs + MONO_LU, abs=0.1)
    assert shown.integrated_lufs == pytest.approx(dbfs + MONO_LU, abs=0.1)


def test_quiet_parts_do_not_lower_the_integrated_loudness() -> None:
    """EBU Tech 3341, test signal 3."""
    shown = read(tone(-36.0, 10.0), tone(-23.0, 60.0), tone(-36.0, 10.0))
    assert shown.integrated_lufs == pytest.approx(-23.0 + MONO_LU, abs=0.1)


def test_silence_does_not_lower_it_either() -> None:
    """EBU Tech 3341, test signal 4."""
    parts = [tone(level, length) for level, length in ((-72, 10.0), (-36, 10.0), (-23, 60.0), (-36, 10.0), (-72, 10.0))]
    assert read(*parts).integrated_lufs == pytest.approx(-23.0 + MONO_LU, abs=0.1)


def test_parts_of_like_loudness_are_averaged() -> None:
    """EBU Tech 3341, test signal 5."""
    shown = read(tone(-26.0, 20.0), tone(-20.0, 20.1), tone(-26.0, 20.0))
    assert shown.integrated_lufs == pytest.approx(-23.0 + MONO_LU, abs=0.1)


def test_high_tones_are_louder_and_low_ones_quieter() -> None:
    assert loudness(sine(4000.0, 2.0, 0.1)) > loudness(sine(1000.0, 2.0, 0.1)) + 2.5
    assert loudness(sine(40.0, 2.0, 0.1)) < loudness(sine(1000.0, 2.0, 0.1)) - 3.0


def test_silence_has_no_loudness() -> None:
    assert read(seconds(5.0)) == LoudnessReading(-120.0, -120.0, -120.0)
    assert LoudnessMeter().reading() == LoudnessReading(-120.0, -120.0, -120.0)


def test_the_momentary_loudness_follows_within_400_ms() -> None:
    shown = read(tone(-40.0, 3.0), tone(-10.0, 0.4))
    assert shown.momentary_lufs == pytest.approx(-10.0 + MONO_LU, abs=0.1)
    assert shown.short_term_lufs < -15.0


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 9000), max_size=20))
def test_how_the_stream_is_cut_makes_no_difference(sizes: list[int]) -> None:
    sound = hiss(2.0, -20.0)
    meter = LoudnessMeter()
    for block in cut(sound, sizes):
        meter.feed(block)
    whole = read(sound)
    assert meter.reading().integrated_lufs == pytest.approx(whole.integrated_lufs, abs=1e-6)
    assert meter.reading().momentary_lufs == pytest.approx(whole.momentary_lufs, abs=1e-6)


def test_no_numbers_spoil_nothing() -> None:
    sound = tone(-20.0, 3.0)
    sound[[5, 500, 5000]] = np.nan, np.inf, 1e30
    assert loudness(sound) == pytest.approx(-23.0, abs=0.1)


def test_a_reset_meter_starts_anew() -> None:
    meter = LoudnessMeter()
    meter.feed(block_of(tone(-5.0, 3.0)))
    meter.reset()
    meter.feed(block_of(tone(-30.0, 3.0)))
    assert meter.reading() == read(tone(-30.0, 3.0))
