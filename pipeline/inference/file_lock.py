"""A lock between processes that the operating system lets go when its holder dies."""

import hashlib
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

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


def claimed(path: Path) -> BinaryIO | None:
    """A claim on a file that is going to be written, held until what is returned is closed; None where none can be had.

    What the file holds is left as it is; one that is not there is made. What is no file, such as a pipe, has no claim.

    Raises:
        FileExistsError: somebody else has claimed it.
        OSError: it can't be written.
    """
    if path.exists() and not path.is_file():
        return None
    file = _stand_in(path).open("ab")
    taken = True
    # Not every disk of another computer has locks.
    with suppress(OSError):
        taken = _take(file.fileno())
    if not taken:
        file.close()
        raise FileExistsError(f"{path} is being written already")
    return file


def _stand_in(path: Path) -> Path:
    """The file to lock for another: itself where a lock keeps nobody from writing, as everywhere but on Windows."""
    if sys.platform != "win32":
        return path
    named = hashlib.sha256(str(path.resolve()).casefold().encode()).hexdigest()
    return Path(tempfile.gettempdir()) / f"understudy-{named[:16]}.lock"
