"""`understudy attach`: the console over a session that runs in another process, to watch it or to steer it."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

from console.commands.session import Shelf
from console.config.reading import config_file, load_config
from console.config.starting import at_this_terminal, folders_of
from console.live.cameras import found_cameras
from console.logs import configure_logging
from console.ports import SessionPort, Surroundings
from console.remote.far.machine import FarMachine
from console.remote.far.session import RemoteSession
from console.remote.places import Place, choose, places, usual_folder
from pipeline.audio.devices.inputs import ALWAYS, list_inputs
from pipeline.telemetry import Event

WEB_DRIVER = "TEXTUAL_DRIVER"
"""Set where the screen is drawn in a browser, and standard output leads there."""


def attach(pid: int | None, token: str | None, *, steer: bool) -> int:
    """Opens a screen over the session of that process, or the only one, and tells its exit status.

    Raises:
        UnderstudyError: there is no such session, or no terminal.
    """
    from console.app import UnderstudyApp, run_app
    from console.pictures.asking import painting_here
    from console.pictures.painting import Painting
    from console.terminal import chatter_beside

    log_file = configure_logging()
    config = load_config(config_file())
    place = choose(places(usual_folder()), pid)
    if token:
        place = replace(place, token=token)
    first = RemoteSession(place, lambda _: None).sight
    machine = FarMachine()
    surroundings = Surroundings(
        Shelf(), first.outputs, lambda: machine, read_only=not steer, attached=True, place=f"process {place.pid}",
        list_inputs=list_inputs if steer else tuple, usual_inputs=ALWAYS if steer else (),
        list_cameras=found_cameras if steer else tuple, folders=folders_of(config),
        config=at_this_terminal(config, os.environ),
        painting=Painting() if WEB_DRIVER in os.environ else painting_here(config.screen.picture, os.environ),
    )  # fmt: skip
    app = UnderstudyApp(_opening(place, machine, steer=steer), surroundings)
    with ExitStack() as undo:
        if WEB_DRIVER not in os.environ:
            undo.enter_context(chatter_beside(log_file))
        return run_app(app)


def _opening(place: Place, machine: FarMachine, *, steer: bool) -> Callable[[Callable[[Event], None]], SessionPort]:
    def open_session(tell: Callable[[Event], None]) -> SessionPort:
        session = RemoteSession(place, tell, steer=steer)
        machine.look_through(session)
        return session

    return open_session
