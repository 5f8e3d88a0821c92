"""The stages together: what the settings ask for, in order, and safe for whatever comes after."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.audio.condition.chain import conditioner
from pipeline.audio.condition.mono import Sound
from pipeline.audio.condition.settings import ConditionSettings
from pipeline.audio.metering.loudness import loudness
from pipeline.audio.stream import RATE_HZ
from tests.footage import needs_media
from tests.pipeline.audio.condition.sounds import aligned, hiss, level_db, real_speech, seconds, sine, through, words

CEILING = 10.0 ** (-1.0 / 20.0)
EVERYTHING = ConditionSettings(suppression=True)
SETTINGS = {
    "default": ConditionSettings(),
    "everything": EVERYTHING,
    "bare": ConditionSettings(high_pass=False, gate=False, leveller=False),
}
every_setting = pytest.mark.parametrize("chosen", SETTINGS.values(), ids=SETTINGS.keys())


def rumbling_room(duration: float, dbfs: float) -> Sound:
    """A room whose noise falls by 6 dB an octave, as most do."""
    spectrum = np.fft.rfft(hiss(duration, 0.0))
    spectrum /= np.maximum(np.fft.rfftfreq(round(duration * RATE_HZ), 1.0 / RATE_HZ), 40.0)
    sound = np.fft.irfft(spectrum, round(duration * RATE_HZ)).astype(np.float32)
    return (sound * 10.0 ** ((dbfs - level_db(sound)) / 20.0)).astype(np.float32)


def test_the_stages_stand_in_their_order() -> None:
    names = [stage.name for stage in conditioner(EVERYTHING)]
    assert names == ["sanity", "high-pass", "suppressor", "gate", "leveller", "limiter"]


def test_what_is_off_is_not_there_and_costs_no_time() -> None:
    bare = conditioner(SETTINGS["bare"])
    assert [stage.name for stage in bare] == ["sanity", "limiter"]
    assert sum(stage.latency_ns for stage in bare) == 1_500_000


def test_by_default_the_chain_delays_by_less_than_seven_milliseconds() -> None:
    assert sum(stage.latency_ns for stage in conditioner(ConditionSettings())) == 6_500_000
    assert sum(stage.latency_ns for stage in conditioner(EVERYTHING)) == 26_500_000


@every_setting
@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(width=32), st.sampled_from([0, 1, 7, 480, 3000]), st.booleans()), min_size=1, max_size=12
    )
)
def test_nothing_that_comes_in_makes_it_louder_than_its_ceiling(
    chosen: ConditionSettings, pieces: list[tuple[float, int, bool]]
) -> None:
    chain = conditioner(chosen)
    for value, length, alternating in pieces:
        sound = np.full(length, value, np.float32)
        if alternating:
            sound[::2] *= -1.0
        passed = through(chain, sound, max(1, length))
        assert len(passed) == length
        assert (np.abs(passed) <= CEILING).all()


@every_setting
@pytest.mark.parametrize("hz", [50.0, 440.0])
def test_a_square_at_full_scale_stays_below_the_ceiling(chosen: ConditionSettings, hz: float) -> None:
    assert np.abs(through(conditioner(chosen), np.sign(sine(hz, 3.0)) * np.float32(1.0))).max() <= CEILING


def test_a_rumbling_room_is_shut_out() -> None:
    passed = aligned(conditioner(ConditionSettings()), rumbling_room(8.0, -45.0))
    assert level_db(passed[4 * RATE_HZ :]) < -80.0


def test_pauses_get_quieter_and_not_louder() -> None:
    sound, _ = words(20)
    spoken = np.concatenate((seconds(2.0), sound * np.float32(0.2), seconds(3.0)))
    noisy = (spoken + rumbling_room(len(spoken) / RATE_HZ, -55.0)[: len(spoken)]).astype(np.float32)
    passed = aligned(conditioner(ConditionSettings()), noisy)
    pause = slice(-2 * RATE_HZ, None)
    assert level_db(passed[pause]) < level_db(noisy[pause]) - 15.0
    assert loudness(passed[10 * RATE_HZ :]) == pytest.approx(-18.0, abs=1.5)


@needs_media
def test_real_speech_is_louder_against_its_room_than_before() -> None:
    sound = (real_speech() * np.float32(0.1)).astype(np.float32)
    passed = aligned(conditioner(ConditionSettings()), sound)
    pause, speech = slice(int(4.9 * RATE_HZ), int(5.3 * RATE_HZ)), slice(int(5.5 * RATE_HZ), 7 * RATE_HZ)
    before = level_db(sound[speech]) - level_db(sound[pause])
    assert level_db(passed[speech]) - level_db(passed[pause]) > before + 20.0
