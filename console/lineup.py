"""The operator's list of profiles: its order, its number keys, and the change from one profile to another."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from console.ports import SummaryPort
from pipeline.telemetry import Readings
from profiles.profile import Profile

LAST_KEY = 9
"""Number keys go from 1 to this."""
SETTLING_NS = 1_000_000_000
"""Until then the session may not have begun what it was asked for, and a profile that is ready may not be in yet."""


class Standing(StrEnum):
    """What a profile on the list is good for now."""

    CURRENT = "current"
    """In the lane."""
    LOADING = "loading"
    READY = "ready"
    """Can be taken within one frame."""
    REFUSED = "refused"
    IDLE = "idle"


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """One line of the profile list."""

    name: str
    title: str
    standing: Standing
    number: int | None = None
    """Of the key that takes it."""
    marked: bool = False
    """Whether the operator's mark is on it."""
    prepared: bool = False
    """Whether it is the one that `take` takes."""


def standing_of(name: str, lineup: "Lineup", *, ready: bool, refused: bool) -> Standing:
    """What the profile of a name is good for."""
    if name == lineup.current:
        return Standing.CURRENT
    if name == lineup.loading:
        return Standing.LOADING
    if ready:
        return Standing.READY
    return Standing.REFUSED if refused else Standing.IDLE


@dataclass(frozen=True, slots=True)
class Lineup:
    """Who is in, and who is about to be ready."""

    current: str
    """In the lane; empty when nothing runs."""
    loading: str | None


def in_order(summaries: Iterable[SummaryPort]) -> tuple[SummaryPort, ...]:
    """The profiles as the shelf has them, but those that can't go on air last."""
    return tuple(sorted(summaries, key=lambda summary: bool(summary.hindrance)))


def number_keys(summaries: Sequence[SummaryPort], before: Mapping[str, int] = MappingProxyType({})) -> dict[str, int]:
    """The number key of each profile that has one, by its name; who had one before keeps it."""
    fit = [summary.name for summary in summaries if not summary.hindrance]
    kept = {name: before[name] for name in fit if name in before}
    free = [number for number in range(1, LAST_KEY + 1) if number not in kept.values()]
    return kept | dict(zip([name for name in fit if name not in kept], free, strict=False))


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
