"""What has happened, newest first, each with the time of day; errors stay on top until they were seen."""

import textwrap
from collections.abc import Sequence
from dataclasses import replace

from rich.cells import cell_len

from console.events.journal import Entry, Journal
from console.widgets.panel import Line, Panel, Role, clip, heading
from pipeline.telemetry import Level

INDENT = len("00:00:00 · ")
MARKS = {Level.INFO: ("·", Role.MUTED), Level.WARNING: ("▲", Role.WARNING), Level.ERROR: ("×", Role.ERROR)}


def event_lines(entries: Sequence[Entry], width: int, height: int, unseen: int = 0) -> list[Line]:
    """A heading and as many entries, the first ones first, as there is room for."""
    shown = entries[: max(0, height - 1)] if height > 1 else []
    rows = [row for number, entry in enumerate(shown) for row in _rows(entry, width, 2 if number == 0 else 1)]
    note = f"{unseen} not seen yet: E" if unseen else "all: E" if len(entries) > len(shown) else ""
    return [heading("EVENTS", width, note, Role.ERROR if unseen else Role.MUTED), *rows][:height]


def entry_row(entry: Entry, width: int) -> Line:
    """An entry in one row."""
    mark, role = MARKS[entry.level]
    text_role = Role.TEXT if entry.level is Level.INFO else role
    return clip(((f"{entry.at:%H:%M:%S} ", Role.MUTED), (f"{mark} ", role), (entry.told, text_role)), width)


def _rows(entry: Entry, width: int, most: int) -> list[Line]:
    """An entry in one row, or in as many as it needs and may take."""
    room = width - INDENT
    if most < 2 or room < 1 or cell_len(entry.told) <= room:
        return [entry_row(entry, width)]
    first = textwrap.wrap(entry.told, room, max_lines=1, placeholder="")[0:1] or [entry.told[:room]]
    rest = entry.told[len(first[0]) :].strip()
    role = Role.TEXT if entry.level is Level.INFO else MARKS[entry.level][1]
    return [
        entry_row(replace(entry, text=first[0], times=1), width),
        clip(((" " * INDENT, Role.MUTED), (rest, role)), width),
    ]


class EventList(Panel):
    """The last events."""

    def __init__(self, journal: Journal) -> None:
        super().__init__()
        self._journal = journal

    async def on_click(self) -> None:
        """All of them, as their key does."""
        await self.run_action("app.events")

    def tells_whole(self, text: str) -> bool:
        """Whether a text can be read to its end here, also when it is not the newest any more."""
        return self.size.height > 1 and cell_len(text) <= self.size.width - INDENT

    def paint(self) -> None:
        """Shows the errors that nobody has seen, then the newest events, in the room there is."""
        room = max(1, self.size.height)
        newest = list(self._newest(2 * room))
        first = [entry for entry in newest if self._journal.is_unseen(entry)]
        others = [entry for entry in newest if not self._journal.is_unseen(entry)]
        self.show(event_lines((first + others)[:room], self.size.width, self.size.height, self._journal.unseen))

    def on_resize(self) -> None:
        """Fills the new room."""
        self.paint()

    def _newest(self, count: int) -> list[Entry]:
        """The newest entries, and before them errors that nobody has seen however old they are."""
        entries = self._journal.entries
        newest = [entries[place] for place in range(len(entries) - 1, max(-1, len(entries) - 1 - count), -1)]
        if sum(map(self._journal.is_unseen, newest)) >= min(count, self._journal.unseen):
            return newest
        older = [entry for entry in entries if self._journal.is_unseen(entry) and entry not in newest]
        return older[-count:][::-1] + newest
