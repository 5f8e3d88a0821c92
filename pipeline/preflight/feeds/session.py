"""The camera and the microphone of a session that runs, which nobody else could open."""

from contextlib import ExitStack
from dataclasses import replace
from types import TracebackType
from typing import Protocol, Self

from pipeline.audio.devices.opening import server_sources
from pipeline.clock import Clock
from pipeline.preflight.evidence import Heard, Seen
from pipeline.preflight.feeds.beside import Beside
from pipeline.preflight.gatherer import Gatherer
from pipeline.stage import Witness
from pipeline.telemetry import Readings

LONGEST_S = 60.0
MOST_INSTANTS = 20_000


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

    def __init__(self, session: Lending, microphone: str, clock: Clock) -> None:
        """Nothing is looked at yet.

        Args:
            session: it runs.
            microphone: what people call what it hears through; empty where it has none.
            clock: the program's clock.
        """
        self._session, self._clock = session, clock
        self._opened = ExitStack()
        self._beside: Beside | None = None
        self.gatherer = Gatherer(LONGEST_S)
        self.missing: dict[str, str] = {}
        self.camera, self.microphone = "", microphone
        self.over, self._frames_in = False, 0

    def __enter__(self) -> Self:
        """Begins to gather.

        Raises:
            UnderstudyError: the session can't lend what it has.
        """
        readings = self._session.readings()
        self.camera, self._frames_in = readings.video.source, readings.video.frames_in
        if readings.audio is None:
            self.missing["microphone"] = "the session has no sound"
        if any(source.title == self.microphone for source in server_sources()):
            self._beside = self._opened.enter_context(Beside(self.microphone, self._clock, LONGEST_S))
        self._opened.callback(self._session.let_witness, None)
        self._session.let_witness(self.gatherer)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Looks on no more."""
        self._opened.close()

    def heard(self) -> Heard | None:
        """The sound so far."""
        heard = self.gatherer.heard(self.microphone)
        if heard is None or self._beside is None:
            return heard
        played = self._beside.played_from(self.gatherer.begun_ns)
        return replace(heard, others_dbfs=self._beside.levels_dbfs, played=played)

    def seen(self) -> Seen | None:
        """The pictures so far."""
        video = self._session.readings().video
        seen = self.gatherer.seen(self.camera, None, video.fps_target or None)
        if seen is None or len(seen.frames) < 2:
            return seen
        # The lane leaves frames out that it has no time for; the camera delivered as many as the session counted.
        first_ns, last_ns = seen.frames[0].captured_ns, seen.frames[-1].captured_ns
        count = max(2, video.frames_in - self._frames_in)
        instants_ns = tuple(first_ns + (last_ns - first_ns) * number // (count - 1) for number in range(count))
        return replace(seen, instants_ns=instants_ns[:MOST_INSTANTS])
