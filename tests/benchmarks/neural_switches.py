"""Random switches among profiles whose faces, voices and mattes are networks, on air in real time: what they cost.

    .venv/bin/python -m tests.benchmarks.neural_switches [--seconds 300] [--switches 200] [--seed 1] [--out FILE.md]

The networks are stand-ins, so that it is the switching that is measured; the pictures are the demo actor's at 720p30
and the sound is the demo actor's, both in memory. There are two profiles more than a session keeps warm, so that some
switches are cold and some chains are let go of. Run it when the machine is quiet.
"""

import argparse
import gc
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import numpy as np
import psutil
from numpy.typing import NDArray

from pipeline.audio.lane import MOST_OVERLAP
from pipeline.audio.rig import SoundRig
from pipeline.audio.settings import SoundSettings
from pipeline.audio.stream import RATE_HZ
from pipeline.clock import MonotonicClock, Playhead
from pipeline.networks import BUILT_IN
from pipeline.session import Session, SessionSettings
from pipeline.stage import AudioStage
from pipeline.telemetry import Event, Readings
from pipeline.video.devices.settings import SourceSettings
from pipeline.video.devices.sources import first_pictures
from pipeline.video.held_pictures import HeldPictures
from profiles.profile import Profile
from tests.benchmarks.sinks import Screen, Tape
from tests.footage import models
from tests.neural_cast import PARTS, Watch, cast, watched

SIZE, FPS = (1280, 720), 30.0
PICTURES_HELD = 60
WORN_S, SETTLED_S = 0.5, 3.0
"""Each profile at first, and after the last one, before anything is measured."""
POLL_S = 0.02
OFFSET_AFTER_S = 2.0
LOOKS, LOOK_S = 7, 0.04
"""One late picture says nothing: the median of some counts."""
SPREAD = 0.75
"""Pauses between switches are the mean, less or more by up to this share of it."""
NEAR_SAMPLES = RATE_HZ // 100
RING_SAMPLES = RATE_HZ // 10
"""What may wait between the audio lane and the sink."""

REPORT = """# Random switches among profiles whose engines are networks

{switches} switches in {seconds:.0f} s among {profiles} profiles (seed {seed}): photo, dfm and embedding
faces, embedded and RVC voices, MODNet mattes, XSeg masks, all stand-ins; {size[0]}×{size[1]} at {fps:g} fps
with sound, in memory. {cold} of them were cold: their profile had to be loaded first. The computer had a load of
{load} when it ended.

| figure | value |
|---|---|
{rows}
"""


@dataclass
class Found:
    """What a run brought."""

    offsets_ms: list[float] = field(default_factory=list)
    """Sound against picture, two seconds after a switch that no other followed meanwhile."""
    joints: list[tuple[int, int]] = field(default_factory=list)
    """Where the voice changes: the first sample that it can be at, and by how much the new voice lags."""
    rss_mb: list[float] = field(default_factory=list)
    surplus: list[int] = field(default_factory=list)
    """Open networks beyond those of the profiles that are warm or worn."""
    cold: int = 0
    refused: list[str] = field(default_factory=list)


