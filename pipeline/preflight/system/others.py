"""What other programs take of this computer while something is measured on it."""

from types import TracebackType
from typing import Self

from pipeline.machine import Machine

MOST_PERCENT = 30.0
"""Of all cores: with more of it taken away, a time tells as much about the other programs as about this one."""


class Others:
    """Other programs, from entering on. One thread at a time."""

    def __init__(self) -> None:
        self._machine = Machine()

    def __enter__(self) -> Self:
        """Begins to count."""
        self._machine.system()
        self._machine.process()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Counts no more."""
        self._machine.close()

    def percent(self) -> float:
        """What they had of all cores, from entering or the last call on."""
        system, own = self._machine.system(), self._machine.process()
        return max(0.0, system.cpu_percent - own.cpu_percent / system.cores)


def are_in_the_way(percent: float) -> bool:
    """Whether other programs take so much that a measured time is not this program's own."""
    return percent > MOST_PERCENT
