"""The cues of a show in their order: where it stands, what comes next, and a way to any of them."""

from collections.abc import Callable, Iterable, Mapping
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from console.beside.side_screen import SideScreen
from console.ports import SessionPort
from console.show.cue_line import cue_words
from console.show.cues import Cue
from console.show.rundown import ShowView
from console.widgets.panel import fit, printable

PRESENT, NEXT, OTHER = "●", "○", " "
TITLE_WIDTH = 16


class CueScreen(SideScreen):
    """The cue list. Which cue is wanted, the app is told."""

    AUTO_FOCUS = "OptionList"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,C", "back", "Back", id="cues.back", tooltip="Back to the dashboard"),
        Binding("n", "app.cue(1)", "Next", id="cues.next", tooltip="The next cue"),
        Binding("N", "app.cue(-1)", "Previous", id="cues.previous", tooltip="The cue before this one"),
    ]

    class CueChosen(Message):
        """A cue is to come at once."""

        def __init__(self, place: int) -> None:
            super().__init__()
            self.place = place

    def __init__(self, session: Callable[[], SessionPort], troubles: Mapping[int, str]) -> None:
        """A list of cues.

        Args:
            session: the running one, whose picture is shown.
            troubles: why a cue can't come, by its place.
        """
        super().__init__(session)
        self._troubles = troubles
        self._title = Static(classes="title", markup=False)
        self._list = OptionList(id="cue-list", markup=False)
        self._detail = Static(classes="detail", markup=False)
        self._shown: list[Text] = []

    def parts(self) -> Iterable[Widget]:
        """The list over what there is to say of the cue under the cursor."""
        return self._title, self._list, self._detail

    @property
    def show(self) -> ShowView | None:
        """The show as it was seen last."""
        return self.view.show if self.view is not None else None

    def action_back(self) -> None:
        """Back to the dashboard."""
        self.dismiss(None)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Has a cue come."""
        self.post_message(self.CueChosen(event.option_index))

    def on_option_list_option_highlighted(self) -> None:
        """Tells more of the cue under the cursor."""
        self._tell()

    def refresh_rows(self) -> None:
        """Shows the cues as they stand now."""
        width, show = self._list.scrollable_content_region.width, self.show
        if not self.is_attached or width <= 0 or show is None:
            return
        self._title.update(
            f"CUES · {show.place + 1} of {len(show.cues)}{f' · {show.countdown}' if show.countdown else ''}"
        )
        shown = [self._line(place, cue, width) for place, cue in enumerate(show.cues)]
        if len(shown) != len(self._shown):
            self._list.clear_options()
            self._list.add_options(map(Option, shown))
            self._list.highlighted = min(show.place + 1, len(shown) - 1)
        else:
            for place, (text, before) in enumerate(zip(shown, self._shown, strict=True)):
                if text != before:
                    self._list.replace_option_prompt_at_index(place, text)
        self._shown = shown
        self._tell()

    def _line(self, place: int, cue: Cue, width: int) -> Text:
        colours, show = self.app.theme_variables, self.show
        present = show.place if show is not None else -1
        mark = PRESENT if place == present else NEXT if place == present + 1 else OTHER
        trouble = self._troubles.get(place)
        ink = "error" if trouble else "primary" if place == present else "success" if place == present + 1 else "muted"
        words = f"can't come: {trouble}" if trouble else cue_words(cue)
        return Text.assemble(
            (f"{'×' if trouble else mark} {place + 1:>3} ", colours[ink]),
            (fit(printable(self._title_of(cue)), TITLE_WIDTH) + " ", colours["foreground"]),
            (fit(printable(words), max(0, width - TITLE_WIDTH - 8)), colours["error" if trouble else "muted"]),
        )

    def _title_of(self, cue: Cue) -> str:
        titles = {row.name: row.title for row in self.view.rows} if self.view is not None else {}
        return titles.get(cue.profile, cue.profile)

    def _tell(self) -> None:
        place, show = self._list.highlighted, self.show
        if place is None or show is None or place >= len(show.cues):
            self._detail.update("")
            return
        cue, colours = show.cues[place], self.app.theme_variables
        trouble = self._troubles.get(place, "")
        told = Text.assemble((f"cue {place + 1}: {printable(cue.profile)}\n", colours["secondary"]))
        told.append(f"{printable(cue_words(cue)) or 'nothing to note'}\n", colours["foreground"])
        self._detail.update(told.append(printable(trouble), colours["error"]))
