"""What opening a model costs the other threads: how long one that wakes every millisecond has to wait meanwhile.

.venv/bin/python -m tests.benchmarks.model_loading --out tests/benchmarks/results/model_loading.md
"""

import argparse
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from onnx import helper

from pipeline.inference.onnx.halves import in_full
from pipeline.inference.onnx.model_file import ModelFile, read_model
from pipeline.inference.onnx.network import Layout, OnnxNetwork
from pipeline.inference.onnx.place import Place
from pipeline.inference.providers import onnx_runtime
from tests.models.graphs import FLOAT, HALF, constant, port, save

LAYERS, WIDTH = 60, 1024
BEAT_S = 0.001
QUIET_S = 0.3
TRIES = 3

REPORT = """# What opening a model costs the other threads

A model of {megabytes:.0f} MB ({layers} layers of {width} × {width}) on the CPU with one thread. Beside it a thread
sleeps for a millisecond again and again, as a lane does between two frames; the gap is the longest that it was away.
The best of {tries} tries. Python lets another thread have the interpreter after 5 ms, unless a library holds it.

| step | takes ms | longest gap ms |
|---|---|---|
{rows}
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """One step: how long it took, and the longest gap meanwhile."""

    name: str
    took_ms: float
    gap_ms: float

    def __str__(self) -> str:
        return f"| {self.name} | {self.took_ms:.0f} | {self.gap_ms:.1f} |"


class Heart:
    """A thread that beats."""

    def __init__(self) -> None:
        self._beats: list[float] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat)
        self._thread.start()

    def _beat(self) -> None:
        while not self._ended.is_set():
            time.sleep(BEAT_S)
            self._beats.append(time.perf_counter())

    def cost_of(self, name: str, step: Callable[[], object]) -> Cost:
        """What a step costs."""
        time.sleep(QUIET_S)
        begun = time.perf_counter()
        step()
        ended = time.perf_counter()
        time.sleep(2 * BEAT_S)
        beats = [beat for beat in self._beats if begun - QUIET_S / 2 < beat]
        gaps = [after - before for before, after in zip(beats, beats[1:], strict=False) if after > begun]
        return Cost(name, (ended - begun) * 1e3, max(gaps) * 1e3)

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()


def model(path: Path, kind: int = FLOAT) -> ModelFile:
    """Layers of random weights."""
    random = np.random.default_rng(0)
    dtype = np.float16 if kind == HALF else np.float32
    nodes, constants = [], []
    for layer in range(LAYERS):
        weights = random.standard_normal((WIDTH, WIDTH)).astype(dtype) / dtype(WIDTH**0.5)
        constants.append(constant(f"w{layer}", weights))
        nodes += [
            helper.make_node("MatMul", [f"x{layer}", f"w{layer}"], [f"m{layer}"]),
            helper.make_node("Tanh", [f"m{layer}"], [f"x{layer + 1}"]),
        ]
    ends = [port("x0", [1, WIDTH], kind)], [port(f"x{LAYERS}", [1, WIDTH], kind)]
    return read_model(save(path, nodes, *ends, constants))


def costs(heart: Heart, file: ModelFile, half: ModelFile, folder: Path) -> list[Cost]:
    """What each step costs, once."""
    networks: list[OnnxNetwork] = []
    layout = Layout({"x0": (1, WIDTH)})

    def opened() -> None:
        networks.append(OnnxNetwork(onnx_runtime(), file, layout, Place()))

    def rewritten() -> None:
        with (folder / "full.onnx").open("wb") as target:
            target.writelines(in_full(memoryview(half.path.read_bytes())))

    return [
        heart.cost_of("nothing", lambda: time.sleep(QUIET_S)),
        heart.cost_of("read and hash the file", lambda: read_model(file.path)),
        heart.cost_of("open the session and warm it up", opened),
        heart.cost_of("one run", lambda: networks[0].rehearse()),
        heart.cost_of("close it", lambda: networks.pop().close()),
        heart.cost_of("write a half-precision model anew in full", rewritten),
    ]


def main() -> None:
    """Measures, and writes the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    out: Path = parser.parse_args().out
    heart = Heart()
    try:
        with TemporaryDirectory() as place:
            folder = Path(place)
            file, half = model(folder / "m.onnx"), model(folder / "h.onnx", HALF)
            tries = [costs(heart, file, half, folder) for _ in range(TRIES)]
    finally:
        heart.stop()
    best = [min(step, key=lambda cost: cost.gap_ms) for step in zip(*tries, strict=True)]
    rows = "\n".join(str(cost) for cost in best)
    text = REPORT.format(megabytes=file.size / 1e6, layers=LAYERS, width=WIDTH, tries=TRIES, rows=rows)
    print(text)
    out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
