"""What has happened, newest first, each with the time of day."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime

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
    return [heading("EVENTS", width), *(_row(entry, width) for entry in newest)]


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
