"""The choice of another camera or microphone while the session runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Label, OptionList, Static
from textual.widgets.option_list import Option

from console.ports import InputPort
from console.widgets.panel import printable

PRESENT, OTHER = "●", " "


@dataclass(frozen=True, slots=True)
class DeviceWords:
    """What a choice of devices says."""

    title: str
    looking: str
    """While it looks."""
    none_found: str


MICROPHONES = DeviceWords(
    "MICROPHONE",
    "Looking for microphones …",
    "No other microphone was found on this computer.",
)


class DeviceScreen(ModalScreen[InputPort | None]):
    """Lists what can be taken; what was chosen is its result, None when nothing was."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,i,d", "cancel", "Back", id="devices.cancel", tooltip="Leave the device as it is"),
    ]

    def __init__(self, words: DeviceWords, always: Sequence[InputPort], present: str) -> None:
        """A choice that still looks for devices.

        Args:
            words: what it says.
            always: what can be chosen without looking.
            present: what the open source calls itself.
        """
        super().__init__()
        self._words = words
        self._always, self._present = tuple(always), present
        self._found: tuple[InputPort, ...] = ()
        self._list = OptionList(markup=False)
        self._note = Static(words.looking, id="devices-note", markup=False)

    def compose(self) -> ComposeResult:
        """The list over a line that says how the search goes."""
        with Vertical(id="dialog"):
            yield Label(self._words.title, id="devices-title")
            yield self._list
            yield self._note

    def on_mount(self) -> None:
        """Shows what is known."""
        self._fill()
        self._list.focus()

    def show(self, found: Sequence[InputPort]) -> None:
        """Takes the devices that were found."""
        self._found = tuple(found)
        self._note.update("" if found else self._words.none_found)
        self._note.display = not found
        self._fill()

    def fail(self, reason: str) -> None:
        """Says why no devices can be listed."""
        self._note.update(printable(reason))

    @on(OptionList.OptionSelected)
    def _choose(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(None if event.option_index == self._place else self._entries[event.option_index])

    def action_cancel(self) -> None:
        """Closes without a choice."""
        self.dismiss(None)

    @property
    def _entries(self) -> tuple[InputPort, ...]:
        return self._found + self._always

    @property
    def _place(self) -> int | None:
        """The place of the device that is open."""
        sources = [entry.source for entry in self._entries]
        return sources.index(self._present) if self._present in sources else None

    def _fill(self) -> None:
        """Fills the list; the mark stays with the entry it was on.

        While the device that is open has not been found nothing is marked: Enter must change nothing by accident.
        """
        before = self._list.highlighted
        kept = None if before is None else self._list.get_option_at_index(before).id
        self._list.clear_options()
        for number, entry in enumerate(self._entries):
            mark = PRESENT if number == self._place else OTHER
            self._list.add_option(Option(printable(f"{mark} {entry.title}"), id=entry.wanted))
        wanted = [entry.wanted for entry in self._entries]
        self._list.highlighted = wanted.index(kept) if kept in wanted else self._place
