"""From the timeline of the mouth to the controls of the voice, a thousand times a second."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tools.persona.geometry.expression import VISEMES, Expression
from tools.persona.motion.performance import LOOP_S
from tools.persona.motion.timeline import Cue, mouth_at
from tools.persona.speech.phones import CONSONANTS, SPOKEN, TRACT, Floats, Phone, locus_hz, opening, vowel_hz

STEP_HZ = 1000
"""Controls a second."""
_LEAD_S = 0.055
"""A phrase is heard so long before the mouth has reached its first shape."""
_FADE_S = 0.11
_VOWEL_HELD = 0.35
"""Share of the way to the next shape for which a vowel keeps its formants."""
_VOICE_EASE_S, _HISS_EASE_S, _BURST_EASE_S, _BURST_S = 0.022, 0.055, 0.009, 0.012
_ASPIRATED = 0.105
"""Noise of the throat after a voiceless stop, against the pulses."""
_QUIETEST_DB = -5.0
"""A nearly closed mouth against a wide one."""


@dataclass(frozen=True, slots=True)
class Sound:
    """One sound of a phrase.

    Attributes:
        t_s: when the mouth has its shape.
        after_s: until the next shape.
        start_s: when it begins to be held.
        end_s: when it is let go.
        phone: the consonant, or None for a vowel.
        formants_hz: where the first three formants are while it is held.
    """

    t_s: float
    after_s: float
    start_s: float
    end_s: float
    phone: Phone | None
    formants_hz: Floats


@dataclass(frozen=True, slots=True)
class Score:
    """The controls of the voice, each a row of `STEP_HZ` values a second over one loop.

    Attributes:
        formants_hz: the first three formants, (steps, 3).
        voice: the voice's level, 0..1.
        breath: the level of the air's noise in the throat, 0..1.
        muffled_db: what the mouth takes off the voice at 3 kHz.
        nasal: how far the nose is open, 0..1.
        hiss: level by the name of the place where it is made.
        phrases: the sounds, phrase by phrase.
    """

    formants_hz: Floats
    voice: Floats
    breath: Floats
    muffled_db: Floats
    nasal: Floats
    hiss: dict[str, Floats]
    phrases: tuple[tuple[Sound, ...], ...]


def phrases(timeline: tuple[Cue, ...]) -> tuple[tuple[Sound, ...], ...]:
    """The sounds between one rest and the next."""
    turns = dict.fromkeys(SPOKEN, 0)
    found: list[tuple[Sound, ...]] = []
    said: list[Sound] = []
    for before, cue, after in zip(timeline, timeline[1:], timeline[2:], strict=False):
        if cue.viseme == "rest":
            continue
        phone = None
        if cue.viseme in SPOKEN:
            phone = CONSONANTS[SPOKEN[cue.viseme][turns[cue.viseme] % len(SPOKEN[cue.viseme])]]
            turns[cue.viseme] += 1
        said.append(_sound((before, cue, after), phone))
        if after.viseme == "rest":
            found.append(_with_loci(said))
            said = []
    return tuple(found)


def _sound(around: tuple[Cue, Cue, Cue], phone: Phone | None) -> Sound:
    """The sound of a cue between two others."""
    before, cue, after = around
    held_before, held_after = phone.hold if phone else (0.0, _VOWEL_HELD)
    early_s = held_before * (cue.t_s - before.t_s) if before.viseme != "rest" else _LEAD_S
    after_s = after.t_s - cue.t_s
    vowel = vowel_hz(Expression().blended(VISEMES[cue.viseme], cue.weight))
    return Sound(cue.t_s, after_s, cue.t_s - early_s, cue.t_s + held_after * after_s, phone, vowel)


def _with_loci(said: list[Sound]) -> tuple[Sound, ...]:
    """The sounds with each consonant's formants drawn to the vowel that follows."""
    return tuple(
        sound if sound.phone is None else replace(sound, formants_hz=locus_hz(sound.phone, following.formants_hz))
        for sound, following in zip(said, [*said[1:], said[-1]], strict=True)
    )


