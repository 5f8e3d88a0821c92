"""A session that lends itself, and a folder short enough for the path of a socket."""

import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from console.desk import Desk
from console.remote.connection import Answer, Connection
from console.remote.host import Host
from console.remote.places import Place
from console.remote.seats import LockSeat
from console.remote.server import lent
from tests.console.fake_machine import FakeMachine
from tests.console.fake_session import FakeSession, make_desk


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """What a session logs is not what a command prints."""
    with capture_logs():
        yield


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for sockets; pytest's own have paths that are too long for them."""
    place = Path(tempfile.mkdtemp(prefix="us-"))
    yield place
    shutil.rmtree(place)


@dataclass
class Lent:
    """A fake session without a screen, and how it is reached."""

    session: FakeSession
    desk: Desk
    host: Host
    place: Place
    ended: threading.Event
    hide: Callable[[], None]
    """Ends the lending, as the end of the process would."""

    def ask(self, do: str, **more: object) -> Answer:
        """Asks for one thing on a connection of its own."""
        with Connection(self.place) as connection:
            return connection.ask({"do": do} | more, 5.0)


Lend = Callable[..., Lent]


@pytest.fixture
def lend(folder: Path) -> Iterator[Lend]:
    """Lends a session until the test ends."""
    with ExitStack() as undo:

        def lend(session: FakeSession | None = None, **desk: bool) -> Lent:
            session = session or FakeSession()
            own, ended = make_desk(session, **desk), threading.Event()
            host = Host(LockSeat(own, FakeMachine(), ended.set), clock=session.clock)
            door = undo.enter_context(ExitStack())
            place = door.enter_context(lent(host, session.profile.name, folder))
            return Lent(session, own, host, place, ended, door.close)

        yield lend
