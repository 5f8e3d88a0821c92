"""How late picture and sound come out of a session, and how far apart: measured from flashes and beeps."""

import threading
from dataclasses import asdict, dataclass, field
from math import ceil
from typing import Any

import numpy as np

from pipeline.audio.rig import SoundSettings
from pipeline.clock import Clock, MonotonicClock, Playhead
from pipeline.errors import HaltError, LaneError
from pipeline.inference.onnx.runtime import Preference
from pipeline.inference.store import ModelStore
from pipeline.media import Pixels
from pipeline.selftest.devices import BeepingMicrophone, FlashingCamera, ListeningSink, WatchingSink
from pipeline.selftest.finding import beep_latencies, flash_latencies
from pipeline.selftest.plain import PlainAssembly
from pipeline.selftest.score import LEAD_S, PAUSES_S, Score, pattern
from pipeline.session import Session, SessionSettings
from pipeline.telemetry import Event
from pipeline.video.devices.settings import SourceSettings
from pipeline.video.devices.sources import first_pictures
from profiles.profile import Profile

LEAST_FOUND = 10
LEAST_S = LEAD_S + (LEAST_FOUND + 2) * max(PAUSES_S)
"""A shorter run may have fewer than ten pairs."""
TAIL_S = 1.0
"""What the shortest way may take of the last flash."""
POLL_S = 0.1
PICTURES_HELD = 60
NEVER_NS = 10**15


@dataclass(frozen=True, slots=True)
class AvSettings:
    """What is measured."""

    profile: Profile
    """Whose engines, label and trim."""
    camera: str = "demo"
    """The demo actor or a file, whose pictures go through the engines."""
    size: tuple[int, int] = (1280, 720)
    seconds: float = LEAST_S
    """Of flashing, for each of the two ways."""
    shifts_ms: tuple[float, ...] = (0.0,)
    """By how much beeps are captured after their flashes, in turn."""
    pauses_s: tuple[float, ...] = PAUSES_S
    """From one flash to the next, in turn."""
    lead_s: float = LEAD_S
    """Before the first one; until then the pictures' delay has to find its place."""
    device: Preference = Preference.AUTO
    """Where the networks run that the profile brings."""
    stopped: threading.Event = field(default_factory=threading.Event, compare=False)
    """Set by whoever wants no more of it."""

    def __post_init__(self) -> None:
        """Refuses what is too short.

        Raises:
            LaneError: there would be too few flashes.
        """
        if len(self.score.flashes_ns) < LEAST_FOUND + 2:
            least_s = self.lead_s + (LEAST_FOUND + 2) * max(self.pauses_s)
            raise LaneError(
                f"{self.seconds:g} s are too short for {LEAST_FOUND} flashes; give at least {ceil(least_s)} s."
            )

    @property
    def score(self) -> Score:
        """When it flashes and beeps."""
        shifts_s = tuple(shift_ms / 1000 for shift_ms in self.shifts_ms)
        return Score(self.seconds, shifts_s=shifts_s, pauses_s=self.pauses_s, lead_s=self.lead_s)


@dataclass(frozen=True, slots=True)
class Spread:
    """A middle and how far values lie from it."""

    median_ms: float
    mad_ms: float
    """Median of the distances from the median."""
    count: int

    @classmethod
    def of(cls, values_ms: list[float]) -> "Spread":
        """The spread of some values, at least one."""
        median = float(np.median(values_ms))
        return cls(median, float(np.median(np.abs(np.array(values_ms) - median))), len(values_ms))

    def __str__(self) -> str:
        """The spread for people."""
        return f"{self.median_ms:+8.1f} ± {self.mad_ms:.1f} ms (median ± MAD of {self.count})"


@dataclass(frozen=True, slots=True)
class WayReport:
    """One way through a session."""

    engines: str
    """What the pictures and the sound went through."""
    video: Spread
    """Capture to sink."""
    audio: Spread
    offset: Spread
    """Sound against picture at the sinks; positive when the sound is early."""
    offsets_ms: tuple[tuple[float, float], ...]
    """For each pair by how much its beep was captured after its flash, and its offset at the sinks."""
    told_ms: float
    """The offset that the session itself tells: the median of its size."""


@dataclass(frozen=True, slots=True)
class AvReport:
    """What came out."""

    identity: WayReport
    """Without engines."""
    engines: WayReport
    """With the profile's."""

    def as_dict(self) -> dict[str, Any]:
        """The report as plain values for JSON."""
        return asdict(self)

    def lines(self) -> tuple[str, ...]:
        """The report for people."""
        return tuple(
            line
            for way in (self.identity, self.engines)
            for line in (
                way.engines,
                f"  video capture→sink  {way.video}",
                f"  audio capture→sink  {way.audio}",
                f"  sound early by      {way.offset}",
            )
        )


