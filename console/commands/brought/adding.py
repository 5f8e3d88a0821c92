"""`understudy models add`: a model fetched, with a bar that shows how far it is."""

import sys

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from pipeline.inference.own_models import OwnModels
from profiles.plain_text import visible


def add_model(address: str, sha256: str, name: str | None) -> int:
    """Fetches a model and says where it is.

    Raises:
        ModelError: it can't be had, or is another one.
    """
    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn()
    screen = Console(stderr=True)
    silent = not sys.stderr.isatty()
    with Progress(*columns, TimeRemainingColumn(), console=screen, disable=silent, transient=True) as bar:
        task = bar.add_task("Fetching the model", total=None)

        def show(done_bytes: int, total_bytes: int) -> None:
            bar.update(task, description="Fetching the model", completed=done_bytes, total=total_bytes or None)

        def wait() -> None:
            bar.update(task, description="Waiting for another program that fetches one")

        model = OwnModels().add(address, sha256, name, progress=show, on_wait=wait)
    typer.echo(
        visible(f"Added {model.name} ({model.size} bytes) to {model.path.parent}; it is store:{model.name} now.")
    )
    return 0
