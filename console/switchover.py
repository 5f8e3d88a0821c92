"""A change of profile from the key press to its end, as far as readings tell it."""

from enum import StrEnum

from pipeline.telemetry import Readings
from profiles.profile import Profile

SETTLING_NS = 1_000_000_000
"""Until then the session may not have begun what it was asked for, and a profile that is ready may not be in yet."""


class Ending(StrEnum):
    """How a change of profile ended."""

    ARRIVED = "arrived"
    FAILED = "failed"


class Switchover:
    """The change of profile that is under way, if one is. One thread."""

    def __init__(self) -> None:
        self.wanted: Profile | None = None
        """The profile that was asked for and is not in yet."""
        self._alive_ns = 0

    def begin(self, wanted: Profile, now_ns: int) -> None:
        """Follows another change instead of the one before."""
        self.wanted, self._alive_ns = wanted, now_ns

    def look(self, readings: Readings, now_ns: int) -> Ending | None:
        """Whether it has ended; tells it once."""
        wanted = self.wanted
        if wanted is None:
            return None
        if readings.profile == wanted.name:
            self.wanted = None
            return Ending.ARRIVED
        if readings.loading is not None or wanted.name in readings.ready:
            self._alive_ns = now_ns
        elif now_ns - self._alive_ns > SETTLING_NS:
            self.wanted = None
            return Ending.FAILED
        return None
