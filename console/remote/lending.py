"""A session that runs without a screen lends itself to those outside."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

from console.config.reading import config_file, load_config
from console.config.starting import folders_of
from console.desk import Desk
from console.ports import Outputs, SessionPort, ShelfPort, SummaryPort
from console.remote.host import Backlog, Host
from console.remote.seats import LockSeat
from console.remote.server import offered
from pipeline.clock import MonotonicClock
from pipeline.machine import Machine
from profiles.profile import Profile


class _Unlisted:
    """A shelf whose profiles are known by their names alone: nobody looks at a list of them."""

    def __init__(self, shelf: ShelfPort) -> None:
        self._shelf = shelf

    def list(self) -> tuple[SummaryPort, ...]:
        """None: looking at every portrait takes its time."""
        return ()

    def load(self, name_or_path: str) -> Profile:
        """The profile of that name."""
        return self._shelf.load(name_or_path)


@contextmanager
def lent_alone(
    session: SessionPort, shelf: ShelfPort, end: threading.Event, *, events: Backlog, outputs: Outputs
) -> Iterator[Desk]:
    """Inside, a session without a screen can be steered from outside; its desk is to be told when it has started.

    Args:
        session: not started yet.
        shelf: where its profiles are.
        end: set when somebody outside ends it.
        events: what the session tells.
        outputs: where it was asked to send the picture.

    Raises:
        UnderstudyError: what the user has settled can't be read.
    """
    desk = Desk(session, _Unlisted(shelf), MonotonicClock())
    with closing(Machine()) as machine:
        folders = folders_of(load_config(config_file()))
        host = Host(LockSeat(desk, machine, end.set), outputs=outputs, folders=folders, events=events)
        with offered(host, session.profile.name):
            yield desk
