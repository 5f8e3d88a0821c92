"""Microphone, lane and sinks of the sound, and the threads between them."""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import partial

from pipeline.audio.condition.activity import Activity
from pipeline.audio.condition.chain import conditioner
from pipeline.audio.condition.switch import Switch
from pipeline.audio.devices.opening import open_microphone, refuse_hearing_sinks
from pipeline.audio.lane import AudioLane, AudioLinks
from pipeline.audio.metering.scope import Reference
from pipeline.audio.monitor.monitor import Monitor, open_monitor
from pipeline.audio.outlets import Outlets
from pipeline.audio.patching import only_sound, open_sinks
from pipeline.audio.player import Player
from pipeline.audio.ring import Ring, Rings
from pipeline.audio.settings import SoundHooks, SoundSettings
from pipeline.audio.stream import RATE_HZ
from pipeline.audio.tape import Tape
from pipeline.audio.turns import Turns
from pipeline.clock import Clock, Playhead
from pipeline.errors import DeviceError, UnderstudyError
from pipeline.runner import Crew, do_all
from pipeline.stage import AudioSource, AudioStage, EndOfSource, FilmTrack
from pipeline.telemetry import AudioReadings, Event, Level, Regained
from profiles.profile import Profile

__all__ = ["SoundHooks", "SoundRig", "SoundSettings"]

RING_SAMPLES = RATE_HZ // 2
"""More than half a second behind, sound is thrown away."""
SILENT_NS = 800_000_000
"""A microphone that gives nothing for so long is lost."""
ENDING_S = 0.5
"""A film's sound may last longer than its pictures by so much and is heard to its end all the same."""


