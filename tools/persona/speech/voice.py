"""The demo actor speaking: everything put together, at the level of a recording."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tools.persona.motion.timeline import Cue, cues
from tools.persona.speech.glottis import folds
from tools.persona.speech.melody import pitch_hz
from tools.persona.speech.noise import NOSTRILS, PLACES, ROOM, THROAT, hiss, through_microphone
from tools.persona.speech.phones import Floats
from tools.persona.speech.score import STEP_HZ, Score, at_rate, eased, score
from tools.persona.speech.tract import spoken_through

RATE_HZ = 48_000
SPEECH_DB = -20.0
"""RMS of the speech, without the pauses, against full scale."""
ROOM_DB = -74.0
INHALE_DB = -56.0
_INHALE_S = (0.28, 0.08)
"""How long a breath before a phrase takes, and how long before the phrase it is over."""
_BREATHY = 0.05
"""Noise of the air in the voice, against the pulses."""
_LEAKING = 0.3
"""Share of it that goes on while the folds are together."""
_SEED = 505

Samples = npt.NDArray[np.int16]


def speech(timeline: tuple[Cue, ...] | None = None) -> Samples:
    """One loop of the actor's sound, mono 16 bit, `RATE_HZ`; the same samples every time."""
    sound = through_microphone(spoken(score(timeline or cues())), RATE_HZ)
    return np.round(sound * 32767).astype(np.int16)


def spoken(controls: Score) -> Floats:
    """A score as sound, full scale 1."""
    voice = at_rate(controls.voice, RATE_HZ)
    size = len(voice)
    pulses = folds(pitch_hz(controls), controls.voice, RATE_HZ, _SEED)
    air = _BREATHY * voice + at_rate(controls.breath, RATE_HZ)
    air *= (_LEAKING + (1 - _LEAKING) * pulses.open) * hiss(THROAT, size, RATE_HZ, _SEED + 1)
    sound = spoken_through(pulses.flow + air, controls, RATE_HZ)
    sound /= np.sqrt(np.mean(sound[voice > 0.25] ** 2))
    for number, (place, row) in enumerate(sorted(controls.hiss.items())):
        sound += hiss(PLACES[place], size, RATE_HZ, _SEED + 2 + number) * at_rate(row, RATE_HZ)
    heard = at_rate(controls.voice + sum(controls.hiss.values()), RATE_HZ) > 0.05
    sound *= _ratio(SPEECH_DB) / np.sqrt(np.mean(sound[heard] ** 2))
    sound += _ratio(INHALE_DB) * hiss(NOSTRILS, size, RATE_HZ, _SEED + 8) * at_rate(_inhaling(controls), RATE_HZ)
    return np.asarray(sound + _ratio(ROOM_DB) * hiss(ROOM, size, RATE_HZ, _SEED + 9))


def _ratio(level_db: float) -> float:
    return float(10 ** (level_db / 20))


def _inhaling(controls: Score) -> Floats:
    """The actor breathes in through the nose before each phrase."""
    times = np.arange(len(controls.voice)) / STEP_HZ
    row = np.zeros_like(times)
    length_s, early_s = _INHALE_S
    for phrase in controls.phrases:
        end_s = phrase[0].t_s - early_s
        row[(times > end_s - length_s) & (times < end_s)] = 1.0
    return eased(row, 0.12)
