"""`understudy models`: the networks fetched, listed and verified."""

import sys
from collections.abc import Collection
from pathlib import Path
from typing import Annotated

import typer

from console.commands.options import DeviceOption
from pipeline.inference.store import ModelStore, PullProgress

ForceOption = Annotated[
    bool, typer.Option("--force", help="Even if profiles link to the model of that name.", show_default=False)
]

app = typer.Typer(help="The small networks that the pipeline needs, and the models that you bring.")


@app.command()
def pull(
    names: Annotated[list[str] | None, typer.Argument(help="Which ones; all by default.")] = None,
    from_folder: Annotated[
        Path | None,
        typer.Option("--from", metavar="FOLDER", help="Take them from a folder with the wheel or the .tflite files."),
    ] = None,
) -> int:
    """Fetch the networks that are missing or damaged."""
    models = ModelStore()
    pull_with_bar(models, names=names or None, from_folder=from_folder)
    if from_folder is not None and not models.holds_any(from_folder, names or None):
        typer.echo(f"Nothing was taken from {from_folder}, which holds none of the networks.", err=True)
    typer.echo(f"All networks are in {models.folder}.")
    return 0


@app.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False) -> int:
    """List the networks and the models that were added, what they are and where; 1 when one is damaged."""
    from console.commands.brought.listing import list_models

    return list_models(as_json=as_json)


@app.command()
def verify() -> int:
    """Compare every network's SHA-256 with the one that is wanted."""
    from console.commands.brought.listing import verify_models

    return verify_models()


@app.command()
def add(
    address: Annotated[
        str, typer.Argument(metavar="URL", help="Where it is: https://…, or file:///… on this computer.")
    ],
    sha256: Annotated[str, typer.Option(metavar="HEX", help="What its bytes must hash to, as its maker says.")],
    name: Annotated[str | None, typer.Option(help="What to call it; by default what the address does.")] = None,
    force: ForceOption = False,
) -> int:
    """Fetch a model of your own; what is half there is continued, and nothing but the right file is kept."""
    from console.commands.brought.adding import add_model

    return add_model(address, sha256, name, force=force)


@app.command()
def remove(
    name: Annotated[str, typer.Argument(help="A model that was added, or came half way.")],
    force: ForceOption = False,
) -> int:
    """Delete a model that was added; profiles that hold a copy keep it."""
    from console.commands.brought.listing import remove_model

    return remove_model(name, force=force)


@app.command()
def inspect(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="An ONNX file, such as a .dfm, or store:NAME for one that was added.")
    ],
    device: DeviceOption = "auto",
    limit: Annotated[
        float, typer.Option(min=1, metavar="SECONDS", help="How long it may take to try how fast it runs.")
    ] = 60.0,
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
) -> int:
    """Tell what a model's file is, and whether and how fast it runs here; nothing of it is kept."""
    from console.commands.brought.inspection import TrialOptions, inspect_model

    return inspect_model(file, TrialOptions(device, limit), as_json=as_json)


def ready_models() -> ModelStore:
    """The networks, fetched first where some are missing or damaged, which is told.

    Raises:
        ModelError: a network is missing and can't be had.
    """
    models = ModelStore()
    missing = models.missing()
    if missing:
        faults = [f"{name} ({fault(models.problem(name) or '')})" for name in missing]
        pull_with_bar(models, names=missing)
        typer.echo(f"Fetched networks into {models.folder}: {', '.join(faults)}.", err=True)
    return models


def fault(problem: str) -> str:
    """What is wrong with a network, in one word."""
    return "absent" if "missing" in problem else "damaged"


def pull_with_bar(models: ModelStore, *, names: Collection[str] | None = None, from_folder: Path | None = None) -> None:
    """Fetches networks and shows on the error output how far it is.

    Raises:
        ModelError: one of them can't be had.
    """
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

    screen = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn()
    with Progress(*columns, console=screen, disable=not sys.stderr.isatty(), transient=True) as bar:
        task = bar.add_task("Fetching the networks", total=None)

        def show(progress: PullProgress) -> None:
            if progress.step == "wait":
                bar.update(task, description="Waiting for another program that fetches them")
            elif progress.step == "fetch":
                text = f"Fetching the networks in {progress.name}"
                bar.update(task, description=text, completed=progress.done_bytes, total=progress.total_bytes)

        models.pull(names, from_folder=from_folder, progress=show)
