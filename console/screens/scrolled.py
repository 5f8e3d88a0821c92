"""A dialog that is scrolled with the keys where it is higher than the screen."""

from textual.containers import VerticalScroll
from textual.events import Resize

SCROLLS, CLOSES = "↑ ↓ PgUp PgDn: more", "Esc: close"


class ScrolledDialog(VerticalScroll):
    """A box with its title and its keys on the frame, where they stay to be seen."""

    def __init__(self, title: str) -> None:
        super().__init__(id="dialog")
        self.border_title = title
        self.border_subtitle = CLOSES

    def on_mount(self) -> None:
        """Takes the keys that scroll."""
        self.focus()
        self.call_after_refresh(self._tell_keys)

    def on_resize(self, event: Resize) -> None:
        """Says whether there is more than is seen."""
        self._tell_keys()

    def _tell_keys(self) -> None:
        self.border_subtitle = f"{SCROLLS} · {CLOSES}" if self.max_scroll_y > 0 else CLOSES
