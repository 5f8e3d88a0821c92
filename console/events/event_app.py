"""What is told to the operator: into the journal, as a toast where it weighs, and all of it on a key."""

from abc import abstractmethod
from datetime import datetime, timedelta
from typing import Literal

from textual import on
from textual.screen import ModalScreen

from console.events.event_screen import EventScreen
from console.events.journal import Entry, Journal
from console.life.acting import ActingApp
from console.messages import EventReported
from pipeline.telemetry import Event, Level

TOAST_S = 6.0


class EventApp(ActingApp):
    """An app that tells."""

    journal: Journal

    @abstractmethod
    def tells_whole(self, event: Event) -> bool:
        """Whether an event can be read to its end where it stands."""

    @abstractmethod
    def show_events(self) -> None:
        """Shows the newest events."""

    def action_events(self) -> None:
        """Every event."""
        if not isinstance(self.screen, ModalScreen):
            # What the toasts say stands on the screen that they would cover.
            self.clear_notifications()
            self.push_screen(EventScreen(self.journal), lambda _: self.show_events())

    def tell(self, level: Level, text: str) -> None:
        self.post_message(EventReported(Event(level, text, self.clock.now_ns())))

    @on(EventReported)
    def _note_event(self, message: EventReported) -> None:
        event = message.event
        # A screen that is attached to a session is told what happened before it came.
        age_s = max(0.0, (self.clock.now_ns() - event.at_ns) / 1e9)
        new = self.journal.add(Entry(datetime.now() - timedelta(seconds=age_s), event.level, event.text))
        self.show_events()
        seen = isinstance(self.screen, EventScreen) or self.tells_whole(event)
        if age_s < TOAST_S and new and event.level is not Level.INFO and not seen:
            severity: Literal["warning", "error"] = "error" if event.level is Level.ERROR else "warning"
            self.notify(event.text, severity=severity, timeout=TOAST_S, markup=False)
