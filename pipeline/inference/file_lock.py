"""A lock between processes that the operating system lets go when its holder dies."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _take(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def exclusive(path: Path, on_wait: Callable[[], None], poll_s: float = 0.2) -> Iterator[None]:
    """Holds the lock that the file `path` stands for; `on_wait` is called for as long as another process holds it.

    The file stays behind: taking it away would let two processes hold two files of the same name.
    """
    pause = threading.Event()
    with path.open("ab") as file:
        while not _take(file.fileno()):
            on_wait()
            pause.wait(poll_s)
        yield
