"""A block of painted text: the cheapest widget that can show a dozen changing numbers."""

from abc import abstractmethod
from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar, TypeAlias

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from console.view import View


class Role(StrEnum):
    """What a piece of text means; the style sheet gives it a look."""

    TEXT = "text"
    STRONG = "strong"
    MUTED = "muted"
    TITLE = "title"
    RULE = "rule"
    ACCENT = "accent"
    GOOD = "good"
    WARNING = "warning"
    ERROR = "error"
    BAR = "bar"
    BAR_FAINT = "bar-faint"
    ACCENT_NAME = "accent-name"
    """A word that stands in a bar of the accent's colour."""
    BAR_NAME = "bar-name"
    BAR_FAINT_NAME = "bar-faint-name"
    KEY = "key"
    ON_AIR = "on-air"
    ON_AIR_TEXT = "on-air-text"
    PREVIEW = "preview"
    CARD = "card"
    STOPPED = "stopped"


Span: TypeAlias = tuple[str, Role]
Line: TypeAlias = tuple[Span, ...]
BLANK: Line = ()
LEAST_ENDS = 5
"""A name in fewer cells has only its beginning."""


def fit(text: str, width: int) -> str:
    """`text` in exactly `width` cells: padded on the right, or cut with an ellipsis."""
    if width <= 0:
        return ""
    if cell_len(text) > width:
        return set_cell_size(text, width - 1) + "…"
    return set_cell_size(text, width)


def shortened(name: str, width: int) -> str:
    """`name` in at most `width` cells, without its middle where it is longer: what tells names apart is at the ends."""
    if cell_len(name) <= width or width < LEAST_ENDS:
        return name if cell_len(name) <= width else fit(name, width)
    tail = name[-((width - 1) // 3) :]
    while cell_len(tail) > (width - 1) // 3:
        tail = tail[1:]
    return set_cell_size(name, width - 1 - cell_len(tail)).rstrip() + "…" + tail


def printable(text: str) -> str:
    """`text` without what a terminal would obey: names of devices and profiles come from outside."""
    return text if text.isprintable() else "".join(letter if letter.isprintable() else "?" for letter in text)


def heading(title: str, width: int, note: str = "", role: Role = Role.MUTED) -> Line:
    """A section's first line: its name, a rule, and a note at the right end."""
    tail = f" {note}" if note else ""
    rule = width - cell_len(title) - 1 - cell_len(tail)
    if rule < 0:
        return ((fit(title, width), Role.TITLE),)
    return (title, Role.TITLE), (" " + "─" * rule, Role.RULE), (tail, role)


def figure_ms(duration_ms: float) -> str:
    """Milliseconds in few cells: tenths are told below 100, where they matter."""
    return f"{duration_ms:.1f}" if duration_ms < 99.95 else f"{duration_ms:.0f}"


def spread(left: Line, right: Line, width: int) -> Line:
    """`left` at the left end and `right` at the right end of `width` cells; the left gives way."""
    room = width - line_width(right)
    return (*clip(left, room), (" " * max(0, room - line_width(left)), Role.TEXT), *right)


def line_width(line: Line) -> int:
    """Cells that a line takes."""
    return sum(cell_len(text) for text, _ in line)


def clip(line: Line, width: int) -> Line:
    """The first `width` cells of a line."""
    kept: list[Span] = []
    for text, role in line:
        if width <= 0:
            break
        piece = text if cell_len(text) <= width else fit(text, width)
        kept.append((piece, role))
        width -= cell_len(piece)
    return tuple(kept)


def greyed(lines: Sequence[Line]) -> list[Line]:
    """Lines that are not to be believed any more."""
    return [tuple((text, Role.MUTED) for text, _ in line) for line in lines]


class Panel(Widget):
    """Lines of painted text. `show` repaints only the rows that have changed."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"panel--{role}" for role in Role}

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._lines: tuple[Line, ...] = ()
        self._looks: dict[Role, Style] = {}
        self._width = 0

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown, a line a row."""
        return self._lines

    @property
    def text(self) -> str:
        """What is shown, without its look."""
        return "\n".join("".join(text for text, _ in line) for line in self._lines)

    def show(self, lines: Sequence[Line]) -> None:
        """Shows `lines`."""
        old, self._lines = self._lines, tuple(lines)
        new = self._lines
        if len(old) != len(new) or self._misses_room:
            self.refresh(layout=self.styles.is_auto_height)
            return
        changed = [y for y, (before, after) in enumerate(zip(old, new, strict=True)) if before != after]
        if changed:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    @property
    def _misses_room(self) -> bool:
        """Textual keeps the height of a widget that was laid out while its first change was still to be noticed."""
        return self.styles.is_auto_height and self.size.width > 0 and self.size.height != len(self._lines)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as there are lines."""
        return len(self._lines)

    def notify_style_update(self) -> None:
        """Forgets the looks of the old style sheet or theme."""
        self._looks.clear()
        super().notify_style_update()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows that the compositor asks for. Textual looks a widget's size up on the screen: once will do."""
        self._width = self.size.width
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """One row."""
        width, base = self._width, self._look(Role.TEXT)
        if y >= len(self._lines):
            return Strip.blank(width, base)
        segments = [Segment(printable(text), self._look(role)) for text, role in self._lines[y]]
        return Strip(segments).adjust_cell_length(width, base)

    def _look(self, role: Role) -> Style:
        if role not in self._looks:
            self._looks[role] = self.get_component_rich_style(f"panel--{role}")
        return self._looks[role]


class ViewPanel(Panel):
    """A panel that shows a part of a view, and shows it again when its room changes."""

    AGES: ClassVar[bool] = False
    """True where everything is a measurement, and grey when that is old."""

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._view: View | None = None

    @abstractmethod
    def lines_of(self, view: View) -> Sequence[Line]:
        """The part of `view` that this panel shows, in the room there is."""

    def present(self, view: View) -> None:
        """Shows its part of `view`."""
        self._view = view
        lines = self.lines_of(view)
        self.show(greyed(lines) if self.AGES and view.stale else lines)

    def on_resize(self) -> None:
        """Fills the new room."""
        if self._view is not None:
            self.present(self._view)
