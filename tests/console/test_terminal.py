"""The terminal while the console is open: native chatter goes to the log, Textual keeps a terminal of its own."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import os, shutil, sys
from pathlib import Path
from console.terminal import chatter_to
before = sys.__stderr__
try:
    with chatter_to(Path(sys.argv[1])) as screen:
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


def run_in_terminal(*arguments: str) -> str:
    """What a terminal of 93 by 31 cells shows of a program."""
    master, slave = pty.openpty()
    os.set_blocking(master, True)
    import fcntl
    import struct
    import termios

    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 31, 93, 0, 0))
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
def test_chatter_goes_to_the_log_and_the_terminal_comes_back(tmp_path: Path, ending: str) -> None:
    log = tmp_path / "logs" / "understudy.log"
    shown = run_in_terminal(str(log), ending)
    assert shown.split() == "drawn by the screen back again".split()
    assert set(log.read_text().splitlines()) == {"native one", "native two", "python one"}


def test_no_terminal_is_said_in_a_sentence() -> None:
    program = "from pathlib import Path\nfrom console.terminal import chatter_to\nwith chatter_to(Path('x.log')): pass"
    done = subprocess.run([sys.executable, "-c", program], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 1
    assert "UnderstudyError: The console needs a terminal" in done.stderr
