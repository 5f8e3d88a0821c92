"""How threads take turns in the interpreter while sound runs: short ones, and no long collection of rubbish."""

import gc
import sys

SWITCH_INTERVAL_S = 0.0005
"""How long a busy thread keeps the interpreter from the sound and from the pictures. Beside a screen that works a
quarter of the time, seven seconds of sound had 45 gaps at Python's own 5 ms, 12 at 1 ms, 4 at this, 20 at 0.2 ms; the
video lane's thread woke up to 130 ms late at 5 ms, and with this 4 ms late at the 99th percentile."""


class Turns:
    """The interpreter's own habits, changed while sound runs and given back afterwards.

    A full collection stops every thread: 80 to 104 ms beside the console, whose program and screen are some
    200 000 objects. What is there when sound begins is therefore set aside: later collections pass over it.
    """

    def __init__(self) -> None:
        """Habits that are as they were."""
        self._interval_s: float | None = None

    def take(self) -> None:
        """Begins: threads change quickly, and what lives now is not searched for rubbish again."""
        if self._interval_s is None:
            self._interval_s = sys.getswitchinterval()
            sys.setswitchinterval(min(self._interval_s, SWITCH_INTERVAL_S))
        gc.collect()
        gc.freeze()

    def give_back(self) -> None:
        """Ends; what never began changes nothing."""
        if self._interval_s is not None:
            sys.setswitchinterval(self._interval_s)
            self._interval_s = None
            gc.unfreeze()
