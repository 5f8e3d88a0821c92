"""`understudy render`: a file done frame by frame, with a bar that shows how far it is."""

import sys
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

from console.commands.headless import interruption
from console.commands.models import ready_models
from console.commands.session import Shelf
from console.logs import configure_logging, native_chatter_logged
from console.sentences import counted
from pipeline.errors import UnderstudyError
from pipeline.render import Render, RenderJob, RenderProgress


def render_file(source: Path, target: Path, profile: str) -> int:
    """Renders a file and says what was done.

    Raises:
        UnderstudyError: it could not be done, or not to its end.
    """
    log_file = configure_logging()
    job = RenderJob(source.expanduser(), target.expanduser(), Shelf().load(profile))
    models = ready_models()
    with native_chatter_logged(log_file), interruption() as interrupt, Render(job, models) as render, _bar() as bar:
        task = bar.add_task(f"{source.name} as {job.profile.title}", total=None, frames=0)
        whole = False
        while not (interrupt.is_set() or whole):
            whole = not render.step()
            show(bar, task, render.progress())
        done = render.progress()
    if not whole:
        raise UnderstudyError(f"Interrupted; {target} holds the first {counted(done.frames, 'frame')}.")
    frames = counted(done.frames, "frame")
    typer.echo(f"{target}: {frames}, face followed on {done.faces_found}, policy on {done.policy_frames}.")
    return 0


def show(bar: Progress, task: TaskID, progress: RenderProgress) -> None:
    """Moves the bar: in milliseconds of the file where its length is known."""
    total_ms = None if progress.total_s is None else max(round(progress.total_s * 1000), 1)
    done_ms = round(progress.done_s * 1000)
    bar.update(task, completed=done_ms, total=total_ms, frames=progress.frames)


def _bar() -> Progress:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[frames]} frames"),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True)
