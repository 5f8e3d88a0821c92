"""What a profile may ask of the voice."""

import pytest
from pydantic import ValidationError

from profiles.profile import VoiceSettings


def test_without_a_word_the_voice_is_the_targets_and_nothing_more() -> None:
    plain = VoiceSettings()
    assert (plain.pitch_semitones, plain.expressivity, plain.breath, plain.eq, plain.spectrum_db) == (0, 1, 0, 1, None)


@pytest.mark.parametrize(
    ("key", "low", "high"), [("expressivity", 0, 2), ("breath", 0, 1), ("pitch_semitones", -12, 12), ("eq", 0, 1)]
)
def test_a_setting_has_limits(key: str, low: float, high: float) -> None:
    for value in (low, high):
        assert getattr(VoiceSettings.model_validate({key: value}), key) == value
    for value in (low - 0.01, high + 0.01, float("nan")):
        with pytest.raises(ValidationError):
            VoiceSettings.model_validate({key: value})


@pytest.mark.parametrize("count", [0, 21, 23])
def test_a_spectrum_has_one_level_for_each_third_octave(count: int) -> None:
    assert VoiceSettings(spectrum_db=(0.0,) * 22).spectrum_db == (0.0,) * 22
    with pytest.raises(ValidationError):
        VoiceSettings(spectrum_db=(0.0,) * count)