def measure_av(settings: AvSettings, models: ModelStore) -> AvReport:
    """Measures both ways in memory, one after the other, in real time.

    Raises:
        UnderstudyError: the pictures, the profile or a network can't be had, or too little came out.
    """
    actor = first_pictures(SourceSettings(camera=settings.camera, size=settings.size), PICTURES_HELD)
    identity = measure_way(settings, models, [pattern(settings.size)] * 2, plain=True)
    return AvReport(identity, measure_way(settings, models, actor, plain=False))


def measure_way(
    settings: AvSettings, models: ModelStore, pictures: list[Pixels], *, plain: bool, clock: Clock | None = None
) -> WayReport:
    """Measures one way in memory.

    Args:
        settings: what is measured.
        models: where the network files are.
        pictures: what the camera shows, over and over.
        plain: leaves the engines out.
        clock: whose time is measured; the program's unless another is given.

    Raises:
        UnderstudyError: the profile or a network can't be had, or too little came out.
    """
    clock, playhead, score = clock or MonotonicClock(), Playhead(NEVER_NS), settings.score
    camera, microphone = FlashingCamera(score, pictures, playhead, clock), BeepingMicrophone(score, playhead, clock)
    watching, listening = WatchingSink(clock), ListeningSink(clock)
    session_settings = SessionSettings(
        camera,
        sinks=(watching,),
        sound=SoundSettings(microphone, listening),
        assemble=PlainAssembly if plain else None,
        device=settings.device,
    )
    session = Session(session_settings, settings.profile, models, clock=clock, on_event=_ignore)
    session.start()
    try:
        end_ns = playhead.due_ns(round((settings.seconds + TAIL_S) * 1e9), clock.now_ns())
        _wait(session, clock, end_ns, settings.stopped)
        readings = session.readings()
    finally:
        session.stop()
    begin_ns = playhead.due_ns(0, clock.now_ns())
    flashes_ns, beeps_ns = (begin_ns + np.array(marks, np.int64) for marks in (score.flashes_ns, score.beeps_ns))
    flashes = flash_latencies(*watching.seen(), flashes_ns)
    beeps = beep_latencies(*listening.heard(), beeps_ns)
    video = ", ".join(readings.video.stages) or "no engines"
    voice = "" if readings.audio is None else readings.audio.engine
    engines = f"{settings.profile.name}: {video}; {voice}" if not plain else "no engines"
    return way_of(engines, score, flashes, beeps, readings.sync.offset.p50_ms)


def _wait(session: Session, clock: Clock, end_ns: int, stopped: threading.Event) -> None:
    """Lets the session run until an instant and as much longer as its pictures are held.

    Raises:
        HaltError: nobody wants it any more.
        UnderstudyError: a part of it failed.
    """
    while (rest_ns := end_ns + round(session.readings().sync.delay_ms * 1e6) - clock.now_ns()) > 0:
        if session.wait(min(POLL_S, rest_ns / 1e9)):
            return
        if stopped.is_set():
            raise HaltError


def way_of(engines: str, score: Score, flashes: dict[int, int], beeps: dict[int, int], told_ms: float) -> WayReport:
    """What the latencies of flashes and beeps say.

    Args:
        engines: what they went through.
        score: when they were captured.
        flashes: how long each took in ns, by its number.
        beeps: the same of the beeps.
        told_ms: the offset that the session itself tells.

    Raises:
        LaneError: too few of them came out.
    """
    pairs = sorted(set(flashes) & set(beeps))
    if len(pairs) < LEAST_FOUND:
        raise LaneError(
            f"Of {len(score.flashes_ns)} flashes and beeps {len(flashes)} flashes and {len(beeps)} beeps came out, "
            f"{len(pairs)} of them together, and {LEAST_FOUND} are wanted; "
            "let the computer do nothing else, or measure for longer."
        )
    offsets_ms = [
        (flashes[index] + score.flashes_ns[index] - beeps[index] - score.beeps_ns[index]) / 1e6 for index in pairs
    ]
    shifts_ms = [score.shifts_s[index % len(score.shifts_s)] * 1e3 for index in pairs]
    return WayReport(
        engines=engines,
        video=Spread.of([latency / 1e6 for latency in flashes.values()]),
        audio=Spread.of([latency / 1e6 for latency in beeps.values()]),
        offset=Spread.of(offsets_ms),
        offsets_ms=tuple(zip(shifts_ms, offsets_ms, strict=True)),
        told_ms=told_ms,
    )


def _ignore(event: Event) -> None:
    """Takes what the session tells; what matters ends it."""
