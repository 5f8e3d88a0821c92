"""The keys at the foot of the dashboard, without those that can do nothing as things stand."""

from textual.app import ComposeResult
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

from console.desk import Phase
from console.view import View

OF_A_SESSION = frozenset({"toggle_air", "panic", "mute", "take_prepared", "undo"})
OF_SOUND = frozenset({"mute"})


def idle_actions(view: View) -> frozenset[str]:
    """What would only be refused."""
    if view.phase in (Phase.ENDED, Phase.REFUSED):
        return OF_A_SESSION
    return OF_SOUND if view.readings is not None and view.audio is None else frozenset()


class KeyFooter(Footer):
    """Keys by name; one that can do nothing keeps its answer, but is not offered."""

    def __init__(self) -> None:
        super().__init__()
        self._idle: frozenset[str] = frozenset()

    def present(self, view: View) -> None:
        """Offers what can be done."""
        idle = idle_actions(view)
        if idle != self._idle:
            self._idle = idle
            self.refresh(recompose=True)

    def compose(self) -> ComposeResult:
        """The keys that are offered."""
        # Each key asks to be told of this, and is forgotten only when it changes; otherwise every screen that is opened
        # and closed leaves a row of dead keys behind.
        self.mutate_reactive(Footer.compact)
        for widget in super().compose():
            if not isinstance(widget, FooterKey) or widget.action not in self._idle:
                yield widget
