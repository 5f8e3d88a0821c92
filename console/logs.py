"""The log file: what the program and its native libraries say goes there, and `understudy logs` reads it."""

import contextlib
import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path

import platformdirs
import structlog
import typer

from pipeline.errors import UnderstudyError

FILE_BYTES = 1 << 20
"""Size at which a new log file is begun."""
KEPT_FILES = 4
"""Old log files that stay."""
BLOCK_BYTES = 1 << 16


def log_file() -> Path:
    """The log file that is being written."""
    return platformdirs.user_log_path("understudy") / "understudy.log"


def configure_logging(file: Path | None = None) -> Path:
    """Sends structlog and the standard library's logging to a rotating file and tells which.

    Raises:
        UnderstudyError: the file can't be written.
    """
    file = file or log_file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(file, maxBytes=FILE_BYTES, backupCount=KEPT_FILES, encoding="utf-8")
    except OSError as error:
        raise UnderstudyError(
            f"The log {file} can't be written: {error.strerror}; check the folder's rights"
        ) from error
    renderer = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_steps(),
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ],
    )
    handler.setFormatter(renderer)
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    logging.captureWarnings(True)
    structlog.configure(
        processors=[*_steps(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=False,
    )
    return file


def _steps() -> list[structlog.typing.Processor]:
    return [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S", utc=False),
    ]


@contextmanager
def native_chatter_logged(file: Path) -> Iterator[None]:
    """Inside, what native libraries write to the error output goes into `file`; Python's errors still reach the user.

    Raises:
        OSError: the file can't be written.
    """
    sys.stderr.flush()
    python_errors = sys.stderr
    with os.fdopen(os.dup(2), "w", encoding="utf-8", errors="replace", buffering=1) as errors, file.open("ab") as log:
        os.dup2(log.fileno(), 2)
        sys.stderr = errors
        try:
            yield
        finally:
            sys.stderr = python_errors
            os.dup2(errors.fileno(), 2)


def last_lines(file: Path, count: int) -> list[str]:
    """The last `count` lines of a file, oldest first, read from its end; none where there is no file."""
    if count <= 0 or not file.is_file():
        return []
    with file.open("rb") as source:
        position = source.seek(0, os.SEEK_END)
        tail = b""
        while position > 0 and tail.count(b"\n") <= count:
            step = min(BLOCK_BYTES, position)
            position -= step
            source.seek(position)
            tail = source.read(step) + tail
    return tail.decode("utf-8", errors="replace").splitlines()[-count:]


def follow(file: Path, wait: Callable[[], bool]) -> Iterator[str]:
    """Every line that is added to `file` from now on, through its rotation; ends when `wait` returns True.

    Args:
        file: it may come into being later.
        wait: pauses between two looks; True ends it.
    """
    position = file.stat().st_size if file.is_file() else 0
    identity = _identity(file)
    rest = b""
    while not wait():
        if _identity(file) != identity:
            identity, position, rest = _identity(file), 0, b""
        if identity is None:
            continue
        with file.open("rb") as source:
            source.seek(position)
            rest += source.read()
            position = source.tell()
        *lines, rest = rest.split(b"\n")
        yield from (line.decode("utf-8", errors="replace") for line in lines)


def pause(interrupt: threading.Event, seconds: float = 0.25) -> Callable[[], bool]:
    """A `wait` for `follow` that ends it when `interrupt` is set."""
    return lambda: interrupt.wait(seconds)


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        facts = file.stat()
    except FileNotFoundError:
        return None
    return facts.st_dev, facts.st_ino


def print_log(lines: int, *, go_on: bool) -> int:
    """Prints the end of the log, and what is added to it when it is to `go_on`."""
    file = log_file()
    for line in last_lines(file, lines):
        typer.echo(line)
    if not file.is_file():
        typer.echo(f"There is no log yet at {file}.", err=True)
    with contextlib.suppress(KeyboardInterrupt):
        for line in follow(file, pause(threading.Event())) if go_on else ():
            typer.echo(line)
    return 0
