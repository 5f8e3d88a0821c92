"""Every profile on the shelf with its state, and the keys for its folder."""

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from console.beside.side_screen import SideScreen
from console.lineup import Standing
from console.ports import SessionPort
from console.profiles.keeping import KeptPort
from console.profiles.manage.acts import Act, state_words
from console.widgets.panel import fit, printable, shortened
from console.widgets.profile_list import MARKS

NAME_WIDTH = 16
STATE_WIDTH = 12
NONE_KEPT = "There is no profile; n makes one, i takes one out of an archive."


def _act(key: str, act: Act, words: str, tooltip: str) -> Binding:
    return Binding(key, f"choose({act.name!r})", words, id=f"manage.{act}", tooltip=tooltip)


class ManageScreen(SideScreen):
    """The shelf. What is chosen is done by the app."""

    AUTO_FOCUS = "OptionList"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,P", "back", "Back", id="manage.back", tooltip="Back to the dashboard"),
        _act("n", Act.NEW, "New", "A new profile, step by step"),
        _act("c", Act.COPY, "Copy", "A copy of this profile under another name, with all its files"),
        _act("r", Act.RETITLE, "Rename", "Another title; the folder keeps its name"),
        _act("i", Act.IMPORT, "Import", "A profile out of an archive; one that could do harm is refused"),
        _act("x", Act.EXPORT, "Export", "This profile with its files into one archive"),
        _act("delete", Act.REMOVE, "Remove", "Delete this profile with everything in its folder; asks first"),
        Binding("enter", "prepare", "Make ready", id="manage.prepare", tooltip="So that t takes it within one frame"),
    ]

    class ActChosen(Message):
        """Something is to be done with a profile, or with none."""

        def __init__(self, act: Act, entry: KeptPort | None) -> None:
            super().__init__()
            self.act, self.entry = act, entry

    class PrepareChosen(Message):
        """A profile is to be made ready."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, session: Callable[[], SessionPort], entries: Sequence[KeptPort]) -> None:
        super().__init__(session)
        self._entries = tuple(entries)
        self._title = Static(classes="title", markup=False)
        self._list = OptionList(id="manage-list", markup=False)
        self._detail = Static(classes="detail", markup=False)
        self._shown: dict[str, Text] = {}

    def parts(self) -> Iterable[Widget]:
        """The list over what there is to say of the profile under the cursor."""
        return self._title, self._list, self._detail

    @property
    def entry(self) -> KeptPort | None:
        """The profile under the cursor."""
        place = self._list.highlighted
        return self._entries[place] if place is not None and place < len(self._entries) else None

    def show_entries(self, entries: Sequence[KeptPort], name: str | None = None) -> None:
        """Takes the shelf as it is now, the cursor on the profile of a name."""
        at = name if name is not None else self.entry.name if self.entry is not None else None
        self._entries = tuple(entries)
        names = [entry.name for entry in self._entries]
        place = names.index(at) if at in names else min(self._list.highlighted or 0, len(names) - 1)
        self.refresh_rows()
        self._list.highlighted = place if names else None
        self._tell()

    def action_back(self) -> None:
        """Back to the dashboard."""
        self.dismiss(None)

    def action_choose(self, act: str) -> None:
        """Has something done."""
        self.post_message(self.ActChosen(Act[act], self.entry))

    def on_option_list_option_selected(self) -> None:
        """Has the profile under the cursor made ready."""
        if self.entry is not None:
            self.post_message(self.PrepareChosen(self.entry.name))

    def on_option_list_option_highlighted(self) -> None:
        """Tells more of the profile under the cursor."""
        self._tell()

    def refresh_rows(self) -> None:
        """Shows the profiles as they are now."""
        width = self._list.scrollable_content_region.width
        if not self.is_attached or width <= 0:
            return
        own = sum(not entry.builtin for entry in self._entries)
        self._title.update(f"PROFILES · {own} of your own, {len(self._entries) - own} shipped")
        shown = {entry.name: self._line(entry, width) for entry in self._entries}
        if list(shown) != list(self._shown):
            self._list.clear_options()
            self._list.add_options(Option(text, id=name) for name, text in shown.items())
            if shown:
                self._list.highlighted = 0
            else:
                self._list.add_option(Option(NONE_KEPT, disabled=True))
        else:
            for place, (name, text) in enumerate(shown.items()):
                if text != self._shown[name]:
                    self._list.replace_option_prompt_at_index(place, text)
        self._shown = shown
        self._tell()

    def _line(self, entry: KeptPort, width: int) -> Text:
        colours = self.app.theme_variables
        rows = {row.name: row for row in self.view.rows} if self.view is not None else {}
        row = rows.get(entry.name)
        standing = row.standing if row is not None else Standing.IDLE
        standing = Standing.REFUSED if entry.hindrance and standing is Standing.IDLE else standing
        mark = MARKS[standing][0]
        ink = {Standing.CURRENT: "primary", Standing.READY: "success", Standing.REFUSED: "error"}.get(standing, "muted")
        words = shortened(state_words(entry, row, self.view).partition(":")[0], STATE_WIDTH)
        number = str(row.number) if row is not None and row.number else " "
        room = width - NAME_WIDTH - STATE_WIDTH - 7
        return Text.assemble(
            (f"{number} ", colours["primary"]), (f"{mark} ", colours[ink]),
            (fit(printable(entry.title), room), colours["foreground"]),
            (" " + fit(printable(entry.name), NAME_WIDTH) + " ", colours["muted"]),
            (f"{words:>{STATE_WIDTH}}", colours[ink]),
        )  # fmt: skip

    def _tell(self) -> None:
        entry = self.entry
        if entry is None:
            self._detail.update("")
            return
        colours = self.app.theme_variables
        row = next((row for row in (self.view.rows if self.view else ()) if row.name == entry.name), None)
        kind = entry.kind.value if entry.kind is not None else "unreadable"
        whose = "shipped" if entry.builtin else "your own"
        facts = f"{entry.name}: {kind}, {' + '.join(entry.engines) or 'no engines'}, {whose}"
        self._detail.update(
            Text.assemble(
                (f"{printable(facts)}\n", colours["secondary"]),
                (f"{printable(state_words(entry, row, self.view))}\n", colours["foreground"]),
                (printable(str(entry.folder)), colours["muted"]),
            )
        )
