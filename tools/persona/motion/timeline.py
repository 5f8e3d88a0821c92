"""What the demo actor says, as sounds with times, and the mouth at any moment.

The phrase is made-up speech in mouth shapes, so that a synthesiser can speak in step with the lips.
"""

from __future__ import annotations

from dataclasses import dataclass

from tools.persona.geometry.expression import VISEMES, Expression

_HOLD_S = {"M": 0.09, "F": 0.10, "S": 0.11, "T": 0.07, "L": 0.08, "R": 0.09}
"""How long the closed sounds last; open ones take the rest of their syllable."""
_VOWEL_S = 0.17
_PHRASES = (
    (0.5, ("M A", "T E", "R I", "L O", "S A", "M I", "T A")),
    (3.0, ("F O", "R A", "L E", "M U", "T I", "S O")),
    (5.4, ("A", "R I", "M E", "L A", "F U", "T O", "S E", "M A")),
    (8.2, ("L O", "M I", "S A")),
)
"""Start in seconds, and syllables; between the phrases the actor listens."""
_WEIGHT = {"A": 0.85, "E": 0.9, "I": 0.85, "O": 0.9, "U": 0.9}


@dataclass(frozen=True, slots=True)
class Cue:
    """A mouth shape reached at a time."""

    t_s: float
    viseme: str
    weight: float


def _phrase(start_s: float, syllables: tuple[str, ...]) -> list[Cue]:
    cues = [Cue(round(start_s - 0.10, 3), "rest", 0.0)]
    t_s = start_s
    for number, syllable in enumerate(syllables):
        long = 1.0 + 0.25 * ((number * 7) % 3 == 1)
        for sound in syllable.split():
            cues.append(Cue(round(t_s, 3), sound, _WEIGHT.get(sound, 1.0)))
            t_s += _HOLD_S.get(sound, _VOWEL_S * long)
    return [*cues, Cue(round(t_s + 0.06, 3), "rest", 0.0)]


def cues() -> tuple[Cue, ...]:
    """The whole timeline in order of time; the clip starts and ends at rest."""
    return tuple(cue for start_s, syllables in _PHRASES for cue in _phrase(start_s, syllables))


def phrase() -> str:
    """The sounds in order, syllables joined, phrases apart by a stroke."""
    return " | ".join(" ".join(s.replace(" ", "").lower() for s in syllables) for _, syllables in _PHRASES)


def mouth_at(t_s: float, timeline: tuple[Cue, ...]) -> Expression:
    """The mouth at a time: eased from each cue to the next."""
    before = Cue(0.0, "rest", 0.0)
    for cue in timeline:
        if cue.t_s > t_s:
            share = min(max((t_s - before.t_s) / max(cue.t_s - before.t_s, 1e-6), 0.0), 1.0)
            eased = share * share * (3 - 2 * share)
            return _shape(before).blended(_shape(cue), eased)
        before = cue
    return _shape(before)


def _shape(cue: Cue) -> Expression:
    return Expression().blended(VISEMES[cue.viseme], cue.weight)
