"""A question that is answered with one line of text."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static

from console.beside.paths import PathSuggester
from console.widgets.panel import printable


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked.

    Attributes:
        title: over the line.
        hint: under it.
        text: what stands there already.
        fault: why the last answer was not taken.
        path: whether a file is asked for, whose name is completed.
    """

    title: str
    hint: str
    text: str = ""
    fault: str = ""
    path: bool = False


class LineQuestion(ModalScreen[str | None]):
    """Asks for a line; None when it was left."""

    SCOPED_CSS = False
    CSS = """
    LineQuestion { align: center middle; background: #06080a 55%; }
    LineQuestion Input, LineQuestion Input:focus { height: 1; padding: 0 1; border: none; background: $surface; }
    LineQuestion .fault { color: $error; }
    LineQuestion .hint { color: $muted; }
    LineQuestion Label { color: $secondary; margin-bottom: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave", id="line.leave", tooltip="Leave everything as it is")
    ]

    def __init__(self, asked: Asked, home: Callable[[], Path] = Path.cwd) -> None:
        super().__init__()
        self._asked = asked
        self._line = Input(asked.text, compact=True, suggester=PathSuggester(home) if asked.path else None)

    def compose(self) -> ComposeResult:
        """The line over its hint."""
        asked = self._asked
        with Vertical(id="dialog"):
            yield Label(printable(asked.title), markup=False)
            yield self._line
            yield Static(printable(asked.fault), classes="fault", markup=False)
            yield Static(f"{asked.hint} Enter: take it. Esc: leave.", classes="hint", markup=False)

    def on_mount(self) -> None:
        """Takes the keys."""
        self.query_one(".fault").display = bool(self._asked.fault)
        self._line.focus()

    @on(Input.Submitted)
    def _take(self) -> None:
        self.dismiss(self._line.value.strip() or None)

    def action_leave(self) -> None:
        """Closes without an answer."""
        self.dismiss(None)
