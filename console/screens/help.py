"""Every key and what it does, made from the bindings themselves, and what the panels' words mean."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import zip_longest
from typing import ClassVar

from rich.table import Table
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Static

from console.screens.keys import NO_SOUND, SECTIONS, of_sound
from console.screens.scrolled import ScrolledDialog

WORDS_OF_SOUND = (
    ("timbre", "The voice that needs no network: yours with the target's pitch, throat and colour"),
    ("formants", "The resonances of throat and mouth, by which a voice sounds large or small"),
    ("mic → ear", "From your mouth until the call hears it: capture, compute, join and device together"),
    ("join", "How far the voice looks ahead before it can speak; l and L change it"),
    ("one block", "Work on 10 ms of sound; it has to stay below 10 ms"),
    ("underruns", "Gaps that the call heard, because sound was not ready in time"),
    ("overruns", "Times that sound was thrown away, because it was not taken in time"),
    ("ppm", "By how many millionths the two devices' clocks differ; made up for by itself"),
)
WORDS = (
    ("warp", "How far the face's proportions are the target's, and not yours"),
    ("p95, p99", "All but the slowest 5, or 1, in a hundred are as quick as this"),
    ("fail-safe", "What goes out in place of the face while none is found; f chooses it"),
)
"""What the panels say in few letters."""
SECTION_OF_WORDS = "Words"
LONG_RUN = 5
"""More keys than these are told by the first and the last."""


@dataclass(frozen=True, slots=True)
class HelpRow:
    """One line of the help."""

    section: str
    keys: str
    meaning: str


class HelpScreen(ModalScreen[None]):
    """The keys, by section."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,f1,q", "close", "Close", id="help.close", tooltip="Back to the dashboard")
    ]

    def __init__(self, bindings: Iterable[Binding], *, silent: bool = False) -> None:
        """A list of keys.

        Args:
            bindings: those of the dashboard.
            silent: whether there is no sound, and nothing to be told of its keys and words but that.
        """
        super().__init__()
        self._listed = tuple(binding for binding in bindings if not (silent and of_sound(binding)))
        self._silent = silent

    @property
    def rows(self) -> list[HelpRow]:
        """What is listed."""
        told = WORDS if self._silent else WORDS_OF_SOUND + WORDS
        words = [HelpRow(SECTION_OF_WORDS, word, meaning) for word, meaning in told]
        silent = [HelpRow(SECTIONS["sound"], "", NO_SOUND)] if self._silent else []
        return [*by_section([*help_rows(self._listed, self.app.get_key_display), *silent]), *words]

    def compose(self) -> ComposeResult:
        """One table."""
        with ScrolledDialog("KEYS AND WORDS"):
            yield Static(self._table(), id="help-table")

    def action_close(self) -> None:
        """Closes."""
        self.dismiss()

    def _table(self) -> Table:
        colours = self.app.theme_variables
        table = Table.grid(padding=(0, 2))
        table.add_column(width=12, style=colours["muted"], no_wrap=True)
        table.add_column(width=14, style=colours["primary"], no_wrap=True)
        table.add_column(style=colours["foreground"])
        last = ""
        for row in self.rows:
            if last and row.section != last:
                table.add_row()
            table.add_row(row.section if row.section != last else "", row.keys, row.meaning)
            last = row.section
        return table


def help_rows(bindings: Iterable[Binding], display: Callable[[Binding], str]) -> list[HelpRow]:
    """The rows by section; bindings of one action, or of one group, share a row."""
    merged: dict[tuple[str, object], list[Binding]] = {}
    for binding in bindings:
        section = SECTIONS.get((binding.id or "").partition(".")[0])
        if section:
            merged.setdefault((section, binding.group or binding.action), []).append(binding)
    rows = [HelpRow(section, _keys(found, display), meaning_of(found[0])) for (section, _), found in merged.items()]
    return by_section(rows)


def by_section(rows: Iterable[HelpRow]) -> list[HelpRow]:
    """Rows in the order of the headings."""
    order = list(SECTIONS.values())
    return sorted(rows, key=lambda row: order.index(row.section))


def meaning_of(binding: Binding) -> str:
    """What a key does; of a key in a group, what the group does."""
    return binding.group.description if binding.group else binding.tooltip


def _keys(bindings: list[Binding], display: Callable[[Binding], str]) -> str:
    """The keys as they are printed on a keyboard; a long run is told by its ends."""
    by_id: dict[str | None, list[Binding]] = {}
    for binding in bindings:
        by_id.setdefault(binding.id, []).append(binding)
    # Of a pair with a second key each, the first keys stand together.
    pairs = (binding for together in zip_longest(*by_id.values()) for binding in together if binding is not None)
    names = sorted(dict.fromkeys(map(display, pairs)), key=len)
    return f"{names[0]} … {names[-1]}" if len(names) > LONG_RUN else " ".join(names)
