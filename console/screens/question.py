"""A question that is answered with yes or no, and what can be done about a session that could not start."""

from enum import StrEnum
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Label, Static


class Question(ModalScreen[bool]):
    """Asks before something dangerous. The answer is no unless yes is chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Yes", id="question.yes", tooltip="Do it"),
        Binding("n,escape", "answer(False)", "No", id="question.no", tooltip="Leave everything as it is"),
        Binding("left,right", "app.focus_next", "Other answer", id="question.other", show=False, tooltip="Move"),
    ]

    def __init__(self, question: str, yes: str, no: str) -> None:
        super().__init__()
        self._yes, self._no = yes, no
        self._asked = Static(question, markup=False)

    def ask(self, question: str) -> None:
        """Asks this instead, when what it was asked about has changed."""
        self._asked.update(question)

    def compose(self) -> ComposeResult:
        """The question over two buttons; no has the focus."""
        with Vertical(id="dialog"):
            yield self._asked
            with Horizontal(id="answers"):
                yield Button(f"{self._no} (n)", id="no", compact=True)
                yield Button(f"{self._yes} (y)", id="yes", compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Takes the answer."""
        self.dismiss(event.button.id == "yes")

    def action_answer(self, answer: bool) -> None:
        """Takes the answer."""
        self.dismiss(answer)


class QuitQuestion(Question):
    """Asks before the console is left; what that ends may change while it is open."""


class Way(StrEnum):
    """How to go on after a session that could not start."""

    QUIT = "Quit"
    SILENT = "Without sound"
    AGAIN = "Try again"


class Notice(ModalScreen[Way]):
    """Says in a sentence why something can't go on, and asks how to. Nothing is switched on unless it is chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,escape", f"go({Way.QUIT.name!r})", Way.QUIT, id="notice.quit", tooltip="Leave the console"),
        Binding("s", f"go({Way.SILENT.name!r})", Way.SILENT, id="notice.silent", tooltip="Start without any sound"),
        Binding("t", f"go({Way.AGAIN.name!r})", Way.AGAIN, id="notice.again", tooltip="Start as if for the first time"),
        Binding("left", "app.focus_previous", "Other way", id="notice.before", show=False, tooltip="Move"),
        Binding("right", "app.focus_next", "Other way", id="notice.next", show=False, tooltip="Move"),
    ]

    def __init__(self, title: str, text: str, *, silent: bool = False) -> None:
        """A notice.

        Args:
            title: over it.
            text: why.
            silent: whether it can go on without sound.
        """
        super().__init__()
        self._title, self._text = title, text
        self._ways = {Way.QUIT: "q", **({Way.SILENT: "s"} if silent else {}), Way.AGAIN: "t"}

    def compose(self) -> ComposeResult:
        """Title, sentence, a button for each way; leaving has the focus."""
        with Vertical(id="dialog", classes="-error"):
            yield Label(self._title, id="notice-title", markup=False)
            yield Static(self._text, markup=False)
            with Horizontal(id="answers"):
                for way, key in self._ways.items():
                    yield Button(f"{way} ({key})", id=way.name.lower(), compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Takes the way."""
        self.action_go((event.button.id or "").upper())

    def action_go(self, name: str) -> None:
        """Takes a way that is offered."""
        if Way[name] in self._ways:
            self.dismiss(Way[name])
