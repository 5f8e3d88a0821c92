"""A session that outlives its screen: it goes on in this process, and another screen can be attached to it."""

import logging
import os
from collections.abc import Iterable
from dataclasses import dataclass

from console.desk import Desk, Phase
from console.life.ends import OnHangup, ScreenEnd, signals_heard, stay, tell_terminal
from console.life.session_app import SessionApp
from console.remote.host import Host
from console.remote.places import Place
from console.remote.seats import LockSeat
from console.sentences import sentence
from pipeline.telemetry import Event, Level

CAUSES = {
    ScreenEnd.HUNG_UP: "The terminal was closed under the screen",
    ScreenEnd.BROKE_DOWN: "The screen broke down",
}
GOES_ON = {OnHangup.DETACH: "the session goes on as it was", OnHangup.CARD: "the session goes on with the card up"}
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outliving:
    """What becomes of the session when its screen ends otherwise than by the operator."""

    host: Host
    """What answers from outside; it is given another seat."""
    policy: OnHangup
    place: Place | None
    """Where the session is reached from outside; None where it can't be."""

    def __call__(self, app: SessionApp, end: ScreenEnd) -> bool:
        """Goes on to the session's end, if there is a session to go on with; whether there was.

        Raises:
            UnderstudyError: what the session failed by.
        """
        if self.policy is OnHangup.STOP or not _goes_out(app):
            return False
        told = app.told_to_end
        nothing = {"SIGHUP": lambda: None}
        with signals_heard(nothing | {"SIGTERM": told.set, "SIGINT": told.set}):
            seat = LockSeat(app.desk, app.watcher.machine, told.set)
            self.host.seat = seat
            app.overhear(self._hear)
            if self.policy is OnHangup.CARD:
                seat.later(_put_card_up)
            self._tell(app, end)
            stay(seat.ended, told, watched=app.surroundings.outputs.watched)
        log.info("the session without a screen has ended")
        return True

    def _hear(self, event: Event) -> None:
        """Logs what the session tells: there is no screen to read it on. Any thread."""
        self.host.events.add(event)
        log.log(logging.getLevelNamesMapping()[event.level.name], "%s", sentence(event.text))

    def _tell(self, app: SessionApp, end: ScreenEnd) -> None:
        """Tells the log, those who attach later, and whoever still sits at the terminal."""
        text = f"{CAUSES[end]}, and {GOES_ON[self.policy]}."
        log.warning("%s", text)
        self.host.events.add(Event(Level.WARNING, text, app.clock.now_ns()))
        steered = "" if self.place is None else "`understudy attach --steer` opens another screen, "
        stopped = "Ctrl-C here or `understudy ctl stop` ends it" if self.place else "Ctrl-C ends it"
        tell_terminal(f"{text} {steered}{stopped}; `understudy logs` tells more (process {os.getpid()}).")


def tell_of_others(app: SessionApp, found: Iterable[Place]) -> None:
    """Tells the operator of sessions that run already: one without a screen is easily forgotten, and has its camera."""
    for other in found:
        if other.pid != os.getpid():
            text = (
                f"Another session runs already ({other.profile}): `understudy attach --steer --session {other.pid}` "
                f"opens a screen over it, `understudy ctl stop --session {other.pid}` ends it."
            )
            app.tell(Level.WARNING, text)


def _goes_out(app: SessionApp) -> bool:
    """Whether anybody gets anything of the session. What nobody sees is not kept behind a terminal that is gone."""
    if app.desk.phase is not Phase.RUNNING:
        return False
    readings = app.session.readings()
    return bool(app.surroundings.outputs.watched or readings.video.sinks or app.desk.sound.hearers(readings.audio))


def _put_card_up(desk: Desk) -> None:
    desk.session.panic()
