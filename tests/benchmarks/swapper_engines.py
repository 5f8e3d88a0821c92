"""What an embedding swapper takes per frame, and what everything around it takes: align, cut, mask, colours, paste.

    .venv/bin/python tests/benchmarks/swapper_engines.py [--film FILM] [--frames 120] [--models FOLDER] [--json]

Measured as in `engines.py`, each frame once. With --models an inswapper of real cost is kept in that
folder and timed as well.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from pipeline.inference.onnx.model_file import read_model
from pipeline.inference.onnx.runtime import Preference, Runtime
from pipeline.inference.store import ModelStore
from pipeline.media import Frame
from pipeline.video.devices.demo_actor import RECORDING
from pipeline.video.neural.identity import Likeness
from pipeline.video.neural.swapper import Swapper
from profiles.store import BUILTIN
from tests.benchmarks.engines import FACE_PX, FIRST, SIZE, Timed, film_frames, quantiles
from tests.models.swappers import Swap, arcface, converter, swapper
from tests.models.true_inswapper import cost, true_inswapper
from tests.pipeline.video.neural.swapper_desk import embedding_profile

FAMILIES = ("inswapper", "hyperswap")
MODEL_RUNS = 3
CASES = {
    "as a profile comes": embedding_profile(merge={"colour_transfer": "seam"}),
    "no colours": embedding_profile(),
}


def around(frames: Sequence[Frame], runtime: Runtime, likeness: Likeness, folder: Path) -> dict[str, dict[str, float]]:
    """What everything around the networks takes, by family and settings."""
    found = {}
    for family in FAMILIES:
        file = read_model(swapper(folder / f"{family}.onnx", Swap(family)))
        for name, profile in CASES.items():
            timed = Timed(Swapper(runtime, file, likeness, profile), profile)
            found[f"{family} {Swap(family).size} | {name}"] = quantiles([timed.trial_ms(f) for f in frames][FIRST:])
            timed.stage.close()
    return found


def model(frame: Frame, runtime: Runtime, likeness: Likeness, folder: Path) -> dict[str, float]:
    """What an inswapper of real cost takes, and what is around it then, its caches swept."""
    path = folder / "true-inswapper.onnx"
    if not path.exists():
        true_inswapper(path)
    profile = CASES["as a profile comes"]
    timed = Timed(Swapper(runtime, read_model(path), likeness, profile), profile)
    runs, rest = [], []
    for _ in range(MODEL_RUNS):
        began_ns = time.perf_counter_ns()
        timed.network.rehearse()
        runs.append((time.perf_counter_ns() - began_ns) / 1e6)
        rest.append(timed.trial_ms(frame))
    timed.stage.close()
    parameters, multiply_adds = cost()
    return {
        "million_parameters": round(parameters / 1e6, 1),
        "billion_multiply_adds": round(multiply_adds / 1e9, 1),
        **quantiles(runs),
        "around_p50_ms": float(np.median(rest)),
    }


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--film", type=Path, default=RECORDING)
    parser.add_argument("--frames", type=int, default=120)
    parser.add_argument("--models", type=Path, help="time the network of real cost, kept in this folder")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    frames = list(film_frames(options.film, options.frames))
    runtime = Runtime(Preference.CPU)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        networks = (read_model(arcface(folder / "arcface.onnx")), read_model(converter(folder / "converter.onnx")))
        likeness = Likeness((BUILTIN / "mara" / "portrait.png",), ModelStore(), *networks, folder / "identities")
        found: dict[str, dict[str, float]] = around(frames, runtime, likeness, folder)
        true = model(frames[len(frames) // 2], runtime, likeness, options.models) if options.models else None
    runtime.close()
    if options.json:
        print(json.dumps(found | ({"true": true} if true else {})))
        return
    print(f"{len(frames)} frames at {SIZE[0]}x{SIZE[1]}, face {FACE_PX:g} px from chin to forehead\n")
    print("| swapper | settings | around, p50 ms | p95 ms |\n|---|---|---|---|")
    print(*(f"| {name} | {figures['p50_ms']} | {figures['p95_ms']} |" for name, figures in found.items()), sep="\n")
    if true:
        print(f"\nTrue cost, inswapper 128: {json.dumps(true)}")


if __name__ == "__main__":
    main()
