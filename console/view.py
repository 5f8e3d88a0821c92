"""Everything the dashboard shows at one instant, as one frozen value, so that a panel is a function of it."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from console.desk import Phase
from console.life.computer import GpuPort, MachinePort, ProcessPort, SystemPort
from console.lineup import ProfileRow
from console.ports import Outputs, device_name, is_film
from console.show.rundown import ShowView
from console.sound.sound_desk import Talk
from pipeline.audio.monitor.state import Monitoring
from pipeline.preflight.finding import Area, Verdict
from pipeline.preflight.runner import Progress
from pipeline.telemetry import (
    AudioReadings,
    NetworkReading,
    Percentiles,
    Readings,
    State,
    SyncReadings,
    VideoReadings,
)
from profiles.profile import Profile

STALE_S = 1.0
"""Readings older than this are greyed and say how old they are."""
LOSS_WINDOW_S = 60.0


@dataclass(frozen=True, slots=True)
class Losses:
    """Frames lost or replaced, by the place, and the frames they are a share of."""

    capture: int = 0
    processing: int = 0
    output: int = 0
    policy: int = 0
    repeats: int = 0
    frames: int = 0

    @classmethod
    def of(cls, video: VideoReadings) -> "Losses":
        """The counters of a lane since its start."""
        drops = video.drops
        return cls(drops.capture, drops.processing, drops.output, video.policy_frames, video.repeats, video.frames_in)

    def since(self, earlier: "Losses") -> "Losses":
        """What was added after `earlier`."""
        return Losses(
            self.capture - earlier.capture,
            self.processing - earlier.processing,
            self.output - earlier.output,
            self.policy - earlier.policy,
            self.repeats - earlier.repeats,
            self.frames - earlier.frames,
        )


class LossWindow:
    """Losses over the last minute. Keeps about one sample a second, so it never grows."""

    def __init__(self, window_s: float = LOSS_WINDOW_S) -> None:
        self._window_ns = int(window_s * 1e9)
        self._samples: deque[tuple[int, Losses]] = deque(maxlen=int(window_s) + 2)

    def add(self, at_ns: int, losses: Losses) -> Losses:
        """Takes the counters at `at_ns`; what was lost in the window that ends there."""
        if not self._samples or at_ns - self._samples[-1][0] >= 1_000_000_000:
            self._samples.append((at_ns, losses))
        while len(self._samples) > 1 and at_ns - self._samples[0][0] > self._window_ns:
            self._samples.popleft()
        return losses.since(self._samples[0][1])


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Counters as they stood when the operator put them back to zero."""

    losses: Losses = Losses()
    underruns: int = 0
    overruns: int = 0


@dataclass(frozen=True, slots=True)
class MachineView:
    """The computer at one instant."""

    gpus: tuple[GpuPort, ...] = ()
    no_gpu_reason: str = ""
    process: ProcessPort | None = None
    system: SystemPort | None = None

    @classmethod
    def of(cls, machine: MachinePort) -> "MachineView":
        """What there is to see now."""
        return cls(machine.gpus(), machine.no_gpu_reason, machine.process(), machine.system())

    @property
    def gpu(self) -> GpuPort | None:
        """The first graphics processor."""
        return self.gpus[0] if self.gpus else None


@dataclass(frozen=True, slots=True)
class PreflightView:
    """How the preflight of the running profile stands."""

    profile: str = ""
    words: str = ""
    """The last one in a line; empty where there was none."""
    verdict: Verdict | None = None
    running: bool = False
    areas: frozenset[Area] = frozenset()
    """What the one that runs looks at."""
    progress: Progress | None = None
    """Of the one that runs, or ran last."""


