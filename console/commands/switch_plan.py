"""The changes of profile that a run without a screen is asked for, and what becomes of each."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from console.ports import SessionPort
from console.sentences import sentence
from pipeline.errors import UnderstudyError
from pipeline.telemetry import Event, PreparationFailed, Readings, SwitchReading
from profiles.profile import Profile


class Fate(StrEnum):
    """What became of a switch."""

    UNREACHED = "unreached"
    """The run was over before its time."""
    PENDING = "pending"
    """Asked for, and not in yet."""
    TAKEN = "taken"
    OVERTAKEN = "overtaken"
    """A later one was asked for before it was in."""
    FAILED = "failed"


@dataclass(slots=True)
class PlannedSwitch:
    """One change of profile."""

    at_s: float
    """Seconds after the start."""
    profile: Profile
    fate: Fate = Fate.UNREACHED
    reason: str = ""
    """Why it failed, or the switch that overtook it."""

    def __str__(self) -> str:
        """Which one it is, in words."""
        return f"switch to {self.profile.name} at {self.at_s:g} s"

    @property
    def complaint(self) -> str:
        """Why it is not in, as a sentence; empty when it is."""
        sentences = {
            Fate.UNREACHED: f"The run ended before the {self} was due.",
            Fate.PENDING: f"The run ended before the {self} was ready.",
            Fate.TAKEN: "",
            Fate.OVERTAKEN: f"The {self} was overtaken by the {self.reason}.",
            Fate.FAILED: f"The {self} failed: {self.reason}",
        }
        return sentences[self.fate]


class SwitchPlan:
    """Asks for each switch at its time and follows it. Only `hear` may be called by another thread."""

    def __init__(self, switches: Iterable[tuple[float, Profile]] = ()) -> None:
        """Switches in seconds after the start; of those at one time the last one given counts."""
        in_order = sorted(switches, key=lambda switch: switch[0])
        self.switches = tuple(PlannedSwitch(at_s, profile) for at_s, profile in in_order)
        self._lock = threading.Lock()
        self._asked = 0
        self._settled = 0
        self._seen = 0

    @property
    def due_s(self) -> float | None:
        """When the next switch is to be asked for, in seconds after the start; None after the last one."""
        return self.switches[self._asked].at_s if self._asked < len(self.switches) else None

    @property
    def failed(self) -> bool:
        """Of a run that is over: whether a switch is not in, and not because another one was wanted after it."""
        return any(switch.fate not in (Fate.TAKEN, Fate.OVERTAKEN) for switch in self.switches)

    def ask(self, session: SessionPort, elapsed_s: float) -> None:
        """Asks for every switch whose time has come. One that is refused does not end the run."""
        while self.due_s is not None and self.due_s <= elapsed_s:
            with self._lock:
                switch = self.switches[self._asked]
                switch.fate, self._asked = Fate.PENDING, self._asked + 1
            try:
                session.switch(switch.profile)
            except UnderstudyError as error:
                with self._lock:
                    switch.fate, switch.reason = Fate.FAILED, sentence(str(error))

    def hear(self, event: Event) -> bool:
        """Takes an event of the session; True when it tells why the switch that is under way failed."""
        if not isinstance(event, PreparationFailed):
            return False
        with self._lock:
            switch = self.switches[self._asked - 1] if self._asked else None
            if switch is None or switch.fate is not Fate.PENDING or switch.profile.name != event.profile:
                return False
            switch.fate, switch.reason = Fate.FAILED, sentence(event.text)
            return True

    def look(self, readings: Readings) -> None:
        """Finds the switches that came in since the last look, and those that a later one overtook."""
        new = [switch for switch in readings.switches if switch.number > self._seen]
        if new:
            self._seen = new[-1].number
            with self._lock:
                self._match(new)

    def finish(self, readings: Readings) -> list[str]:
        """Looks for the last time; tells every switch that is not in, a sentence each."""
        self.look(readings)
        with self._lock:
            self._overtake(self._asked - 1)
        return [switch.complaint for switch in self.switches if switch.complaint]

    def _match(self, new: list[SwitchReading]) -> None:
        """Gives each reading the latest request that it can belong to: a profile may be asked for twice."""
        places: list[int] = []
        for reading in reversed(new):
            end = places[-1] if places else self._asked
            fitting = (place for place in range(end) if self.switches[place].profile.name == reading.target)
            places += [place for place in list(fitting)[-1:] if place >= self._settled]
        for place in places:
            self.switches[place].fate = Fate.TAKEN
        if places:
            self._overtake(places[0])
            self._settled = places[0] + 1

    def _overtake(self, place: int) -> None:
        """Settles the requests before the one at `place`: the session makes only the newest."""
        for earlier, later in pairwise(self.switches[: place + 1]):
            if earlier.fate is Fate.PENDING:
                earlier.fate, earlier.reason = Fate.OVERTAKEN, str(later)
