"""A session without a screen: it runs to its end, to a time or to a signal, and says what it did."""

import json
import logging
import signal
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import structlog
import typer

from console.commands.models import ready_models
from console.commands.options import RunOptions, SessionOptions
from console.commands.session import Shelf, open_session
from console.commands.stats import dropped, stats_of, with_mean_rates
from console.logs import configure_logging, native_chatter_logged
from console.ports import SessionPort
from pipeline.clock import Clock, MonotonicClock
from pipeline.errors import UnderstudyError
from pipeline.machine import GpuReading, Machine, ProcessReading
from pipeline.telemetry import Event, Level, Readings
from profiles.profile import Profile

log = structlog.get_logger(__name__)

SEVERITIES = {Level.INFO: logging.INFO, Level.WARNING: logging.WARNING, Level.ERROR: logging.ERROR}
SLICE_S = 0.1
"""The longest that a signal waits to be seen."""


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What happens when, in seconds after the start."""

    seconds: float | None = None
    """When it ends; None for the source's end."""
    switches: tuple[tuple[float, Profile], ...] = ()
    """When which profile is taken."""


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """How a run went."""

    readings: Readings
    gpu: GpuReading | None
    process: ProcessReading
    untaken: tuple[str, ...] = ()
    """Profiles that were not in the lane yet at the end."""
    error: UnderstudyError | None = None
    """What ended it, if it was not the source's end, the plan or the user."""


def run_headless(options: SessionOptions, run: RunOptions) -> int:
    """Runs a session as the command line says; 0 when it came to its end, its time or a signal.

    Raises:
        UnderstudyError: it could not start, or something ended it; the figures are written all the same.
        ProfileError: a profile is not there or not right.
    """
    log_file = configure_logging()
    _require_folder(run.stats)
    shelf = Shelf(options.policy)
    plan = RunPlan(run.seconds, tuple(sorted((item.at_s, shelf.load(item.profile)) for item in run.switch_at or ())))
    models = ready_models()
    session = open_session(options, shelf.load(options.profile), models, _tell)
    log.info("run", profile=options.profile, camera=options.camera, virtual_camera=options.virtual_camera)
    with native_chatter_logged(log_file), interruption() as interrupt:
        outcome = run_session(session, plan, interrupt, Machine())
    log.info("ended", figures=summary(outcome.readings), error=outcome.error)
    if run.stats is not None:
        write_stats(outcome, run.stats)
    for name in outcome.untaken:
        typer.echo(f"The run ended before {name} was in.", err=True)
    if outcome.error is not None:
        raise outcome.error
    typer.echo(summary(outcome.readings))
    return 0


def run_session(
    session: SessionPort, plan: RunPlan, interrupt: threading.Event, machine: Machine, clock: Clock | None = None
) -> RunOutcome:
    """Starts a session, follows the plan and stops it, whatever happens.

    Raises:
        UnderstudyError: the session could not start.
    """
    clock = clock or MonotonicClock()
    pending = deque(plan.switches)
    error: UnderstudyError | None = None
    try:
        session.start()
        machine.process()
        first = last = session.readings()
        try:
            for last in _watch(session, plan, pending, interrupt, clock):
                first = last if first.video.frames_out == 0 else first
        except UnderstudyError as caught:
            error = caught
        gpu, process = machine.gpu(), machine.process()
    finally:
        stop_error = _stop(session)
    final = with_mean_rates(first, last, session.readings())
    untaken = [profile.name for _, profile in plan.switches[len(final.switches) :]]
    return RunOutcome(final, gpu, process, tuple(untaken), error or stop_error)


def _watch(
    session: SessionPort,
    plan: RunPlan,
    pending: deque[tuple[float, Profile]],
    interrupt: threading.Event,
    clock: Clock,
) -> Iterator[Readings]:
    """The readings of the running session, a few times a second, until its end, its time or a signal."""
    started_ns = clock.now_ns()
    while not interrupt.is_set():
        elapsed_s = (clock.now_ns() - started_ns) / 1e9
        if plan.seconds is not None and elapsed_s >= plan.seconds:
            return
        while pending and elapsed_s >= pending[0][0]:
            session.switch(pending.popleft()[1])
        due = [instant for instant in (plan.seconds, pending[0][0] if pending else None) if instant is not None]
        if session.wait(min([SLICE_S, *(instant - elapsed_s for instant in due)])):
            yield session.readings()
            return
        yield session.readings()


def _stop(session: SessionPort) -> UnderstudyError | None:
    try:
        session.stop()
    except UnderstudyError as error:
        return error
    return None


@contextmanager
def interruption() -> Iterator[threading.Event]:
    """An event that the first Ctrl-C, or a polite request to end, sets; the second one does what it always does."""
    event = threading.Event()
    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in (signal.Signals[name] for name in names)}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        event.set()
        restore()

    for number in before:
        signal.signal(number, interrupt)
    try:
        yield event
    finally:
        restore()


def write_stats(outcome: RunOutcome, file: Path) -> None:
    """Writes the figures of a run as JSON.

    Raises:
        UnderstudyError: the file can't be written.
    """
    data = stats_of(outcome.readings, outcome.gpu, outcome.process)
    try:
        file.expanduser().write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise UnderstudyError(f"The figures can't be written to {file}: {error.strerror}; name another file") from error


def summary(readings: Readings) -> str:
    """One line about a run."""
    video = readings.video
    return (
        f"{video.frames_in} frames in, {video.frames_out} out, {dropped(video)} dropped; "
        f"{video.fps_out:.1f} fps; capture to sink {video.latency.p50_ms:.1f} ms, p95 {video.latency.p95_ms:.1f} ms; "
        f"face followed on {video.faces_found}, policy on {video.policy_frames}"
    )


def _require_folder(file: Path | None) -> None:
    if file is not None and not file.expanduser().absolute().parent.is_dir():
        raise UnderstudyError(f"The figures can't be written to {file}: there is no such folder; make it first")


def _tell(event: Event) -> None:
    log.log(SEVERITIES[event.level], event.text)
    if event.level is not Level.INFO:
        typer.echo(event.text, err=True)
