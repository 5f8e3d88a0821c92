"""Whether and how fast a model runs on this computer, found out in a process of its own.

What a file asks for may be more memory than there is, or crash the library: it then costs that process only. Run as a
program it tries one file and prints what came of it as JSON, anew after each run: the last line counts.
"""

import json
import math
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import psutil

from pipeline.errors import ModelError, StageError
from pipeline.inference.apart.child import NoAnswerError, answer_of
from pipeline.inference.formats import Recognised, recognise
from pipeline.inference.onnx.graph import Tensor
from pipeline.inference.onnx.model_file import ModelFile, read_model
from pipeline.inference.onnx.network import Layout
from pipeline.inference.onnx.runtime import Demand, Preference, Runtime

LONGEST_S = 180.0
MEASURED_S, PATIENCE_S = 4.0, 15.0
RUNS = (5, 100)
"""So many runs are timed at least and at most; fewer where they take longer than `PATIENCE_S`."""
SHARE_OF_MEMORY = 0.8
FRAMES = 100
"""A second of a voice."""
PICTURE, SOUND = (512, 512), 16_000
"""What is taken for the sides of pictures and the samples of sounds that a file leaves open."""
PICTURES: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"rvm": (720, 1280), "yunet": (320, 320), "scrfd": (320, 320), "scrfd-batched": (320, 320)}
)
"""Height and width of what formats are shown that are used at other sizes."""
OPEN_SIZES: Mapping[str, int] = MappingProxyType({"rvc.model": FRAMES, "rvc.encoder": SOUND, "rvc.pitch": SOUND})
OPEN_MEL = 128
IN_FRAMES = "crepe"
"""The one format that takes many short pieces at once."""
VALUES: Mapping[str, float] = MappingProxyType(
    {
        "p_len": FRAMES,
        "phone_lengths": FRAMES,
        "return_length": FRAMES,
        "formant_length": FRAMES,
        "pitch": 100,
        "threshold": 0.03,
        "downsample_ratio": 0.375,
        "fmin": 50,
        "fmax": 1100,
    }
)
"""What stands in inputs that tell a network how to work."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of a trial.

    Attributes:
        runs_on: the device it really ran on; empty where it did not run.
        opened_ms: how long it took to load and warm up; None where it was not opened.
        p50_ms, p95_ms: of one run; None where none was timed.
        runs: how many runs were timed.
        shapes: what it was fed with.
        results: the shapes of what it put out then.
        problem: why it does not run, or why its speed is not known, as a sentence; empty where it is.
        late: whether the time was up before a run was timed, so that nobody knows whether it runs.
        remarks: what was told meanwhile.
    """

    runs_on: str = ""
    opened_ms: float | None = None
    p50_ms: float | None = None
    p95_ms: float | None = None
    runs: int = 0
    shapes: Mapping[str, tuple[int, ...]] | None = None
    results: Mapping[str, tuple[int, ...]] | None = None
    problem: str = ""
    late: bool = False
    remarks: tuple[str, ...] = ()


def tried(path: Path, preference: Preference = Preference.AUTO, limit_s: float = LONGEST_S) -> Trial:
    """Opens a model in a process of its own and times it there, as far as it gets in `limit_s`."""
    try:
        found = answer_of("pipeline.inference.trial", [str(path.absolute()), preference.value], limit_s)
    except NoAnswerError as error:
        if not error.is_late:
            return Trial(problem=f"The model {path} {error}.")
        so_far = _read(error.so_far) if error.so_far is not None else Trial()
        if so_far.runs:
            return so_far
        text = f"The model {path} was not timed within {limit_s:g} s, so that its speed is not known"
        return replace(so_far, problem=f"{text}; a larger --limit tells it.", late=True)
    return _read(found)


def _read(found: Mapping[str, Any]) -> Trial:
    return Trial(**{**found, "remarks": tuple(found["remarks"])})


def tried_here(path: Path, preference: Preference, tell: Callable[[Trial], None] = lambda _: None) -> Trial:
    """Opens a model in this process and times it; `tell` gets what is known so far, again after every run."""
    remarks: list[str] = []
    runtime = Runtime(preference, report=lambda event: remarks.append(event.text))
    try:
        file = read_model(path)
        runtime.survey()
        layout = trial_layout(file, recognise(file))
        begun = time.perf_counter()
        network = runtime.open(file, Demand(layout, math.inf))
        opened_ms = (time.perf_counter() - begun) * 1e3
        results = {name: output.shape for name, output in network.outputs.items()}
        took_ms: list[float] = []
        known = Trial(network.label, opened_ms, shapes=layout.shapes, results=results, remarks=tuple(remarks))
        tell(known)
        while not _timed(took_ms):
            begun = time.perf_counter()
            network.rehearse()
            took_ms.append((time.perf_counter() - begun) * 1e3)
            p50, p95 = (float(value) for value in np.percentile(took_ms, (50, 95)))
            # It may have moved to another device meanwhile.
            known = replace(known, runs_on=network.label, p50_ms=p50, p95_ms=p95, runs=len(took_ms))
            known = replace(known, remarks=tuple(remarks))
            tell(known)
        return known
    except (ModelError, StageError) as error:
        return Trial(problem=str(error), remarks=tuple(remarks))
    except MemoryError:
        return Trial(problem=f"The model {path} needs more memory than there is.", remarks=tuple(remarks))
    finally:
        runtime.close()


def _timed(took_ms: list[float]) -> bool:
    """Whether the runs so far tell how fast a network is."""
    spent_s = sum(took_ms) / 1e3
    few = len(took_ms) < RUNS[0] and spent_s < PATIENCE_S
    return not few and (spent_s >= MEASURED_S or len(took_ms) >= RUNS[1])


def trial_layout(file: ModelFile, found: Recognised | None) -> Layout:
    """What a model is fed with when it is tried; sizes that it leaves open are those that its format is used with."""
    shapes = {tensor.name: _shape(tensor, found) for tensor in file.graph.inputs}
    values = {tensor.name: VALUES[tensor.name] for tensor in file.graph.inputs if tensor.name in VALUES}
    return Layout(shapes, values=values if found is not None else {})


def _shape(tensor: Tensor, found: Recognised | None) -> tuple[int, ...]:
    """A tensor's shape with every size a number."""
    picture = len(tensor.shape) == 4 and tensor.shape[1] in (1, 3)
    sides = PICTURES.get(found.format.name, PICTURE) if found is not None else PICTURE
    sizes: list[int] = []
    for place, size in enumerate(tensor.shape):
        if isinstance(size, int):
            sizes.append(size)
        elif place == 0 and len(tensor.shape) > 1:
            sizes.append(FRAMES if found is not None and found.format.name == IN_FRAMES else 1)
        elif picture:
            sizes.append(sides[place - 2])
        elif found is not None and tensor.shape[1:2] == (OPEN_MEL,):
            sizes.append(OPEN_MEL)
        else:
            sizes.append(OPEN_SIZES.get(found.format.key, 1) if found is not None else 1)
    return tuple(sizes)


def _print(trial: Trial) -> None:
    """Prints a trial as JSON at once, for this process may be killed."""
    print(json.dumps(asdict(trial)), flush=True)


def limit_memory() -> None:
    """Lets this process have most of the memory that is free, so that who wants more gets an error, not everyone."""
    if sys.platform == "linux":
        import resource

        # Address space that is reserved and not used, as accelerators do, does not count as data.
        most = round(psutil.virtual_memory().available * SHARE_OF_MEMORY)
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


if __name__ == "__main__":
    limit_memory()
    _print(tried_here(Path(sys.argv[1]), Preference(sys.argv[2]), _print))
