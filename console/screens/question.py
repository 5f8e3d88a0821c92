"""A question that is answered with yes or no, and a notice that is only acknowledged."""

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


class Notice(ModalScreen[None]):
    """Says in a sentence why something can't go on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,enter,escape", "acknowledge", "Quit", id="notice.quit", tooltip="Leave the console")
    ]

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self._title, self._text = title, text

    def compose(self) -> ComposeResult:
        """Title, sentence, one button."""
        with Vertical(id="dialog", classes="-error"):
            yield Label(self._title, id="notice-title", markup=False)
            yield Static(self._text, markup=False)
            with Horizontal(id="answers"):
                yield Button("Quit (q)", id="quit", compact=True)

    def on_button_pressed(self) -> None:
        """Closes."""
        self.dismiss()

    def action_acknowledge(self) -> None:
        """Closes."""
        self.dismiss()
