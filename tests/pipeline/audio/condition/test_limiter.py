"""No sample above the ceiling, none below it touched."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.audio.condition.limiter import Limiter
from pipeline.audio.stream import RATE_HZ
from tests.footage import needs_media
from tests.pipeline.audio.condition.sounds import aligned, hiss, level_db, real_speech, seconds, sine, through, words

CEILING = np.float32(10.0 ** (-1.0 / 20.0))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 4799), st.floats(-8.0, 8.0, width=32)), max_size=40),
    st.floats(0.0, 4.0),
    st.integers(0, 10_000),
)
def test_nothing_ever_overshoots(peaks: list[tuple[int, float]], loudness: float, seed: int) -> None:
    sound = hiss(0.1, 0.0, seed) * np.float32(loudness)
    for place, value in peaks:
        sound[place] = value
    assert np.abs(aligned(Limiter(), sound)).max() <= CEILING


@pytest.mark.parametrize("hz", [20.0, 50.0, 997.0, 12_000.0])
@pytest.mark.parametrize("amplitude", [1.0, 2.0, 8.0])
def test_tones_far_too_loud_stay_below(hz: float, amplitude: float) -> None:
    assert np.abs(aligned(Limiter(), sine(hz, 0.5, amplitude))).max() <= CEILING


def test_what_stays_below_the_ceiling_is_not_touched() -> None:
    sound = np.clip(hiss(1.0, -10.0), -CEILING, CEILING)
    assert np.array_equal(aligned(Limiter(), sound), sound)


def test_it_lets_go_again() -> None:
    quiet = hiss(1.0, -30.0)
    sound = np.concatenate((sine(440.0, 0.1, 4.0), quiet, quiet))
    assert np.array_equal(aligned(Limiter(), sound)[-len(quiet) :], quiet)


def test_the_gain_moves_without_a_kink() -> None:
    steady = np.full(RATE_HZ, 0.5, np.float32)
    steady[20_000:20_100] = 4.0
    steady[20_000:20_100] *= np.float32(1.0)
    gains = aligned(Limiter(), steady) / steady
    assert np.abs(np.diff(gains)).max() < 1.0 / 50.0
    assert gains[20_000 - 100] == 1.0


def test_loud_speech_keeps_its_level_below_the_ceiling() -> None:
    sound = words(4)[0] * np.float32(4.0)
    passed = aligned(Limiter(), sound)
    assert np.abs(passed).max() <= CEILING
    assert np.abs(passed).max() > 0.9 * CEILING


def test_it_says_by_how_much_it_holds_back() -> None:
    stage = Limiter()
    assert stage.reduction_db == 0.0
    through(stage, sine(440.0, 0.2, 2.0))
    assert stage.reduction_db == pytest.approx(7.0, abs=0.5)


@needs_media
def test_real_speech_at_its_own_level_passes_bit_by_bit() -> None:
    sound = real_speech() * np.float32(0.85 / np.abs(real_speech()).max())
    assert np.array_equal(aligned(Limiter(), sound), sound)
    loud = sound * np.float32(4.0)
    assert level_db(aligned(Limiter(), loud)) > level_db(sound) + 3.0


def test_silence_stays_silent() -> None:
    assert not through(Limiter(), seconds(0.1)).any()
