"""A session in another process, as a screen sees it; the screen never waits for it but for an act that it answers."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from console.desk import SOURCE_ENDED, Phase
from console.remote.connection import Connection
from console.remote.places import Place
from console.remote.requests import Asked, Filed, Glance, Look, Named, Opened, Plain, Sent, Turned
from console.remote.requests import Talk as TalkUntil
from console.remote.values import Glimpse, Sight
from pipeline.audio.monitor.state import Monitoring
from pipeline.errors import LinkError, UnderstudyError
from pipeline.stage import Witness
from pipeline.telemetry import Event, MeterReading, Readings, Shown
from profiles.profile import Profile

LOOK_S = 0.2
GLANCE_S = 1 / 20
QUICK_S = 2.0
"""An act that is not done by then is not waited for: the screen stands still meanwhile."""
SLOW_S = 30.0
"""The same for acts that open a device or write a file; they have a thread of their own."""
GONE_S = 3.0
"""A session that can't be reached for so long has gone."""
WANTED_S = 1.5
"""Pictures come for so long after the last one was looked at."""
STARTING_S = 60.0
ELSEWHERE = "A preflight hears and sees through the session itself; run it on the session's own screen."
WATCHES_ONLY = "This screen only watches and changes nothing; `understudy attach --steer` opens one that steers."


