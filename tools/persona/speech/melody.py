"""The pitch: it falls along a phrase, rises on accents, and wavers as a larynx does."""

from __future__ import annotations

import numpy as np

from tools.persona.speech.phones import Floats
from tools.persona.speech.score import STEP_HZ, Score, Sound, eased

MEDIAN_HZ = 140.0
"""The actor's own pitch: an adult's, and no shipped persona's."""
_FALL_ST = 4.0
"""From the start of a phrase to its end, semitones."""
_ACCENT_ST, _ACCENT_S = 2.6, 0.085
_CADENCE_ST = (-2.5, 2.5, -3.0, -3.5)
"""How each phrase ends: the second asks."""


def pitch_hz(score: Score) -> Floats:
    """The fundamental, `STEP_HZ` values a second; while the actor speaks its median is `MEDIAN_HZ`."""
    times = np.arange(len(score.voice)) / STEP_HZ
    semitones = np.zeros_like(times)
    for number, phrase in enumerate(score.phrases):
        inside = (times > phrase[0].t_s - 0.2) & (times < phrase[-1].t_s + 0.4)
        tune = _phrase(times, phrase, _CADENCE_ST[number % len(_CADENCE_ST)])
        semitones[inside] = tune[inside]
    semitones = eased(semitones, 0.03) + _wavering(times)
    spoken = score.voice > 0.1
    return np.asarray(MEDIAN_HZ * 2 ** ((semitones - np.median(semitones[spoken])) / 12))


def _phrase(times: Floats, phrase: tuple[Sound, ...], cadence_st: float) -> Floats:
    start_s, end_s = phrase[0].t_s, phrase[-1].t_s + phrase[-1].after_s
    tune = -_FALL_ST * np.clip((times - start_s) / (end_s - start_s), -0.1, 1.1)
    vowels = [sound for sound in phrase if sound.phone is None]
    for number, vowel in enumerate(vowels[:-1]):
        if number % 3 == 1:
            middle_s = vowel.t_s + 0.3 * vowel.after_s
            tune += _ACCENT_ST * np.exp(-(((times - middle_s) / _ACCENT_S) ** 2))
    tune += cadence_st * np.clip((times - phrase[-1].t_s) / (end_s - phrase[-1].t_s), 0, 1)
    for sound in phrase:
        if sound.phone is not None:
            # Stiff folds after a voiceless consonant start the vowel high, a voiced one pulls it down a little.
            push = 0.7 if sound.phone.voice == 0 else -0.25
            late = np.clip(times - sound.end_s, 0, None)
            tune += push * np.exp(-late / 0.04) * (times > sound.start_s)
    return np.asarray(tune)


def _wavering(times: Floats) -> Floats:
    """A slow unsteadiness of a few hundredths, whole cycles to the loop so that it has no seam."""
    cycles = ((127, 0.3), (71, 1.7), (47, 4.1))
    return np.asarray(sum(0.06 * np.sin(2 * np.pi * count * times / times[-1] + phase) for count, phase in cycles))
