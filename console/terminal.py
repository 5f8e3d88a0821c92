"""The terminal belongs to the screen alone.

Native libraries write their chatter to file descriptors 1 and 2, Textual draws on descriptor 2, and the two would
overwrite each other. While the console is open, both descriptors lead into the native log, and Textual gets a
duplicate of the terminal.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path

from console.logs import open_native_log
from pipeline.errors import UnderstudyError

STANDARD_OUTPUT, STANDARD_ERROR = 1, 2


@contextmanager
def chatter_beside(log_file: Path) -> Iterator[TextIOWrapper]:
    """Sends descriptors 1 and 2 into the file beside `log_file`; gives the terminal for Textual, and puts all back.

    Raises:
        UnderstudyError: there is no terminal, or the log can't be written.
    """
    terminal = _terminal_descriptor()
    with ExitStack() as undo:
        log_descriptor = open_native_log(log_file)
        undo.callback(os.close, log_descriptor)
        screen = os.fdopen(os.dup(terminal), "w", encoding="utf-8", errors="replace")
        undo.callback(_close, screen)
        sys.stdout.flush()
        sys.stderr.flush()
        for descriptor in (STANDARD_OUTPUT, STANDARD_ERROR):
            saved = os.dup(descriptor)
            undo.callback(os.close, saved)
            undo.callback(os.dup2, saved, descriptor)
            os.dup2(log_descriptor, descriptor)
        undo.callback(_set_standard_files, sys.__stdout__, sys.__stderr__)
        _set_standard_files(screen, screen)
        undo.callback(_flush)
        yield screen


def _terminal_descriptor() -> int:
    """The descriptor that leads to the terminal."""
    if not os.isatty(0):
        raise UnderstudyError("The console needs a terminal to read keys from; use `understudy run --headless`.")
    for descriptor in (STANDARD_ERROR, STANDARD_OUTPUT):
        if os.isatty(descriptor):
            return descriptor
    raise UnderstudyError("The console needs a terminal to draw on; use `understudy run --headless`.")


def _set_standard_files(output: TextIOWrapper | None, error: TextIOWrapper | None) -> None:
    """Textual's drivers draw on these two and ask them for the terminal's size."""
    for name, file in (("__stdout__", output), ("__stderr__", error)):
        setattr(sys, name, file)


def _close(screen: TextIOWrapper) -> None:
    """Lets the terminal go. One that was closed under the console does not take what was still to be drawn."""
    with suppress(OSError):
        screen.close()


def _flush() -> None:
    """What Python still holds goes where it was meant to go: into the log."""
    sys.stdout.flush()
    sys.stderr.flush()
