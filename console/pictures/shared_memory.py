"""Shared memory of POSIX, in which the terminal finds a picture; whoever has read one removes it."""

import mmap
import os
import weakref
from collections import deque
from contextlib import suppress
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

WAITING = 8
"""Pictures that the terminal may leave lying; older ones are removed for it."""


class SharedMemory:
    """Pieces of shared memory under names of their own."""

    def __init__(self, stem: str) -> None:
        """Has nothing yet.

        Args:
            stem: what the names begin with, a few letters: macOS takes 31 in all.

        Raises:
            ImportError: the system has no such memory.
        """
        # Python's own class would have a process of its own remove what the terminal removes.
        self._posix: Any = import_module("_posixshmem")
        self._stem, self._count = stem, 0
        self._names: deque[str] = deque()
        # Also when the process ends: what lies there may be a face.
        weakref.finalize(self, _remove_all, self._posix, self._names)

    def put(self, data: NDArray[np.uint8]) -> str:
        """Copies an array to a new piece; its name.

        Raises:
            OSError: there is no room.
        """
        while len(self._names) >= WAITING:
            _remove(self._posix, self._names.popleft())
        self._count += 1
        name = f"/{self._stem}-{self._count}"
        descriptor = self._posix.shm_open(name, os.O_CREAT | os.O_EXCL | os.O_RDWR, mode=0o600)
        self._names.append(name)
        try:
            os.ftruncate(descriptor, data.nbytes)
            with mmap.mmap(descriptor, data.nbytes) as memory:
                np.frombuffer(memory, np.uint8)[:] = data.ravel()
        finally:
            os.close(descriptor)
        return name

    def close(self) -> None:
        """Removes what the terminal has left lying."""
        _remove_all(self._posix, self._names)


def _remove_all(posix: Any, names: deque[str]) -> None:
    while names:
        _remove(posix, names.popleft())


def _remove(posix: Any, name: str) -> None:
    with suppress(OSError):
        posix.shm_unlink(name)
