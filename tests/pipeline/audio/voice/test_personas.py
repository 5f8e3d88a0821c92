"""The voices of the personas that come with the program."""

import numpy as np
import pytest

from pipeline.audio.voice.statistics import BANDS_HZ
from profiles.profile import VoiceSettings
from tests.footage import PERSONAS, persona

HZ = np.array(BANDS_HZ)


def spectrum_db(voice: VoiceSettings) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """A voice's long-term levels."""
    assert voice.spectrum_db is not None
    return np.array(voice.spectrum_db)


@pytest.mark.parametrize("name", PERSONAS)
def test_a_persona_has_a_colour_of_its_own(name: str) -> None:
    voice = persona(name).voice
    levels = spectrum_db(voice)
    assert levels.max() == 0.0
    # Below the fundamental a voice has nothing; its loudest part lies up to the first formant.
    assert (levels[np.less(HZ, 0.7 * voice.median_f0_hz)] < -15.0).all()
    assert (levels[np.greater(HZ, 1_000.0)] < -8.0).all()
    others = [persona(other).voice for other in PERSONAS if other != name]
    assert all(np.std(levels - spectrum_db(other)) > 1.0 for other in others)


def test_who_sounds_younger_and_smaller_sounds_brighter() -> None:
    voices = sorted((persona(name).voice for name in PERSONAS), key=lambda voice: voice.formant_scale)
    high = [spectrum_db(voice)[HZ >= 2_000.0].mean() for voice in voices]
    assert high == sorted(high)
