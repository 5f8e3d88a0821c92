"""How fast the video lane is on this computer, in one run, as percentiles and ratios."""

import time
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import psutil

from pipeline.clock import MonotonicClock, Playhead
from pipeline.inference.onnx.runtime import Preference
from pipeline.inference.store import ModelStore
from pipeline.machine import MEGABYTE
from pipeline.media import Frame, Pixels
from pipeline.session import Session, SessionSettings
from pipeline.telemetry import Percentiles, SwitchReading, VideoReadings
from pipeline.video.devices.settings import SourceSettings
from pipeline.video.devices.sources import first_pictures
from pipeline.video.held_pictures import HeldPictures
from pipeline.video.tracking.mesh import CHIN, FOREHEAD_TOP
from pipeline.video.tracking.tracker import Tracker
from profiles.profile import Profile

FRAMES_HELD = 60
"""Decoded beforehand, so that the lane is measured and not the decoder."""
POLL_S = 0.01
SWITCH_S = 0.5


@dataclass(frozen=True, slots=True)
class BenchSettings:
    """What is measured, and for how long."""

    profiles: tuple[Profile, ...]
    """The first is worn; with a second one, switches between the two are measured as well."""
    size: tuple[int, int] = (1280, 720)
    camera: str = "demo"
    """The demo actor or a file."""
    unpaced_s: float = 8.0
    paced_s: float = 10.0
    fps: float = 30.0
    """Rate of the paced part."""
    device: Preference = Preference.AUTO
    """Where the networks that profiles bring run."""


@dataclass(frozen=True, slots=True)
class BenchReport:
    """What came out."""

    size: tuple[int, int]
    face_height_px: float
    """The first frame's, from the top of the forehead to the chin."""
    unpaced_fps: float
    lane: Percentiles
    stages: dict[str, Percentiles]
    paced_fps: float
    paced_dropped: int
    latency: Percentiles
    """Capture to sink in the paced part."""
    paced_cpu_percent: float
    """Of one core, in the paced part."""
    rss_mb: float
    first_picture_s: float
    """From the start of a session to its first finished picture, the networks' loading included."""
    switches: int
    switch_gap_ms: float
    """The longest."""
    switch_dropped: int

    def as_dict(self) -> dict[str, Any]:
        """The report as plain values for JSON."""
        return asdict(self)

    def lines(self) -> tuple[str, ...]:
        """The report for people."""
        stages = "  ".join(f"{name} {spread.p50_ms:.1f}" for name, spread in self.stages.items())
        lane, latency, cpu_percent = self.lane, self.latency, self.paced_cpu_percent
        return (
            f"{self.size[0]}x{self.size[1]}, face {self.face_height_px:.0f} px high",
            f"unpaced       {self.unpaced_fps:.1f} fps, lane p50 {lane.p50_ms:.1f} ms, p95 {lane.p95_ms:.1f} ms",
            f"stages (p50)  {stages} ms",
            f"paced         {self.paced_fps:.1f} fps, {self.paced_dropped} lost, {cpu_percent:.0f} % of a core",
            f"capture→sink  p50 {latency.p50_ms:.1f}, p95 {latency.p95_ms:.1f}, p99 {latency.p99_ms:.1f} ms",
            f"start         first picture after {self.first_picture_s:.2f} s",
            f"switches      {self.switches}, longest gap {self.switch_gap_ms:.1f} ms, {self.switch_dropped} lost",
            f"memory        {self.rss_mb:.0f} MB",
        )


def bench_video(settings: BenchSettings, models: ModelStore) -> BenchReport:
    """Measures the video lane.

    Raises:
        UnderstudyError: the source, a profile or a network can't be had.
    """
    pictures = first_pictures(SourceSettings(camera=settings.camera, size=settings.size), FRAMES_HELD)
    profiles, fps = settings.profiles, settings.fps
    clock = MonotonicClock()
    as_fast = SessionSettings(HeldPictures(pictures, fps, clock), device=settings.device)
    unpaced = _run(profiles[:1], models, as_fast, settings.unpaced_s)
    timed = SessionSettings(HeldPictures(pictures, fps, clock, Playhead()), device=settings.device)
    paced = _run(profiles[:1], models, timed, settings.paced_s)
    again = SessionSettings(HeldPictures(pictures, fps, clock, Playhead()), device=settings.device)
    switched = _run(profiles, models, again, settings.paced_s / 2)
    return BenchReport(
        size=settings.size,
        face_height_px=_face_height_px(pictures[0], profiles[0], models),
        unpaced_fps=unpaced.video.frames_out / unpaced.seconds,
        lane=unpaced.video.lane,
        stages=dict(unpaced.video.stages),
        paced_fps=paced.video.frames_out / paced.seconds,
        paced_dropped=paced.video.drops.capture + paced.video.drops.output,
        latency=paced.video.latency,
        paced_cpu_percent=paced.cpu_percent,
        rss_mb=(psutil.Process().memory_info().rss - sum(picture.nbytes for picture in pictures)) / MEGABYTE,
        first_picture_s=paced.first_picture_s,
        switches=len(switched.switches),
        switch_gap_ms=max((switch.gap_ms for switch in switched.switches), default=0.0),
        switch_dropped=sum(switch.dropped for switch in switched.switches),
    )


@dataclass(frozen=True, slots=True)
class _Run:
    """One session's outcome."""

    video: VideoReadings
    switches: tuple[SwitchReading, ...]
    seconds: float
    first_picture_s: float
    cpu_percent: float


def _run(profiles: tuple[Profile, ...], models: ModelStore, settings: SessionSettings, seconds: float) -> _Run:
    """Runs a session for so long after its first picture; several profiles take turns, two a second."""
    process = psutil.Process()
    began_s = time.monotonic()
    session = Session(settings, profiles[0], models)
    session.start()
    try:
        while session.readings().video.frames_out == 0 and not session.wait(POLL_S):
            pass
        first_s = time.monotonic()
        busy_s, before, turn = _cpu_s(process), session.readings().video.frames_out, 0
        while time.monotonic() - first_s < seconds and not session.wait(SWITCH_S):
            turn += 1
            if len(profiles) > 1:
                session.switch(profiles[turn % len(profiles)])
        elapsed_s, busy_s = time.monotonic() - first_s, _cpu_s(process) - busy_s
        readings = session.readings()
    finally:
        session.stop()
    video = replace(readings.video, frames_out=readings.video.frames_out - before)
    return _Run(video, readings.switches, elapsed_s, first_s - began_s, 100 * busy_s / elapsed_s)


def _cpu_s(process: psutil.Process) -> float:
    """Processor seconds used so far by all threads."""
    times = process.cpu_times()
    return float(times.user + times.system)


def _face_height_px(picture: Pixels, profile: Profile, models: ModelStore) -> float:
    """How high the followed face is, 0 when there is none."""
    tracker = Tracker(models.path("face-detection"), models.path("face-landmarks"), profile)
    face = tracker.process(Frame(picture, 0, 0)).chosen_face
    tracker.close()
    if face is None:
        return 0.0
    return float(np.linalg.norm(face.landmarks[CHIN, :2] - face.landmarks[FOREHEAD_TOP, :2]))
