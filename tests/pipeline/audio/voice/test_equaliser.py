"""The filter between two long-term spectra."""

import numpy as np
import pytest

from pipeline.audio.stream import RATE_HZ
from pipeline.audio.voice.equaliser import MOST_DB, TAPS, Equaliser, correction_db, minimum_phase
from pipeline.audio.voice.pitch import HOP_SAMPLES
from pipeline.audio.voice.statistics import AVERAGE_SPECTRUM_DB, BANDS_HZ
from tests.pipeline.audio.voice.measures import sharpest_bend
from tests.pipeline.audio.voice.speech import Sound, noise, vowel

AVERAGE = np.array(AVERAGE_SPECTRUM_DB)
CLEAR = np.full(len(BANDS_HZ), 60.0)
TILT = np.linspace(6.0, -6.0, len(BANDS_HZ))


def filtered(equaliser: Equaliser, sound: Sound) -> Sound:
    """All whole hops of a sound through the filter."""
    whole = sound[: len(sound) // HOP_SAMPLES * HOP_SAMPLES].reshape(-1, HOP_SAMPLES)
    return np.concatenate([equaliser.step(hop).copy() for hop in whole])


def test_the_filter_has_the_levels_that_it_was_made_for() -> None:
    bumps = np.where(np.arange(len(BANDS_HZ)) // 4 % 2 == 0, 4.0, -4.0)
    for gains in (TILT, np.convolve(bumps, (0.25, 0.5, 0.25), "same")):
        response = np.abs(np.fft.rfft(minimum_phase(gains), 8_192))
        found = 20 * np.log10(np.interp(BANDS_HZ, np.fft.rfftfreq(8_192, 1 / RATE_HZ), response))
        assert np.abs(found - gains)[2:].max() < 0.8


def test_the_filter_does_not_delay() -> None:
    taps = minimum_phase(TILT)
    assert len(taps) == TAPS
    assert np.square(taps[:24]).sum() > 0.95 * np.square(taps).sum()


def test_flat_it_changes_no_sample() -> None:
    sound = noise(0.2)
    equaliser = Equaliser()
    equaliser.set(np.zeros(len(BANDS_HZ)))
    assert np.array_equal(filtered(equaliser, sound), sound)


def test_it_filters_like_a_plain_convolution() -> None:
    sound = noise(0.3)
    equaliser = Equaliser()
    equaliser.set(TILT)
    done = filtered(equaliser, sound)
    wanted = np.convolve(sound, minimum_phase(TILT))[: len(done)]
    assert np.abs(done - wanted)[2_000:].max() < 1e-5


def test_another_filter_comes_in_without_a_click() -> None:
    sound = vowel(120.0, 1.0)
    equaliser = Equaliser()
    done = []
    for number, start in enumerate(range(0, len(sound), HOP_SAMPLES)):
        if number % 40 == 20:
            equaliser.set(TILT if number % 80 == 20 else -TILT)
        done.append(equaliser.step(sound[start : start + HOP_SAMPLES]))
    steady = Equaliser()
    steady.set(-TILT)
    brightest = sharpest_bend(filtered(steady, sound)[4_800:]).max()
    assert sharpest_bend(np.concatenate(done)).max() < 1.2 * brightest


def test_nothing_to_correct_means_no_filter() -> None:
    assert np.abs(correction_db(AVERAGE - 20.0, AVERAGE, 120.0, CLEAR)).max() < 1e-9


@pytest.mark.parametrize("lowest_hz", [80.0, 200.0])
def test_the_correction_has_limits_and_keeps_the_power(lowest_hz: float) -> None:
    has = AVERAGE - 1.5 * TILT
    gains = correction_db(has, AVERAGE, lowest_hz, CLEAR)
    assert np.abs(gains).max() <= MOST_DB
    assert 10 * np.log10(np.mean(10 ** ((has + gains) / 10)) / np.mean(10 ** (has / 10))) == pytest.approx(0.0, abs=0.5)
    middle = (np.array(BANDS_HZ) > 400) & (np.array(BANDS_HZ) < 4_000)
    assert np.std((has + gains - AVERAGE)[middle]) < 0.3 * np.std((has - AVERAGE)[middle])


def test_what_a_microphone_cuts_off_is_not_raised() -> None:
    """A headset over a narrow link ends at 4 kHz: above is only noise."""
    has = np.where(np.array(BANDS_HZ) > 4_000, AVERAGE.min() - 60.0, AVERAGE)
    gains = correction_db(has, AVERAGE, 120.0, CLEAR)
    speech = gains[np.array(BANDS_HZ) < 3_000].mean()
    assert gains[np.array(BANDS_HZ) > 4_000].max() < speech + 1.0


def test_below_the_fundamental_nothing_is_raised() -> None:
    has = np.where(np.array(BANDS_HZ) < 180, AVERAGE - 25.0, AVERAGE)
    assert correction_db(has, AVERAGE, 220.0, CLEAR)[:2].max() < 1.0


def test_noise_is_not_raised_with_what_is_hardly_above_it() -> None:
    has = AVERAGE + TILT
    noisy = np.where(np.arange(len(BANDS_HZ)) > 14, 6.0, 60.0)
    plain, careful = correction_db(has, AVERAGE, 120.0, CLEAR), correction_db(has, AVERAGE, 120.0, noisy)
    assert plain[17:].min() > 3.0
    assert careful[16:].max() - careful[5:13].mean() < 0.75 * (plain[16:].max() - plain[5:13].mean())
    assert careful[16:].max() < 2.5
