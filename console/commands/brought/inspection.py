"""`understudy models inspect`: what a model's file is, and whether and how fast it runs here."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typer

from pipeline.inference.formats import Recognised, recognise
from pipeline.inference.onnx.graph import Tensor
from pipeline.inference.onnx.model_file import ModelFile, read_model
from pipeline.inference.onnx.ports import shown
from pipeline.inference.onnx.runtime import Preference
from pipeline.inference.trial import Trial, tried
from profiles.plain_text import visible

MOST_OPERATORS = 6
UNKNOWN = "of no format that a profile takes"


def inspect_model(path: Path, device: str, *, as_json: bool) -> int:
    """Prints what a file is; 1 when it does not run here.

    Raises:
        ModelError: it is no whole ONNX file, or leads out of its folder.
    """
    path = path.expanduser()
    file = read_model(path)
    found = recognise(file)
    trial = tried(path, Preference(device))
    if as_json:
        typer.echo(json.dumps(facts(file, found, trial), indent=2))
    else:
        for name, text in rows(file, found, trial):
            typer.echo(f"{name:<10} {visible(text)}")
    return 1 if trial.problem else 0


def facts(file: ModelFile, found: Recognised | None, trial: Trial) -> dict[str, Any]:
    """What a file is, for scripts."""
    graph = file.graph
    return {
        "path": str(file.path),
        "format": found.format.name if found else None,
        "title": found.title if found else None,
        "profile_key": found.format.key if found else None,
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


def rows(file: ModelFile, found: Recognised | None, trial: Trial) -> list[tuple[str, str]]:
    """What a file is, for people: the name of each row and its text."""
    graph = file.graph
    common = [f"{name} {count}" for name, count in graph.operators.most_common(MOST_OPERATORS)]
    left = len(graph.operators) - len(common)
    weights = f"{graph.precision}, {_large(graph.parameters, 'million parameters', 'parameters')}"
    found_rows = [
        ("File", f"{file.path}, {_large(file.size, 'MB', 'bytes')}"),
        ("Format", f"{found.title}; goes under {found.format.key}" if found else UNKNOWN),
        ("SHA-256", file.sha256),
        ("Weights", weights),
        ("Made by", f"{graph.producer or 'an unknown program'}, opset {graph.opset}"),
        *_tensor_rows("Input", graph.inputs),
        *_tensor_rows("Output", graph.outputs),
        ("Operators", ", ".join(common) + (f" and {left} others" if left > 0 else "")),
    ]
    found_rows += [("Remark", remark) for remark in trial.remarks]
    if trial.problem:
        return [*found_rows, ("Runs", f"not here: {trial.problem}")]
    speed = f"p50 {trial.p50_ms:.1f} ms, p95 {trial.p95_ms:.1f} ms over {trial.runs} runs"
    return [*found_rows, ("Runs on", f"{trial.runs_on}: {speed}; opened in {trial.opened_ms / 1e3:.1f} s{_fed(trial)}")]


def _tensor_rows(name: str, tensors: Sequence[Tensor]) -> list[tuple[str, str]]:
    return [(name, f"{tensor.name} {tensor.dtype} {shown(tensor.shape)}") for tensor in tensors]


def _ports(tensors: Sequence[Tensor]) -> list[Mapping[str, Any]]:
    return [asdict(tensor) for tensor in tensors]


def _fed(trial: Trial) -> str:
    """The shapes that were chosen for it, where there is one that is larger than a single value."""
    shapes = [shown(tuple(shape)) for shape in (trial.shapes or {}).values() if len(shape) > 1]
    return f"; fed with {', '.join(shapes)}" if shapes else ""


def _large(count: int, in_millions: str, as_is: str) -> str:
    return f"{count / 1e6:.1f} {in_millions}" if count >= 100_000 else f"{count} {as_is}"