@dataclass(frozen=True, slots=True, eq=False)
class FarPicture:
    """A picture that came through the socket: uint8 (height, width, 3), RGB."""

    pixels: NDArray[np.uint8]
    serial: int


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What picture the screen asked for last."""

    width: int
    height: int
    shown: Shown
    at_s: float

    def same(self, other: "_Wanted") -> bool:
        """Whether it was the same picture, at whatever time."""
        return replace(self, at_s=other.at_s) == other


class RemoteSession:
    """Fits the port of a session; what it tells was so a moment ago. Stopping it leaves the session as it is."""

    def __init__(self, place: Place, tell: Callable[[Event], None], *, steer: bool = False) -> None:
        """Looks once.

        Args:
            place: where the session is reached.
            tell: told the session's events, on a thread of this object's.
            steer: whether acts are passed on; they are refused otherwise.

        Raises:
            LinkError: it can't be reached.
        """
        self._place, self._tell, self._steer = place, tell, steer
        self._lock, self._over = threading.Lock(), threading.Event()
        self._events_seen = 0
        self._lost: LinkError | None = None
        self._wanted: _Wanted | None = None
        self._picture: tuple[_Wanted, FarPicture] | None = None
        self._levels: tuple[MeterReading, MeterReading] | None = None
        self._threads: tuple[threading.Thread, ...] = ()
        with Connection(place) as connection:
            self._sight = _sight(connection, 0)

    @property
    def sight(self) -> Sight:
        """What was seen last."""
        return self._sight

    @property
    def profile(self) -> Profile:
        """The profile in the lane."""
        return self._sight.profile

    def start(self) -> None:
        """Waits until the session runs, and looks at it from then on.

        Raises:
            UnderstudyError: it does not start, or has gone.
        """
        deadline_s = time.monotonic() + STARTING_S
        with Connection(self._place) as connection:
            while self._sight.phase is Phase.STARTING and not self._over.wait(LOOK_S):
                self._look(connection)
                if time.monotonic() > deadline_s:
                    raise LinkError(f"The session of the process {self._place.pid} has not started for a minute")
        if self._sight.phase is Phase.REFUSED:
            raise UnderstudyError(self._sight.reason)
        self._threads = tuple(
            threading.Thread(target=work, name=name)
            for work, name in ((self._keep_looking, "remote-look"), (self._keep_glancing, "remote-glance"))
        )
        for thread in self._threads:
            thread.start()

    def stop(self, timeout_s: float = 5.0) -> None:
        """Looks no more."""
        self._over.set()
        for thread in self._threads:
            thread.join(timeout_s)

    def wait(self, timeout_s: float) -> bool:
        """Whether the session has ended.

        Raises:
            UnderstudyError: what ended it, or it has gone.
        """
        if self._lost is not None:
            raise self._lost
        if self._sight.phase is not Phase.ENDED:
            return False
        if self._sight.reason != SOURCE_ENDED:
            raise UnderstudyError(self._sight.reason)
        return True

    def readings(self) -> Readings:
        """As they were seen last: they grow old when the session is not reached.

        Raises:
            LinkError: none were seen yet.
        """
        if self._sight.readings is None:
            raise LinkError("The session has not started.")
        return self._sight.readings

    def levels(self) -> tuple[MeterReading, MeterReading] | None:
        """What the meters show."""
        return self._levels

    @property
    def monitoring(self) -> Monitoring:
        """Whether the session's operator hears what goes out."""
        return self._sight.monitoring

    def picture(self, width: int, height: int, shown: Shown = Shown.PROGRAM) -> FarPicture | None:
        """The newest picture of that kind that has come."""
        self._wanted = _Wanted(max(2, width), max(2, height), shown, time.monotonic())
        held = self._picture
        return held[1] if held is not None and held[0].shown is shown else None

    def prepare(self, profile: Profile) -> None:
        """Has it made ready, as the session's own shelf has it."""
        self._ask(Named(do="prepare", name=profile.name))

    def switch(self, profile: Profile) -> None:
        """Has it taken, as the session's own shelf has it, with what was adjusted on it there."""
        self._ask(Named(do="switch", name=profile.name))

    def adjust(self, profile: Profile) -> None:
        """Has its live settings taken."""
        self._ask(Sent(profile=profile))

    def mute(self, muted: bool) -> None:
        """Lets the actor be heard as the session's own operator has it, or not."""
        self._ask(Plain(do="mute" if muted else "unmute"))

    def talk_until(self, end_ns: int) -> None:
        """Lets the actor be heard until an instant of the clock, which is the same for both processes."""
        self._ask(TalkUntil(end_ns=end_ns))

    def monitor(self, on: bool) -> None:
        """Lets the session's operator hear what goes out, or not."""
        self._ask(Turned(do="monitor", on=on))

    def set_on_air(self, on: bool) -> None:
        """On air, or back to preview."""
        self._ask(Plain(do="air" if on else "preview"))

    def panic(self) -> None:
        """The card."""
        self._ask(Plain(do="panic"))

    def rearm(self) -> None:
        """The card is taken back."""
        self._ask(Plain(do="rearm"))

    def listen_to(self, microphone: str) -> None:
        """Another microphone of the session's computer."""
        self._ask(Opened(do="listen-to", device=microphone), SLOW_S)

    def watch(self, camera: str) -> None:
        """Another camera of the session's computer."""
        self._ask(Opened(do="watch", device=camera), SLOW_S)

    def record(self, file: Path | None) -> None:
        """A recording begins, or ends."""
        self._ask(Plain(do="stop-recording") if file is None else Filed(do="record", file=file.absolute()), SLOW_S)

    def snapshot(self, file: Path) -> None:
        """A PNG of what goes out."""
        self._ask(Filed(do="snapshot", file=file.absolute()), SLOW_S)

    def let_witness(self, witness: Witness | None) -> None:
        """Frames and sound don't come through the socket.

        Raises:
            UnderstudyError: always, for somebody who wants to begin.
        """
        if witness is not None:
            raise UnderstudyError(ELSEWHERE)

    def _ask(self, request: Asked, timeout_s: float = QUICK_S) -> None:
        """Has something done, and sees what came of it. Each act has a connection of its own: none waits for another.

        Raises:
            UnderstudyError: it could not be done, or this screen only watches.
        """
        if not self._steer:
            raise UnderstudyError(WATCHES_ONLY)
        with Connection(self._place) as connection:
            connection.ask(request.line(), timeout_s)
            self._look(connection)

    def _look(self, connection: Connection) -> None:
        """Sees what there is to see, and passes on what has happened. Any thread."""
        with self._lock:
            self._sight = sight = _sight(connection, self._events_seen)
            events = [event for event in sight.events if event.number > self._events_seen]
            self._events_seen = max([self._events_seen, *(event.number for event in events)])
        for event in events:
            self._tell(event.event)

    def _keep_looking(self) -> None:
        seen_s = time.monotonic()
        while not self._over.is_set():
            try:
                with Connection(self._place) as connection:
                    while not self._over.wait(LOOK_S):
                        self._look(connection)
                        seen_s = time.monotonic()
            except UnderstudyError as error:
                if time.monotonic() - seen_s > GONE_S:
                    gone = f"The session of the process {self._place.pid} has gone; leave with q."
                    self._lost = LinkError(gone)
                    self._lost.__cause__ = error
                    return
                self._over.wait(LOOK_S)

    def _keep_glancing(self) -> None:
        while not self._over.wait(GLANCE_S) and self._lost is None:
            with suppress(LinkError), Connection(self._place) as connection:
                while not self._over.wait(GLANCE_S):
                    self._glance(connection)

    def _glance(self, connection: Connection) -> None:
        """Takes the levels and a picture, if the screen wants one."""
        wanted = self._wanted
        if wanted is None or time.monotonic() - wanted.at_s > WANTED_S:
            return
        held = self._picture
        known = held[1].serial if held is not None and held[0].same(wanted) else None
        request = Glance(width=wanted.width, height=wanted.height, shown=wanted.shown, known=known)
        try:
            answer = connection.ask(request.line(), QUICK_S)
        except LinkError:
            raise
        except UnderstudyError:
            # Nothing runs that could be seen.
            return
        glimpse = Glimpse.model_validate(answer.data)
        self._levels = glimpse.levels
        if glimpse.serial is None:
            self._picture = None
        elif answer.payload and len(answer.payload) == glimpse.width * glimpse.height * 3:
            pixels = np.frombuffer(answer.payload, np.uint8).reshape(glimpse.height, glimpse.width, 3)
            self._picture = wanted, FarPicture(pixels, glimpse.serial)


def _sight(connection: Connection, events_after: int) -> Sight:
    return Sight.model_validate(connection.ask(Look(events_after=events_after).line(), QUICK_S).data)
