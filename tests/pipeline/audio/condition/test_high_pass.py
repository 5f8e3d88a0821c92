"""Rumble goes, the voice stays."""

import numpy as np
import pytest

from pipeline.audio.condition.high_pass import HighPass
from pipeline.audio.stream import RATE_HZ
from tests.pipeline.audio.condition.sounds import level_db, sine, through


def gain_db(hz: float) -> float:
    """What the filter makes of a tone, once it has settled."""
    tone = sine(hz, 2.0, 0.5)
    return level_db(through(HighPass(), tone)[RATE_HZ:]) - level_db(tone[RATE_HZ:])


@pytest.mark.parametrize("hz", [5.0, 16.0, 30.0])
def test_rumble_is_down_by_24_db(hz: float) -> None:
    assert gain_db(hz) < -24.0


@pytest.mark.parametrize("hz", [120.0, 150.0, 300.0, 1000.0, 8000.0, 20_000.0])
def test_a_voice_loses_less_than_half_a_decibel(hz: float) -> None:
    assert abs(gain_db(hz)) < 0.5


def test_direct_current_is_gone_after_a_tenth_of_a_second() -> None:
    assert np.abs(through(HighPass(), np.ones(RATE_HZ, np.float32))[RATE_HZ // 10 :]).max() < 1e-4


def test_silence_after_sound_becomes_exactly_silent() -> None:
    stage = HighPass()
    through(stage, sine(100.0, 0.1))
    assert not through(stage, np.zeros(RATE_HZ, np.float32))[-480:].any()
