"""The video lane's queue between threads. It is bounded."""

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Latest(Generic[T]):
    """A place for one item, between one thread that puts and one that takes.

    The newest item wins: what was not taken in time is replaced and counted. A lossless queue makes the giver wait
    instead.
    """

    def __init__(self, lossless: bool = False) -> None:
        """An empty queue."""
        self._lossless = lossless
        self._item: T | None = None
        self._closed = False
        self._changed = threading.Condition()
        self.dropped = 0
        """Items replaced before they were taken."""

    @property
    def closed(self) -> bool:
        """True when nothing more will come."""
        return self._closed

    def put(self, item: T) -> None:
        """Offers an item. Once closed it goes nowhere."""
        with self._changed:
            while self._lossless and self._item is not None and not self._closed:
                self._changed.wait()
            if self._closed:
                return
            if self._item is not None:
                self.dropped += 1
            self._item = item
            self._changed.notify_all()

    def take(self, timeout_s: float) -> T | None:
        """The newest item, waiting for one at most `timeout_s`; None when none came or none will."""
        with self._changed:
            if self._item is None and not self._closed:
                self._changed.wait(timeout_s)
            item, self._item = self._item, None
            self._changed.notify_all()
            return item

    def close(self) -> None:
        """Ends the queue; an item that stands in it can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
