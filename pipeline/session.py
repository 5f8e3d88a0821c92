"""A running twin, for whoever steers it: start, stop, switch, adjust, panic, readings."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pipeline.assembly import require_clearance, same_but_live
from pipeline.audio.rig import SoundRig
from pipeline.audio.steering import Audible
from pipeline.audio.voice.timbre import Timbre
from pipeline.clock import Clock, MonotonicClock
from pipeline.errors import LaneError, UnderstudyError
from pipeline.inference.onnx.halt import Halt
from pipeline.inference.store import ModelStore
from pipeline.loader import Request
from pipeline.networks import networks_of
from pipeline.rig import Hooks, Rig, SessionSettings
from pipeline.stage import Witness
from pipeline.telemetry import AudioReadings, Event, Level, Preview, Readings, Shown, State
from pipeline.video.screen.gallery import screen_size
from profiles.profile import Profile

__all__ = ["Preview", "Session", "SessionSettings"]


def _ignore(event: Event) -> None:
    """Takes an event that nobody wants."""


class Session(Audible):
    """One source, one profile at a time, and the sinks, from start to stop. Any thread may call any method."""

    def __init__(
        self,
        settings: SessionSettings,
        profile: Profile,
        models: ModelStore,
        *,
        clock: Clock | None = None,
        on_event: Callable[[Event], None] = _ignore,
    ) -> None:
        """A session that has not started.

        Args:
            settings: devices.
            profile: the first target.
            models: where the network files are.
            clock: the program's clock.
            on_event: told rare things, on any thread.

        Raises:
            ConsentError: nobody has cleared the profile.
        """
        require_clearance(profile)
        self._settings, self._first, self._models = settings, profile, models
        self._clock = clock or MonotonicClock()
        self._on_event = on_event
        self._ended, self._decided = threading.Event(), threading.Event()
        self._changing, self._covering, self._halt = threading.Lock(), threading.Lock(), Halt()
        self._error: UnderstudyError | None = None
        self._on_air, self._panicked = settings.on_air, False
        self._started_ns = 0
        self._rig: Rig | None = None

    @property
    def profile(self) -> Profile:
        """The profile in the lane, with its live settings."""
        return self._first if self._rig is None else self._rig.profile

    def start(self) -> None:
        """Opens the devices, warms the first profile up and starts the threads.

        Raises:
            UnderstudyError: something can't be had, or it was started or stopped before; what was opened is closed.
        """
        hooks = Hooks(self._tell, self._end, self._fail, self._halt)
        with self._changing:
            if self._ended.is_set():
                raise LaneError("The session was stopped before it had started.")
            if self._rig is not None:
                raise LaneError("The session has started already; make another one.")
            rig = Rig(self._settings, self._first, self._models, self._clock, hooks)
            self._started_ns = self._clock.now_ns()
            self._rig = rig
            self._cover()
            rig.start()

    def stop(self, timeout_s: float = 5.0) -> None:
        """Stops the source, then the lane, then the sinks, and joins every thread. May be called twice.

        Raises:
            LaneError: a thread did not end in time; everything else is stopped.
            DeviceError: a sink could not be finished; everything is stopped.
        """
        self._end()
        self._halt.set()
        with self._changing:
            if self._rig is not None:
                self._rig.stop(timeout_s)

    def wait(self, timeout_s: float) -> bool:
        """Waits for the session to end by itself, at most `timeout_s`; True when it has.

        Raises:
            UnderstudyError: a part of it failed; until `stop`, the card goes out where a sink is left.
        """
        self._decided.wait(timeout_s)
        if self._error is not None:
            raise self._error
        return self._ended.is_set()

    def switch(self, profile: Profile) -> None:
        """Asks for another profile; it is made ready beside the running one and taken between two frames.

        Raises:
            ConsentError: nobody has cleared the profile.
        """
        self._ask(profile, take=True, counts=True)

    def prepare(self, profile: Profile) -> None:
        """Makes a profile ready, so that a later switch takes one frame.

        Raises:
            ConsentError: nobody has cleared the profile.
        """
        self._ask(profile, take=False, counts=False)

    def adjust(self, profile: Profile) -> None:
        """Takes other settings of the running profile; most from the next frame on, a new room when it is loaded.

        Raises:
            ConsentError: nobody has cleared the profile.
        """
        require_clearance(profile)
        if same_but_live(profile, self.profile):
            self._running.lane.adjust(profile)
        else:
            self._ask(profile, take=True, counts=profile.name != self.profile.name)

    def set_on_air(self, on: bool) -> None:
        """Lets the program picture out, or the card."""
        self._on_air = on
        self._cover()

    def panic(self) -> None:
        """Puts the card up at once; it stays until `rearm`."""
        self._panicked = True
        self._cover()

    def rearm(self) -> None:
        """Ends the panic."""
        self._panicked = False
        self._cover()

    def listen_to(self, microphone: str) -> None:
        """Takes another microphone while the session runs; the output is silent for as long as that takes.

        Raises:
            UnderstudyError: the session has no sound, or the microphone can't be had; the present one stays then.
        """
        self._running.steering.listen_to(microphone)
        # Somebody else may speak into it, whose voice would be taken for the first one's for half a minute.
        self._running.assembly.actor.begin_anew()

    def watch(self, camera: str) -> None:
        """Takes another camera, anything that `--camera` takes, while the session runs.

        Size and rate of what goes out stay, and the sound until `listen_to`. Until it is open the present one goes on.

        Raises:
            UnderstudyError: it can't be had; the present one stays.
        """
        self._running.steering.watch(camera)

    def record(self, file: Path | None) -> None:
        """Begins to record what goes out, as `--record` does, or with None ends every recording.

        Raises:
            UnderstudyError: the file can't be recorded to, or the last of a recording could not be written.
        """
        self._running.steering.record(file)

    def snapshot(self, file: Path) -> None:
        """Writes what goes out now, at full size and with its label, as a PNG: the whole of it or nothing.

        Raises:
            UnderstudyError: it can't be written, or nothing goes out.
        """
        self._running.steering.snapshot(file)

    def picture(self, width: int, height: int, shown: Shown = Shown.PROGRAM) -> Preview | None:
        """The newest picture of a kind for the operator's screen; in panic the program is the card. None before any."""
        lane, size = self._running.lane, screen_size(width, height)
        if self._panicked and shown is Shown.PROGRAM:
            return lane.gallery.card(lane.card, size)
        return lane.gallery.newest(shown, size)

    def let_witness(self, witness: Witness | None) -> None:
        """Has somebody see and hear, from the next frame and block on, what camera and microphone give; None ends it.

        Raises:
            LaneError: the session was not started.
        """
        rig = self._running
        rig.lane.witness = witness
        if rig.sound is not None:
            rig.sound.lane.witness = witness

    def readings(self) -> Readings:
        """Everything that is measured, at this instant."""
        now_ns, rig, store = self._clock.now_ns(), self._running, self._models.folder
        profile = rig.profile
        return Readings(
            state=self._state(),
            profile=profile.name,
            title=profile.title,
            loading=rig.loader.loading,
            at_ns=now_ns,
            elapsed_s=(now_ns - self._started_ns) / 1e9,
            video=rig.readings(now_ns),
            switches=tuple(rig.lane.meters.switches),
            providers=rig.assembly.providers,
            networks=networks_of(profile, rig.assembly.runtime.running, rig.assembly.providers, store),
            ready=rig.loader.ready,
            prepared=rig.loader.prepared,
            audio=None if rig.sound is None else self._audio(rig, rig.sound.readings(now_ns)),
            sync=rig.sync.readings(),
        )

    @staticmethod
    def _audio(rig: Rig, audio: AudioReadings) -> AudioReadings:
        """The sound's readings with how well the voice knows the actor, where it is one that learns."""
        return replace(audio, acquainted=rig.assembly.actor.acquainted) if audio.engine == Timbre.name else audio

    @property
    def _sound(self) -> SoundRig | None:
        """The audio lane with its devices."""
        return self._running.sound

    @property
    def _running(self) -> Rig:
        """The rig.

        Raises:
            LaneError: the session was not started.
        """
        if self._rig is None:
            raise LaneError("The session has not started.")
        return self._rig

    def _ask(self, profile: Profile, take: bool, counts: bool) -> None:
        """Asks the loader for a profile that is cleared."""
        require_clearance(profile)
        self._running.loader.ask(Request(profile, take, counts, self._clock.now_ns()))

    def _cover(self) -> None:
        """Puts card and silence up or takes them off, as the state demands; a failed session keeps them.

        Whoever comes last sees the newest state: two threads can't leave what the older one wanted.
        """
        with self._covering:
            if self._rig is not None:
                self._rig.cover(self._panicked or not self._on_air or self._error is not None)

    def _state(self) -> State:
        """The state in one word."""
        if self._ended.is_set():
            return State.STOPPED
        if self._panicked or self._error is not None:
            return State.CARD
        return State.ON_AIR if self._on_air else State.PREVIEW

    def _fail(self, error: UnderstudyError) -> None:
        """Keeps the first reason why the session does not work any more, puts card and silence up, ends recordings."""
        self._error = self._error or error
        self._cover()
        if self._rig is not None:
            self._rig.presenter.end_recordings()
        self._decided.set()

    def _tell(self, event: Event) -> None:
        """Passes an event on; of a session that has failed nothing is told but errors: it does not come back."""
        if self._error is None or event.level is Level.ERROR:
            self._on_event(event)

    def _end(self) -> None:
        """Notes that nothing more will go out."""
        self._ended.set()
        self._decided.set()
