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


class TerminalFile(TextIOWrapper):
    """Text for a terminal, which is lost from when the terminal is gone.

    Textual draws through a short queue, and would wait for ever on a thread that a failed write has ended.
    """

    is_gone = False

    def write(self, text: str) -> int:
        """Draws, if there is a terminal."""
        if not self.is_gone:
            try:
                super().write(text)
            except OSError:
                self.is_gone = True
        return len(text)

    def flush(self) -> None:
        """Draws what is held."""
        if not self.is_gone:
            try:
                super().flush()
            except OSError:
                self.is_gone = True


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
        screen = TerminalFile(
            os.fdopen(os.dup(terminal), "wb"), encoding="utf-8", errors="replace", line_buffering=True
        )
        undo.callback(_close, screen)
        sys.stdout.flush()
        sys.stderr.flush()
        for descriptor in (STANDARD_OUTPUT, STANDARD_ERROR):
            saved = os.dup(descriptor)
            undo.callback(os.close, saved)
            undo.callback(_put_back, saved, descriptor, was_terminal=os.isatty(saved))
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


def _put_back(saved: int, descriptor: int, *, was_terminal: bool) -> None:
    """Leads a descriptor back to where it led, but not to a terminal that is gone: the log takes what is said then."""
    if not was_terminal or os.isatty(saved):
        os.dup2(saved, descriptor)


def _close(screen: TextIOWrapper) -> None:
    """Lets the terminal go. One that was closed under the console does not take what was still to be drawn."""
    with suppress(OSError):
        screen.close()


def _flush() -> None:
    """What Python still holds goes where it was meant to go: into the log."""
    sys.stdout.flush()
    sys.stderr.flush()
