"""A terminal that a program runs in, seen and steered from outside."""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import threading
import time
from contextlib import suppress
from pathlib import Path

SIZE = (120, 35)


class Terminal:
    """A terminal that a console runs in, seen from outside."""

    def __init__(self, module: str, arguments: list[str], home: Path) -> None:
        self.pid, self._master = pty.fork()
        if self.pid == 0:
            os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "XDG_STATE_HOME": str(home)}
            os.execv(sys.executable, [sys.executable, "-m", module, *arguments])
        self.resize(SIZE)
        self.seen = b""
        self._open = True
        self._fresh = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def resize(self, size: tuple[int, int]) -> None:
        """Gives it another size."""
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))

    def press(self, keys: str) -> float:
        """Presses keys; when."""
        at_s = time.monotonic()
        os.write(self._master, keys.encode())
        return at_s

    def shown_s(self, text: str, within_s: float) -> float | None:
        """When a text came that was not there since the last call of `forget`; None where it did not in time."""
        deadline_s = time.monotonic() + within_s
        with self._fresh:
            while text.encode() not in self.seen:
                if not self._fresh.wait(deadline_s - time.monotonic()) and time.monotonic() > deadline_s:
                    return None
        return time.monotonic()

    def forget(self) -> None:
        """Waits for what is new only."""
        with self._fresh:
            self.seen = b""

    def close(self) -> None:
        """Ends the console."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
        for _ in range(200):
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                break
            time.sleep(0.05)
        self._open = False
        self._reader.join(2.0)
        os.close(self._master)

    def _read(self) -> None:
        while self._open:
            if not select.select([self._master], [], [], 0.2)[0]:
                continue
            try:
                piece = os.read(self._master, 1 << 16)
            except OSError:
                return
            with self._fresh:
                self.seen = (self.seen + piece)[-200_000:]
                self._fresh.notify_all()
