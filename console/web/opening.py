"""From the command line's options to a session whose screens are in a browser."""

import asyncio
import os
import socket
import threading
from contextlib import ExitStack
from dataclasses import replace
from functools import partial

import structlog
import typer

from console.commands.headless import Reporter, tell_what_opened
from console.commands.models import ready_models
from console.commands.options import SessionOptions
from console.commands.session import Shelf, Usual, session_settings
from console.desk import Desk
from console.life.ends import interruption
from console.logs import configure_logging, native_chatter_logged
from console.ports import Outputs
from console.remote.host import Backlog
from console.remote.lending import lent_alone
from console.web.guard import Guard
from console.web.serving import WebConsole, listening, screen_command, serve
from pipeline.errors import UnderstudyError
from pipeline.inference.onnx.runtime import Preference, Runtime
from pipeline.session import Session
from pipeline.telemetry import Event

log = structlog.get_logger(__name__)


def open_web(options: SessionOptions, port: int) -> int:
    """Runs a session, in preview, and serves its console to browsers of this computer until Ctrl-C; 0 at its end.

    Raises:
        UnderstudyError: the session can't run, the port is taken, or what ended the session.
        ProfileError: the profile is not there or not right.
    """
    log_file = configure_logging()
    shelf = Shelf(options)
    profile = shelf.load(options.profile)
    Runtime(Preference(options.device)).require()
    settings = replace(session_settings(options, Usual.of_console()), on_air=False)
    reporter, events = Reporter(), Backlog()
    outputs = Outputs.of(settings.virtual_camera, settings.record)
    session = Session(settings, profile, ready_models(), on_event=partial(_hear, events, reporter))
    with ExitStack() as undo:
        undo.enter_context(native_chatter_logged(log_file))
        told = undo.enter_context(interruption())
        door = undo.enter_context(listening(port))
        desk = undo.enter_context(lent_alone(session, shelf, told, events=events, outputs=outputs))
        undo.callback(session.stop)
        session.start()
        desk.started()
        tell_what_opened(options, session.readings())
        guard = Guard(door.getsockname()[1])
        typer.echo(f"The console is at {guard.address}\nCtrl-C ends the session.")
        failure = _serve(WebConsole(screen_command(os.getpid()), guard), door, desk, told)
    if failure is not None:
        raise failure
    return 0


def _serve(console: WebConsole, door: socket.socket, desk: Desk, told: threading.Event) -> UnderstudyError | None:
    """Serves until somebody ends it, and tells what the session failed by: its screens show that until then."""
    failures: list[UnderstudyError] = []

    def over() -> bool:
        try:
            desk.ended()
        except UnderstudyError as error:
            failures.append(error)
        return told.is_set()

    asyncio.run(serve(console, door, over))
    return failures[0] if failures else None


def _hear(events: Backlog, reporter: Reporter, event: Event) -> None:
    events.add(event)
    reporter.tell(event)