def score(timeline: tuple[Cue, ...]) -> Score:
    """The controls that speak a timeline."""
    times = np.arange(round(LOOP_S * STEP_HZ)) / STEP_HZ
    said = phrases(timeline)
    voice, muffled, nasal = np.zeros_like(times), np.zeros_like(times), np.zeros_like(times)
    breath = np.zeros_like(times)
    hiss = {name: np.zeros_like(times) for name in ("lips", "ridge", "teeth", "groove")}
    for phrase in said:
        _voice(voice, times, phrase)
        for sound in phrase:
            if sound.phone is not None:
                _consonant(sound, sound.phone, times, (voice, breath, muffled, nasal, hiss))
    mouths = [mouth_at(float(t_s), timeline) for t_s in times]
    loudness = 10 ** (_QUIETEST_DB / 20 * (1 - np.array([opening(mouth) for mouth in mouths])))
    voice = eased(voice, _VOICE_EASE_S) * eased(loudness, _VOICE_EASE_S)
    for phrase in said:
        voice *= _fading(times, phrase)
    return Score(
        _formants(times, said),
        voice,
        eased(breath, _VOICE_EASE_S),
        eased(muffled, _VOICE_EASE_S),
        eased(nasal, _HISS_EASE_S),
        {name: eased(level, _hiss_ease_s(name)) for name, level in hiss.items()},
        said,
    )


def _hiss_ease_s(name: str) -> float:
    return _BURST_EASE_S if name in ("lips", "ridge") else _HISS_EASE_S


def _voice(voice: Floats, times: Floats, phrase: tuple[Sound, ...]) -> None:
    """The voice is on from just before the phrase's first shape until the mouth has closed."""
    last = phrase[-1]
    voice[(times >= phrase[0].start_s) & (times < last.t_s + last.after_s)] = 1.0


def _fading(times: Floats, phrase: tuple[Sound, ...]) -> Floats:
    """1, but going to 0 while the mouth closes at the phrase's end, and quieter along the phrase by 2.5 dB."""
    start_s, last = phrase[0].start_s - 0.1, phrase[-1]
    end_s = last.t_s + last.after_s
    share = np.clip((end_s - times) / _FADE_S, 0, 1)
    inside = (times > start_s) & (times < end_s + 0.1)
    along = np.clip((times - start_s) / (end_s - start_s), 0, 1)
    return np.where(inside, share**2 * (3 - 2 * share) * 10 ** (-2.5 / 20 * along), 1.0)


def _consonant(
    sound: Sound,
    phone: Phone,
    times: Floats,
    rows: tuple[Floats, Floats, Floats, Floats, dict[str, Floats]],
) -> None:
    """Writes what a consonant does to the voice and which hiss it adds."""
    voice, breath, muffled, nasal, hiss = rows
    held = (times >= sound.start_s) & (times < sound.end_s)
    voice[held] = phone.voice
    muffled[held], nasal[held] = phone.muffled_db, phone.nasal
    if phone.noise:
        hiss[phone.noise][held] = phone.noise_level
    if phone.burst:
        burst = (times >= sound.end_s) & (times < sound.end_s + _BURST_S)
        hiss[phone.burst][burst] = phone.burst_level
    waiting = (times >= sound.end_s) & (times < sound.end_s + phone.aspiration_s)
    voice[waiting], breath[waiting] = 0.0, _ASPIRATED


def _formants(times: Floats, said: tuple[tuple[Sound, ...], ...]) -> Floats:
    """The first three formants: held, and eased from sound to sound."""
    keys_s: list[float] = []
    keys_hz: list[Floats] = []
    for phrase in said:
        for sound in phrase:
            keys_s += [sound.start_s, sound.end_s]
            keys_hz += [sound.formants_hz, sound.formants_hz]
    at = np.array(keys_s)
    after = np.clip(np.searchsorted(at, times, side="right"), 1, len(at) - 1)
    share = np.clip((times - at[after - 1]) / np.maximum(at[after] - at[after - 1], 1e-6), 0, 1)
    smooth = (share**2 * (3 - 2 * share))[:, None]
    values = np.array(keys_hz) * TRACT
    return np.asarray(values[after - 1] + smooth * (values[after] - values[after - 1]))


def eased(row: Floats, over_s: float) -> Floats:
    """A looped row of controls with its steps rounded off."""
    window = np.hanning(round(over_s * STEP_HZ) // 2 * 2 + 3)[1:-1]
    padded = np.concatenate([row[-len(window) :], row, row[: len(window)]])
    return np.asarray(np.convolve(padded, window / window.sum(), "same")[len(window) : -len(window)])


def at_rate(row: Floats, rate_hz: int) -> Floats:
    """A looped row of controls, or several side by side, drawn in straight lines at a sound's rate."""
    size = len(row) * rate_hz // STEP_HZ
    place = np.arange(size) * (STEP_HZ / rate_hz)
    first = place.astype(np.int64)
    share = place - first
    if row.ndim > 1:
        share = share[:, None]
    return np.asarray(row[first] + share * (np.roll(row, -1, axis=0)[first] - row[first]))