@dataclass(frozen=True, slots=True)
class View:
    """What the dashboard shows."""

    phase: Phase
    profile: Profile
    """The live profile, with the adjustments in it."""
    outputs: Outputs = Outputs()
    rows: tuple[ProfileRow, ...] = ()
    reason: str = ""
    """Why nothing runs, when nothing runs."""
    readings: Readings | None = None
    age_s: float = 0.0
    """How old the readings are."""
    recent: Losses = Losses()
    """Over the last minute."""
    forgotten: Forgotten = Forgotten()
    """What had happened before the counters were put back to zero."""
    read_only: bool = False
    """Whether the screen may only look."""
    place: str = ""
    """Where the session runs, where that is not here."""
    readers: tuple[str, ...] | None = None
    """The programs that have the virtual camera open; None where that can't be known."""
    machine: MachineView = MachineView()
    standing_in: bool = False
    """Whether the fail-safe makes what goes out just now."""
    talking: Talk | None = None
    """Whether the actor's microphone passes, as the operator has it; None before the operator could have it any way."""
    monitoring: Monitoring = Monitoring.NONE
    """Whether the operator hears what goes out."""
    hearers: tuple[str, ...] = ()
    """What the voice goes out to, by name; the operator's own monitor does not count."""
    show: ShowView | None = None
    """Where the show stands; None without one."""
    preflight: PreflightView = PreflightView()
    on_air_in_s: float = 0.0
    """How long the card goes out yet, to which what was captured under it is on its way; 0 when it is up, or gone."""
    offset_ms: float | None = None
    """Sound against picture over the last second, positive when the sound is early; None without sound."""

    @property
    def state(self) -> State:
        """What goes out: of a lane that died, the card, until the session is stopped.

        A card that was taken back goes out until the first picture is due that was captured after it.
        """
        state = State.STOPPED if self.readings is None else self.readings.state
        if state is State.ON_AIR and self.video.covered:
            state = State.CARD
        if self.phase is Phase.RUNNING or (self.phase is Phase.ENDED and state is State.CARD):
            return state
        return State.STOPPED

    @property
    def stale(self) -> bool:
        """True when the readings are too old to be believed, or the last of a session that is over."""
        return self.age_s > STALE_S or self.phase is Phase.ENDED

    @property
    def age(self) -> str:
        """How old stale readings are, in words."""
        return "the last" if self.phase is Phase.ENDED else f"read {self.age_s:.0f} s ago"

    @property
    def video(self) -> VideoReadings:
        """The video lane's readings; zeros before the first."""
        return self.readings.video if self.readings else VideoReadings()

    @property
    def losses(self) -> Losses:
        """What was lost since the start, or since the counters were put back to zero."""
        return Losses.of(self.video).since(self.forgotten.losses)

    @property
    def underruns(self) -> int:
        """Gaps that the call heard since the start, or since the counters were put back to zero."""
        return 0 if self.audio is None else self.audio.underruns - self.forgotten.underruns

    @property
    def overruns(self) -> int:
        """Times that sound was thrown away since the start, or since the counters were put back to zero."""
        return 0 if self.audio is None else self.audio.overruns - self.forgotten.overruns

    @property
    def tells_faces(self) -> bool:
        """Whether the operator needs to know which face is whose: there are several, or somebody is named."""
        return len(self.video.faces) > 1 or bool(self.profile.cast or self.profile.tracking.actor)

    @property
    def recordings(self) -> tuple[str, ...]:
        """The films that are being recorded, by name; they get the sound as well."""
        return tuple(filter(is_film, map(device_name, self.video.sinks)))

    @property
    def audio(self) -> AudioReadings | None:
        """The audio lane's readings; None without sound."""
        return self.readings.audio if self.readings else None

    @property
    def talk(self) -> Talk:
        """Whether the actor's microphone passes."""
        muted = self.audio is not None and self.audio.muted
        return self.talking or (Talk.MUTED if muted else Talk.OPEN)

    @property
    def heard(self) -> bool:
        """Whether what the voice makes reaches anybody, or a recording, just now."""
        audio = self.audio
        if audio is None or self.state is not State.ON_AIR:
            return False
        # The operator's own monitor is the last of the sinks.
        monitors = 0 if self.monitoring is Monitoring.NONE else 1
        if len(audio.sinks) <= monitors and not self.recordings:
            return False
        return self.talk in (Talk.OPEN, Talk.TALKING) or audio.muted_heard_s > 0

    @property
    def networks(self) -> tuple[NetworkReading, ...]:
        """Every open network."""
        return self.readings.networks if self.readings else ()

    @property
    def failure(self) -> str:
        """Why the face or the voice is missing, as long as a model fails; empty otherwise."""
        return self.video.outage.reason or (self.audio.outage.reason if self.audio else "")

    @property
    def sync(self) -> SyncReadings:
        """Sound against picture; nothing before the first readings."""
        return self.readings.sync if self.readings else SyncReadings()


def slowest_of(stages: Mapping[str, Percentiles]) -> str:
    """The stage that usually takes longest."""
    return max(stages, key=lambda name: stages[name].p50_ms)
