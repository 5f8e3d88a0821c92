"""A session, a shelf and a machine that do what a test tells them and remember what was asked of them."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from console.desk import Desk
from console.ports import device_name, is_film
from pipeline.audio.monitor.state import Monitoring
from pipeline.errors import UnderstudyError
from pipeline.media import FaceReading
from pipeline.stage import Witness
from pipeline.telemetry import (
    AudioReadings,
    Drops,
    Event,
    MeterReading,
    NetworkReading,
    Percentiles,
    Readings,
    Shown,
    State,
    SyncReadings,
    VideoReadings,
)
from profiles.errors import ProfileError
from profiles.profile import Kind, Profile
from tests.chains import make_profile
from tests.fakes import FakeClock

START_NS = 1_000_000_000
ADA, BEN, CLEO = make_profile("ada"), make_profile("ben"), make_profile("cleo")


@dataclass(frozen=True)
class FakeSummary:
    """One profile on the shelf."""

    name: str
    title: str
    kind: Kind | None = Kind.PERSONA
    hindrance: str = ""


class FakeShelf:
    """Profiles in memory; broken ones are listed first and can't be loaded."""

    def __init__(self, *profiles: Profile, broken: tuple[str, ...] = ()) -> None:
        self._profiles = {profile.name: profile for profile in profiles}
        self._broken = broken

    def list(self) -> tuple[FakeSummary, ...]:
        """The broken ones, then the profiles."""
        good = tuple(FakeSummary(profile.name, profile.title, profile.kind) for profile in self._profiles.values())
        return tuple(FakeSummary(name, name, None, "can't be used") for name in self._broken) + good

    def load(self, name_or_path: str) -> Profile:
        """One of them."""
        if name_or_path in self._broken:
            raise ProfileError("face.size: got 9, wanted at most 1.25")
        return self._profiles[name_or_path]


@dataclass(frozen=True)
class FakePreview:
    """A picture and its number."""

    pixels: NDArray[np.uint8]
    serial: int


def typical_video() -> VideoReadings:
    """A lane that does well."""
    stages = {"track": 4.1, "swap": 3.6, "segment": 2.2, "compose": 1.4, "label": 0.3, "i420": 0.6}
    return VideoReadings(
        frames_in=3000,
        frames_out=2997,
        fps_in=30.0,
        fps_out=29.9,
        fps_target=30.0,
        latency=Percentiles(24.3, 31.2, 36.0),
        lane=Percentiles(12.2, 15.8, 19.0),
        stages={name: Percentiles(time, time * 1.3, time * 1.6) for name, time in stages.items()},
        lane_history_ms=tuple(12.0 + 3.0 * np.sin(i / 7.0) for i in range(120)),
        drops=Drops(capture=2, processing=1, output=0),
        repeats=4,
        faces_found=2950,
        faces=(FaceReading(0, "actor"),),
        policy_frames=17,
        source="demo actor · 1280×720 at 30 fps",
        sinks=("/dev/video10 · 1280×720 I420",),
    )


def typical_audio() -> AudioReadings:
    """A voice that does well."""
    return AudioReadings(
        source="demo voice · 48000 Hz",
        sinks=("pipe-source understudy · 48000 Hz",),
        engine="timbre",
        blocks=12_000,
        latency=Percentiles(58.2, 61.4, 66.0),
        engine_ms=40.0,
        compute=Percentiles(1.1, 1.9, 3.4),
        device_ms=11.0,
        drift_ppm=12.3,
        input_level=MeterReading(-18.0, -27.0, -12.0, -14.0, stale=False),
        output_level=MeterReading(-24.0, -30.0, -21.0, -23.0, stale=False),
    )


def typical_sync() -> SyncReadings:
    """Sound and picture that belong together."""
    return SyncReadings(3.1, Percentiles(2.0, 6.0, 8.0), 9.0, delay_ms=62.0, target_ms=65.0, trim_ms=0.0)


