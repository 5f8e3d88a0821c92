"""What a session does for those outside: acts reach its desk in turn, panic and mute reach the session at once."""

import json
import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from console.commands.stats import status_of
from console.desk import Desk, Phase
from console.live.live_desk import STAMP
from console.ports import Folders, Outputs, SessionPort
from console.remote.requests import Filed, Glance, Look, Named, Opened, Plain, Request, Sent, Talk, Turned
from console.remote.seats import Seat
from console.remote.steering import ACTS, NOT_RUNNING, adjust, mute, talk_until
from console.remote.values import Glimpse, NumberedEvent, SharedMachine, Sight
from console.sound.sound_desk import NO_SOUND
from pipeline.audio.monitor.state import Monitoring
from pipeline.clock import Clock, MonotonicClock
from pipeline.errors import UnderstudyError
from pipeline.telemetry import Event, Readings, State

KEPT_EVENTS = 200


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered to a request that was done."""

    told: str = ""
    data: str = "null"
    """As JSON."""
    payload: bytes = b""


class Backlog:
    """The last events of a session, numbered. Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: deque[NumberedEvent] = deque(maxlen=KEPT_EVENTS)
        self._count = 0

    def add(self, event: Event) -> None:
        """Keeps an event; the oldest gives way."""
        plain = Event(event.level, event.text, event.at_ns)
        with self._lock:
            self._count += 1
            self._events.append(NumberedEvent(self._count, plain))

    def after(self, number: int) -> tuple[NumberedEvent, ...]:
        """Those after the event of that number, as far as they are kept."""
        with self._lock:
            return tuple(event for event in self._events if event.number > number)