class Run:
    """A session that is switched at random."""

    def __init__(self, people: tuple[Profile, ...], options: argparse.Namespace) -> None:
        self._people, self._options = people, options
        self._networks = {part.name: part.networks for part in PARTS}
        self.found, self.events = Found(), list[Event]()
        clock = MonotonicClock()
        pictures = first_pictures(SourceSettings(camera="demo", size=SIZE), PICTURES_HELD)
        self._tape = Tape(options.seconds + 120.0)
        settings = SessionSettings(
            HeldPictures(pictures, FPS, clock, Playhead()),
            sinks=(Screen(),),
            sound=SoundSettings("demo", self._tape),
        )
        self._session = Session(settings, people[0], models(), clock=clock, on_event=self.events.append)

    def play(self) -> tuple[Readings, Readings, NDArray[np.float32]]:
        """Readings before and after, and what was heard between them."""
        session = self._session
        session.start()
        try:
            self._warm()
            with self._joints_noted():
                before, first = session.readings(), self._tape.count
                self.found.rss_mb.append(resident_mb())
                self._switch_about()
                after, last = session.readings(), self._tape.count
        finally:
            session.stop()
        return before, after, self._tape.samples[first:last]

    def open_networks(self) -> int:
        """Those that profiles have brought."""
        return sum(not network.runs_on.startswith(BUILT_IN) for network in self._session.readings().networks)

    def _warm(self) -> None:
        """Wears everybody once: stages make their buffers with the first frame."""
        for profile in (*self._people[1:], self._people[0]):
            self._session.switch(profile)
            while self._session.profile.name != profile.name:
                self._wait(POLL_S)
            self._wait(WORN_S)
        self._wait(SETTLED_S)

    @contextmanager
    def _joints_noted(self) -> Iterator[None]:
        """Notes at which sample each voice is taken."""
        take, start = SoundRig.take, self._tape.count

        def noted(sound: SoundRig, voice: AudioStage, profile: Profile) -> None:
            late = round(voice.latency_ns * RATE_HZ / 1e9)
            self.found.joints.append((self._tape.count - start, late))
            take(sound, voice, profile)

        with patch.object(SoundRig, "take", noted):
            yield

    def _switch_about(self) -> None:
        options, session = self._options, self._session
        random, mean_s = np.random.default_rng(options.seed), options.seconds / options.switches
        pauses_s = mean_s * random.uniform(1 - SPREAD, 1 + SPREAD, options.switches)
        began_s, quarters = time.monotonic(), {round(options.switches * share / 4) for share in (1, 2, 3, 4)}
        for number, until_s in enumerate(began_s + np.cumsum(pauses_s), 1):
            others = [each for each in self._people if each.name != session.profile.name]
            wanted = others[int(random.integers(len(others)))]
            self.found.cold += wanted.name not in session.readings().ready
            session.switch(wanted)
            while session.profile.name != wanted.name and time.monotonic() < until_s + 5.0:
                self._wait(POLL_S)
            self._rest(until_s)
            self._count_networks()
            if number in quarters:
                self.found.rss_mb.append(resident_mb())

    def _rest(self, until_s: float) -> None:
        """Waits for the next switch; two seconds after the last one, looks how far apart sound and picture are."""
        look_s = time.monotonic() + OFFSET_AFTER_S
        if look_s < until_s:
            self._wait(look_s - LOOKS * LOOK_S - time.monotonic())
            looks: list[float] = []
            for _ in range(LOOKS):
                self._wait(LOOK_S)
                offset_ms = self._session.readings().sync.offset_ms
                looks += [] if offset_ms is None else [offset_ms]
            if looks:
                self.found.offsets_ms.append(float(np.median(looks)))
        self._wait(until_s - time.monotonic())

    def _count_networks(self) -> None:
        readings = self._session.readings()
        if readings.loading is None:
            kept = {*readings.ready, readings.profile}
            self.found.surplus.append(self.open_networks() - sum(self._networks[name] for name in kept))

    def _wait(self, seconds: float) -> None:
        if seconds > 0 and self._session.wait(seconds):
            raise SystemExit("The session ended by itself.")


def resident_mb() -> float:
    """Of this process, when what is of no use is gone."""
    gc.collect()
    return float(psutil.Process().memory_info().rss / 1e6)


def near(joints: list[tuple[int, int]], count: int) -> NDArray[np.bool_]:
    """bool (count,): where a voice may begin, end, or be joined to another."""
    marked = np.zeros(count, bool)
    for start, late in joints:
        for at in {0, min(late, MOST_OVERLAP), late}:
            marked[max(0, start + at - NEAR_SAMPLES) : start + at + RING_SAMPLES + NEAR_SAMPLES] = True
    return marked


