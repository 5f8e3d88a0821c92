"""A session without a screen: it runs to its end, to a time or to a signal, and says what it did."""

import json
import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import structlog
import typer

from console.commands.models import ready_models
from console.commands.options import RunOptions, SessionOptions
from console.commands.session import Shelf, open_session
from console.commands.stats import dropped, run_of, stats_of, with_mean_rates
from console.commands.switch_plan import SwitchPlan
from console.desk import Desk
from console.life.ends import interruption
from console.logs import configure_logging, native_chatter_logged
from console.ports import Outputs, SessionPort
from console.remote.host import Backlog
from console.remote.lending import lent_alone
from console.sentences import counted, sentence
from pipeline.clock import Clock, MonotonicClock
from pipeline.errors import UnderstudyError
from pipeline.machine import GpuReading, Machine, ProcessReading
from pipeline.telemetry import AudioReadings, Event, Level, Readings, Regained
from pipeline.video.devices.sinks import is_film

log = structlog.get_logger(__name__)

SEVERITIES = {Level.INFO: logging.INFO, Level.WARNING: logging.WARNING, Level.ERROR: logging.ERROR}
TOLD_KEPT = 100
"""Sentences that are remembered, so that none is told twice."""
BLOCK_S = 0.01
"""The lane of the sound works on blocks of this length."""
SLICE_S = 0.1
"""The longest that a signal waits to be seen."""


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What happens when, in seconds after the start."""

    seconds: float | None = None
    """When it ends; None for the source's end."""
    switches: SwitchPlan = field(default_factory=SwitchPlan)
    """When which profile is taken."""
    started: Callable[[Readings], None] = lambda _: None
    """Told what the session has opened, before anything else happens."""


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """How a run went."""

    readings: Readings
    gpu: GpuReading | None
    process: ProcessReading
    complaints: tuple[str, ...] = ()
    """A sentence for each switch that is not in."""
    error: UnderstudyError | None = None
    """What ended it, if it was not the source's end, the plan or the user."""


class Reporter:
    """Tells what happens in a run: everything to the log, and what is wrong to the user. Any thread."""

    def __init__(self, kept_back: Callable[[Event], bool] = lambda _: False, *, once: bool = False) -> None:
        """A reporter that leaves the events that are `kept_back` to whoever takes them.

        With `once` the user hears nothing again, nor what only goes on where a sentence that was told has ended.
        """
        self._kept_back, self._once = kept_back, once
        self._told: deque[str] = deque(maxlen=TOLD_KEPT)

    def tell(self, event: Event) -> None:
        """Tells an event."""
        text = sentence(event.text)
        log.log(SEVERITIES[event.level], text)
        known = self._once and text.startswith(tuple(self._told))
        is_told = event.level is not Level.INFO or isinstance(event, Regained)
        if is_told and not known and not self._kept_back(event):
            self._told.append(text)
            typer.echo(text, err=True)

    def tell_once(self, text: str) -> None:
        """Tells the user something, unless an event has told it already."""
        if sentence(text) not in self._told:
            typer.echo(sentence(text), err=True)


def run_headless(options: SessionOptions, run: RunOptions) -> int:
    """Runs a session as the command line says.

    0 when it came to its end, its time or a signal; 1 when something ended it, a switch is not in, or a model that
    failed has the fail-safe or silence go out at the end, which is told. The figures are written all the same.

    Raises:
        UnderstudyError: it could not start.
        ProfileError: a profile is not there or not right.
        BadParameter: sound is to go somewhere, and comes from nowhere.
    """
    _require_microphone(options)
    log_file = configure_logging()
    _require_folder(run.stats)
    shelf = Shelf(options)
    profile = shelf.load(options.profile)
    switches = SwitchPlan((item.at_s, shelf.load(item.profile)) for item in run.switch_at or ())
    reporter = Reporter(switches.hear)
    events = Backlog()
    session = open_session(options, profile, ready_models(), partial(_hear, events, reporter))
    outputs = Outputs.of(options.virtual_camera or "none", options.record)
    log.info("run", profile=options.profile, camera=options.camera, virtual_camera=options.virtual_camera)
    with (
        native_chatter_logged(log_file),
        interruption() as interrupt,
        closing(Machine()) as machine,
        lent_alone(session, shelf, interrupt, events=events, outputs=outputs) as desk,
    ):
        plan = RunPlan(run.seconds, switches, partial(_begin, options, desk))
        outcome = run_session(session, plan, interrupt, machine)
    log.info("ended", figures=summary(outcome.readings), error=outcome.error)
    for complaint in outcome.complaints:
        typer.echo(complaint, err=True)
    if outcome.error is not None:
        reporter.tell_once(str(outcome.error))
    if run.stats is not None:
        write_stats(outcome, run.stats, run_of(options, profile, outcome.readings, outcome.error))
    if outcome.error is None:
        typer.echo(summary(outcome.readings))
        if outcome.readings.audio is not None:
            typer.echo(sound_summary(outcome.readings.audio))
    failures = model_failures(outcome.readings)
    for failure in failures:
        typer.echo(failure, err=True)
        log.error(failure)
    return int(outcome.error is not None or switches.failed or bool(failures))


