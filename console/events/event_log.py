"""Many events, one a row, of which only the rows that are seen are painted."""

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Click
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from console.events.event_list import entry_row
from console.events.journal import Entry
from console.widgets.panel import Role, printable


class EventLog(ScrollView, can_focus=True):
    """Entries with a mark that the arrow keys move."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"panel--{role}" for role in Role} | {"event-log--marked"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "mark(-1)", "Newer", id="events.newer", tooltip="The event above"),
        Binding("down,j", "mark(1)", "Older", id="events.older", tooltip="The event below"),
        Binding("pageup", "page(-1)", "Page up", id="events.page-up", show=False, tooltip="A screenful newer"),
        Binding("pagedown", "page(1)", "Page down", id="events.page-down", show=False, tooltip="A screenful older"),
        Binding("home", "mark(-1000000)", "Newest", id="events.newest", show=False, tooltip="The newest event"),
        Binding("end", "mark(1000000)", "Oldest", id="events.oldest", show=False, tooltip="The oldest event kept"),
    ]

    class Marked(Message):
        """Another entry is marked, or none."""

        def __init__(self, entry: Entry | None) -> None:
            self.entry = entry
            super().__init__()

    def __init__(self) -> None:
        super().__init__()
        self._entries: Sequence[Entry] = ()
        self._place = 0
        self._looks: dict[Role, Style] = {}

    @property
    def marked(self) -> Entry | None:
        """The entry with the mark on it."""
        return self._entries[self._place] if self._entries else None

    def show(self, entries: Sequence[Entry]) -> None:
        """Shows entries, newest first; the mark stays on its entry, or at the top."""
        before, at_top = self.marked, self._place == 0
        self._entries = entries
        self._place = 0 if at_top or before not in entries else entries.index(before)
        self.virtual_size = Size(self.size.width, len(entries))
        self.refresh()
        if self.marked != before:
            self.post_message(self.Marked(self.marked))

    def action_mark(self, steps: int) -> None:
        """Moves the mark."""
        self._place = min(max(self._place + steps, 0), max(0, len(self._entries) - 1))
        self.scroll_to_region(Region(0, self._place, self.size.width, 1), animate=False)
        self.refresh()
        self.post_message(self.Marked(self.marked))

    def action_page(self, pages: int) -> None:
        """Moves the mark by what is seen."""
        self.action_mark(pages * max(1, self.size.height - 1))

    def on_click(self, event: Click) -> None:
        """Marks what was clicked on."""
        self.action_mark(self.scroll_offset.y + event.y - self._place)

    def notify_style_update(self) -> None:
        """Forgets the looks of the old style sheet or theme."""
        self._looks.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """One row."""
        place, width = y + self.scroll_offset.y, self.size.width
        if place >= len(self._entries):
            return Strip.blank(width, self._look(Role.TEXT))
        line = entry_row(self._entries[place], width)
        strip = Strip([Segment(printable(text), self._look(role)) for text, role in line])
        strip = strip.adjust_cell_length(width, self._look(Role.TEXT))
        if place == self._place:
            strip = strip.apply_style(self.get_component_rich_style("event-log--marked", partial=True))
        return strip

    def _look(self, role: Role) -> Style:
        if role not in self._looks:
            self._looks[role] = self.get_component_rich_style(f"panel--{role}")
        return self._looks[role]
