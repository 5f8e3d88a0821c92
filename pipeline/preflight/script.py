"""What the actor is told to do while a preflight listens and looks."""

from dataclasses import dataclass
from enum import StrEnum

from pipeline.preflight.finding import Area

SENTENCE = "The quick judge paid five dozen liquor taxes before a foggy March weekend."
"""Every kind of sound in one breath: vowels front and back, stops, and the hisses that narrow links lose."""


class Phase(StrEnum):
    """Where a preflight is."""

    QUIET = "quiet"
    SPEAK = "speak"
    SWEEP = "sweep"
    LOOK = "look"
    """Nobody has to do anything; what was gathered is looked at."""
    DONE = "done"


INSTRUCTIONS = {
    Phase.QUIET: "Sit still, look at the camera and be quiet.",
    Phase.SPEAK: f"Say, at your usual loudness: “{SENTENCE}”",
}


@dataclass(frozen=True, slots=True)
class Cue:
    """What to do now, large enough to be read from where the actor sits."""

    phase: Phase
    instruction: str
    share: float
    """Of this phase, 0..1."""


Script = tuple[tuple[Phase, float], ...]
"""What comes one after the other, each until a share of the whole."""


def script_for(areas: frozenset[Area]) -> Script:
    """What the actor has to do so that these areas can be looked at; nothing for the computer's own."""
    speaks, moves = Area.MICROPHONE in areas, Area.ACTOR in areas
    if speaks and moves:
        return (Phase.QUIET, 0.1), (Phase.SPEAK, 0.42), (Phase.SWEEP, 1.0)
    if speaks:
        return (Phase.QUIET, 0.22), (Phase.SPEAK, 1.0)
    if moves:
        return ((Phase.SWEEP, 1.0),)
    return ((Phase.QUIET, 1.0),) if areas & {Area.CAMERA, Area.BACKGROUND} else ()


def cue_at(share: float, script: Script) -> Cue:
    """What to do at a share of the whole; where to move the head, the sweep tells.

    Args:
        share: 0..1.
        script: what comes one after the other.
    """
    begins = 0.0
    for phase, ends in script:
        if share < ends or ends == 1.0:
            return Cue(phase, INSTRUCTIONS.get(phase, ""), min(1.0, (share - begins) / (ends - begins)))
        begins = ends
    return Cue(Phase.LOOK, "", share)


def sweep_share(script: Script) -> float:
    """The share of the whole in which the head is moved."""
    begins = [0.0, *(ends for _, ends in script)]
    return sum(ends - begin for (phase, ends), begin in zip(script, begins, strict=False) if phase is Phase.SWEEP)
