"""The terminal while the console is open: native chatter goes to the log, Textual keeps a terminal of its own."""

import os
import signal
import struct
import subprocess
import sys
from pathlib import Path

import pytest

fcntl = pytest.importorskip("fcntl", reason="Windows has no such terminals")
pty, termios = pytest.importorskip("pty"), pytest.importorskip("termios")

PROGRAM = """
import os, shutil, sys
from pathlib import Path
from console.terminal import chatter_beside
before = sys.__stderr__
try:
    with chatter_beside(Path(sys.argv[1])) as screen:
        os.write(1, b"native one\\n")
        os.write(2, b"native two\\n")
        print("python one")
        sys.__stderr__.write("drawn by the screen\\n")
        sys.__stderr__.flush()
        assert os.isatty(sys.__stdout__.fileno())
        assert shutil.get_terminal_size((1, 1)) == (93, 31)
        if sys.argv[2] == "fail":
            raise RuntimeError("inside")
except RuntimeError:
    pass
assert sys.__stderr__ is before
os.write(2, b"back again\\n")
"""


def open_terminal() -> tuple[int, int]:
    """Both ends of a terminal of 93 by 31 cells."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 31, 93, 0, 0))
    return master, slave


def run_in_terminal(*arguments: str) -> str:
    """What a terminal of 93 by 31 cells shows of a program."""
    master, slave = open_terminal()
    environment = {name: value for name, value in os.environ.items() if name not in ("LINES", "COLUMNS")}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=environment,
        timeout=60,
    )
    os.close(slave)
    shown = os.read(master, 65536).decode()
    os.close(master)
    assert done.returncode == 0, shown
    return shown


@pytest.mark.parametrize("ending", ["well", "fail"])
def test_chatter_goes_beside_the_log_and_the_terminal_comes_back(tmp_path: Path, ending: str) -> None:
    log = tmp_path / "logs" / "understudy.log"
    shown = run_in_terminal(str(log), ending)
    assert shown.split() == ["drawn", "by", "the", "screen", "back", "again"]
    chatter = log.with_name("native.log").read_text().splitlines()
    assert set(chatter) == {"native one", "native two", "python one"}
    assert not log.exists()


def test_no_terminal_is_said_in_a_sentence() -> None:
    program = "from pathlib import Path; from console import terminal\nwith terminal.chatter_beside(Path('x')): pass"
    done = subprocess.run([sys.executable, "-c", program], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 1
    assert "UnderstudyError: The console needs a terminal" in done.stderr


APP = """
import sys
from pathlib import Path
from console.app import run_app
from console.logs import configure_logging
from console.terminal import chatter_beside
from tests.console.fake_app import make_app
from tests.console.fake_session import FakeSession
class Session(FakeSession):
    def start(self):
        super().start()
        Path(sys.argv[1], "started").touch()
    def stop(self, timeout_s=5.0):
        Path(sys.argv[1], "stopped").touch()
log = configure_logging(Path(sys.argv[1], "log"))
with chatter_beside(log):
    code = run_app(make_app(Session()))
sys.exit(code)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_process_told_to_end_stops_its_session_and_gives_the_terminal_back(
    tmp_path: Path, number: signal.Signals
) -> None:
    master, slave = open_terminal()
    command = [sys.executable, "-c", APP, str(tmp_path)]
    with subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave) as process:
        os.close(slave)
        shown = b""
        while b"ON AIR" not in shown:
            shown += os.read(master, 65536)
        process.send_signal(number)
        while b"\x1b[?1049l" not in shown:
            shown += os.read(master, 65536)
        assert process.wait(30) == 0
    os.close(master)
    assert (tmp_path / "stopped").exists()
    assert b"\x1b[?25h" in shown


def test_a_terminal_that_is_closed_stops_the_session_and_costs_the_log_one_sentence(tmp_path: Path) -> None:
    master, slave = open_terminal()
    command = [sys.executable, "-c", APP, str(tmp_path)]
    # The terminal of a session of its own: closing it hangs the program up.
    own = {"start_new_session": True, "preexec_fn": lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)}
    with subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, **own) as process:
        os.close(slave)
        shown = b""
        while b"ON AIR" not in shown:
            shown += os.read(master, 65536)
        os.close(master)
        assert process.wait(30) == 0
    assert (tmp_path / "stopped").exists()
    (line,) = (tmp_path / "log").read_text().splitlines()
    assert "The terminal was closed while the console was open" in line
