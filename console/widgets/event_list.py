"""What has happened, newest first, each with the time of day."""

import textwrap
from collections import deque
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rich.cells import cell_len

from console.widgets.panel import Line, Panel, Role, clip, heading
from pipeline.telemetry import Level

CAPACITY = 200
INDENT = len("00:00:00 · ")
REPEATED_WITHIN = timedelta(minutes=1)
"""What is wrong again after no more than this is one thing that lasts."""
MARKS = {Level.INFO: ("·", Role.MUTED), Level.WARNING: ("▲", Role.WARNING), Level.ERROR: ("×", Role.ERROR)}


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


def event_lines(entries: deque[Entry], width: int, height: int) -> list[Line]:
    """A heading and the newest entries that there is room for."""
    newest = list(entries)[-max(0, height - 1) :][::-1] if height > 1 else []
    rows = [row for number, entry in enumerate(newest) for row in _rows(entry, width, 2 if number == 0 else 1)]
    return [heading("EVENTS", width), *rows][:height]


def _rows(entry: Entry, width: int, most: int) -> list[Line]:
    """An entry in one row, or in as many as it needs and may take."""
    room = width - INDENT
    if most < 2 or room < 1 or cell_len(entry.told) <= room:
        return [_row(entry, width)]
    first = textwrap.wrap(entry.told, room, max_lines=1, placeholder="")[0:1] or [entry.told[:room]]
    rest = entry.told[len(first[0]) :].strip()
    role = Role.TEXT if entry.level is Level.INFO else MARKS[entry.level][1]
    return [
        _row(replace(entry, text=first[0], times=1), width),
        clip(((" " * INDENT, Role.MUTED), (rest, role)), width),
    ]


def _row(entry: Entry, width: int) -> Line:
    mark, role = MARKS[entry.level]
    text_role = Role.TEXT if entry.level is Level.INFO else role
    return clip(((f"{entry.at:%H:%M:%S} ", Role.MUTED), (f"{mark} ", role), (entry.told, text_role)), width)


def _repeats(old: Entry, new: Entry) -> bool:
    """Whether what is wrong is what was wrong a little while ago; what the operator does is told each time."""
    same = (old.level, old.text) == (new.level, new.text)
    return same and new.level is not Level.INFO and new.at - old.at <= REPEATED_WITHIN


class EventList(Panel):
    """The last events; at most 200 are kept."""

    def __init__(self) -> None:
        super().__init__()
        self._entries: deque[Entry] = deque(maxlen=CAPACITY)

    def add(self, entry: Entry) -> bool:
        """Takes an event; one that is wrong again takes the place of its last time. Whether it is another one."""
        again = next((old for old in self._entries if _repeats(old, entry)), None)
        if again is not None:
            self._entries.remove(again)
            entry = replace(entry, times=again.times + 1)
        self._entries.append(entry)
        self.paint()
        return again is None

    def tells_whole(self, text: str) -> bool:
        """Whether a text can be read to its end here, also when it is not the newest any more."""
        return self.size.height > 1 and cell_len(text) <= self.size.width - INDENT

    def paint(self) -> None:
        """Shows the newest events in the room there is."""
        self.show(event_lines(self._entries, self.size.width, self.size.height))

    def on_resize(self) -> None:
        """Fills the new room."""
        self.paint()
