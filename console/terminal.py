"""The terminal belongs to the screen alone.

Native libraries write their chatter to file descriptors 1 and 2, Textual draws on descriptor 2, and the two would
overwrite each other. While the console is open, both descriptors lead into the log, and Textual gets a duplicate of
the terminal.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import TextIOWrapper
from pathlib import Path

from pipeline.errors import UnderstudyError

STANDARD_OUTPUT, STANDARD_ERROR = 1, 2


@contextmanager
def chatter_to(log_file: Path) -> Iterator[TextIOWrapper]:
    """Sends descriptors 1 and 2 into `log_file`; gives the terminal, which Textual draws on, and puts all back.

    Raises:
        UnderstudyError: there is no terminal, or the log can't be written.
    """
    terminal = _terminal_descriptor()
    with ExitStack() as undo:
        log_descriptor = _open_log(log_file)
        undo.callback(os.close, log_descriptor)
        screen = undo.enter_context(os.fdopen(os.dup(terminal), "w", encoding="utf-8", errors="replace"))
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


def _open_log(log_file: Path) -> int:
    try:
        log_file.parent.mkdir(parents=True, exist_ok=True)
        return os.open(log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError as error:
        raise UnderstudyError(f"The log {log_file} can't be written: {error.strerror}; check the folder.") from error


def _set_standard_files(output: TextIOWrapper | None, error: TextIOWrapper | None) -> None:
    """Textual's drivers draw on these two and ask them for the terminal's size."""
    for name, file in (("__stdout__", output), ("__stderr__", error)):
        setattr(sys, name, file)


def _flush() -> None:
    """What Python still holds goes where it was meant to go: into the log."""
    sys.stdout.flush()
    sys.stderr.flush()
