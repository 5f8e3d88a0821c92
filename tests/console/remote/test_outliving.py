"""A session outlives its screen: the terminal is closed, or the screen breaks down, in a process of its own."""

import fcntl
import json
import os
import pty
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from console.remote.connection import Answer, Connection
from console.remote.places import places

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has other terminals")

APP = """
import sys
from pathlib import Path
from console.app import run_app
from console.life.ends import OnHangup
from console.life.outliving import Outliving
from console.logs import configure_logging
from console.remote.host import Host
from console.remote.seats import ScreenSeat
from console.remote.server import offered
from console.terminal import chatter_beside
from pipeline.telemetry import Event, Level
from tests.console.fake_app import make_app
from tests.console.fake_session import FakeSession
folder, policy, fault = Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
class Session(FakeSession):
    def stop(self, timeout_s=5.0):
        super().stop(timeout_s)
        (folder / "stopped").touch()
    def rearm(self):
        super().rearm()
        app._hear(Event(Level.ERROR, "the recording film.mp4 is lost", 1))
app = make_app(Session())
if fault:
    app.action_undo = lambda: 1 / 0
host = Host(ScreenSeat(app))
with chatter_beside(configure_logging(folder / "log")), offered(host, "ada", folder) as place:
    code = run_app(app, outlive=Outliving(host, OnHangup(policy), place))
sys.exit(code)
"""


class Running:
    """A console on a terminal of its own, in a process of its own."""

    def __init__(self, folder: Path, process: subprocess.Popen[bytes], terminal: int) -> None:
        self.folder, self.process, self.terminal = folder, process, terminal
        self.shown = b""

    def read_until(self, wanted: bytes) -> None:
        """What the terminal shows, until it has shown something."""
        while wanted not in self.shown:
            self.shown += os.read(self.terminal, 65536)

    def close(self) -> None:
        """Closes the terminal; may be called twice."""
        if self.terminal >= 0:
            os.close(self.terminal)
        self.terminal = -1

    def ask(self, do: str) -> Answer:
        """Asks the session from outside."""
        (place,) = places(self.folder)
        with Connection(place) as connection:
            return connection.ask({"do": do}, 10.0)

    @property
    def log(self) -> str:
        """What was logged."""
        return (self.folder / "log").read_text()

    def wait_for(self, true: Callable[[], bool]) -> None:
        """Until something is so."""
        end_s = time.monotonic() + 30.0
        while not true():
            assert time.monotonic() < end_s and self.process.poll() is None, self.log
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(0.05)

    def ends(self) -> int:
        """Its exit status; it has stopped its session."""
        status = self.process.wait(30)
        assert (self.folder / "stopped").exists()
        assert places(self.folder) == ()
        return status


@contextmanager
def console(folder: Path, policy: str, *fault: str) -> Iterator[Running]:
    """A console that is on air. Its terminal is the one of a session of its own: closing it hangs the program up."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, b"\x28\x00\x78\x00\x00\x00\x00\x00")
    own = {"start_new_session": True, "preexec_fn": lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)}
    command = [sys.executable, "-c", APP, str(folder), policy, *fault]
    with subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, **own) as process:  # type: ignore[call-overload]
        os.close(slave)
        running = Running(folder, process, master)
        try:
            running.read_until(b"ON AIR")
            yield running
        finally:
            process.kill()
            running.close()


def test_a_closed_terminal_leaves_the_session_as_it_was_and_it_can_be_ended_from_outside(folder: Path) -> None:
    with console(folder, "detach") as running:
        running.close()
        running.wait_for(lambda: "goes on as it was" in running.log)
        assert running.ask("status").data["state"] == "ON AIR"
        before_s = sum(psutil.Process(running.process.pid).cpu_times()[:2])
        with pytest.raises(subprocess.TimeoutExpired):
            running.process.wait(1.0)
        spent_s = sum(psutil.Process(running.process.pid).cpu_times()[:2]) - before_s
        assert spent_s < 0.3, "a loop on a terminal that is gone takes a whole core"
        os.kill(running.process.pid, signal.SIGHUP)
        events = running.ask("look").data["events"]
        assert "The terminal was closed" in events[-1]["event"]["text"]
        running.ask("stop")
        assert running.ends() == 0
    assert "Traceback" not in running.log


def test_a_closed_terminal_may_put_the_card_up(folder: Path) -> None:
    with console(folder, "card") as running:
        running.close()
        running.wait_for(lambda: "with the card up" in running.log)
        assert running.ask("status").data["state"] == "CARD"
        running.ask("rearm")
        assert running.ask("status").data["state"] == "ON AIR"
        assert "the recording film.mp4 is lost." in running.log, "what happens at night is read in the morning"
        assert running.ask("look").data["events"][-1]["event"]["text"] == "the recording film.mp4 is lost"
        running.process.send_signal(signal.SIGTERM)
        assert running.ends() == 0


def test_a_closed_terminal_may_end_the_session(folder: Path) -> None:
    with console(folder, "stop") as running:
        running.close()
        assert running.ends() == 0


def test_a_screen_that_breaks_down_says_how_to_go_on_and_gives_the_terminal_back(folder: Path) -> None:
    with console(folder, "detach", "fault") as running:
        attributes = termios.tcgetattr(running.terminal)
        os.write(running.terminal, b"u")
        running.read_until(b"tells more")
        said = running.shown.partition(b"\x1b[?1049l")[2].decode()
        assert "The screen broke down, and the session goes on as it was." in said
        assert "understudy attach --steer" in said and "Ctrl-C here" in said
        assert "Traceback" not in said and "ZeroDivisionError" not in said
        assert "ZeroDivisionError" in running.log
        assert termios.tcgetattr(running.terminal)[3] & termios.ISIG
        assert attributes[3] & termios.ISIG == 0
        assert running.ask("status").data["state"] == "ON AIR"
        os.write(running.terminal, b"\x03")
        assert running.ends() == 0


def test_a_terminal_that_shrinks_to_nothing_and_grows_again_costs_nothing(folder: Path) -> None:
    with console(folder, "detach") as running:
        for rows, columns in ((5, 20), (1, 1), (40, 120)):
            fcntl.ioctl(running.terminal, termios.TIOCSWINSZ, bytes((rows, 0, columns, 0, 0, 0, 0, 0)))
            running.shown = b""
            os.kill(running.process.pid, signal.SIGWINCH)
            running.read_until(b"\x1b[")
            assert running.ask("status").data["state"] == "ON AIR"
        running.read_until(b"ON AIR")
        running.ask("stop")
        running.read_until(b"\x1b[?1049l")
        assert running.ends() == 0
    assert json.dumps(running.log).count("Traceback") == 0
