"""What is measured of a voice."""

import numpy as np
import pytest

from pipeline.audio.voice.actor import measure
from pipeline.audio.voice.statistics import PitchLearner, scale_from_pitch
from tests.pipeline.audio.voice.speech import Sound, swept, vowel


def vowels(hz: float, scale: float) -> Sound:
    """Three vowels of a throat."""
    return np.concatenate([vowel(hz, 1.5, name, scale) for name in ("a", "e", "schwa")])


@pytest.mark.parametrize("hz", [85.0, 120.0, 210.0, 320.0])
def test_the_median_pitch_is_found(hz: float) -> None:
    found = measure(vowels(hz, 1.0))
    assert found is not None
    assert found.median_f0_hz == pytest.approx(hz, rel=0.02)


@pytest.mark.parametrize("semitones", [2.0, 5.0, 9.0])
def test_the_range_is_found(semitones: float) -> None:
    curve = swept(140.0 * 2 ** (-semitones / 24), 140.0 * 2 ** (semitones / 24), 6.0)
    found = measure(vowel(curve, 6.0))
    assert found is not None
    # Of a sinus the 10th to the 90th percentile is 0.95 of it all.
    assert found.f0_range_semitones == pytest.approx(0.95 * semitones, abs=0.8)


@pytest.mark.parametrize("scale", [0.88, 1.0, 1.15])
def test_longer_throats_have_lower_formants(scale: float) -> None:
    lengths = [measure(vowels(110.0, scale)), measure(vowels(110.0, 1.0))]
    scales = [found.formant_scale for found in lengths if found is not None]
    # The pitch keeps a share of the word, and says the same of both.
    assert (scales[0] - scales[1]) * (scale - 1.0) >= 0.0
    assert abs(scales[0] / scales[1] - 1) >= 0.5 * abs(scale - 1)


def test_silence_is_nobodys_voice() -> None:
    assert measure(np.zeros(48_000, np.float32)) is None
    assert measure(np.zeros(0, np.float32)) is None


def test_low_voices_come_from_long_throats() -> None:
    assert scale_from_pitch(100.0) < 0.92 < 1.05 < scale_from_pitch(210.0) < scale_from_pitch(300.0)


def test_a_few_wrong_steps_do_not_move_the_median() -> None:
    learner = PitchLearner()
    for number in range(200):
        learner.hear(240.0 if number % 5 == 0 else 120.0)
    assert learner.median_hz == pytest.approx(120.0, rel=0.02)


def test_the_past_fades() -> None:
    learner = PitchLearner()
    for number in range(40_000):
        learner.hear(120.0 if number < 20_000 else 180.0)
    assert learner.median_hz == pytest.approx(180.0, rel=0.02)
