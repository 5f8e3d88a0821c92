"""How a screen can end, and the signals that end it or what it leaves behind."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from types import FrameType

from pipeline.errors import UnderstudyError

LOOK_S = 0.2


class OnHangup(StrEnum):
    """What a session does when its screen is gone and nobody has left it."""

    DETACH = "detach"
    """It goes on as it was."""
    CARD = "card"
    """It goes on with the card up."""
    STOP = "stop"
    """It ends."""


class ScreenEnd(StrEnum):
    """How a screen ended."""

    LEFT = "left"
    """The operator left, or the process was told to end."""
    HUNG_UP = "hung up"
    """Its terminal is gone."""
    BROKE_DOWN = "broke down"
    """By a fault of the program."""


def is_terminal_there() -> bool:
    """Whether keys can come. A terminal that was closed is none any more, though its descriptor stays open."""
    return os.isatty(0)


@contextmanager
def signals_heard(acts: Mapping[str, Callable[[], object]]) -> Iterator[None]:
    """Inside, a signal of that name does something else than it usually does; names that the system lacks do nothing.

    It is done by the main thread in the middle of whatever that does just then.
    """
    numbers = {signal.Signals[name]: act for name, act in acts.items() if hasattr(signal, name)}
    if threading.current_thread() is not threading.main_thread():
        # Signals are the main thread's alone, and so are handlers.
        numbers = {}

    def hear(number: int, _frame: FrameType | None) -> None:
        numbers[signal.Signals(number)]()

    before = {number: signal.getsignal(number) for number in numbers}
    for number in numbers:
        signal.signal(number, hear)
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


@contextmanager
def interruption() -> Iterator[threading.Event]:
    """An event that the first Ctrl-C, or a polite request to end, sets; the second one does what it always does."""
    event = threading.Event()
    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in (signal.Signals[name] for name in names)}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        event.set()
        restore()

    for number in before:
        signal.signal(number, interrupt)
    try:
        yield event
    finally:
        restore()


def stay(ended: Callable[[], bool], told: threading.Event, *, watched: bool) -> None:
    """Waits until the session has ended by itself, or is told to; a card that somebody sees stays until it is told.

    Args:
        ended: whether the session has ended; raises what it failed by, once.
        told: set when it is to end.
        watched: whether somebody sees the card that goes out of a session that has failed.

    Raises:
        UnderstudyError: what the session failed by.
    """
    failure: UnderstudyError | None = None
    while not told.wait(LOOK_S):
        try:
            over = ended()
        except UnderstudyError as error:
            failure, over = error, not watched
        if over:
            break
    if failure is not None:
        raise failure


def tell_terminal(text: str) -> None:
    """Tells whoever is left at a terminal something, below what stood there before the screen."""
    terminal = sys.__stderr__
    if terminal is not None and is_terminal_there():
        terminal.write(f"{text}\n")
        terminal.flush()
