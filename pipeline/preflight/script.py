"""What the actor is told to do while a preflight listens and looks."""

from dataclasses import dataclass
from enum import StrEnum

SENTENCE = "The quick judge paid five dozen liquor taxes before a foggy March weekend."
"""Every kind of sound in one breath: vowels front and back, stops, and the hisses that narrow links lose."""
QUIET_SHARE, SPEAK_SHARE = 0.1, 0.42
"""Of the whole: how long the room is listened to, and until when the actor speaks."""


class Phase(StrEnum):
    """Where a preflight is."""

    QUIET = "quiet"
    SPEAK = "speak"
    SWEEP = "sweep"
    LOOK = "look"
    """Nobody has to do anything; what was gathered is looked at."""
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Cue:
    """What to do now, large enough to be read from where the actor sits."""

    phase: Phase
    instruction: str
    share: float
    """Of this phase, 0..1."""


def cue_at(share: float) -> Cue:
    """What to do at a share of the whole, before the head is moved.

    Args:
        share: 0..1.
    """
    if share < QUIET_SHARE:
        return Cue(Phase.QUIET, "Sit still, look at the camera and be quiet.", share / QUIET_SHARE)
    if share < SPEAK_SHARE:
        done = (share - QUIET_SHARE) / (SPEAK_SHARE - QUIET_SHARE)
        return Cue(Phase.SPEAK, f"Say, at your usual loudness: “{SENTENCE}”", done)
    return Cue(Phase.SWEEP, "", (share - SPEAK_SHARE) / (1 - SPEAK_SHARE))
