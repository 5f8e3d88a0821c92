"""Less noise, the same voice, no chirping."""

import numpy as np
import pytest

from pipeline.audio.condition.mono import Sound
from pipeline.audio.condition.suppressor import Suppressor
from pipeline.audio.stream import RATE_HZ
from tests.footage import needs_media
from tests.pipeline.audio.condition.sounds import aligned, hiss, hum, level_db, real_speech, seconds, words

SETTLED = slice(2 * RATE_HZ, None)


def ratio_db(clean: Sound, sound: Sound) -> float:
    """The voice over everything that is not the voice, distortion too."""
    return level_db(clean[SETTLED]) - level_db(sound[SETTLED] - clean[SETTLED])


def gained_db(clean: Sound, noise: Sound) -> float:
    """By how much the voice stands out more, when it stood out by 10 dB."""
    noise = noise[: len(clean)]
    noise = noise * np.float32(10.0 ** ((level_db(clean[SETTLED]) - 10.0 - level_db(noise[SETTLED])) / 20.0))
    noisy = (clean + noise).astype(np.float32)
    return ratio_db(clean, aligned(Suppressor(), noisy)) - ratio_db(clean, noisy)


@pytest.mark.parametrize("f0", [120.0, 210.0])
@pytest.mark.parametrize("noise", [hiss(14.0, -40.0), hum(14.0, -40.0)], ids=["hiss", "hum"])
def test_a_voice_stands_out_by_8_db_more(noise: Sound, f0: float) -> None:
    assert gained_db(words(14, f0)[0], noise) > 8.0


@needs_media
@pytest.mark.parametrize("noise", [hiss(12.0, -40.0), hum(12.0, -40.0)], ids=["hiss", "hum"])
def test_a_real_voice_stands_out_more(noise: Sound) -> None:
    # The recording has a room of its own, which is taken away too and counts as distortion here.
    assert gained_db(real_speech(), noise) > 7.0


def test_what_is_left_of_noise_does_not_chirp() -> None:
    noise = hiss(8.0, -40.0)
    left = aligned(Suppressor(), noise)[3 * RATE_HZ :]
    assert level_db(left) == pytest.approx(-58.0, abs=1.5)
    powers = np.square(np.abs(np.fft.rfft(left[: len(left) // 480 * 480].reshape(-1, 480) * np.hanning(480))))
    # For noise the mean of the squared powers is twice the square of their mean; for tones that pop up it is far more.
    assert float((powers**2).mean() / powers.mean() ** 2) < 2.0 * 2.0


def test_it_turns_down_no_more_than_it_is_told() -> None:
    left = aligned(Suppressor(depth_db=6.0), hiss(6.0, -40.0))[4 * RATE_HZ :]
    assert level_db(left) == pytest.approx(-46.0, abs=0.5)


def test_a_clean_voice_stays_as_it_is() -> None:
    sound, _ = words(14)
    clean = (sound + hiss(len(sound) / RATE_HZ, -75.0)).astype(np.float32)
    assert ratio_db(clean, aligned(Suppressor(), clean)) > 20.0


def test_before_the_room_is_known_nothing_is_turned_down() -> None:
    noise = hiss(0.3, -40.0)
    assert np.abs(aligned(Suppressor(), noise) - noise).max() < 1e-5


def test_silence_between_words_does_not_spoil_the_room() -> None:
    noise = hiss(4.0, -40.0)
    left = aligned(Suppressor(), np.concatenate((noise, seconds(3.0), noise)))
    assert level_db(left[-int(3.8 * RATE_HZ) :]) < -54.0
