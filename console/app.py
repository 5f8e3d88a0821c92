"""The app: it starts and stops the session, turns keys into the operator's acts, and tells what came of them."""

import asyncio
import logging
import sys
import threading
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import ClassVar, TypeAlias

from textual.app import SystemCommand
from textual.binding import BindingType
from textual.command import CommandPalette
from textual.events import Event as ScreenEvent
from textual.events import Key
from textual.screen import ModalScreen, Screen

from console.adjustments import Setting
from console.beside.side_screen import SideScreen
from console.config.theme_app import ThemeApp
from console.desk import Phase
from console.events.event_app import EventApp
from console.events.journal import Journal
from console.life.ends import ScreenEnd, is_terminal_there, signals_heard
from console.life.session_app import SessionApp
from console.life.tidying import Tidying, rubbish_left_to_the_screen
from console.live.live_app import LiveApp
from console.pictures.painting import Way
from console.pictures.picture_pair import PICTURE_HZ
from console.ports import OpenSession, Surroundings
from console.preflight.preflight_app import PreflightApp
from console.profiles.profile_app import ProfileApp
from console.screens.dashboard import COVERED_HZ, DashboardScreen
from console.screens.help import HelpScreen
from console.screens.keys import BINDINGS, looks_only
from console.screens.palette import Palette, TitleCommands, key_commands, profile_commands
from console.screens.question import QuitQuestion
from console.screens.what_runs import NetworksScreen
from console.show.show_app import ShowApp
from console.sound.sound_app import SoundApp
from console.widgets.panel import printable
from pipeline.audio.turns import SWITCH_INTERVAL_S
from pipeline.errors import UnderstudyError
from pipeline.telemetry import Event, Level

BROKE_DOWN = "The screen broke down, and {}; `understudy logs` has the cause."
Outlive: TypeAlias = Callable[[SessionApp, ScreenEnd], bool]
NO_PIXELS = "This terminal takes no pictures by kitty's protocol; they come in half blocks."
NOTHING_OUT = "Nothing goes out any more."
log = logging.getLogger(__name__)


