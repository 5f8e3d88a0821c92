"""What has happened, newest first, each with the time of day."""

import textwrap
from collections import deque
from dataclasses import dataclass, replace
from datetime import datetime

from rich.cells import cell_len

from console.widgets.panel import Line, Panel, Role, clip, heading
from pipeline.telemetry import Level

CAPACITY = 200
MARKS = {Level.INFO: ("·", Role.MUTED), Level.WARNING: ("▲", Role.WARNING), Level.ERROR: ("×", Role.ERROR)}


@dataclass(frozen=True, slots=True)
class Entry:
    """One event and when the console heard of it."""

    at: datetime
    level: Level
    text: str


def event_lines(entries: deque[Entry], width: int, height: int) -> list[Line]:
    """A heading and the newest entries that there is room for."""
    newest = list(entries)[-max(0, height - 1) :][::-1] if height > 1 else []
    rows = [row for number, entry in enumerate(newest) for row in _rows(entry, width, 2 if number == 0 else 1)]
    return [heading("EVENTS", width), *rows][:height]


def _rows(entry: Entry, width: int, most: int) -> list[Line]:
    """An entry in one row, or in as many as it needs and may take."""
    indent = len("00:00:00 · ")
    room = width - indent
    if most < 2 or room < 1 or cell_len(entry.text) <= room:
        return [_row(entry, width)]
    first = textwrap.wrap(entry.text, room, max_lines=1, placeholder="")[0:1] or [entry.text[:room]]
    rest = entry.text[len(first[0]) :].strip()
    role = Role.TEXT if entry.level is Level.INFO else MARKS[entry.level][1]
    return [_row(replace(entry, text=first[0]), width), clip(((" " * indent, Role.MUTED), (rest, role)), width)]


def _row(entry: Entry, width: int) -> Line:
    mark, role = MARKS[entry.level]
    text_role = Role.TEXT if entry.level is Level.INFO else role
    return clip(((f"{entry.at:%H:%M:%S} ", Role.MUTED), (f"{mark} ", role), (entry.text, text_role)), width)


class EventList(Panel):
    """The last events; at most 200 are kept."""

    def __init__(self) -> None:
        super().__init__()
        self._entries: deque[Entry] = deque(maxlen=CAPACITY)

    def add(self, entry: Entry) -> None:
        """Takes an event."""
        self._entries.append(entry)
        self.paint()

    def paint(self) -> None:
        """Shows the newest events in the room there is."""
        self.show(event_lines(self._entries, self.size.width, self.size.height))

    def on_resize(self) -> None:
        """Fills the new room."""
        self.paint()
