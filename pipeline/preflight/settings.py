"""What a preflight is asked to do."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pipeline.errors import UnderstudyError
from pipeline.preflight.feeds.devices import Wanted
from pipeline.preflight.finding import Area
from pipeline.telemetry import Readings
from profiles.profile import Profile

LEAST_S, MOST_S = 5.0, 60.0


@dataclass(frozen=True, slots=True)
class PreflightSettings:
    """Whose preflight, with what, and for how long."""

    profile: Profile
    wanted: Wanted = field(default_factory=Wanted)
    seconds: float = 15.0
    """Of speaking and moving the head."""
    virtual_camera: str = "none"
    virtual_microphone: str = "none"
    folder: Path | None = None
    """Where recordings go."""
    planned: date = field(default_factory=date.today)
    """The day of the session."""
    device: str = "auto"
    running: Callable[[], Readings] | None = None
    """The readings of the session that lends its camera and microphone; None where none runs."""
    areas: frozenset[Area] = frozenset(Area)
    """What is looked at."""

    def __post_init__(self) -> None:
        """Refuses what can't be measured.

        Raises:
            UnderstudyError: the time is out of its range.
        """
        if not LEAST_S <= self.seconds <= MOST_S:
            raise UnderstudyError(
                f"{self.seconds:g} s are out of range for a preflight; give {LEAST_S:g} to {MOST_S:g} s."
            )