class UnderstudyApp(SoundApp, LiveApp, ProfileApp, ShowApp, PreflightApp, EventApp, ThemeApp, SessionApp):
    """The operator's console over one session."""

    TITLE = "Understudy"
    CSS_PATH = Path(__file__).with_name("console.tcss")
    BINDINGS: ClassVar[list[BindingType]] = list(BINDINGS)
    COMMANDS = {TitleCommands}

    def __init__(self, open_session: OpenSession, surroundings: Surroundings) -> None:
        super().__init__()
        self.told_to_end = threading.Event()
        self.surroundings = surroundings
        self.clock = surroundings.clock
        self.wear(surroundings.config)
        self.make_session(open_session)
        self.journal = Journal()
        self._dashboard = DashboardScreen(self.journal, surroundings.config.screen)
        self._ticks = 0
        self._tidying = Tidying()

    def get_default_screen(self) -> Screen[None]:
        """The dashboard."""
        return self._dashboard

    def on_ready(self) -> None:
        """Starts the session and the clockwork once the screen is up."""
        self.loop, self.had_terminal = asyncio.get_running_loop(), not self.is_headless and is_terminal_there()
        self.show_all()
        self._dashboard.set_interval(1.0 / self.surroundings.config.screen.text_hz, self._tick_text)
        self._dashboard.set_interval(1.0 / PICTURE_HZ, self._tick_picture)
        if self.surroundings.config.screen.picture == "kitty" and self.painting.way is Way.HALF_BLOCKS:
            self.tell(Level.WARNING, NO_PIXELS)
        self.start_session()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the command palette offers."""
        kinds = {"on_air": self.desk.on_air, "muted": self.desk.muted, "silent": self._silent}
        yield from key_commands(self.run_action, **kinds, read_only=self.surroundings.read_only)
        if self.surroundings.read_only:
            return
        for profile in self.desk.summaries:
            take, prepare = partial(self.desk.switch, profile.name), partial(self.desk.prepare, profile.name)
            yield from profile_commands(profile, partial(self.act, take), partial(self.act, prepare))

    @property
    def _silent(self) -> bool:
        """Whether it is known that the session has no sound."""
        return self.desk.phase in (Phase.RUNNING, Phase.ENDED) and self.session.readings().audio is None

    # The operator's acts

    async def on_event(self, event: ScreenEvent) -> None:
        """Takes a panic key before anything else can, whatever is open, but not a letter that a text field takes."""
        if isinstance(event, Key) and self._panics(event) and not self.surroundings.read_only:
            # A busy screen takes keys late: what counts is when they were pressed.
            self.action_panic(ScreenEvent().time - event.time)
            return
        await super().on_event(event)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hides what a screen that only watches does not do."""
        return not self.surroundings.read_only or looks_only(action, parameters)

    def _panics(self, key: Key) -> bool:
        typed = self.focused is not None and self.focused.check_consume_key(key.key, key.character)
        return not typed and key.key in self.panic_keys

    def action_command_palette(self, query: str = "") -> None:
        """Every act by its name, or those that a search finds."""
        if not isinstance(self.screen, CommandPalette):
            self.push_screen(Palette(query))

    def action_toggle_air(self) -> None:
        """On air from preview, and back."""
        question = self.failed_preflight()
        if question is None:
            self.act(self.desk.toggle_air)
        elif not isinstance(self.screen, ModalScreen):
            self.push_screen(question, self.go_on_air_after)

    def action_panic(self, pressed_before_s: float = 0.0, may_rearm: bool = True) -> None:
        """The card, at once; taken back only from the dashboard, where the key can't be part of a typed word."""
        pressed_ns = self.clock.now_ns() - round(pressed_before_s * 1e9)
        may_rearm = may_rearm and not isinstance(self.screen, ModalScreen)
        self.act(partial(self.desk.panic, pressed_ns, may_rearm=may_rearm))

    def action_take(self, number: int) -> None:
        """Another profile by its number."""
        name = self.desk.profiles.name_at(number)
        if name is not None:
            self.act(partial(self.desk.switch, name))

    def action_move(self, setting: str, steps: int) -> None:
        """One of the scales up or down."""
        self.act(partial(self.desk.move, Setting(setting), steps))

    def action_background(self) -> None:
        """The next background."""
        self.act(self.desk.cycle_background)

    def action_policy(self) -> None:
        """The next fail-safe policy."""
        self.act(self.desk.cycle_policy)

    def action_corner(self) -> None:
        """The label in the next corner."""
        self.act(self.desk.cycle_corner)

    def action_undo(self) -> None:
        """The last adjustment taken back."""
        self.act(self.desk.undo)

    def action_redo(self) -> None:
        """The adjustment that was taken back last."""
        self.act(self.desk.redo)

    def action_help(self) -> None:
        """Every key."""
        if not isinstance(self.screen, ModalScreen):
            bindings = [active.binding for active in self.screen.active_bindings.values()]
            self.push_screen(HelpScreen(bindings, silent=self._silent))

    def action_view(self) -> None:
        """The next kind of picture."""
        self._dashboard.look_on()
        self.show_all()

    def action_prepare(self) -> None:
        """The marked profile is made ready, and seen beside the program."""
        before = self.desk.profiles.prepared
        super().action_prepare()
        if self.desk.profiles.prepared not in (None, before):
            self._dashboard.look_ahead()

    def action_networks(self) -> None:
        """What each network runs on."""
        if not isinstance(self.screen, ModalScreen):
            self.push_screen(NetworksScreen(self.watcher.look().networks))

    async def action_quit(self) -> None:
        """Leaves; asks first while the picture, or the card before it, goes out to something."""
        ended = "" if self.surroundings.attached else self.desk.ended_by_leaving
        if not ended:
            self.exit()
        elif not isinstance(self.screen, QuitQuestion):
            question = QuitQuestion(printable(ended), "Quit", "Stay")
            self.push_screen(question, lambda agreed: self.exit() if agreed else None)

    def act(self, act: Callable[[], str | None]) -> None:
        """Does something for the operator and says what came of it."""
        try:
            sentence = act()
        except UnderstudyError as error:
            self.tell(Level.ERROR, str(error))
        else:
            if sentence:
                self.tell(Level.INFO, sentence)
        self.show_all()

    # What is told and shown

    def tells_whole(self, event: Event) -> bool:
        return self._dashboard.tells_whole(event)

    def show_events(self) -> None:
        self._dashboard.show_events()

    def _tick_text(self) -> None:
        """The clockwork of the figures; seldom under a dialog."""
        self.find_terminal()
        self.find_end()
        self._tidying.look(
            self.clock.now_ns() / 1e9,
            covered=self._dashboard.covered,
            heard=lambda: self.desk.on_air and not self.desk.muted,
        )
        if (
            not self._dashboard.covered
            or self._ticks % round(self.surroundings.config.screen.text_hz / COVERED_HZ) == 0
        ):
            self.show_all()
        self._ticks += 1

    def _tick_picture(self) -> None:
        """The clockwork of the picture; under a dialog it comes with the figures."""
        if not self._dashboard.covered:
            self._dashboard.draw(self.session, self.clock.now_ns() / 1e9)

    def show_all(self) -> None:
        """Shows everything as it is now, in an open question too; nothing while everything is being taken down."""
        if not self.screen_stack:
            return
        if isinstance(self.screen, QuitQuestion):
            self.screen.ask(printable(self.desk.ended_by_leaving) or NOTHING_OUT)
        view = self.with_preflight(self.with_show(self.watcher.look()))
        for level, text in self.watcher.news(view):
            self.tell(level, text)
        self.watch_readers(view.video.sinks)
        self._dashboard.present(view)
        for screen in self.screen_stack:
            if isinstance(screen, SideScreen):
                screen.present(view)
        if not isinstance(self.screen, SideScreen):
            self._dashboard.draw(self.session, self.clock.now_ns() / 1e9)


def run_app(app: UnderstudyApp, *, headless: bool = False, outlive: Outlive | None = None) -> int:
    """Runs the app to its end and tells the exit status; the session is stopped whatever happens.

    Args:
        app: it has not run yet.
        headless: without a terminal.
        outlive: called when the screen ended otherwise than by the operator; goes on with its session to that one's
            end if there is any, and tells whether there was.

    Raises:
        UnderstudyError: what the session failed by, which the screen took with it when it went; or the screen's fault.
    """
    interval_s = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    try:
        with signals_heard({"SIGTERM": app.end_soon, "SIGHUP": app.hang_up_soon}):
            with rubbish_left_to_the_screen():
                app.run(headless=headless)
            end = app.end
            outlived = end is not ScreenEnd.LEFT and outlive is not None and outlive(app, end)
    finally:
        sys.setswitchinterval(interval_s)
        app.close()
    if app.failure is not None:
        raise app.failure
    if end is ScreenEnd.BROKE_DOWN and not outlived:
        attached = app.surroundings.attached
        raise UnderstudyError(BROKE_DOWN.format("the session goes on" if attached else "its session has ended"))
    return app.return_code if end is ScreenEnd.LEFT and app.return_code else 0
