"""The log: what the program says, beside it what its native libraries say, and `understudy logs`, which reads both.

They are two files: Windows can't rename a file that a descriptor holds open, and the program's log is renamed when it
is full.
"""

import contextlib
import logging
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
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


def native_log(log: Path) -> Path:
    """The file beside the program's log that native libraries write to."""
    return log.with_name("native.log")


def open_native_log(log: Path) -> int:
    """A descriptor that adds to the native log beside `log`; a long one is begun anew, and the old one stays.

    Raises:
        UnderstudyError: the file can't be written.
    """
    file = native_log(log)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(OSError):  # It may be absent, and held open by another program.
            if file.stat().st_size >= FILE_BYTES:
                file.replace(file.with_name(f"{file.name}.1"))
        return os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError as error:
        raise UnderstudyError(
            f"The log {file} can't be written: {error.strerror}; check the folder's rights"
        ) from error


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
def native_chatter_logged(log: Path) -> Iterator[None]:
    """Inside, native libraries' error output goes into the file beside `log`; Python's errors still reach the user.

    Raises:
        UnderstudyError: the file can't be written.
    """
    native = open_native_log(log)
    sys.stderr.flush()
    python_errors = sys.stderr
    with os.fdopen(os.dup(2), "w", encoding="utf-8", errors="replace", buffering=1) as errors:
        os.dup2(native, 2)
        os.close(native)
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


class Tail:
    """What is added to a file from now on, through its rotation; the file may come into being later."""

    def __init__(self, file: Path) -> None:
        """Begins at the file's present end."""
        self.file = file
        self._position = file.stat().st_size if file.is_file() else 0
        self._identity = _identity(file)
        self._rest = b""

    def read(self) -> list[str]:
        """Every whole line since the last call."""
        identity = _identity(self.file)
        if identity != self._identity:
            self._identity, self._position, self._rest = identity, 0, b""
        if identity is None:
            return []
        with self.file.open("rb") as source:
            source.seek(self._position)
            added = self._rest + source.read()
            self._position = source.tell()
        *lines, self._rest = added.split(b"\n")
        return [line.decode("utf-8", errors="replace") for line in lines]


def follow(files: Sequence[Path], wait: Callable[[], bool]) -> Iterator[tuple[Path, str]]:
    """Every line that is added to one of `files` from now on, with its file.

    Args:
        files: they may come into being later.
        wait: pauses between two looks; True ends it.
    """
    tails = [Tail(file) for file in files]
    while not wait():
        for tail in tails:
            yield from ((tail.file, line) for line in tail.read())


def pause(interrupt: threading.Event, seconds: float = 0.25) -> Callable[[], bool]:
    """A `wait` for `follow` that ends it when `interrupt` is set."""
    return lambda: interrupt.wait(seconds)


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        facts = file.stat()
    except FileNotFoundError:
        return None
    return facts.st_dev, facts.st_ino


def headed(lines: Iterable[tuple[Path, str]], first: Path) -> Iterator[str]:
    """The lines of several files, the file named wherever it changes; those of `first` may begin unnamed."""
    last = first
    for file, line in lines:
        if file != last:
            yield f"==> {file} <=="
        last = file
        yield line


def print_log(lines: int, *, go_on: bool) -> int:
    """Prints the ends of the native libraries' log and of the program's, and what is added when it is to `go_on`."""
    log = log_file()
    files = (native_log(log), log)
    ends = ((file, line) for file in files for line in last_lines(file, lines))
    if not any(file.is_file() for file in files):
        typer.echo(f"There is no log yet at {log}.", err=True)
    with contextlib.suppress(KeyboardInterrupt):
        for line in headed(chain(ends, follow(files, pause(threading.Event())) if go_on else ()), log):
            typer.echo(line)
    return 0
