"""The profiles and the number keys that take them."""

from collections.abc import Sequence

from textual.events import Click
from textual.message import Message

from console.desk import Phase
from console.lineup import ProfileRow, Standing
from console.view import View
from console.widgets.panel import Line, Role, ViewPanel, fit, heading, spread
from pipeline.telemetry import State

MARKS = {
    Standing.CURRENT: ("●", Role.ACCENT),
    Standing.LOADING: ("…", Role.WARNING),
    Standing.READY: ("○", Role.GOOD),
    Standing.REFUSED: ("×", Role.ERROR),
    Standing.IDLE: ("·", Role.MUTED),
}

ROOMY = 28
"""From this width on the standing is written beside its mark."""


def standing_text(row: ProfileRow, view: View) -> str:
    """The standing in words; the profile in the lane says what goes out."""
    if row.standing is Standing.CURRENT:
        return "" if view.state is State.STOPPED else view.state.value.lower()
    if row.prepared and row.standing is not Standing.REFUSED:
        return "t takes it" if row.standing is Standing.READY else "loading"
    return "" if row.standing is Standing.IDLE else row.standing.value


def profile_lines(view: View, width: int, height: int) -> list[Line]:
    """A heading and one row a profile, as many as there is room for, the marked one always among them."""
    room = max(1, height - 1)
    hidden = max(0, len(view.rows) - room)
    unreached = any(row.number is None and row.standing is not Standing.REFUSED for row in view.rows)
    note = f"{hidden} more: 0" if hidden else "others: 0" if unreached else ""
    if len(note) > width - len("PROFILES") - 2:
        note = "more: 0" if note else ""
    first = first_place(view, height)
    rows = [_row(row, view, width) for row in view.rows[first : first + room]]
    empty: list[Line] = [(("none found", Role.MUTED),)]
    return [heading("PROFILES", width, note), *(rows or empty)]


def first_place(view: View, height: int) -> int:
    """The place of the profile that stands under the heading."""
    room = max(1, height - 1)
    shown = [place for place, row in enumerate(view.rows) if row.marked or row.standing is Standing.CURRENT]
    # The mark is where the operator works; without one it is the profile in the lane that must be seen.
    wanted = next((place for place in shown if view.rows[place].marked), shown[0] if shown else 0)
    return max(0, min(len(view.rows) - room, wanted - room + 1))


def _row(row: ProfileRow, view: View, width: int) -> Line:
    mark, role = MARKS[row.standing]
    current = row.standing is Standing.CURRENT and view.phase is Phase.RUNNING
    right = standing_text(row, view) if width >= ROOMY or row.standing is Standing.REFUSED else ""
    title_width = max(0, width - 4 - len(right) - 1)
    left: Line = (
        (f"{row.number or ' '}", Role.KEY),
        ("▸" if row.marked else " ", Role.ACCENT),
        (f"{mark} ", Role.ON_AIR_TEXT if current and view.state is State.ON_AIR else role),
        (fit(row.title, title_width), Role.STRONG if current else Role.TEXT),
    )
    return spread(left, ((f" {right}", role),), width)


class ProfileList(ViewPanel):
    """The shelf, numbered."""

    class Clicked(Message):
        """A profile was clicked on; twice in a row, it is to be made ready."""

        def __init__(self, name: str, *, twice: bool) -> None:
            super().__init__()
            self.name, self.twice = name, twice

    def on_click(self, event: Click) -> None:
        """Tells which profile stands where it was clicked."""
        if self._view is None or event.y < 1:
            return
        place = first_place(self._view, self.size.height) + event.y - 1
        if place < len(self._view.rows):
            self.post_message(self.Clicked(self._view.rows[place].name, twice=event.chain > 1))

    def lines_of(self, view: View) -> Sequence[Line]:
        """The view's profiles."""
        return profile_lines(view, self.size.width, self.size.height)
