"""What an app does for the screens beside the dashboard: they are told what came of each act."""

from textual import on

from console.beside.side_screen import SideScreen
from console.life.acting import ActingApp
from console.messages import EventReported


class BesideApp(ActingApp):
    """Tells an open screen what happens while it covers the list of events."""

    @on(EventReported)
    def _tell_beside(self, message: EventReported) -> None:
        if isinstance(self.screen, SideScreen):
            self.screen.tell(message.event)
