"""The time of card and silence: what was captured under them stays unseen and unheard when they are taken off."""

import threading

from pipeline.clock import Clock


class Cover:
    """Whether card or silence is over everything, and from which instant on what is captured may leave. Any thread.

    Pictures and sound wait for seconds before they go out. Whatever waits when the cover is taken off was captured
    before, perhaps because of what happened then, and nobody has looked at it.
    """

    def __init__(self, clock: Clock, *, up: bool) -> None:
        """A cover that is up from the start, or one that has never been."""
        self._clock = clock
        self._up = threading.Event()
        self._taken_off_ns: int | None = None
        if up:
            self._up.set()

    @property
    def up(self) -> bool:
        """Whether it is over everything."""
        return self._up.is_set()

    def put(self, up: bool) -> None:
        """Puts it up, or takes it off; who does so again changes nothing."""
        if up:
            self._up.set()
        elif self._up.is_set():
            self._taken_off_ns = self._clock.now_ns()
            self._up.clear()

    def hides(self, captured_ns: int) -> bool:
        """Whether what was captured at an instant of the clock may not leave now."""
        return self._up.is_set() or (self._taken_off_ns is not None and captured_ns <= self._taken_off_ns)
