"""A run without a screen: its plan, its end, its figures and its signals."""

import json
import os
import signal
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from console.commands.headless import RunOutcome, RunPlan, interruption, run_session, summary, write_stats
from console.commands.stats import stats_of, with_mean_rates
from console.ports import PreviewPort
from pipeline.errors import DeviceError, LaneError, UnderstudyError
from pipeline.machine import GpuReading, Machine, ProcessReading
from pipeline.telemetry import Drops, Percentiles, Readings, State, SwitchReading, VideoReadings
from profiles.profile import Kind, Profile

SECOND_NS = 1_000_000_000


def profile(name: str) -> Profile:
    return Profile(name=name, folder=Path(name), title=name.title(), kind=Kind.PERSONA)


MARA, INES, TOMAS = profile("mara"), profile("ines"), profile("tomas")


class Clock:
    """Moved by the session's waiting only."""

    def __init__(self) -> None:
        self.ns = 5 * SECOND_NS

    def now_ns(self) -> int:
        return self.ns

    def wait_until(self, instant_ns: int, interrupt: threading.Event) -> bool:
        return interrupt.is_set()


@dataclass
class Session:
    """Makes 30 frames a second of the fake clock, ends after `length_s`, and remembers what was asked of it."""

    clock: Clock
    length_s: float = 1e9
    fails_at_s: float = 1e9
    profile: Profile = MARA
    calls: list[tuple[str, float]] = field(default_factory=list)
    stop_error: LaneError | None = None
    start_error: DeviceError | None = None
    interrupts: tuple[float, threading.Event] | None = None
    taken: list[str] = field(default_factory=list)
    ready_delay_s: float = 0.0

    @property
    def now_s(self) -> float:
        return round((self.clock.ns - 5 * SECOND_NS) / 1e9, 6)

    def _note(self, what: str) -> None:
        self.calls.append((what, self.now_s))

    def start(self) -> None:
        self._note("start")
        if self.start_error:
            raise self.start_error

    def stop(self, timeout_s: float = 5.0) -> None:
        self._note("stop")
        if self.stop_error:
            raise self.stop_error

    def wait(self, timeout_s: float) -> bool:
        assert timeout_s >= 0
        self.clock.ns += round(timeout_s * 1e9)
        if self.interrupts and self.now_s >= self.interrupts[0]:
            self.interrupts[1].set()
        if self.now_s >= self.fails_at_s:
            raise DeviceError("The disk is full; free some space")
        return self.now_s >= self.length_s

    def readings(self) -> Readings:
        frames = int(self.now_s * 30)
        done = [name for name in self.taken]
        return Readings(
            state=State.ON_AIR,
            profile="mara",
            title="Mara",
            loading=None,
            at_ns=self.clock.ns,
            elapsed_s=self.now_s,
            video=VideoReadings(frames_in=frames, frames_out=max(0, frames - 3), fps_in=99.0, fps_out=98.0),
            switches=tuple(SwitchReading("mara", name, 1.0, 0.0, 0) for name in done),
        )

    def picture(self, width: int, height: int) -> PreviewPort | None:
        return None

    def prepare(self, profile: Profile) -> None:
        self._note(f"prepare {profile.name}")

    def switch(self, profile: Profile) -> None:
        self._note(f"switch {profile.name}")
        if self.now_s + self.ready_delay_s < self.length_s:
            self.taken.append(profile.name)

    def adjust(self, profile: Profile) -> None:
        self._note("adjust")

    def set_on_air(self, on: bool) -> None:
        self._note("air")

    def panic(self) -> None:
        self._note("panic")

    def rearm(self) -> None:
        self._note("rearm")


def go(session: Session, plan: RunPlan, interrupt: threading.Event | None = None) -> RunOutcome:
    return run_session(session, plan, interrupt or threading.Event(), Machine(), session.clock)


def test_a_run_ends_with_its_source() -> None:
    session = Session(Clock(), length_s=3.0)
    outcome = go(session, RunPlan())
    assert [name for name, _ in session.calls] == ["start", "stop"]
    assert outcome.readings.video.frames_in == 90
    assert outcome.error is None


def test_a_run_ends_at_its_time_exactly() -> None:
    session = Session(Clock())
    go(session, RunPlan(seconds=2.345))
    assert session.calls[-1] == ("stop", 2.345)


def test_switches_happen_at_their_times_in_their_order() -> None:
    session = Session(Clock())
    outcome = go(session, RunPlan(4.0, ((1.25, INES), (3.111, TOMAS))))
    assert session.calls[1:-1] == [("switch ines", 1.25), ("switch tomas", 3.111)]
    assert outcome.untaken == ()


