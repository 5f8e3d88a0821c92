"""`understudy models add`: a model fetched, with a bar that shows how far it is."""

import sys

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from console.commands.brought.listing import megabytes
from pipeline.errors import ModelError
from pipeline.inference.own_models import Addition, OwnModels
from profiles.plain_text import visible


def add_model(address: str, sha256: str, name: str | None, *, force: bool) -> int:
    """Fetches a model and says what and where it is.

    Raises:
        ModelError: it can't be had, is another one, no model, or would replace one.
    """
    try:
        added = _added(address, sha256, name, force=force)
    except KeyboardInterrupt:
        halves = [half for half in OwnModels().halves() if half.sha256 == sha256.strip().lower()]
        kept = (
            f"{halves[0]} are kept; run the same command again, and it goes on there" if halves else "nothing is kept"
        )
        raise ModelError(f"Interrupted: {kept}.") from None
    model = added.model
    where = f"({megabytes(model.size)}): {model.format}; name it as store:{model.name}."
    told = f"Added {model.name}" if added.fresh else f"{model.name} is there already"
    typer.echo(visible(f"{told} {where}"))
    return 0


def _added(address: str, sha256: str, name: str | None, *, force: bool) -> Addition:
    """Fetches a model behind a bar."""
    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn()
    screen = Console(stderr=True)
    silent = not sys.stderr.isatty()
    with Progress(*columns, TimeRemainingColumn(), console=screen, disable=silent, transient=True) as bar:
        task = bar.add_task("Fetching the model", total=None)

        def show(done_bytes: int, total_bytes: int) -> None:
            bar.update(task, description="Fetching the model", completed=done_bytes, total=total_bytes or None)

        def wait() -> None:
            bar.update(task, description="Waiting for another program that fetches one")

        return OwnModels(on_wait=wait).add(address, sha256, name, force=force, progress=show)
