"""What loading a large profile costs the lane that runs meanwhile: its frame times before and while it loads.

    .venv/bin/python -m tests.benchmarks.cold_switch [--models FOLDER] [--tries 2] [--out FILE.md]

The profile has a dfm of 320 pixels and an RVC v2 voice with a content encoder that cost what the real ones do; they
are made in FOLDER (1.1 GB) where they are not there yet. Run it when the machine is quiet.
"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import numpy as np
import psutil

from pipeline.audio.settings import SoundSettings
from pipeline.clock import MonotonicClock, Playhead
from pipeline.inference.apart.aside import Aside
from pipeline.session import Session, SessionSettings
from pipeline.telemetry import DurationMeter
from pipeline.video.devices.settings import SourceSettings
from pipeline.video.devices.sources import first_pictures
from pipeline.video.held_pictures import HeldPictures
from pipeline.video.lane_meters import LaneMeters
from profiles.engines.face import DfmSettings
from profiles.engines.voice import RvcSettings
from profiles.profile import FaceSettings, Profile, VoiceSettings
from profiles.store import BUILTIN
from tests.benchmarks.sinks import Screen, Tape
from tests.footage import models, persona
from tests.models import voice_cost
from tests.models.true_dfm import USUAL, true_dfm

SIZE, FPS = (1280, 720), 30.0
PICTURES_HELD = 60
START_S, BEFORE_S, MOST_S = 3.0, 12.0, 100.0
POLL_S = 0.02
VOICE_MS = 5_000.0
"""As long as the dial goes: it is loading that is measured, and not the search for a latency that is kept."""
STOP_S = 60.0
WANTED = 1.5
PLAIN, MODEST = "like any other thread", "behind all others"

REPORT = """# What loading a profile costs the lane

A session with the persona Mara and sound, {size[0]}×{size[1]} at {fps:g} fps, in memory; beside it a profile with a
dfm 320 ({dfm:.0f} MB) and an RVC v2 voice ({voice:.0f} MB with its content encoder) is made ready. Frame time: the
lane's work on one frame. Wanted: a p99 while loading of at most {wanted} times that before. Opened: how the thread that
opens and tries the networks stands to the others; the program has it behind all others where there are two cores. Load
at the end: {load}.

| try | opened | loading s | frames before / meanwhile | p50 ms before / meanwhile | p99 ms before / meanwhile | \
p99 ratio | longest meanwhile ms | lost before / meanwhile | underruns |
|---|---|---|---|---|---|---|---|---|---|
{rows}
"""


@dataclass
class Stretch:
    """The lane over some time."""

    frames_ms: list[float]
    lost: int
    underruns: int
    seconds: float


class EveryFrame(DurationMeter):
    """The meter of the lane's work, which keeps how long each frame took."""

    def __init__(self) -> None:
        super().__init__()
        self.frames_ms: list[float] = []

    def add(self, duration_ns: int) -> None:
        """Takes one duration in nanoseconds."""
        super().add(duration_ns)
        self.frames_ms.append(duration_ns / 1e6)