def test_switches_that_came_too_late_are_told() -> None:
    session = Session(Clock(), length_s=2.0, ready_delay_s=0.5)
    assert go(session, RunPlan(None, ((1.9, INES), (7.0, TOMAS)))).untaken == ("ines", "tomas")


def test_a_signal_stops_the_session_and_keeps_its_figures() -> None:
    event = threading.Event()
    session = Session(Clock(), interrupts=(1.0, event))
    outcome = go(session, RunPlan(), event)
    assert session.calls[-1] == ("stop", 1.0)
    assert outcome.readings.video.frames_in == 30
    assert outcome.error is None


def test_what_ends_the_lane_is_kept_beside_the_figures() -> None:
    session = Session(Clock(), fails_at_s=1.0)
    outcome = go(session, RunPlan())
    assert str(outcome.error) == "The disk is full; free some space"
    assert session.calls[-1][0] == "stop"
    assert outcome.readings.video.frames_out > 0


def test_a_thread_that_hangs_at_the_end_is_an_error() -> None:
    assert isinstance(go(Session(Clock(), 1.0, stop_error=LaneError("sinks hung")), RunPlan()).error, LaneError)


def test_a_session_that_cannot_start_is_stopped_and_raises() -> None:
    session = Session(Clock(), start_error=DeviceError("Camera 2 is not there"))
    with pytest.raises(DeviceError, match="Camera 2"):
        go(session, RunPlan())
    assert [name for name, _ in session.calls] == ["start", "stop"]


def test_rates_are_means_over_the_run() -> None:
    video = go(Session(Clock(), length_s=10.0), RunPlan()).readings.video
    assert video.fps_in == pytest.approx(30.0, abs=0.2)
    assert video.fps_out == pytest.approx(30.0, abs=0.2)


def test_a_run_too_short_for_a_mean_has_the_last_rate() -> None:
    reading = Session(Clock()).readings()
    assert with_mean_rates(reading, reading, reading).video.fps_in == 99.0


FULL = Readings(
    state=State.ON_AIR,
    profile="ines",
    title="Ines",
    loading=None,
    at_ns=0,
    elapsed_s=9.0,
    video=VideoReadings(
        frames_in=100,
        frames_out=96,
        fps_in=30.0,
        fps_out=29.9,
        latency=Percentiles(20.0, 30.0, 40.0),
        stages={"track": Percentiles(3.0, 4.0, 5.0)},
        drops=Drops(1, 2, 4),
        faces_found=90,
        policy_frames=6,
    ),
    switches=(SwitchReading("mara", "ines", 250.0, 1.5, 0),),
    providers={"face-landmarks": "LiteRT CPU"},
)


def test_the_figures_have_exactly_the_keys_of_the_contract() -> None:
    gpu = GpuReading("Accelerator", 40.0, 2048.0, 8192.0, "999.1")
    assert stats_of(FULL, gpu, ProcessReading(81.0, 300.0)) == {
        "video": {
            "frames_in": 100,
            "frames_out": 96,
            "dropped": 5,
            "fps_in": 30.0,
            "fps_out": 29.9,
            "latency_ms": {"p50": 20.0, "p95": 30.0, "p99": 40.0},
            "stages": {"track": {"p50_ms": 3.0, "p95_ms": 4.0}},
            "faces_found": 90,
            "policy_frames": 6,
        },
        "switches": [{"from": "mara", "to": "ines", "prepare_ms": 250.0, "gap_ms": 1.5, "dropped": 0}],
        "gpu": {"name": "Accelerator", "load_percent": 40.0, "memory_mb": 2048.0},
        "process": {"cpu_percent": 81.0, "rss_mb": 300.0},
        "providers": {"face-landmarks": "LiteRT CPU"},
    }


def test_without_a_gpu_the_figure_is_null(tmp_path: Path) -> None:
    file = tmp_path / "stats.json"
    write_stats(RunOutcome(FULL, None, ProcessReading(1.0, 2.0)), file)
    assert json.loads(file.read_text())["gpu"] is None


def test_figures_that_cannot_be_written_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(UnderstudyError, match="can't be written to"):
        write_stats(RunOutcome(FULL, None, ProcessReading(1.0, 2.0)), tmp_path)


def test_the_summary_is_one_line() -> None:
    assert summary(FULL).startswith("100 frames in, 96 out, 5 dropped; 29.9 fps")
    assert "\n" not in summary(FULL)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_asks_and_the_second_does_what_it_always_does(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with interruption() as event:
        os.kill(os.getpid(), number)
        assert event.wait(1.0)
        assert signal.getsignal(number) == before
    assert signal.getsignal(number) == before
