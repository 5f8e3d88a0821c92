"""A screen with the strip of state and the live picture beside what it is about."""

from abc import abstractmethod
from collections.abc import Callable, Iterable

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer, Static

from console.beside.live_side import LiveSide
from console.config.schema import ScreenConfig
from console.life.acting import ActingApp
from console.pictures.picture_pair import PICTURE_HZ
from console.ports import SessionPort
from console.view import View
from console.widgets.panel import printable
from console.widgets.status_strip import StatusStrip
from pipeline.telemetry import Event


class SideScreen(Screen[None]):
    """Shows what goes out on the left; the app hands it every view."""

    ALLOW_SELECT = False
    HORIZONTAL_BREAKPOINTS = [(0, "-compact"), (108, "-full"), (150, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]
    SCOPED_CSS = False
    CSS = """
    SideScreen #side-body { height: 1fr; }
    SideScreen #side-parts { width: 56; height: 1fr; padding: 0 1; }
    SideScreen.-compact #side-parts { width: 48; }
    SideScreen.-wide #side-parts { width: 72; }
    SideScreen OptionList { height: 1fr; padding: 0; border: none; background: $background; }
    SideScreen OptionList { scrollbar-size-vertical: 1; }
    SideScreen OptionList:focus { border: none; background-tint: transparent; }
    SideScreen .told { height: auto; max-height: 3; color: $muted; }
    SideScreen .told.-warning { color: $warning; }
    SideScreen .told.-error { color: $error; }
    SideScreen .title { height: 1; color: $secondary; }
    SideScreen Input, SideScreen Input:focus { height: 1; margin: 0; padding: 0 1; border: none; background: $panel; }
    SideScreen .detail { height: 6; margin-top: 1; }
    SideScreen.-short .detail { height: 5; margin-top: 0; }
    """

    def __init__(self, session: Callable[[], SessionPort]) -> None:
        """A screen.

        Args:
            session: the running one, whose picture is shown.
        """
        super().__init__()
        self._session = session
        self._strip, self._side = StatusStrip(), LiveSide()
        self._told = Static(classes="told", markup=False)
        self.view: View | None = None
        """What there was to see last."""

    @abstractmethod
    def parts(self) -> Iterable[Widget]:
        """What stands beside the picture, from top to bottom."""

    @abstractmethod
    def refresh_rows(self) -> None:
        """Shows everything as it is now."""

    def compose(self) -> ComposeResult:
        """The picture on the left, the rest on the right."""
        yield self._strip
        with Horizontal(id="side-body"):
            yield self._side
            with Vertical(id="side-parts"):
                yield from self.parts()
                yield self._told
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Begins to draw."""
        look = self.app.surroundings.config.screen if isinstance(self.app, ActingApp) else ScreenConfig()
        if look.picture == "none":
            self._side.leave_out()
        else:
            self.set_interval(1.0 / (look.picture_hz or PICTURE_HZ), self._draw)
        self.call_after_refresh(self.refresh_rows)

    def _draw(self) -> None:
        """Shows the newest picture; under a dialog it comes with the figures."""
        if self.is_current:
            self._side.draw(self._session())

    def on_resize(self) -> None:
        """Fills the new room."""
        self.call_after_refresh(self.refresh_rows)

    def tell(self, event: Event) -> None:
        """Says what came of the last act."""
        self._told.update(printable(event.text))
        self._told.set_classes(f"told -{event.level}")

    def present(self, view: View) -> None:
        """Shows what goes out, and everything else as it is now."""
        self.view = view
        if self.is_attached:
            self._strip.present(view)
            self._side.present(view)
            self._side.draw(self._session())
            self.refresh_rows()
