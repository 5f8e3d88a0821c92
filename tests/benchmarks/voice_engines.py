"""What a voice that is a network takes of its time on this computer, networks and the rest apart, as a table.

    .venv/bin/python -m tests.benchmarks.voice_engines --out tests/benchmarks/results/voice_engines.md --models FOLDER

The networks cost what the real ones do and hold random weights; they are made in FOLDER where they are not there yet.
"""

import argparse
import os
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from pipeline.audio.neural.cut import cut_for
from pipeline.audio.neural.rvc import Rvc, Tools
from pipeline.audio.stream import RATE_HZ
from pipeline.inference.onnx.model_file import read_model
from pipeline.inference.onnx.runtime import Network, Preference, Runtime
from pipeline.inference.store import ModelStore
from profiles.engines.voice import RvcSettings
from profiles.profile import Kind, Profile, VoiceSettings
from tests.models import voice_cost
from tests.pipeline.audio.voice.speech import recording

REPORT = """# What a voice that is a network takes

Networks with random weights that cost what the real ones do: {sizes}. swift-f0 is the real one. {place} Speech, one
call per chunk; the fastest of {runs} calls. The rest: resampling, spectra, coarse pitch, noise, joining. Load: the
call against the chunk's own length; the dial refuses 70 % and more, and the voice where no dial is below that.

| dial ms | chunk ms | heard ms | pitch by | content ms | pitch ms | voice ms | the rest ms | call ms | load |
|---|---|---|---|---|---|---|---|---|---|
{rows}
"""
ON_CPU = """Run on {cores} cores of which the networks get
{threads}, and measured in processor time of the thread that works: other programs were at work beside it."""
ON_GPU = """Run on {device}, measured by the clock."""

DIALS_MS = (424.0, 1_000.0, 2_500.0, 5_000.0)
RUNS = 3

Now = Callable[[], int]


@dataclass
class Spent:
    """Time in the networks of one engine, by part."""

    now_ns: Now
    ms: dict[str, float] = field(default_factory=dict)

    def watch(self, part: str, network: Network) -> None:
        run = network.run

        def timed() -> None:
            began_ns = self.now_ns()
            run()
            self.ms[part] = (self.now_ns() - began_ns) / 1e6

        network.run = timed  # type: ignore[method-assign]


def made(folder: Path) -> Iterator[tuple[str, Path]]:
    """The networks' files, made where they are missing."""
    folder.mkdir(parents=True, exist_ok=True)
    makers: dict[str, Callable[[Path], object]] = {
        "voice": voice_cost.rvc_voice,
        "content": voice_cost.content_encoder,
        "rmvpe": voice_cost.rmvpe,
    }
    for name, make in makers.items():
        path = folder / f"{name}.onnx"
        if not path.is_file():
            make(path)
        yield name, path


def profile(files: dict[str, Path], pitch: str) -> Profile:
    named = Path(files["rmvpe"]) if pitch == "RMVPE" else None
    settings = RvcSettings(model=files["voice"], encoder=files["content"], pitch=named, transpose_semitones=0.0)
    voice = VoiceSettings(engine="rvc")
    return Profile(name="bench", folder=Path(), title="Bench", kind=Kind.PERSONA, voice=voice, rvc=settings)


def row(files: dict[str, Path], dial_ms: float, pitch: str, tools: Tools, now_ns: Now) -> str:
    """One engine, its fastest call."""
    plan, spent = cut_for(dial_ms), Spent(now_ns)
    engine = Rvc(profile(files, pitch), plan, tools)
    parts = {"content": engine._encoder, "pitch": engine._pitch, "voice": engine._decoder}
    for part, owner in parts.items():
        spent.watch(part, owner._network)  # type: ignore[union-attr]
    speech, length = recording(), plan.context + plan.reach
    best: tuple[float, dict[str, float]] = (np.inf, {})
    for start in range(RATE_HZ, RATE_HZ + RUNS * plan.chunk, plan.chunk):
        sound = np.take(speech, np.arange(start, start + length), mode="wrap")
        began_ns = now_ns()
        engine.convert(sound)
        best = min(best, ((now_ns() - began_ns) / 1e6, dict(spent.ms)), key=lambda each: each[0])
    engine.close()
    call_ms, each = best
    chunk_ms = plan.chunk * 1000 / RATE_HZ
    networks = " | ".join(f"{each[part]:.0f}" for part in parts)
    line = (
        f"| {dial_ms:.0f} | {chunk_ms:.0f} | {length * 1000 / RATE_HZ:.0f} | {pitch} | {networks} | "
        f"{call_ms - sum(each.values()):.1f} | {call_ms:.0f} | {call_ms / chunk_ms:.0%} |"
    )
    print(line, flush=True)
    return line


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--device", type=Preference, default=Preference.CPU, choices=list(Preference))
    arguments = parser.parse_args()
    files = dict(made(arguments.models))
    counts = ", ".join(f"{name} {read_model(path).graph.parameters / 1e6:.1f} M" for name, path in files.items())
    cores = os.cpu_count() or 1
    # One thread does all of the work where there is no other core to spare.
    alone = arguments.device is Preference.CPU and cores <= 2
    now_ns: Now = time.thread_time_ns if alone else time.perf_counter_ns
    place = ON_CPU.format(cores=cores, threads="one") if alone else ON_GPU.format(device=arguments.device.value)
    runtime = Runtime(arguments.device)
    tools = Tools(runtime, ModelStore())
    rows = [row(files, dial_ms, pitch, tools, now_ns) for pitch in ("swift-f0", "RMVPE") for dial_ms in DIALS_MS]
    runtime.close()
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    title, prose, table = REPORT.split("\n\n")
    told = textwrap.fill(prose.format(sizes=f"parameters {counts}", place=place, runs=RUNS), 120)
    text = "\n\n".join((title, told, table.format(rows="\n".join(rows))))
    arguments.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
