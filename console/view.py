"""Everything the dashboard shows at one instant, as one frozen value, so that a panel is a function of it."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import median

from console.desk import Desk, Phase
from console.lineup import ProfileRow
from console.ports import GpuPort, MachinePort, Outputs, ProcessPort
from console.sentences import counted
from console.sound.sound_desk import Talk
from pipeline.audio.monitor.state import Monitoring
from pipeline.clock import Clock
from pipeline.telemetry import (
    AudioReadings,
    Level,
    NetworkReading,
    Percentiles,
    Readings,
    State,
    SwitchReading,
    SyncReadings,
    VideoReadings,
)
from profiles.profile import Profile

STALE_S = 1.0
"""Readings older than this are greyed and say how old they are."""
LOSS_WINDOW_S = 60.0
OFFSETS = 4
"""What is told of sound and picture is the median of so many readings: a second's, not one picture's."""
MACHINE_INTERVAL_NS = 1_000_000_000
SLOW_NS = 3_000_000_000
"""A profile that is too slow for so long can't keep up."""
FILMS = (".mp4", ".mkv")


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
class MachineView:
    """The computer at one instant."""

    gpu: GpuPort | None = None
    no_gpu_reason: str = ""
    process: ProcessPort | None = None


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
    machine: MachineView = MachineView()
    standing_in: bool = False
    """Whether the fail-safe makes what goes out just now."""
    talking: Talk | None = None
    """Whether the actor's microphone passes, as the operator has it; None before the operator could have it any way."""
    monitoring: Monitoring = Monitoring.NONE
    """Whether the operator hears what goes out."""
    hearers: tuple[str, ...] = ()
    """What the voice goes out to, by name; the operator's own monitor does not count."""
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
    def recordings(self) -> tuple[str, ...]:
        """The films that are being recorded, by name; they get the sound as well."""
        # A sink tells its name before its format.
        names = (sink.partition(" · ")[0] for sink in self.video.sinks)
        return tuple(name for name in names if name.lower().endswith(FILMS))

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


class Watch:
    """Looks at the desk, the session and the machine. One thread."""

    def __init__(self, desk: Desk, outputs: Outputs, clock: Clock) -> None:
        self.machine: MachinePort | None = None
        """The computer, once it is known."""
        self._desk = desk
        self._outputs = outputs
        self._clock = clock
        self._readings: Readings | None = None
        self._switches_seen = self._policy_frames = 0
        self._pace = Pace()
        self._losses = LossWindow()
        self._offsets_ms: deque[float] = deque(maxlen=OFFSETS)
        self._machine_view = MachineView()
        self._machine_ns: int | None = None

    def look(self) -> View:
        """What there is to see now."""
        if self._desk.phase in (Phase.RUNNING, Phase.ENDED):
            self._readings = self._desk.session.readings()
        now_ns, readings = self._clock.now_ns(), self._readings
        before, self._policy_frames = self._policy_frames, readings.video.policy_frames if readings else 0
        return View(
            phase=self._desk.phase,
            profile=self._desk.profile,
            outputs=self._outputs,
            rows=self._desk.rows(readings),
            reason=self._desk.reason,
            readings=readings,
            age_s=(now_ns - readings.at_ns) / 1e9 if readings else 0.0,
            recent=self._losses.add(readings.at_ns, Losses.of(readings.video)) if readings else Losses(),
            machine=self._look_at_machine(now_ns),
            standing_in=self._policy_frames > before,
            talking=self._desk.sound.talk(readings.audio) if readings and readings.audio else None,
            monitoring=self._desk.session.monitoring if readings else Monitoring.NONE,
            hearers=self._desk.sound.hearers(readings.audio) if readings else (),
            offset_ms=self._offset_ms(readings),
        )

    def news(self, view: View) -> Iterator[tuple[Level, str]]:
        """What the view shows that the operator is to be told in a sentence, each once."""
        for switch in self.new_switches():
            level = Level.WARNING if view.failure else Level.INFO
            yield level, switch_text(switch, view.profile.title, view.failure)
        slow = self._pace.look(view)
        if slow:
            yield Level.WARNING, slow

    def new_switches(self) -> tuple[SwitchReading, ...]:
        """The changes of profile that came in since the last call."""
        switches = self._readings.switches if self._readings else ()
        new = tuple(switch for switch in switches if switch.number > self._switches_seen)
        self._switches_seen = new[-1].number if new else self._switches_seen
        return new

    def _offset_ms(self, readings: Readings | None) -> float | None:
        """The offset of sound and picture over the last second."""
        newest_ms = readings.sync.offset_ms if readings else None
        if newest_ms is None:
            self._offsets_ms.clear()
            return None
        self._offsets_ms.append(newest_ms)
        return median(self._offsets_ms)

    def _look_at_machine(self, now_ns: int) -> MachineView:
        """The machine, read once a second: the drivers answer more slowly than the lane does."""
        machine = self.machine
        if machine is None or (self._machine_ns is not None and now_ns - self._machine_ns < MACHINE_INTERVAL_NS):
            return self._machine_view
        self._machine_ns = now_ns
        self._machine_view = MachineView(machine.gpu(), machine.no_gpu_reason, machine.process())
        return self._machine_view


class Pace:
    """Notices a profile that can't keep up, and tells it once. One thread."""

    def __init__(self) -> None:
        self._profile, self._since_ns = "", 0
        self._told = False

    def look(self, view: View) -> str:
        """A sentence when the profile in the lane has been too slow for long enough; empty otherwise."""
        readings, target = view.readings, view.video.fps_target
        if readings is None or target <= 0:
            return ""
        if readings.profile != self._profile:
            self._profile, self._told, self._since_ns = readings.profile, False, readings.at_ns
        lane_ms, stages = view.video.lane.p50_ms, view.video.stages
        if lane_ms <= 1000.0 / target or not stages:
            self._since_ns = readings.at_ns
        if self._told or readings.at_ns - self._since_ns < SLOW_NS:
            return ""
        self._told, slowest = True, slowest_of(stages)
        return (
            f"{readings.title} takes {lane_ms:.0f} ms a frame, wanted {1000.0 / target:.0f}: "
            f"the slowest is {slowest}, {stages[slowest].p50_ms:.0f} ms."
        )


def slowest_of(stages: Mapping[str, Percentiles]) -> str:
    """The stage that usually takes longest."""
    return max(stages, key=lambda name: stages[name].p50_ms)


def switch_text(switch: SwitchReading, title: str, failure: str = "") -> str:
    """What a change of profile cost, as a sentence, or what is missing of it."""
    if failure:
        return f"{title} is in, but not whole: {failure}"
    lost = counted(switch.dropped, "frame") if switch.dropped else "no frame"
    return f"{title} is in: ready after {switch.prepare_ms:.0f} ms, gap {switch.gap_ms:.1f} ms, {lost} lost."
