"""Rare things that the operator should know."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much an event matters."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Event:
    """Something rare that the operator should know."""

    level: Level
    text: str
    """One sentence."""
    at_ns: int
    """On the program's clock."""


@dataclass(frozen=True, slots=True)
class Regained(Event):
    """A device that was told to be lost works again: whoever was told the one is told the other."""


@dataclass(frozen=True, slots=True)
class PreparationFailed(Event):
    """The profile of this name could not be made ready; the lane goes on as it was."""

    profile: str
