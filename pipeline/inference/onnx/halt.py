"""An end that may come at any time: what is only being made ready is cut short by it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pipeline.errors import HaltError, UnderstudyError


class Halt:
    """Set once, when a session ends. Any thread may call it."""

    def __init__(self) -> None:
        """The end is yet to come."""
        self._lock = threading.Lock()
        self._come = False
        self._cuts: list[Callable[[], None]] = []

    @property
    def come(self) -> bool:
        """Whether the end has come."""
        return self._come

    def set(self) -> None:
        """Cuts short what is under way, and all that would begin from now on; may be called twice."""
        with self._lock:
            self._come = True
            for cut in self._cuts:
                cut()

    @contextmanager
    def cutting(self, cut: Callable[[], None]) -> Iterator[None]:
        """What is done within is ended early by `cut`, which is called on the thread that brings the end.

        Raises:
            HaltError: the end has come, whatever error the cut has led to.
        """
        with self._lock:
            if self._come:
                raise HaltError
            self._cuts.append(cut)
        try:
            yield
        except UnderstudyError as error:
            if self._come:
                raise HaltError from error
            raise
        finally:
            with self._lock:
                self._cuts.remove(cut)
