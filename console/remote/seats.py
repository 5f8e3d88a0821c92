"""Who takes acts from outside to the desk, which is called by one thread: a screen, or a lock where there is none."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Protocol

import structlog

from console.desk import Desk
from console.life.acting import ActingApp
from console.life.computer import MachinePort
from console.view import MachineView
from pipeline.errors import UnderstudyError
from pipeline.telemetry import Level

ACT_S = 5.0
"""A screen that has not come to an act by then does not do it any more."""
MACHINE_S = 1.0
NO_SHOW = "There is no show here: cues are those of a console that was started with --show FILE."
OUTSIDE = "From outside:"
STILL_AT_IT = "It takes its time and is still being done."
TOO_BUSY = "The screen is too busy and nothing was done; try again."
log = structlog.get_logger(__name__)


class Seat(Protocol):
    """Where acts are done. Any thread may call."""

    @property
    def desk(self) -> Desk:
        """The present desk; a session that could not start gives way to another one."""

    def do(self, act: Callable[[Desk], str | None]) -> str:
        """Does something in turn with everybody else, and tells what came of it.

        Raises:
            UnderstudyError: it could not be done, or its turn did not come in time.
        """

    def cue(self, steps: int) -> str:
        """Goes so many cues on in the show, as `do` does.

        Raises:
            UnderstudyError: there is no such cue, or no show.
        """

    def later(self, act: Callable[[Desk], object]) -> None:
        """Does something in its turn, for which nobody waits."""

    def tell(self, text: str) -> None:
        """Tells the operator what was done from outside."""

    def machine_view(self) -> MachineView:
        """The computer at this instant, or lately."""

    def leave(self) -> None:
        """Ends the session, without a question; returns at once."""


class ScreenSeat:
    """Acts are done by the thread of the screen, between two keys."""

    def __init__(self, app: ActingApp, step: Callable[[int], str] | None = None) -> None:
        """A seat at the app's desk; `step` goes on in its show."""
        self._app, self._step = app, step

    @property
    def desk(self) -> Desk:
        """The app's."""
        return self._app.desk

    def do(self, act: Callable[[Desk], str | None]) -> str:
        """Waits until the screen has done it, and has the operator told."""
        done: Future[str] = Future()

        def take_turn() -> None:
            if not done.set_running_or_notify_cancel():
                return
            try:
                done.set_result(act(self._app.desk) or "")
            except Exception as error:
                done.set_exception(error)
            self._app.show_all()

        self._hand_over(take_turn)
        try:
            told = done.result(ACT_S)
        except TimeoutError as error:
            if done.cancel():
                raise UnderstudyError(TOO_BUSY) from error
            if not done.done():
                raise UnderstudyError(STILL_AT_IT) from error
            told = done.result()
        self.tell(told)
        return told

    def cue(self, steps: int) -> str:
        """In the show that the screen has."""
        step = self._step
        if step is None:
            raise UnderstudyError(NO_SHOW)
        return self.do(lambda _: step(steps))

    def later(self, act: Callable[[Desk], object]) -> None:
        """Hands it to the screen."""

        def take_turn() -> None:
            with suppress(UnderstudyError):
                act(self._app.desk)
            self._app.show_all()

        with suppress(UnderstudyError):
            self._hand_over(take_turn)

    def tell(self, text: str) -> None:
        """Among the events."""
        if text:
            self._app.tell(Level.INFO, f"{OUTSIDE} {text}")

    def machine_view(self) -> MachineView:
        """As the screen shows it."""
        return self._app.watcher.machine_view

    def leave(self) -> None:
        """Closes the screen as well."""
        with suppress(UnderstudyError):
            self._hand_over(self._app.exit)

    def _hand_over(self, turn: Callable[[], object]) -> None:
        try:
            taken = self._app.call_later(turn)
        except RuntimeError as error:
            # The loop of a screen that is being closed takes nothing.
            raise UnderstudyError(TOO_BUSY) from error
        if not taken:
            raise UnderstudyError(TOO_BUSY)


class LockSeat:
    """Acts are done by whoever asks, one at a time: there is no screen."""

    def __init__(self, desk: Desk, machine: MachinePort | None, leave: Callable[[], object]) -> None:
        """A seat at a desk that nobody else sits at.

        Args:
            desk: what acts are done on.
            machine: the computer; asked by nobody else.
            leave: ends the session, and returns at once.
        """
        self.desk = desk
        self._machine, self._leave = machine, leave
        self._turn = threading.Lock()
        self._view, self._read_s = MachineView(), -MACHINE_S

    def do(self, act: Callable[[Desk], str | None]) -> str:
        """Does it when nobody else does anything."""
        if not self._turn.acquire(timeout=ACT_S):
            raise UnderstudyError("The session is too busy and nothing was done; try again.")
        try:
            told = act(self.desk) or ""
        finally:
            self._turn.release()
        self.tell(told)
        return told

    def ended(self) -> bool:
        """True once, when the session has ended by itself; False while somebody does something that takes its time.

        Raises:
            UnderstudyError: once, what ended it.
        """
        if not self._turn.acquire(blocking=False):
            return False
        try:
            return self.desk.ended()
        finally:
            self._turn.release()

    def cue(self, steps: int) -> str:
        """A show is stepped through on a screen."""
        raise UnderstudyError(NO_SHOW)

    def later(self, act: Callable[[Desk], object]) -> None:
        """Does it now: only those who ask from outside could be in the way."""
        with self._turn, suppress(UnderstudyError):
            act(self.desk)

    def tell(self, text: str) -> None:
        """Into the log."""
        if text:
            log.info(f"{OUTSIDE} {text}")

    def machine_view(self) -> MachineView:
        """Read once a second at most, however many look."""
        machine, now_s = self._machine, time.monotonic()
        if machine is not None and now_s - self._read_s >= MACHINE_S:
            with self._turn:
                self._read_s = now_s
                self._view = MachineView.of(machine)
        return self._view

    def leave(self) -> None:
        """Ends the session."""
        self._leave()
