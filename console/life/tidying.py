"""When the interpreter looks for rubbish under a screen: often and shortly, not seldom and for long."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

NEVER = 1_000_000
"""Collections of young objects after which the interpreter would look through everything by itself."""
WORTH_IT, TOO_MUCH = 2, 30
"""Collections of young objects that make a look at the rest worth it: on the dashboard, and under whatever is open."""
REST_S = 0.35
"""The dashboard has been all that is shown for so long: a closed screen is taken down piece by piece meanwhile."""
YOUNG_OBJECTS = 7_000
"""What one of them leaves at most, by the interpreter's own thresholds."""
SET_ASIDE, FAR_TOO_MUCH = 400_000, 1_500_000
"""Objects set aside since the start: so many are looked through again once nobody would hear it, or in any case."""


class Tidying:
    """Looks for rubbish in what is new, and sets the rest aside, so that the next look is a short one too.

    A look through everything holds the interpreter from every thread. Left to itself it came once a handful of screens
    had been opened and closed, and took 100 to 360 ms in the middle of a word. What one screen leaves takes 8 to 50 ms.
    """

    def __init__(self) -> None:
        """Nothing is set aside yet."""
        self._aside = 0
        self._covered_s: float | None = None
        self._new = True

    def look(self, now_s: float, *, covered: bool, heard: Callable[[], bool]) -> None:
        """Tidies if there is something to tidy.

        Args:
            now_s: any clock's seconds.
            covered: something is open over the dashboard; what it consists of is rubbish soon.
            heard: tells whether somebody would hear a gap; asked seldom.
        """
        if covered or self._covered_s is None:
            self._covered_s, self._new = now_s, True
        rests = now_s - self._covered_s >= REST_S
        gathered = gc.get_count()[2]
        if gathered < (TOO_MUCH if covered else WORTH_IT) and not (rests and self._new):
            return
        self._aside += max(0, gathered * YOUNG_OBJECTS - gc.collect())
        if rests:
            self._set_aside(heard)

    def _set_aside(self, heard: Callable[[], bool]) -> None:
        if self._aside > FAR_TOO_MUCH or (self._aside > SET_ASIDE and not heard()):
            # What was of use when it was set aside may be rubbish by now, and is found only among the rest.
            gc.unfreeze()
            gc.collect()
            self._aside = 0
        gc.freeze()
        self._new = False


@contextmanager
def rubbish_left_to_the_screen() -> Iterator[None]:
    """Keeps the interpreter from looking through everything by itself; as it was afterwards."""
    young, middle, old = gc.get_threshold()
    gc.set_threshold(young, middle, NEVER)
    try:
        yield
    finally:
        gc.set_threshold(young, middle, old)
        gc.unfreeze()