def run_session(
    session: SessionPort, plan: RunPlan, interrupt: threading.Event, machine: Machine, clock: Clock | None = None
) -> RunOutcome:
    """Starts a session, follows the plan and stops it, whatever happens.

    Raises:
        UnderstudyError: the session could not start.
    """
    clock = clock or MonotonicClock()
    error: UnderstudyError | None = None
    try:
        session.start()
        machine.process()
        first = last = session.readings()
        plan.started(first)
        try:
            for last in _watch(session, plan, interrupt, clock):
                plan.switches.look(last)
                first = last if first.video.frames_out == 0 else first
        except UnderstudyError as caught:
            error = caught
        gpu, process = next(iter(machine.gpus()), None), machine.process()
    finally:
        stop_error = _stop(session)
    # The networks that profiles bring are gone with the session: what they ran on was told while it ran.
    final = replace(with_mean_rates(first, last, session.readings()), providers=last.providers)
    return RunOutcome(final, gpu, process, tuple(plan.switches.finish(final)), error or stop_error)


def _watch(session: SessionPort, plan: RunPlan, interrupt: threading.Event, clock: Clock) -> Iterator[Readings]:
    """The readings of the running session, a few times a second, until its end, its time or a signal."""
    started_ns = clock.now_ns()
    while not interrupt.is_set():
        elapsed_s = (clock.now_ns() - started_ns) / 1e9
        if plan.seconds is not None and elapsed_s >= plan.seconds:
            return
        plan.switches.ask(session, elapsed_s)
        due = [instant for instant in (plan.seconds, plan.switches.due_s) if instant is not None]
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


def write_stats(outcome: RunOutcome, file: Path, run: Mapping[str, object] | None = None) -> None:
    """Writes the figures of a run as JSON, after what was run.

    Raises:
        UnderstudyError: the file can't be written.
    """
    data = ({} if run is None else {"run": run}) | stats_of(outcome.readings, outcome.gpu, outcome.process)
    try:
        file.expanduser().write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise UnderstudyError(f"The figures can't be written to {file}: {error.strerror}; name another file") from error


def summary(readings: Readings) -> str:
    """One line about a run."""
    video, latency = readings.video, readings.video.latency_overall
    timed = f"{latency.p50_ms:.1f} ms, p95 {latency.p95_ms:.1f} ms"
    return (
        f"{counted(video.frames_in, 'frame')} in, {video.frames_out} out, {dropped(video)} dropped; "
        f"{video.fps_out:.1f} fps; capture to sink {timed if latency.p50_ms else 'not measured on any frame'}; "
        f"face followed on {video.faces_found}, policy on {video.policy_frames}"
    )


def sound_summary(audio: AudioReadings) -> str:
    """One line about the sound of a run."""
    latency = audio.latency_overall
    timed = f"{latency.p50_ms:.0f} ms, p95 {latency.p95_ms:.0f} ms" if latency.p50_ms else "not measured"
    return (
        f"sound: {counted(audio.blocks, 'block')}, {counted(audio.underruns, 'underrun')}, "
        f"{counted(audio.overruns, 'overrun')}, {audio.failed} failed; microphone to ear {timed}"
    )


def model_failures(readings: Readings) -> tuple[str, ...]:
    """A sentence for the face and for the voice that a model could not make at the end of a run."""
    video, audio = readings.video, readings.audio
    failures = []
    if video.outage.reason:
        frames = f"{video.outage.count} of {counted(video.frames_in, 'frame')}"
        failures.append(f"At the end there was no face, but the fail-safe, as on {frames}: {video.outage.reason}")
    if audio is not None and audio.outage.reason:
        silent_s = audio.outage.count * BLOCK_S
        failures.append(f"At the end there was no voice, and {silent_s:.1f} s were silent: {audio.outage.reason}")
    return tuple(map(sentence, failures))


def tell_stand_in(camera: str, readings: Readings) -> None:
    """Tells that the demo actor is on, where nobody has asked for it."""
    if camera == "auto" and readings.video.source.startswith("demo actor"):
        typer.echo("No webcam could be opened, so the demo actor stands in; --camera names another source.", err=True)


def tell_unheard(options: SessionOptions, readings: Readings) -> None:
    """Tells that the voice goes nowhere, where there is one."""
    recorded = options.record is not None or is_film(Path(options.virtual_camera or "none"))
    if readings.audio is not None and not readings.audio.sinks and not recorded:
        typer.echo(
            "Nobody will hear the voice: --virtual-microphone, --monitor or --record says where it goes.", err=True
        )


def tell_what_opened(options: SessionOptions, readings: Readings) -> None:
    """Tells what is not as one may expect of what the session has opened."""
    tell_stand_in(options.camera, readings)
    tell_unheard(options, readings)


def _hear(events: Backlog, reporter: Reporter, event: Event) -> None:
    events.add(event)
    reporter.tell(event)


def _begin(options: SessionOptions, desk: Desk, readings: Readings) -> None:
    desk.started()
    tell_what_opened(options, readings)


def _require_microphone(options: SessionOptions) -> None:
    """Without a screen no sound is heard unless it is asked for."""
    if (options.microphone or "none") != "none":
        return
    for name, wanted in (("--virtual-microphone", options.virtual_microphone), ("--monitor", options.monitor)):
        if (wanted or "none") != "none":
            raise typer.BadParameter(f"{name} {wanted} needs --microphone, which says where the sound comes from")


def _require_folder(file: Path | None) -> None:
    if file is not None and not file.expanduser().absolute().parent.is_dir():
        raise UnderstudyError(f"The figures can't be written to {file}: there is no such folder; make it first")
