"""`understudy models list`, `verify` and `remove`: the networks that come with the program, and the added models."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typer

from console.commands.models import fault
from pipeline.errors import ModelError
from pipeline.inference.catalogue import ModelEntry
from pipeline.inference.half_models import HalfModel
from pipeline.inference.kinds.added_file import title_of
from pipeline.inference.own_models import OwnModel, OwnModels
from pipeline.inference.store import ModelStore
from profiles.errors import ProfileError
from profiles.plain_text import visible
from profiles.reading import named_files
from profiles.store import ProfileStore

HASH_SHOWN = 12
NO_MODEL = "no ONNX model; remove it"


def list_models(*, as_json: bool) -> int:
    """Prints every network and every added model; 1 when one is damaged."""
    models, own = ModelStore(), OwnModels()
    shipped = {entry: models.problem(entry.name) for entry in models.entries()}
    added = {model: model.problem() for model in own.list()}
    halves = own.halves()
    if as_json:
        rows: list[dict[str, Any]] = [
            {**entry.model_dump(), "path": str(models.folder / entry.file), "problem": problem}
            for entry, problem in shipped.items()
        ]
        rows += [asdict(model) | {"path": str(model.path), "problem": problem} for model, problem in added.items()]
        rows += [asdict(half) | {"path": None, "problem": f"came half way: {half}"} for half in halves]
        typer.echo(json.dumps(rows, indent=2))
    else:
        for entry, problem in shipped.items():
            typer.echo(_shipped_line(entry, problem))
        typer.echo(visible(f"In {models.folder}."))
        for line in (*(_own_line(*each) for each in added.items()), *map(_half_line, halves)):
            typer.echo(visible(line))
        if added or halves:
            typer.echo(visible(f"In {own.folder}: models of your own; a file's option takes them as store:NAME."))
    damaged = any(problem is not None and fault(problem) == "damaged" for problem in shipped.values())
    return 1 if damaged or any(added.values()) else 0


def _shipped_line(entry: ModelEntry, problem: str | None) -> str:
    state = "here" if problem is None else fault(problem)
    optional = "" if entry.required else " (optional)"
    return f"{entry.name:<30} {state:<8} {megabytes(entry.size):>9}  {entry.licence:<11} {entry.purpose}{optional}"


def _own_line(model: OwnModel, problem: str | None) -> str:
    state = "here" if problem is None else "damaged"
    what = model.format or ("" if problem else _format_of(model)) or ("unknown" if problem else NO_MODEL)
    known = f"{what}; SHA-256 {model.sha256[:HASH_SHOWN]}…; from {model.origin}"
    return f"{model.name:<30} {state:<8} {megabytes(model.size):>9}  {known}"


def _format_of(model: OwnModel) -> str:
    """What a model is of which nothing was noted; empty where it is none."""
    try:
        return title_of(model.path)
    except ModelError:
        return ""


def _half_line(half: HalfModel) -> str:
    told = f"{half}; run the same `models add` again, and it goes on; from {half.origin}"
    return f"{half.name:<30} {'half':<8} {'':>9}  {told}"


def verify_models() -> int:
    """Compares every file's SHA-256 with the one that is wanted; 1 when one is another."""
    models, own = ModelStore(), OwnModels().list()
    problems = [
        problem
        for entry in models.entries()
        if (problem := models.problem(entry.name)) and (entry.required or (models.folder / entry.file).exists())
    ]
    problems += [problem for model in own if (problem := model.problem())]
    for problem in problems:
        typer.echo(visible(f"{problem}."), err=True)
    if problems:
        return 1
    more = f", and so are the {len(own)} of your own" if own else ""
    typer.echo(visible(f"The networks in {models.folder} are what they should be{more}."))
    return 0


def remove_model(name: str, *, force: bool) -> int:
    """Deletes an added model, or what is there of one, and says so.

    Raises:
        ModelError: there is none of that name, or profiles link to it.
    """
    own = OwnModels()
    found = own.named(name)
    if isinstance(found, OwnModel) and not force:
        require_unused(found.path, "removed")
    own.remove(found.name)
    size = found.size if isinstance(found, OwnModel) else found.there
    typer.echo(visible(f"Removed {found.name} ({megabytes(size)}) from {own.folder}."))
    return 0


def require_unused(path: Path, fate: str) -> None:
    """Lets through models that no profile links to; profiles that hold a copy don't count.

    Raises:
        ModelError: one does; names them.
    """
    users = [name for name in ProfileStore().names() if _uses(name, path)]
    if users:
        link = f"{', '.join(users)} {'links' if len(users) == 1 else 'link'} to it"
        raise ModelError(f"The model {path.name} can't be {fate}: {link}; give --force if that is to be.")


def _uses(profile: str, path: Path) -> bool:
    store = ProfileStore()
    try:
        files = list(named_files(store.load(profile)).values())
    except ProfileError:
        files = [file for file in store.find(profile).rglob("*") if file.is_symlink()]
    return any(file.resolve() == path.resolve() for file in files)


def megabytes(size: int) -> str:
    """A size for people."""
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{size} bytes"
