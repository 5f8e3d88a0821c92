"""Every event on a screen of its own: found by words and by weight, and each with its remedy."""

from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from console.events.event_log import EventLog
from console.events.journal import LEVELS, Entry, Journal
from console.sentences import counted
from console.widgets.panel import printable
from pipeline.telemetry import Level

SHOWN = {Level.INFO: "everything", Level.WARNING: "warnings and errors", Level.ERROR: "errors only"}
KEYS = "/ words · w weight · ↑ ↓ PgUp PgDn · Esc: close"
REFRESH_HZ = 2.0


class EventScreen(ModalScreen[None]):
    """The journal; what is on it counts as seen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", id="events.close", tooltip="Out of the words, or back to the dashboard"),
        Binding("q,E", "leave", "Close", id="events.leave", show=False, tooltip="Back to the dashboard"),
        Binding("slash", "words", "Words", id="events.words", tooltip="Only events that have these words"),
        Binding("w", "weight", "Weight", id="events.weight", tooltip="Everything, warnings and errors, errors only"),
    ]

    def __init__(self, journal: Journal) -> None:
        super().__init__()
        self._journal = journal
        self._least, self._serial = Level.INFO, -1
        self._words = Input(placeholder="words to find", id="event-words", compact=True)
        self._log = EventLog()
        self._detail = Static(id="event-detail", markup=False)

    def compose(self) -> ComposeResult:
        """Words over events over the whole of one."""
        with Vertical(id="dialog") as box:
            box.border_subtitle = KEYS
            yield self._words
            yield self._log
            yield self._detail

    def on_mount(self) -> None:
        """Shows everything, and what comes as it comes."""
        self._log.focus()
        self._journal.see()
        self.set_interval(1.0 / REFRESH_HZ, self._renew)
        self.call_after_refresh(self._renew)

    def action_words(self) -> None:
        """Into the field."""
        # At once: a letter that is typed right after the key is meant for the field, and p would be panic.
        self.set_focus(self._words)

    def action_weight(self) -> None:
        """The next weight."""
        self._least = LEVELS[(LEVELS.index(self._least) + 1) % len(LEVELS)]
        self._show()

    def action_close(self) -> None:
        """Out of the field, or back to the dashboard."""
        if self._words.has_focus:
            self._log.focus()
        else:
            self.dismiss()

    def action_leave(self) -> None:
        """Back to the dashboard."""
        self.dismiss()

    @on(Input.Changed)
    def _find(self) -> None:
        self._show()

    @on(Input.Submitted)
    def _found(self) -> None:
        self._log.focus()

    @on(EventLog.Marked)
    def _tell(self, message: EventLog.Marked) -> None:
        self._detail.update(self._whole(message.entry))

    def _renew(self) -> None:
        if self._serial != self._journal.serial:
            self._journal.see()
            self._show()

    def _show(self) -> None:
        self._serial = self._journal.serial
        found = self._journal.found(self._words.value, self._least)
        box = self.query_one("#dialog")
        box.border_title = f"EVENTS  {SHOWN[self._least]}  {counted(len(found), 'event')}"
        self._log.show(found)
        self._detail.update(self._whole(self._log.marked))

    def _whole(self, entry: Entry | None) -> Text:
        """All of an entry."""
        if entry is None:
            return Text("Nothing like that has happened.")
        colours = self.app.theme_variables
        text = Text(f"{entry.at:%H:%M:%S}  {entry.level}  ", style=colours["muted"])
        text.append(printable(entry.what), style=colours["foreground"])
        if entry.remedy:
            text.append("\n→ " + printable(entry.remedy), style=colours["primary"])
        return text
