"""The session's life: it is started beside the screen, watched until it ends, and stopped whatever happens."""

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress

from rich.console import RenderableType
from textual import on, work
from textual.worker import Worker, WorkerState

from console.desk import Desk, Phase
from console.life.acting import ActingApp
from console.life.ends import ScreenEnd, is_terminal_there
from console.life.watch import Watch
from console.messages import EventReported, SessionRefused, SessionStarted
from console.ports import OpenSession, SessionPort
from console.screens.question import Notice, Way
from console.sentences import sentence
from pipeline.errors import SoundError, UnderstudyError
from pipeline.telemetry import Event, Level

SESSION_OVER = "The session is over; leave with q and start again."
CARD_LEFT = "The session is over; the call sees the card until you leave with q. Start again after that."
log = logging.getLogger(__name__)


class SessionApp(ActingApp):
    """An app over one session; it notices how the session begins and ends."""

    session: SessionPort
    """The session; it is started once the screen is up."""
    opening: OpenSession
    """What made the session."""
    failure: UnderstudyError | None = None
    """Why the session could not start, or what ended it."""
    told_to_end: threading.Event
    """Set when the process is told to end."""
    loop: asyncio.AbstractEventLoop | None = None
    """What runs the screen, once it is up."""
    had_terminal = False
    """Whether keys came from a terminal at the start."""
    _left = _hung_up = _broken = False
    _overhearing: Callable[[Event], None] | None = None

    def make_session(self, opening: OpenSession) -> None:
        """A session that has not started, with a desk and a watch that know of none before it.

        Raises:
            UnderstudyError: there is nothing to start any more.
        """
        around = self.surroundings
        self.session, self.opening = opening(self._hear), opening
        self.desk = Desk(self.session, around.shelf, around.clock, push_to_talk=around.push_to_talk)
        self.watcher = Watch(self.desk, around)

    @property
    def end(self) -> ScreenEnd:
        """How the screen ended, once it has."""
        if self._hung_up or (not self._left and self.had_terminal and not is_terminal_there()):
            return ScreenEnd.HUNG_UP
        if not self._left and (self._broken or self.had_terminal):
            return ScreenEnd.BROKE_DOWN
        # A browser's tab that is closed ends its screen without a word.
        return ScreenEnd.LEFT

    def exit(self, result: int | None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """Leaves."""
        self._left = True
        super().exit(result, return_code, message)

    def end_soon(self) -> None:
        """The process is told to end. Called in the middle of anything."""
        self.told_to_end.set()
        self._soon(self.exit, "The console was told to end; the session ends.")

    def hang_up_soon(self) -> None:
        """The terminal is gone. Called in the middle of anything, and more than once."""
        self._soon(self._hang_up, "The terminal was closed while the console was open.")

    def _soon(self, act: Callable[[], None], cause: str) -> None:
        if self.loop is None:
            raise SystemExit(1)
        # The loop of a screen that has ended takes nothing more.
        with suppress(RuntimeError):
            self.loop.call_soon_threadsafe(log.warning, cause)
            self.loop.call_soon_threadsafe(act)

    def _hang_up(self) -> None:
        self._hung_up = True
        self.exit()

    def find_terminal(self) -> None:
        """Notices a terminal that is gone: not every one tells by a signal."""
        if self.had_terminal and not is_terminal_there():
            self._hang_up()

    def _handle_exception(self, error: Exception) -> None:
        """Textual's own way out of a fault; the log has the whole of it."""
        self._broken = True
        log.error("the screen broke down", exc_info=error)
        super()._handle_exception(error)

    def overhear(self, hear: Callable[[Event], None]) -> None:
        """Has somebody else told of what the session tells as well, on any thread."""
        self._overhearing = hear

    def _hear(self, event: Event) -> None:
        """Called by any thread of the session."""
        if self._overhearing is not None:
            self._overhearing(event)
        self.post_message(EventReported(event))

    def close(self) -> None:
        """Stops the session and lets the machine's driver go; called after the screen is gone."""
        try:
            self.session.stop()
        finally:
            if self.watcher.machine is not None:
                self.watcher.machine.close()

    @work(thread=True, exclusive=True, exit_on_error=False, group="session")
    def start_session(self, before: SessionPort | None = None) -> None:
        """Opens the machine and starts the session; the devices take their time.

        Args:
            before: the session that could not start, which gives everything back first.
        """
        if self.surroundings.open_machine is not None and self.watcher.machine is None:
            self.watcher.machine = self.surroundings.open_machine()
        try:
            if before is not None:
                before.stop()
            self.session.start()
        except UnderstudyError as error:
            self.post_message(SessionRefused(error))
        else:
            self.post_message(SessionStarted())

    @work(thread=True, exclusive=True, exit_on_error=False, group="session")
    def _stop_session(self) -> None:
        self.session.stop()

    @on(SessionStarted)
    def _note_start(self) -> None:
        self.desk.started()
        self.tell(Level.INFO, "The session runs.")
        self.show_all()

    @on(SessionRefused)
    def _note_refusal(self, message: SessionRefused) -> None:
        self.failure = message.error
        self.desk.refuse(message.error)
        self.show_all()
        silent = isinstance(message.error, SoundError) and self.surroundings.open_silent is not None
        text = sentence(str(message.error))
        self.push_screen(Notice("The session could not start", text, silent=silent), self._go_on)

    def _go_on(self, way: Way | None) -> None:
        """Starts as if for the first time, or leaves."""
        silent = self.surroundings.open_silent
        if way is Way.AGAIN:
            self._start_anew(self.opening)
        elif way is Way.SILENT and silent is not None:
            self._start_anew(silent)
        else:
            self.exit(return_code=1)

    def _start_anew(self, opening: OpenSession) -> None:
        before, machine = self.session, self.watcher.machine
        try:
            self.make_session(opening)
        except UnderstudyError as error:
            self.post_message(SessionRefused(error))
            return
        self.failure, self.watcher.machine = None, machine
        self.show_all()
        self.start_session(before)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tells of what a worker did not expect; the log has the whole of it."""
        error = event.worker.error
        if event.state is not WorkerState.ERROR or error is None:
            return
        log.error("worker failed", exc_info=error)
        told = error if isinstance(error, UnderstudyError) else UnderstudyError(f"Unexpected: {error!r}; see the log.")
        if self.desk.phase is Phase.STARTING:
            self.post_message(SessionRefused(told))
        else:
            self.tell(Level.ERROR, str(told))

    def find_end(self) -> None:
        """Notices when the session has ended by itself, and lets it give its devices back."""
        try:
            if not self.desk.ended():
                return
            self.tell(Level.WARNING, self.desk.reason)
        except UnderstudyError as error:
            # The session has told why.
            self.failure = error
            watched = self.surroundings.outputs.watched
            if self.surroundings.attached:
                return
            self.tell(Level.WARNING, CARD_LEFT if watched else SESSION_OVER)
            if watched:
                return
        self._stop_session()