class SoundRig:
    """The audio lane with its devices. Sinks start first, the microphone stops first."""

    def __init__(
        self, settings: SoundSettings, voice: AudioStage, clock: Clock, hooks: SoundHooks, playhead: Playhead | None
    ) -> None:
        """Opens the devices.

        Args:
            settings: which.
            voice: the first one.
            clock: the program's clock.
            hooks: whom to tell.
            playhead: shared with the pictures of the same recording; None hands a file on as fast as it goes.

        Raises:
            UnderstudyError: something can't be had; what was opened is closed again.
        """
        self._clock, self._hooks = clock, hooks
        self._lossless = playhead is None
        self._loop, self._endless = settings.loop, settings.loop or settings.microphone == "demo"
        self._hurry, self._played_out = threading.Event(), threading.Event()
        """Set when what is left is not worth waiting for, and when the source has come to its end by itself."""
        self._crew, self._turns = Crew(), Turns()
        self.activity, self.switch = Activity(), Switch(passing=not settings.muted)
        self._reference = Reference()
        with only_sound(), ExitStack() as opened:
            self.source = opened.enter_context(self._opened(settings.microphone, playhead or Playhead()))
            sinks = open_sinks(settings.virtual_microphone, opened)
            monitor = open_monitor(settings.monitor, clock, hooks.report)
            sinks += [] if monitor is None else [opened.enter_context(monitor)]
            ears, self._monitor = () if monitor is None else (monitor.ear,), monitor
            self._input = Ring(RING_SAMPLES, lossless=self._lossless)
            self._rings = Rings(Ring(RING_SAMPLES, lossless=self._lossless) for _ in (*sinks, *settings.tracks))
            rings = iter(self._rings)
            players = [Player(next(rings), sink, clock, lossless=self._lossless) for sink in sinks]
            tapes = [Tape(next(rings), track, clock, lossless=self._lossless) for track in settings.tracks]
            self._outlets, self.players = Outlets(players, tapes, clock, hooks), tuple(players)
            # Where nobody listens, and where everything goes as fast as it can, the end is not waited for.
            hurry = self._hurry if players and not self._lossless else None
            links = AudioLinks(self._input, self._rings, clock, hooks.report, hurry)
            self.lane = AudioLane((*ears, *conditioner(settings.condition), self.activity, self.switch), voice, links)
            self._open = opened.pop_all()
        self._heard_ns, self._deaf = clock.now_ns(), False
        self._changing = threading.Lock()
        self._coming: AudioSource | None = None
        self._ended = False

    def start(self) -> None:
        """Starts the threads, the sinks' first."""
        own: dict[str, Callable[[], bool]] = {"audio lane": self.lane.step, "microphone": self._capture}
        self._turns.take()
        self._crew.start(self._outlets.steps | own, self._worker_failed)

    @property
    def monitor(self) -> Monitor | None:
        """The operator's own device; None where there is none, or as long as it is lost."""
        lost = any(self._outlets.lost(player) for player in self.players if player.sink is self._monitor)
        return None if lost else self._monitor

    def cover(self, covered: bool) -> None:
        """Puts silence in place of the voice, or takes it off."""
        self._outlets.cover(covered)

    def take(self, voice: AudioStage, profile: Profile) -> None:
        """Goes on with a voice and its live settings."""
        self.lane.take(voice)
        self.lane.adjust(profile)
        self._reference.aim(profile.voice.spectrum_db)

    def listen_to(self, microphone: str) -> None:
        """Goes on with another microphone; until it gives sound, silence goes out.

        Raises:
            UnderstudyError: it can't be had, or gives what goes out; the one that is open stays.
        """
        refuse_hearing_sinks(microphone, (player.sink for player in self.players))
        coming = self._opened(microphone, Playhead())
        self._endless = self._loop or microphone == "demo"
        with self._changing:
            unused, left = (coming, None) if self._ended else (self._coming, self.source)
            self._coming = None if self._ended else coming
        # What the old one is waiting for is not worth waiting for.
        for source in filter(None, (unused, left)):
            source.close()
        if unused is coming:
            raise DeviceError(f"The microphone {microphone} comes too late: the session's sound has ended.")

    def begin(self, track: FilmTrack) -> None:
        """Gives the sound to a film that is begun while the threads run."""
        ring = Ring(RING_SAMPLES)
        name, step = self._outlets.begin(ring, track)
        self._rings.add(ring)
        self._crew.add(name, step, self._worker_failed)

    def end(self, track: FilmTrack, timeout_s: float) -> None:
        """Gives a film what waits for it, and no more; nothing to do for one that is not here.

        Raises:
            LaneError: its thread did not end in time.
        """
        found = self._outlets.end(track)
        if found is not None:
            name, ring = found
            self._rings.remove(ring)
            ring.close()
            self._crew.dismiss(name, timeout_s)

    def stop(self, timeout_s: float, *, to_the_end: bool = False) -> None:
        """Stops the threads, the microphone's first, and closes the devices.

        Args:
            timeout_s: how long each thread may take.
            to_the_end: a file that is over, or as good as over, is heard to its end.

        Raises:
            UnderstudyError: a thread or a device did not end in time; everything else is stopped.
        """
        # As fast as it goes, the rest of a film's sound is over soon, however much it is.
        ending_s = timeout_s if self._lossless and not self._endless else ENDING_S
        if not to_the_end or self.source.live or not self._played_out.wait(ending_s):
            self._cut()
        self._crew.stop("microphone")
        # Each thread ends when what came before it has ended and what that left is done.
        steps: list[Callable[[], None]] = [
            self._close_source,
            partial(self._crew.join, "microphone", timeout_s),
            self._input.close,
            partial(self._crew.join, "audio lane", timeout_s + self.lane.latency_ns / 1e9),
            *(ring.close for ring in self._rings),
            *(partial(self._crew.join, name, timeout_s) for name in self._outlets.steps),
            self.close,
        ]
        do_all(*steps)

    def close(self) -> None:
        """Closes the devices of a rig whose threads have ended or have never begun; may be called twice.

        Raises:
            UnderstudyError: one of them could not be closed; all the others are.
        """
        do_all(self._close_source, self._open.close, self.lane.close, self._turns.give_back)

    def _cut(self) -> None:
        """Lets go of what waits for devices that play at their own pace; files get it all, as fast as they can."""
        self._hurry.set()
        for number, (ring, player) in enumerate(zip(self._rings, self.players, strict=False), 1):
            if player.sink.paced and not self._lossless:
                ring.close()
                self._crew.stop(f"sound sink {number}")

    def _close_source(self) -> None:
        """Closes the microphone, and one that waits to take its place."""
        with self._changing:
            coming, self._coming, self._ended = self._coming, None, True
            present = self.source
        for source in filter(None, (coming, present)):
            source.close()

    def join(self, name: str, timeout_s: float) -> None:
        """Waits for one of the threads: `microphone`, `audio lane`, `sound sink 1`, ...

        Raises:
            LaneError: it did not end in time.
        """
        self._crew.join(name, timeout_s)

    def readings(self, now_ns: int) -> AudioReadings:
        """The audio lane at this instant."""
        told, first = self._outlets.readings(self.lane.readings(now_ns)), self._outlets.measured
        speaking = self.activity.speaking
        # As fast as it goes, instants are the file's and not the clock's.
        way_ns = 0 if self._lossless else (first and first.meters.latency_ns) or self.lane.latency_ns
        return replace(
            told,
            source=self.source.description,
            overruns=self._input.overruns + self._rings.overruns,
            muted=not self.switch.passing,
            muted_heard_s=self.switch.still_heard_s(way_ns, now_ns),
            speaking=speaking,
            spectrum_reference_db=self._reference.beside(told.spectrum_in_db, now_ns, speaking=speaking),
        )

    def _opened(self, microphone: str | AudioSource, playhead: Playhead) -> AudioSource:
        """A microphone, open; a file that begins late would hold the pictures up by a playhead that is theirs."""
        if not isinstance(microphone, str):
            return microphone
        return open_microphone(microphone, self._clock, playhead, loop=self._loop, paced=not self._lossless)

    def _capture(self) -> bool:
        """Reads one stretch of sound."""
        with self._changing:
            coming, self._coming = self._coming, None
            left, self.source = self.source, coming or self.source
        if left is not self.source:
            left.close()
        try:
            block = self.source.read()
        except EndOfSource:
            with self._changing:
                by_itself, self._ended = not self._ended, self._coming is None
            if self._ended:
                self._input.close()
                if by_itself:
                    self._played_out.set()
            return not self._ended
        now_ns = self._clock.now_ns()
        if block is not None:
            if self._deaf:
                self._deaf = False
                self._hooks.report(Regained(Level.INFO, "Sound comes again.", now_ns))
            self._heard_ns = now_ns
            self._input.write(block)
        elif not self._deaf and now_ns - self._heard_ns > SILENT_NS:
            self._deaf = True
            text = f"No sound from {self.source.name}: silence goes out until it is back."
            self._hooks.report(Event(Level.WARNING, text, now_ns))
        return True

    def _worker_failed(self, name: str, error: UnderstudyError) -> None:
        """Silences everything and says what ended a thread."""
        self.cover(True)
        for tape in self._outlets.tapes:
            tape.end()
        self._hooks.failed(error)
        self._hooks.report(Event(Level.ERROR, str(error), self._clock.now_ns()))
