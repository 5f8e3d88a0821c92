"""Where a show stands: the present cue, the next one, and how much of the present one's time is left."""

from dataclasses import dataclass

from console.show.cues import Cue, Show

BEFORE = -1
"""The place before the first cue."""


@dataclass(frozen=True, slots=True)
class ShowView:
    """A show at one instant."""

    cues: tuple[Cue, ...]
    place: int
    """Of the present cue, from 0; `BEFORE` before the first."""
    left_s: float | None = None
    """What is left of the present cue's time, below 0 when it has run over; None where it has no time."""

    @property
    def present(self) -> Cue | None:
        """The cue that was taken last."""
        return self.cues[self.place] if self.place >= 0 else None

    @property
    def following(self) -> Cue | None:
        """The next cue; None after the last."""
        return self.cues[self.place + 1] if self.place + 1 < len(self.cues) else None

    @property
    def countdown(self) -> str:
        """The time that is left, in words; empty where there is none."""
        if self.left_s is None:
            return ""
        if self.left_s <= 0:
            return f"{clock_text(-self.left_s)} over"
        itself = self.present is not None and self.present.auto and self.following is not None
        return f"{'by itself ' if itself else ''}in {clock_text(self.left_s)}"


class Rundown:
    """Steps through a show. One thread."""

    def __init__(self, show: Show) -> None:
        self.cues = show.cue
        self.place = BEFORE
        """Of the present cue, from 0."""
        self._taken_ns = 0
        self._began = False

    def go(self, place: int, now_ns: int) -> None:
        """Notes that another cue was taken."""
        self.place, self._taken_ns, self._began = place, now_ns, False

    def cue_at(self, place: int) -> Cue | None:
        """The cue there; None before the first and after the last."""
        return self.cues[place] if 0 <= place < len(self.cues) else None

    def look(self, now_ns: int) -> ShowView:
        """The show at this instant."""
        present = self.cue_at(self.place)
        seconds = present.seconds if present is not None else None
        left_s = None if seconds is None else seconds - (now_ns - self._taken_ns) / 1e9
        return ShowView(self.cues, self.place, left_s)

    def due(self, now_ns: int) -> bool:
        """True once, when the present cue's time is over and the next one is to come by itself."""
        view = self.look(now_ns)
        present = view.present
        if self._began or present is None or not present.auto or view.following is None:
            return False
        self._began = view.left_s is not None and view.left_s <= 0
        return self._began


def clock_text(seconds: float) -> str:
    """Minutes and seconds, such as 0:42; whole seconds only."""
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
