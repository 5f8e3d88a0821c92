"""`understudy models inspect`: what a model's file is, and whether and how fast it runs here."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import typer

from console.commands.brought.remarks import file_remarks, sample_rate_hz, speakers, voice_row
from pipeline.inference.formats import Recognised, recognise
from pipeline.inference.kinds.nearest import nearest
from pipeline.inference.onnx.graph import Tensor
from pipeline.inference.onnx.model_file import ModelFile, read_model
from pipeline.inference.onnx.ports import shown
from pipeline.inference.onnx.runtime import Preference
from pipeline.inference.own_models import OwnModels
from pipeline.inference.trial import Trial, tried
from profiles.plain_text import visible

MOST_OPERATORS = 6
UNKNOWN = "of no format that a profile takes"
FPS = 30
FRAME_MS = 1000 / FPS
SPOKEN_MS = 1000.0
"""So much sound voices' networks are tried with."""
ONCE = frozenset({"arcface", "converter"})
"""Networks that look at a portrait and not at every frame."""


@dataclass(frozen=True, slots=True)
class TrialOptions:
    """How a model is tried.

    Attributes:
        device: where it is to run.
        limit_s: how long the trial may take.
    """

    device: str
    limit_s: float


def inspect_model(named: str, options: TrialOptions, *, as_json: bool) -> int:
    """Prints what a file is, and then whether and how fast it runs; 1 when it does not run here, or nobody
    knows how fast.

    Ctrl-C ends the trial only: what is known is printed, for scripts as well.

    Raises:
        ModelError: it is no whole ONNX file, or leads out of its folder; or there is none.
    """
    path = OwnModels().place(named)
    file = read_model(path)
    found = recognise(file)
    if not as_json:
        _print(rows(file, found))
    try:
        trial = tried(path, Preference(options.device), options.limit_s)
    except KeyboardInterrupt:
        trial = Trial(problem=f"The trial of {path} was interrupted, so that its speed is not known.")
        if not as_json:
            _print([("Runs", "not known: the trial was interrupted")])
            return 1
    if as_json:
        typer.echo(json.dumps(facts(file, found, trial), indent=2))
    else:
        _print(trial_rows(file, found, trial))
    return 1 if trial.problem else 0


def _print(told: Sequence[tuple[str, str]]) -> None:
    for name, text in told:
        typer.echo(f"{name:<10} {visible(text)}")


def facts(file: ModelFile, found: Recognised | None, trial: Trial) -> dict[str, Any]:
    """What a file is, for scripts."""
    graph = file.graph
    return {
        "path": str(file.path),
        "format": found.format.name if found else None,
        "title": found.title if found else None,
        "profile_key": found.format.key if found else None,
        "nearest": str(near) if found is None and (near := nearest(file)) else None,
        "remarks": list(file_remarks(file, found)),
        "sample_rate_hz": sample_rate_hz(trial) if found and found.format.key == "rvc.model" else None,
        "speakers": speakers(file),
        "bytes": file.size,
        "sha256": file.sha256,
        "precision": graph.precision,
        "parameters": graph.parameters,
        "opset": graph.opset,
        "producer": graph.producer,
        "inputs": _ports(graph.inputs),
        "outputs": _ports(graph.outputs),
        "operators": dict(graph.operators.most_common()),
        "metadata": dict(graph.metadata),
        "trial": asdict(trial),
    }


def rows(file: ModelFile, found: Recognised | None) -> list[tuple[str, str]]:
    """What a file is, for people, as far as it need not be run: the name of each row and its text."""
    graph = file.graph
    common = [f"{name} {count}" for name, count in graph.operators.most_common(MOST_OPERATORS)]
    left = len(graph.operators) - len(common)
    weights = f"{graph.precision}, {_large(graph.parameters, 'million parameters', 'parameter')}"
    return [
        ("File", f"{file.path}, {_large(file.size, 'MB', 'byte')}"),
        ("Format", f"{found.title}; goes under {found.format.key}" if found else _unknown(file)),
        *(("Remark", remark) for remark in file_remarks(file, found)),
        ("SHA-256", file.sha256),
        ("Weights", weights),
        ("Made by", f"{graph.producer or 'an unknown program'}, opset {graph.opset}"),
        *_tensor_rows("Input", graph.inputs),
        *_tensor_rows("Output", graph.outputs),
        ("Operators", ", ".join(common) + (f" and {_counted(left, 'other')}" if left > 0 else "")),
    ]


def _unknown(file: ModelFile) -> str:
    near = nearest(file)
    return f"{UNKNOWN}; {near}" if near is not None else UNKNOWN


def trial_rows(file: ModelFile, found: Recognised | None, trial: Trial) -> list[tuple[str, str]]:
    """What came of a trial, for people."""
    told = [("Remark", remark) for remark in trial.remarks]
    if trial.problem or trial.opened_ms is None:
        return [*told, ("Runs", f"{'not known' if trial.late else 'not here'}: {trial.problem}")]
    speed = f"p50 {trial.p50_ms:.1f} ms, p95 {trial.p95_ms:.1f} ms over {_counted(trial.runs, 'run')}"
    runs = f"{trial.runs_on}: {speed}; opened in {trial.opened_ms / 1e3:.1f} s{_fed(trial)}"
    more = {"Speed": speed_row(found, trial), "Voice": voice_row(file, found, trial)}
    return [*told, ("Runs on", runs), *((name, text) for name, text in more.items() if text)]


def speed_row(found: Recognised | None, trial: Trial) -> str:
    """Whether it is fast enough to be worn or heard live; empty where nobody knows what it is for."""
    if found is None or found.format.name in ONCE or trial.p50_ms is None or trial.p95_ms is None:
        return ""
    if found.format.key.startswith("rvc."):
        share = trial.p95_ms / SPOKEN_MS
        enough = f"{'enough' if share < 1 else 'too slow'} for real time"
        return f"{enough}: {trial.p95_ms:.0f} ms for {SPOKEN_MS / 1e3:g} s of sound" + (
            "" if share < 1 else "; the voice will stutter"
        )
    frame = f"a frame has {FRAME_MS:.1f} ms"
    if trial.p95_ms < FRAME_MS:
        return f"enough for {FPS} fps, as far as this network goes: {frame}"
    if trial.p50_ms < FRAME_MS:
        return f"mostly enough for {FPS} fps: {frame}, and some runs take longer; other programs may have been busy"
    fps = 1000 / trial.p50_ms
    return f"too slow for {FPS} fps: {frame}; about {fps:.{0 if fps >= 3 else 1}f} fps"


def _tensor_rows(name: str, tensors: Sequence[Tensor]) -> list[tuple[str, str]]:
    return [(name, f"{tensor.name} {tensor.dtype} {shown(tensor.shape)}") for tensor in tensors]


def _ports(tensors: Sequence[Tensor]) -> list[Mapping[str, Any]]:
    return [asdict(tensor) for tensor in tensors]


def _fed(trial: Trial) -> str:
    """The shapes that were chosen for it, where there is one that is larger than a single value."""
    shapes = [shown(tuple(shape)) for shape in (trial.shapes or {}).values() if len(shape) > 1]
    return f"; fed with {', '.join(shapes)}" if shapes else ""


def _large(count: int, in_millions: str, as_is: str) -> str:
    return f"{count / 1e6:.1f} {in_millions}" if count >= 100_000 else _counted(count, as_is)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
