"""The camera and the microphone of a session that runs, which nobody else could open."""

from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

from pipeline.preflight.evidence import Heard, Seen
from pipeline.preflight.gatherer import Gatherer
from pipeline.stage import Witness
from pipeline.telemetry import Readings

LONGEST_S = 60.0


class Lending(Protocol):
    """A session that lets somebody look on."""

    def let_witness(self, witness: Witness | None) -> None:
        """Has somebody see and hear what camera and microphone give, until None.

        Raises:
            UnderstudyError: it can't.
        """

    def readings(self) -> Readings:
        """The session at this instant."""


class OnLoan:
    """Looks on at a session while it is entered."""

    def __init__(self, session: Lending, microphone: Callable[[], str]) -> None:
        """Nothing is looked at yet.

        Args:
            session: it runs.
            microphone: what people call what it hears through; empty where it has none.
        """
        self._session, self._microphone = session, microphone
        self.gatherer = Gatherer(LONGEST_S)
        self.missing: dict[str, str] = {}
        self.camera = self.microphone = ""
        self.over = False

    def __enter__(self) -> Self:
        """Begins to gather.

        Raises:
            UnderstudyError: the session can't lend what it has.
        """
        readings = self._session.readings()
        self.camera, self.microphone = readings.video.source, self._microphone()
        if readings.audio is None:
            self.missing["microphone"] = "the session has no sound"
        self._session.let_witness(self.gatherer)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Looks on no more."""
        self._session.let_witness(None)

    def heard(self) -> Heard | None:
        """The sound so far."""
        return self.gatherer.heard(self.microphone)

    def seen(self) -> Seen | None:
        """The pictures so far."""
        return self.gatherer.seen(self.camera, None, self._session.readings().video.fps_target or None)
