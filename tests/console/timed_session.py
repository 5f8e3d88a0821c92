"""A run on a session whose clock moves only while it is waited for."""

import threading
from dataclasses import dataclass, field, replace

from console.commands.headless import RunOutcome, RunPlan, run_session
from console.commands.switch_plan import SwitchPlan
from pipeline.errors import DeviceError, LaneError
from pipeline.machine import Machine
from pipeline.telemetry import Level, PreparationFailed, Readings, SwitchReading, VideoReadings
from profiles.profile import Profile
from tests.chains import make_profile
from tests.console.fake_session import START_NS, FakeSession

MARA, INES, TOMAS = make_profile("mara"), make_profile("ines"), make_profile("tomas")


@dataclass
class TimedSession(FakeSession):
    """Its clock moves while it is waited for; makes 30 frames a second, ends after `length_s`, notes when what came."""

    profile: Profile = MARA
    length_s: float = 1e9
    opened: str = ""
    """What its source calls itself."""
    fails_at_s: float = 1e9
    stop_error: LaneError | None = None
    interrupts: tuple[float, threading.Event] | None = None
    ready_delay_s: float = 0.0
    broken: tuple[str, ...] = ()
    """Profiles that can't be made ready."""
    timed: list[tuple[str, float]] = field(default_factory=list)
    taken: list[SwitchReading] = field(default_factory=list)
    load: tuple[float, Profile] | None = None
    """What will be ready, and when."""

    @property
    def now_s(self) -> float:
        """Since its making."""
        return round((self.clock.now_ns() - START_NS) / 1e9, 6)

    def note(self, what: str) -> None:
        """Remembers a call and its time."""
        super().note(what)
        self.timed.append((what, self.now_s))

    def stop(self, timeout_s: float = 5.0) -> None:
        """Fails, where the test wants it."""
        super().stop(timeout_s)
        if self.stop_error:
            raise self.stop_error

    def wait(self, timeout_s: float) -> bool:
        """Lets that time pass."""
        assert timeout_s >= 0
        self.let_pass(timeout_s)
        if self.interrupts and self.now_s >= self.interrupts[0]:
            self.interrupts[1].set()
        if self.now_s >= self.fails_at_s:
            raise DeviceError("The disk is full; free some space")
        self._load()
        return self.now_s >= self.length_s

    def switch(self, profile: Profile) -> None:
        """Will have it ready after a while; a later one overtakes it."""
        self.note(f"switch {profile.name}")
        self.load = (self.now_s + self.ready_delay_s, profile)

    def readings(self) -> Readings:
        """At this instant; the last two switches are kept."""
        frames = int(self.now_s * 30)
        rates = {"fps_in": 99.0, "fps_out": 98.0}
        video = VideoReadings(frames_in=frames, frames_out=max(0, frames - 3), source=self.opened, **rates)
        return replace(super().readings(), video=video, switches=tuple(self.taken[-2:]))

    def _load(self) -> None:
        """Takes what is ready by now."""
        if self.load is None or self.now_s < self.load[0]:
            return
        (_, profile), self.load = self.load, None
        if profile.name in self.broken:
            text = f"{profile.name} could not be made ready: No\nroom."
            self.on_event(PreparationFailed(Level.ERROR, text, START_NS, profile.name))
        else:
            self.taken.append(SwitchReading("mara", profile.name, 1.0, 0.0, 0, len(self.taken) + 1))


def run_plan(session: TimedSession, plan: RunPlan, interrupt: threading.Event | None = None) -> RunOutcome:
    """Runs a session to its end."""
    session.on_event = plan.switches.hear
    return run_session(session, plan, interrupt or threading.Event(), Machine(), session.clock)


def plan_of(*switches: tuple[float, Profile], seconds: float | None = None) -> RunPlan:
    """A run with changes of profile."""
    return RunPlan(seconds, SwitchPlan(switches))
