"""How the actor's voice is conditioned: it belongs to the actor's microphone and room, not to any target."""

import math
from dataclasses import dataclass

from pipeline.errors import UnderstudyError


class ConditionError(UnderstudyError, ValueError):
    """A setting of the conditioning is out of its range."""


RANGES = {
    "high_pass_hz": (40.0, 200.0, "Hz"),
    "suppression_db": (6.0, 30.0, "dB"),
    "gate_depth_db": (6.0, math.inf, "dB"),
    "gate_hold_ms": (20.0, 2000.0, "ms"),
    "gate_release_ms": (5.0, 1000.0, "ms"),
    "target_lufs": (-36.0, -10.0, "LUFS"),
    "level_range_db": (0.0, 24.0, "dB"),
    "ceiling_dbfs": (-12.0, 0.0, "dBFS"),
}


@dataclass(frozen=True, slots=True)
class ConditionSettings:
    """What is done to the actor's own voice, each step on or off. Sanity and the limiter have no off.

    Raises:
        ConditionError: a value is out of its range.
    """

    high_pass: bool = True
    """Takes away what lies below a voice."""
    high_pass_hz: float = 80.0
    """Where that ends."""
    suppression: bool = False
    """Takes away steady noise, also under the words; costs 20 ms."""
    suppression_db: float = 18.0
    """By how much at most."""
    gate: bool = True
    """Silence between the words; costs 5 ms."""
    gate_depth_db: float = 40.0
    """How far down what the gate shuts out is turned; infinite for digital silence."""
    gate_hold_ms: float = 200.0
    """How long the gate stays open after the last sound."""
    gate_release_ms: float = 60.0
    """The time constant of its shutting."""
    leveller: bool = True
    """Brings the voice to a loudness, slowly."""
    target_lufs: float = -18.0
    """That loudness."""
    level_range_db: float = 18.0
    """How far the voice is raised or lowered at most."""
    ceiling_dbfs: float = -1.0
    """No sample is louder."""

    def __post_init__(self) -> None:
        for name, (least, most, unit) in RANGES.items():
            value = getattr(self, name)
            # What is no number is within no range.
            if not least <= value <= most:
                raise ConditionError(
                    f"The microphone's {name} can't be {value:g} {unit}: it goes from {least:g} to {most:g} {unit}; "
                    "choose a value within that."
                )
