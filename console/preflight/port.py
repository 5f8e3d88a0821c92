"""What the screen needs of a preflight, as protocols: the real one fits them, and so does a fake."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from console.ports import SessionPort
from pipeline.preflight.finding import Area
from pipeline.preflight.result import Result
from pipeline.preflight.runner import Progress


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be looked at."""

    areas: frozenset[Area]
    microphone: str
    """What people call what the session hears through; empty without sound."""


class Preflighter(Protocol):
    """Runs preflights of a session that runs, and keeps what they come to."""

    def run(
        self, session: SessionPort, order: Order, tell: Callable[[Progress], None], stopped: threading.Event
    ) -> Result:
        """Runs one; takes its time. What was found before in other areas stays in the result.

        Raises:
            UnderstudyError: the session can't lend its camera and microphone, or the result can't be kept.
        """

    def kept(self, profile: str) -> Result | None:
        """The newest result of a profile, or None; quick."""

    def write_report(self, result: Result) -> Path:
        """Writes the page of a result that was run here, and tells where.

        Raises:
            UnderstudyError: it can't be written.
        """
