"""Everything that has happened, as far back as it is kept."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pipeline.telemetry import Level

CAPACITY = 5000
REPEATED_WITHIN = timedelta(minutes=1)
"""What is wrong again after no more than this is one thing that lasts."""
LEVELS = tuple(Level)
"""From the lightest to the heaviest."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One event and when the console heard of it."""

    at: datetime
    level: Level
    text: str
    times: int = 1
    """How often it has happened."""

    @property
    def told(self) -> str:
        """Its text, and how often where that is more than once."""
        return self.text if self.times == 1 else f"×{self.times} {self.text}"

    @property
    def what(self) -> str:
        """What has happened, without what can be done about it."""
        return self.told.partition("; ")[0]

    @property
    def remedy(self) -> str:
        """What can be done about it; empty where nothing was said."""
        return self.text.partition("; ")[2]


class Journal:
    """The newest events, oldest first, and the errors among them that nobody has seen yet. One thread."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.entries: deque[Entry] = deque(maxlen=capacity)
        self.serial = 0
        """Another number after every change."""
        self._unseen: deque[str] = deque(maxlen=capacity)

    @property
    def unseen(self) -> int:
        """How many different errors have not been looked at."""
        return len(self._unseen)

    def is_unseen(self, entry: Entry) -> bool:
        """Whether an entry is an error that nobody has looked at."""
        return entry.level is Level.ERROR and entry.text in self._unseen

    def see(self) -> None:
        """Notes that somebody has looked at everything."""
        self._unseen.clear()
        self.serial += 1

    def add(self, entry: Entry) -> bool:
        """Takes an event; one that is wrong again takes the place of its last time. Whether it is another one."""
        again = next(filter(lambda old: repeats(old, entry), self._lately(entry.at)), None)
        if again is not None:
            self.entries.remove(again)
            entry = replace(entry, times=again.times + 1)
        self.entries.append(entry)
        if entry.level is Level.ERROR and entry.text not in self._unseen:
            self._unseen.append(entry.text)
        self.serial += 1
        return again is None

    def found(self, words: str, least: Level = Level.INFO) -> tuple[Entry, ...]:
        """The entries that have all the words, in any case, and weigh at least so much; newest first."""
        wanted = words.casefold().split()
        weights = LEVELS[LEVELS.index(least) :]
        return tuple(
            entry
            for entry in reversed(self.entries)
            if entry.level in weights and all(word in entry.text.casefold() for word in wanted)
        )

    def _lately(self, now: datetime) -> Iterator[Entry]:
        """The entries of the last while, newest first."""
        for entry in reversed(self.entries):
            if now - entry.at > REPEATED_WITHIN:
                return
            yield entry


def repeats(old: Entry, new: Entry) -> bool:
    """Whether what is wrong is what was wrong a little while ago; what the operator does is told each time."""
    same = (old.level, old.text) == (new.level, new.text)
    return same and new.level is not Level.INFO and new.at - old.at <= REPEATED_WITHIN
