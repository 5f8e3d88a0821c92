"""Whether somebody speaks who is muted, and has not noticed for long enough to be told."""

from console.sound.sound_desk import Talk
from console.view import View
from console.widgets.panel import Line, Role, fit

UNHEARD_NS = 500_000_000
"""A cough, or a word to somebody else, is over by then."""
SHOUTS = ("YOU ARE MUTED BUT SPEAKING", "MUTED BUT SPEAKING", "MUTED")
"""The same in less room."""


class Unheard:
    """Notices who speaks in vain. Push-to-talk that waits for its key is no mistake: nothing is said then."""

    def __init__(self) -> None:
        self._since_ns: int | None = None

    def look(self, view: View) -> bool:
        """Whether it is to be told now."""
        audio, readings = view.audio, view.readings
        if readings is None or audio is None or view.stale or view.talk is not Talk.MUTED or not audio.speaking:
            self._since_ns = None
            return False
        if self._since_ns is None:
            self._since_ns = readings.at_ns
        return readings.at_ns - self._since_ns >= UNHEARD_NS


def shout(width: int) -> Line:
    """A row that nobody overlooks."""
    words = next((words for words in SHOUTS if len(words) <= width), SHOUTS[-1])
    before = max(0, width - len(words)) // 2
    return ((fit(" " * before + words, width), Role.CARD),)
