"""Looks at desk, session and machine, and tells what is new."""

from collections import deque
from collections.abc import Iterator
from statistics import median

from console.desk import Desk, Phase
from console.life.computer import MachinePort
from console.ports import Surroundings
from console.sentences import counted
from console.view import Forgotten, Losses, LossWindow, MachineView, View, slowest_of
from pipeline.audio.monitor.state import Monitoring
from pipeline.telemetry import Level, Readings, State, SwitchReading

OFFSETS = 4
"""What is told of sound and picture is the median of so many readings: a second's, not one picture's."""
MACHINE_INTERVAL_NS = 1_000_000_000
SLOW_NS = 3_000_000_000
"""A profile that is too slow for so long can't keep up."""


class Watch:
    """Looks at the desk, the session and the machine. One thread."""

    def __init__(self, desk: Desk, around: Surroundings) -> None:
        self.machine: MachinePort | None = None
        """The computer, once it is known."""
        self._desk = desk
        self._around, self._clock = around, around.clock
        self._forgotten = Forgotten()
        self._readings: Readings | None = None
        self._switches_seen = self._policy_frames = 0
        self._pace = Pace()
        self._losses = LossWindow()
        self._offsets_ms: deque[float] = deque(maxlen=OFFSETS)
        self.machine_view = MachineView()
        """The computer as it was looked at last."""
        self.readers: tuple[str, ...] | None = None
        """The programs that see what goes out, as they were looked for last."""
        self._machine_ns: int | None = None
        self._aired_ns: int | None = None

    def look(self) -> View:
        """What there is to see now."""
        if self._desk.phase in (Phase.RUNNING, Phase.ENDED):
            self._readings = self._desk.session.readings()
        now_ns, readings = self._clock.now_ns(), self._readings
        before, self._policy_frames = self._policy_frames, readings.video.policy_frames if readings else 0
        return View(
            phase=self._desk.phase,
            profile=self._desk.profile,
            outputs=self._around.outputs,
            rows=self._desk.rows(readings),
            reason=self._desk.reason,
            readings=readings,
            age_s=(now_ns - readings.at_ns) / 1e9 if readings else 0.0,
            recent=self._losses.add(readings.at_ns, Losses.of(readings.video)) if readings else Losses(),
            forgotten=self._forgotten,
            read_only=self._around.read_only,
            machine=self._look_at_machine(now_ns),
            readers=self.readers,
            place=self._around.place,
            standing_in=self._policy_frames > before,
            talking=self._desk.sound.talk(readings.audio) if readings and readings.audio else None,
            monitoring=self._desk.session.monitoring if readings else Monitoring.NONE,
            hearers=self._desk.sound.hearers(readings.audio) if readings else (),
            on_air_in_s=self._on_air_in_s(readings, now_ns),
            offset_ms=self._offset_ms(readings),
        )

    def forget(self) -> str:
        """Counts losses, under- and overruns from zero on."""
        readings = self._readings
        if readings is not None:
            audio = readings.audio
            under, over = (audio.underruns, audio.overruns) if audio else (0, 0)
            self._forgotten = Forgotten(Losses.of(readings.video), under, over)
            self._losses = LossWindow()
        return "The counters are back at zero."

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

    def _on_air_in_s(self, readings: Readings | None, now_ns: int) -> float:
        """What is left of the time that pictures take to their sink, from when the card was taken off."""
        if readings is None or readings.state is not State.ON_AIR or not readings.video.covered:
            self._aired_ns = None
            return 0.0
        self._aired_ns = now_ns if self._aired_ns is None else self._aired_ns
        return max(0.0, readings.sync.delay_ms / 1e3 - (now_ns - self._aired_ns) / 1e9)

    def _look_at_machine(self, now_ns: int) -> MachineView:
        """The machine, read once a second: the drivers answer more slowly than the lane does."""
        machine = self.machine
        if machine is None or (self._machine_ns is not None and now_ns - self._machine_ns < MACHINE_INTERVAL_NS):
            return self.machine_view
        self._machine_ns = now_ns
        self.machine_view = MachineView.of(machine)
        return self.machine_view


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


def switch_text(switch: SwitchReading, title: str, failure: str = "") -> str:
    """What a change of profile cost, as a sentence, or what is missing of it."""
    if failure:
        return f"{title} is in, but not whole: {failure}"
    lost = counted(switch.dropped, "frame") if switch.dropped else "no frame"
    return f"{title} is in: ready after {switch.prepare_ms:.0f} ms, gap {switch.gap_ms:.1f} ms, {lost} lost."
