"""`understudy render`: a film or sound done into another file, with a bar that shows how far it is."""

import sys
from pathlib import Path

import structlog
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

from console.commands.headless import Reporter
from console.commands.models import ready_models
from console.commands.session import Shelf
from console.life.ends import interruption
from console.logs import configure_logging, native_chatter_logged
from console.sentences import counted
from pipeline.errors import UnderstudyError
from pipeline.inference.onnx.runtime import Preference
from pipeline.inference.store import ModelStore
from pipeline.render import RenderJob, RenderProgress, open_rendering

log = structlog.get_logger(__name__)


def render_file(source: Path, target: Path, profile: str, device: str = "auto") -> int:
    """Renders a file and says what was done.

    Raises:
        UnderstudyError: it could not be done, or not to its end.
    """
    log_file = configure_logging()
    job = RenderJob(source.expanduser(), target.expanduser(), Shelf().load(profile), Preference(device))
    models = ModelStore() if job.sound_alone else ready_models()
    with (
        native_chatter_logged(log_file),
        interruption() as interrupt,
        open_rendering(job, models, report=Reporter(once=True).tell) as render,
        _bar() as bar,
    ):
        task = bar.add_task(f"{source.name} as {job.profile.title}", total=None, done="")
        whole = False
        while not (interrupt.is_set() or whole):
            whole = not render.step()
            show(bar, task, render.progress())
        done = render.progress()
    if not whole:
        raise UnderstudyError(f"Interrupted; {target} holds the first {_amount(done)}.")
    if render.remark:
        typer.echo(render.remark, err=True)
    followed = f", face followed on {done.faces_found}, policy on {done.policy_frames}" if done.frames else ""
    told = f"{target}: {_amount(done)}{followed}."
    log.info("rendered", figures=told)
    typer.echo(told)
    failure = model_failure(done)
    if failure:
        log.error(failure)
        typer.echo(failure, err=True)
    return int(bool(failure))


def model_failure(done: RenderProgress) -> str:
    """A sentence on what a model that failed left out; empty where none did."""
    covered = f"the fail-safe stands on {done.failed_frames} of {counted(done.frames, 'frame')}"
    silent = f"{done.silent_s:.1f} of {done.sound_s or 0.0:.1f} s of sound are silent"
    left_out = [text for text, amiss in ((covered, done.failed_frames), (silent, done.silent_s)) if amiss]
    return f"A model failed, so that {' and '.join(left_out)}." if left_out else ""


def show(bar: Progress, task: TaskID, progress: RenderProgress) -> None:
    """Moves the bar: in milliseconds of the file where its length is known."""
    total_ms = None if progress.total_s is None else max(round(progress.total_s * 1000), 1)
    done_ms = round(progress.done_s * 1000)
    bar.update(task, completed=done_ms, total=total_ms, done=_amount(progress))


def _amount(progress: RenderProgress) -> str:
    """How much is done, in words."""
    return counted(progress.frames, "frame") if progress.frames else f"{progress.done_s:.1f} s of sound"


def _bar() -> Progress:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[done]}"),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True)
