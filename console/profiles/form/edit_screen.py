"""Every setting of the running profile beside its live picture."""

from collections.abc import Callable, Iterable
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.binding import BindingType
from textual.events import Key
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from console.beside.paths import PathSuggester
from console.beside.side_screen import SideScreen
from console.commands.targets.settings_page import settings_in
from console.ports import SessionPort
from console.profiles.form.edit_keys import EDIT_BINDINGS, LIST_BINDINGS
from console.profiles.form.editor import Editor, FormRow
from console.profiles.form.fields import Shape
from console.profiles.form.form_rows import detail_text, heading_text, row_text
from console.widgets.panel import printable

TYPED = frozenset("0123456789-.#~")
"""Characters that begin an entry where a setting is typed; elsewhere they are keys."""
NOTHING_FOUND = "No setting has these words; escape shows all."


class SettingList(OptionList):
    """The settings; keys to the side move a value, and not the list."""

    BINDINGS: ClassVar[list[BindingType]] = list(LIST_BINDINGS)


class EditScreen(SideScreen):
    """The form. What it changes is seen and heard at once."""

    AUTO_FOCUS = "#form-list"
    BINDINGS: ClassVar[list[BindingType]] = list(EDIT_BINDINGS)

    def __init__(self, editor: Editor, session: Callable[[], SessionPort]) -> None:
        """A form.

        Args:
            editor: changes the running profile.
            session: the running one, whose picture is shown.
        """
        super().__init__(session)
        self._editor = editor
        self._title = Static(classes="title", markup=False)
        self._search = Input(placeholder="words of a setting", id="form-search", compact=True)
        self._list = SettingList(id="form-list", markup=False)
        self._entry = Input(id="form-entry", compact=True, suggester=PathSuggester(lambda: editor.profile.folder))
        self._detail = Static(classes="detail", markup=False)
        self._entered: FormRow | None = None
        self._rows: dict[str, FormRow] = {}
        self._shown: dict[str, Text] = {}

    def parts(self) -> Iterable[Widget]:
        """The list of settings, the fields to type into, and what the setting under the cursor is for."""
        self._search.display = self._entry.display = False
        return self._title, self._search, self._list, self._entry, self._detail

    @property
    def row(self) -> FormRow | None:
        """The setting under the cursor."""
        option = self._list.highlighted_option
        return self._rows.get(option.id or "") if option is not None else None

    # Keys

    def on_key(self, event: Key) -> None:
        """Begins an entry where a number or a colour is typed."""
        row = self.row
        typed = row is not None and row.field.shape not in (Shape.CHOICE, Shape.SWITCH)
        if typed and self.focused is self._list and event.character in TYPED:
            event.stop()
            event.prevent_default()
            self._begin_entry(event.character or "")

    def action_step(self, steps: int, fine: bool = False) -> None:
        """The setting under the cursor a step on."""
        if self.row is not None:
            self._editor.step(self.row.field, steps, fine=fine)
            self.refresh_rows()

    def action_reset(self) -> None:
        """The default of the setting under the cursor."""
        if self.row is not None:
            self._editor.reset(self.row.field)
            self.refresh_rows()

    def action_find(self) -> None:
        """A field for the words of a search."""
        self._search.display = True
        self.set_focus(self._search)

    def action_back(self) -> None:
        """Out of an entry, out of a search, out of the form."""
        if self._entry.display:
            self._end_entry()
        elif self._search.display:
            self._search.value, self._search.display = "", False
            self._list.focus()
        else:
            self.dismiss(None)

    # What is typed

    @on(OptionList.OptionSelected)
    def _choose(self) -> None:
        row = self.row
        if row is None:
            return
        if row.field.shape in (Shape.CHOICE, Shape.SWITCH):
            self.action_step(1)
        else:
            self._begin_entry(row.text)

    @on(OptionList.OptionHighlighted)
    def _tell(self) -> None:
        row = self.row
        self._detail.update(detail_text(row, self.app.theme_variables) if row is not None else "")
        if self._entered is not None and row is not None and row.field != self._entered.field:
            self._end_entry()

    @on(Input.Changed, "#form-search")
    def _filter(self) -> None:
        self.refresh_rows()

    @on(Input.Submitted, "#form-search")
    def _go_to_found(self) -> None:
        self._list.focus()

    @on(Input.Submitted, "#form-entry")
    def _take(self) -> None:
        if self._entered is not None and self._editor.enter(self._entered.field, self._entry.value):
            self._end_entry()
        self.refresh_rows()

    def _begin_entry(self, text: str) -> None:
        self._entered, self._entry.display = self.row, True
        self._entry.value = text
        self._entry.cursor_position = len(text)
        self.set_focus(self._entry)

    def _end_entry(self) -> None:
        self._entered, self._entry.display = None, False
        self._list.focus()
        self._editor.forget_problems()
        self.refresh_rows()

    # What is shown

    def refresh_rows(self) -> None:
        """Shows the settings as they are now; only what has changed is painted again."""
        width = self._list.scrollable_content_region.width
        if not self.is_attached or width <= 0:
            return
        self._title.update(self._heading())
        colours, shown = self.app.theme_variables, dict[str, Text]()
        self._rows = {}
        for section, rows in self._editor.rows(self._search.value):
            shown[section] = heading_text(section, settings_in(section)[0], width, colours)
            for row in rows:
                self._rows[row.field.path] = row
                shown[row.field.path] = row_text(row, width, colours)
        if shown.keys() != self._shown.keys():
            self._fill(shown)
        else:
            for place, (name, text) in enumerate(shown.items()):
                if text != self._shown[name]:
                    self._list.replace_option_prompt_at_index(place, text)
        self._shown = shown
        self._tell()

    def _fill(self, shown: dict[str, Text]) -> None:
        """Another list of settings; the cursor stays on the one that it was on."""
        before = self._list.highlighted_option
        self._list.clear_options()
        self._list.add_options(Option(text, id=name, disabled=name not in self._rows) for name, text in shown.items())
        kept = before.id if before is not None and before.id in self._rows else next(iter(self._rows), None)
        if kept is not None:
            self._list.highlighted = self._list.get_option_index(kept)
        else:
            self._list.add_option(Option(NOTHING_FOUND, disabled=True))

    def _heading(self) -> str:
        count = len(self._editor.unsaved)
        state = f"{count} not saved" if count else "as saved"
        return f"EDIT {printable(self._editor.profile.title)} · {state}"