class Host:
    """Answers what is asked of a session from outside. Any thread."""

    def __init__(
        self,
        seat: Seat,
        *,
        outputs: Outputs | None = None,
        folders: Folders | None = None,
        events: Backlog | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.seat = seat
        """Who takes acts to the desk; another one when the screen goes."""
        self.events = events or Backlog()
        """What the session has told."""
        self._outputs, self._folders = outputs or Outputs(), folders or Folders()
        self._clock = clock or MonotonicClock()

    def answer(self, request: Request) -> Reply:
        """Does what is asked.

        Raises:
            UnderstudyError: it could not be done; the sentence is for whoever asked.
        """
        match request:
            case Plain(do="panic"):
                return Reply(self._panic())
            case Plain(do="mute"):
                return Reply(self._mute())
            case Plain(do="status"):
                return Reply(data=json.dumps(self._status(self._readings())))
            case Plain(do="stop"):
                self.seat.leave()
                return Reply("The session ends.")
            case Plain(do="next" | "previous"):
                return Reply(self.seat.cue(1 if request.do == "next" else -1))
            case Plain(do="stop-recording"):
                return Reply(self._complete())
            case Plain():
                return Reply(self.seat.do(ACTS[request.do]))
            case Named(do="switch"):
                return Reply(self.seat.do(lambda desk: desk.switch(request.name)))
            case Named():
                return Reply(self.seat.do(lambda desk: desk.prepare(request.name)))
            case Filed():
                return Reply(self._keep(request))
            case Look() | Glance():
                return self._show(request)
            case _:
                self._steer(request)
                return Reply()

    def _panic(self) -> str:
        """The card, at once; the desk comes to know of it in its turn.

        Raises:
            UnderstudyError: the session goes out no more, and no card with it.
        """
        self.seat.desk.session.panic()
        pressed_ns = self._clock.now_ns()

        def note(desk: Desk) -> None:
            # Somebody may have taken the card back meanwhile, and then it stays down.
            if desk.phase is Phase.STARTING or desk.session.readings().state is State.CARD:
                desk.panic(pressed_ns, may_rearm=False)

        self.seat.later(note)
        told = self._told_of_panic()
        self.seat.tell(told)
        return told

    def _told_of_panic(self) -> str:
        desk = self.seat.desk
        match desk.phase:
            case Phase.STARTING:
                return "Panic: the card will be up from the start; `understudy ctl rearm` takes it back then."
            case Phase.RUNNING:
                return "Panic: the card is up; `understudy ctl rearm` takes it back."
            case Phase.ENDED if desk.session.readings().state is State.CARD:
                return f"The session is over, and its card is up. {desk.reason}"
        raise UnderstudyError(f"No card is up: the session does not run. {desk.reason}".strip())

    def _mute(self) -> str:
        """Nobody hears the actor, at once; the desk comes to know of it in its turn."""
        session = self.seat.desk.session
        if self._readings().audio is None:
            raise UnderstudyError(NO_SOUND)
        session.mute(True)
        self.seat.later(mute)
        told = "Muted: nobody hears the actor until `understudy ctl unmute`."
        self.seat.tell(told)
        return told

    def _keep(self, request: Filed) -> str:
        """Writes a recording or a picture. Whoever asks waits for the file, and nobody else does."""
        live, now = self.seat.desk.live, datetime.now()
        name = f"{self.seat.desk.session.profile.name}-{now.strftime(STAMP)}"
        if request.do == "record":
            told = live.record(request.file or self._folders.recordings / f"{name}.mp4")
        else:
            told = live.snapshot(request.file or self._folders.snapshots / f"{name}.png", self._status)
        self.seat.tell(told)
        return told

    def _complete(self) -> str:
        """Ends the recordings. Whoever asks waits for the disk, and nobody else does."""
        told = self.seat.desk.live.stop_recording()
        self.seat.tell(told)
        return told

    def _status(self, readings: Readings) -> dict[str, Any]:
        machine = self.seat.machine_view()
        return status_of(readings, machine.gpu, machine.process)

    def _readings(self) -> Readings:
        if self.seat.desk.phase not in (Phase.RUNNING, Phase.ENDED):
            raise UnderstudyError(f"{NOT_RUNNING} It is {self.seat.desk.phase}.")
        return self.seat.desk.session.readings()

    def _show(self, request: Look | Glance) -> Reply:
        desk = self.seat.desk
        if isinstance(request, Glance):
            self._readings()
            return _glimpse(desk.session, request)
        readings = desk.session.readings() if desk.phase in (Phase.RUNNING, Phase.ENDED) else None
        audio = readings.audio if readings else None
        sight = Sight(
            phase=desk.phase,
            reason=desk.reason,
            profile=desk.session.profile,
            outputs=self._outputs,
            readings=readings,
            monitoring=desk.session.monitoring if readings else Monitoring.NONE,
            talking=desk.sound.talk(audio) if audio else None,
            machine=SharedMachine.of(self.seat.machine_view()),
            events=self.events.after(request.events_after),
        )
        return Reply(data=sight.model_dump_json())

    def _steer(self, request: Sent | Turned | Opened | Talk) -> None:
        """What another screen asks of the session itself; the session checks whether it may."""
        session = self.seat.desk.session
        self._readings()
        match request:
            case Sent():
                self.seat.do(partial(adjust, profile=request.profile))
            case Turned():
                session.monitor(request.on)
            case Opened(do="watch"):
                session.watch(request.device)
            case Opened():
                session.listen_to(request.device)
            case Talk():
                self.seat.do(partial(talk_until, end_ns=request.end_ns, clock=self._clock))


def _glimpse(session: SessionPort, request: Glance) -> Reply:
    picture = session.picture(request.width, request.height, request.shown)
    if picture is None:
        return Reply(data=Glimpse(levels=session.levels()).model_dump_json())
    if picture.serial == request.known:
        return Reply(data=Glimpse(levels=session.levels(), serial=picture.serial).model_dump_json())
    height, width = picture.pixels.shape[:2]
    header = Glimpse(levels=session.levels(), serial=picture.serial, width=width, height=height)
    return Reply(data=header.model_dump_json(), payload=picture.pixels.tobytes())