def made(folder: Path) -> dict[str, Path]:
    """The networks' files, made where they are missing."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {name: folder / name for name in ("true-320.dfm", "voice.onnx", "content.onnx")}
    if not files["true-320.dfm"].exists():
        true_dfm(files["true-320.dfm"], USUAL[320])
    for name, make in (("voice.onnx", voice_cost.rvc_voice), ("content.onnx", voice_cost.content_encoder)):
        if not files[name].exists():
            make(files[name])
    return files


def heavy(folder: Path, files: dict[str, Path]) -> Profile:
    """The profile that is loaded."""
    folder.mkdir(parents=True)
    shutil.copy(BUILTIN / "tomas" / "portrait.png", folder / "portrait.png")
    worn = persona("tomas")
    voice = worn.voice.model_dump() | {"engine": "rvc", "latency_ms": VOICE_MS}
    rvc = RvcSettings(model=files["voice.onnx"], encoder=files["content.onnx"])
    update = {
        "name": "heavy",
        "folder": folder,
        "face": FaceSettings.model_validate({"engine": "dfm"}),
        "dfm": DfmSettings(model=files["true-320.dfm"]),
        "voice": VoiceSettings.model_validate(voice),
        "rvc": rvc,
    }
    return worn.model_copy(update=update)


def one_try(profile: Profile) -> tuple[Stretch, Stretch]:
    """Before and while loading, in a session of its own."""
    clock = MonotonicClock()
    pictures = first_pictures(SourceSettings(camera="demo", size=SIZE), PICTURES_HELD)
    camera = HeldPictures(pictures, FPS, clock, Playhead())
    sound = SoundSettings("demo", Tape(BEFORE_S + MOST_S))
    told: list[str] = []
    settings = SessionSettings(camera, sinks=(Screen(),), sound=sound)
    session = Session(settings, persona(), models(), clock=clock, on_event=lambda event: told.append(event.text))
    work = EveryFrame()
    with patch("pipeline.lane.LaneMeters", lambda: LaneMeters(work)):
        session.start()
    try:
        session.wait(START_S)
        before = stretch(session, work, lambda took_s: took_s > BEFORE_S)
        session.prepare(profile)
        session.wait(POLL_S)
        while_loading = stretch(session, work, lambda took_s: session.readings().loading is None or took_s > MOST_S)
    finally:
        session.stop(STOP_S)
    # A computer that is too slow for the voice says so when it has been loaded and tried, which is what is measured.
    print(*told, sep="\n")
    return before, while_loading


def stretch(session: Session, work: EveryFrame, is_over: Callable[[float], bool]) -> Stretch:
    """The lane until something is the case."""
    first, began_s, at_first = len(work.frames_ms), time.monotonic(), counts(session)
    while not is_over(time.monotonic() - began_s):
        session.wait(POLL_S)
    at_last = counts(session)
    lost, underruns = (last - one for last, one in zip(at_last, at_first, strict=True))
    return Stretch(work.frames_ms[first:], lost, underruns, time.monotonic() - began_s)


def counts(session: Session) -> tuple[int, int]:
    """Frames lost and underruns so far."""
    readings = session.readings()
    drops = readings.video.drops
    return drops.capture + drops.output, 0 if readings.audio is None else readings.audio.underruns


@contextmanager
def opening(how: str) -> Iterator[None]:
    """Has networks opened as the program does, or on a thread that is like any other."""
    if how == MODEST:
        yield
    else:
        with patch.object(Aside, "enter", lambda aside: None):
            yield


def row(number: int, how: str, before: Stretch, meanwhile: Stretch) -> str:
    """One line of the table."""
    p50, p99 = ([float(np.percentile(each.frames_ms, share)) for each in (before, meanwhile)] for share in (50, 99))
    cells = (
        number,
        how,
        f"{meanwhile.seconds:.1f}",
        f"{len(before.frames_ms)} / {len(meanwhile.frames_ms)}",
        f"{p50[0]:.1f} / {p50[1]:.1f}",
        f"{p99[0]:.1f} / {p99[1]:.1f}",
        f"{p99[1] / p99[0]:.2f}",
        f"{max(meanwhile.frames_ms):.0f}",
        f"{before.lost} / {meanwhile.lost}",
        f"{before.underruns} / {meanwhile.underruns}",
    )
    return f"| {' | '.join(map(str, cells))} |"


def tried(folder: Path, files: dict[str, Path], options: argparse.Namespace) -> Iterator[str]:
    """A row for each try."""
    profile = heavy(folder / "heavy", files)
    for number in range(1, options.tries + 1):
        for how in (PLAIN, MODEST):
            with opening(how):
                line = row(number, how, *one_try(profile))
            print(line, flush=True)
            yield line


def main() -> None:
    """Runs and tells."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=Path, help="keep the networks in this folder")
    parser.add_argument("--tries", type=int, default=2)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        files = made(options.models or Path(scratch) / "models")
        lines = list(tried(Path(scratch), files, options))
        sizes = {name: path.stat().st_size / 1e6 for name, path in files.items()}
    text = REPORT.format(
        size=SIZE,
        fps=FPS,
        dfm=sizes.pop("true-320.dfm"),
        voice=sum(sizes.values()),
        wanted=WANTED,
        load=" ".join(f"{value:.1f}" for value in psutil.getloadavg()),
        rows="\n".join(lines),
    )
    print(text)
    if options.out is not None:
        options.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