def steps(sound: NDArray[np.float32], joints: list[tuple[int, int]]) -> Iterator[tuple[str, object]]:
    """From sample to sample, near the joints and elsewhere."""
    made = np.abs(np.diff(sound, prepend=sound[:1]))
    at_joints = near(joints, len(made))
    usual = float(np.percentile(made, 99.9))
    above = [float((part > usual).mean()) for part in (made[at_joints], made[~at_joints])]
    most = [float(part.max(initial=0.0)) for part in (made[at_joints], made[~at_joints])]
    yield "steps: 99.9th percentile of all", f"{usual:.4f}"
    yield "samples above it near switches / elsewhere", f"{above[0]:.3%} / {above[1]:.3%}"
    yield "largest step near switches / elsewhere", f"{most[0]:.4f} / {most[1]:.4f}"
    louder = sum(float(made[near([joint], len(made))].max(initial=0.0)) > most[1] for joint in joints)
    yield f"of {len(joints)} changes of voice those with a step above the largest elsewhere", louder


def rows(run: Run, before: Readings, after: Readings, watch: Watch) -> Iterator[tuple[str, object]]:
    """Names and values."""
    found, made = run.found, after.switches[len(before.switches) :]
    interval_ms, video, drops = 1000 / FPS, after.video, after.video.drops
    assert before.audio is not None and after.audio is not None
    yield "switches made", len(made)
    yield "frames lost by switches", sum(each.dropped for each in made)
    gaps = [each.gap_ms / interval_ms for each in made] or [0.0]
    yield "gap, frames: longest / 95th percentile", f"{max(gaps):.2f} / {np.percentile(gaps, 95):.2f}"
    lost = [getattr(drops, name) - getattr(before.video.drops, name) for name in ("capture", "processing", "output")]
    frames = video.frames_in - before.video.frames_in
    lane = video.lane
    yield "lane, ms a frame p50 / p95 / p99", f"{lane.p50_ms:.1f} / {lane.p95_ms:.1f} / {lane.p99_ms:.1f}"
    yield f"of {frames} frames lost at capture / processing / output", " / ".join(map(str, lost))
    yield (
        "underruns / overruns",
        " / ".join(str(getattr(after.audio, name) - getattr(before.audio, name)) for name in ("underruns", "overruns")),
    )
    yield "blocks of sound that failed", after.audio.failed - before.audio.failed
    offsets = np.abs(found.offsets_ms or [0.0])
    spread = f"{np.median(offsets):.1f} / {np.percentile(offsets, 95):.1f} / {offsets.max():.1f}"
    yield f"A/V offset {OFFSET_AFTER_S:g} s after a switch, ms p50 / p95 / most (of {len(found.offsets_ms)})", spread
    yield "resident memory, MB: start, then each quarter", ", ".join(f"{value:.0f}" for value in found.rss_mb)
    yield "networks open beyond those of warm and worn profiles, most", max(found.surplus, default=0)
    yield "ONNX Runtime sessions opened in all", watch.opened
    yield "networks in the runtime after stop", run.open_networks()
    yield "sessions that anything holds after stop", len(watch.alive)
    yield "warnings and errors told", len(run.events)


def main() -> None:
    """Runs and tells."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--switches", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    watching, watch = watched()
    with tempfile.TemporaryDirectory() as scratch:
        own: Any = SimpleNamespace(user_cache_path=lambda _: Path(scratch) / "cache")
        with (
            patch("pipeline.video.neural.identity.platformdirs", own),
            patch("pipeline.inference.onnx.runtime.OnnxNetwork", watching),
        ):
            people = cast(Path(scratch) / "profiles")
            run = Run(people, options)
            before, after, sound = run.play()
    gc.collect()
    table = [*rows(run, before, after, watch), *steps(sound, run.found.joints)]
    text = REPORT.format(
        **vars(options),
        profiles=len(people),
        size=SIZE,
        fps=FPS,
        cold=run.found.cold,
        load=" ".join(f"{value:.1f}" for value in psutil.getloadavg()),
        rows="\n".join(f"| {name} | {value} |" for name, value in table),
    )
    print(text)
    for event in run.events[:10]:
        print(event.level.value, event.text)
    if options.out is not None:
        options.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