@dataclass
class FakeSession:
    """Remembers every call; its readings are what the test wants them to be."""

    clock: FakeClock = field(default_factory=lambda: FakeClock(START_NS))
    profile: Profile = ADA
    state: State = State.ON_AIR
    video: VideoReadings = field(default_factory=typical_video)
    audio: AudioReadings | None = field(default_factory=typical_audio)
    sync: SyncReadings = field(default_factory=typical_sync)
    ready: tuple[str, ...] = ("ben",)
    loading: str | None = None
    frozen_ns: int | None = None
    start_error: Exception | None = None
    witness: Witness | None = None
    end_error: UnderstudyError | None = None
    over: bool = False
    monitoring: Monitoring = Monitoring.NONE
    calls: list[str] = field(default_factory=list)
    pixels: NDArray[np.uint8] | None = None
    serial: int = 0
    on_event: Callable[[Event], None] = lambda event: None
    may_start: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.may_start.set()

    def let_pass(self, seconds: float) -> None:
        """Moves its clock."""
        self.clock.advance(round(seconds * 1e9))

    def note(self, what: str) -> None:
        """Remembers a call."""
        self.calls.append(what)

    def start(self) -> None:
        """Starts, when the test lets it."""
        self.may_start.wait(10.0)
        self.note("start")
        if self.start_error:
            raise self.start_error

    def stop(self, timeout_s: float = 5.0) -> None:
        """Remembers it."""
        self.note("stop")
        self.state = State.STOPPED

    def wait(self, timeout_s: float) -> bool:
        """Whether the test has ended it."""
        if self.end_error:
            self.state = State.CARD
            raise self.end_error
        return self.over

    def readings(self) -> Readings:
        """Of this instant, or of the instant at which the test froze them."""
        return Readings(
            state=self.state,
            profile=self.profile.name,
            title=self.profile.title,
            loading=self.loading,
            at_ns=self.clock.now_ns() if self.frozen_ns is None else self.frozen_ns,
            elapsed_s=3725.0,
            video=self.video,
            networks=tuple(NetworkReading(name, name, "CPU") for name in ("detection", "landmarks", "segmentation")),
            ready=self.ready,
            audio=self.audio,
            sync=self.sync,
        )

    def levels(self) -> tuple[MeterReading, MeterReading] | None:
        """Of its readings."""
        return (self.audio.input_level, self.audio.output_level) if self.audio else None

    def let_witness(self, witness: Witness | None) -> None:
        """Remembers who looks on."""
        self.witness = witness

    def snapshot(self, file: Path) -> None:
        """Remembers it."""
        self.note(f"snapshot {file.name}")

    def record(self, file: Path | None) -> None:
        """Recorded to one more film, or to none."""
        self.note(f"record {file.name if file else None}")
        others = tuple(sink for sink in self.video.sinks if not is_film(device_name(sink)))
        films = (f"{file.name} · 1280x720",) if file else ()
        self.video = replace(self.video, sinks=others + films)

    def watch(self, camera: str) -> None:
        """Takes it, but for one that is broken."""
        self.note(f"watch {camera}")
        if camera == "broken":
            raise UnderstudyError("The camera broken can't be opened: it is broken; choose another.")
        self.video = replace(self.video, source=camera)

    def picture(self, width: int, height: int, shown: Shown = Shown.PROGRAM) -> FakePreview | None:
        """A plain picture, or the test's own."""
        pixels = np.full((height, width, 3), 90, np.uint8) if self.pixels is None else self.pixels
        return FakePreview(pixels, self.serial)

    def prepare(self, profile: Profile) -> None:
        """Remembers it."""
        self.note(f"prepare {profile.name}")

    def switch(self, profile: Profile) -> None:
        """Takes it at once."""
        self.note(f"switch {profile.name}")
        self.profile = profile

    def adjust(self, profile: Profile) -> None:
        """Takes it at once."""
        self.note("adjust")
        self.profile = profile

    def mute(self, muted: bool) -> None:
        """Muted or not."""
        self.note(f"mute {muted}")
        self.audio = replace(self.audio, muted=muted) if self.audio else None

    def monitor(self, on: bool) -> None:
        """Heard or not."""
        self.note(f"monitor {on}")
        self.monitoring = Monitoring.ON if on else Monitoring.OFF

    def listen_to(self, microphone: str) -> None:
        """Takes it, but for one that is broken."""
        self.note(f"listen to {microphone}")
        if microphone == "broken":
            raise UnderstudyError("The microphone broken can't be opened: it is broken; choose another.")

    def talk_until(self, end_ns: int) -> None:
        """Heard for a while."""
        self.note(f"talk until {end_ns}")

    def set_on_air(self, on: bool) -> None:
        """On air or preview."""
        self.note(f"on air {on}")
        self.state = State.ON_AIR if on else State.PREVIEW

    def panic(self) -> None:
        """The card."""
        self.note("panic")
        self.state = State.CARD

    def rearm(self) -> None:
        """On air again."""
        self.note("rearm")
        self.state = State.ON_AIR

    def count_frames(self, frames: int, **changes: object) -> None:
        """Lets the lane's counters grow."""
        video = self.video
        self.video = replace(
            video,
            frames_in=video.frames_in + frames,
            frames_out=video.frames_out + frames,
            **changes,
        )


def make_desk(session: FakeSession, *, started: bool = True, push_to_talk: bool = False) -> Desk:
    """A desk with three good profiles and a broken one."""
    shelf = FakeShelf(ADA, BEN, CLEO, broken=("dora",))
    desk = Desk(session, shelf, session.clock, push_to_talk=push_to_talk)
    if started:
        desk.started()
    return desk
