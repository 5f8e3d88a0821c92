"""What the terminal says of itself when it is asked, before the screen opens.

The last question is one that every terminal answers, and none answers it before the others: nobody waits for an
answer that does not come.
"""

import base64
import os
import re
import select
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import numpy as np

from console.config.schema import PictureWay
from console.pictures.kitty import sequence
from console.pictures.painting import USUAL_CELL, Painting, Way
from console.pictures.shared_memory import SharedMemory

TIMEOUT_S = 1.0
SHARED_ID, DIRECT_ID = 31, 32
PLACEHOLDERS_SINCE = {"kitty": (0, 28), "ghostty": (1, 0)}
"""Terminals that show pictures where text stands for them, and since when; that can't be asked for."""
ANSWERED = re.compile(rb"\x1b\[\?[0-9;]*c")
NAME = re.compile(rb"\x1bP>\|([A-Za-z]+)[ (]*([0-9.]*)")
CELL = re.compile(rb"\x1b\[6;([0-9]+);([0-9]+)t")
LARGEST_CELL = 200
MULTIPLEXERS = ("TMUX", "STY", "ZELLIJ")
REMOTE = ("SSH_CONNECTION", "SSH_TTY")


@dataclass(frozen=True, slots=True)
class Answers:
    """What a terminal can."""

    name: str = ""
    version: tuple[int, ...] = ()
    shared: bool = False
    """It takes pixels from shared memory."""
    direct: bool = False
    """It takes pixels as text."""
    cell: tuple[int, int] = USUAL_CELL

    @classmethod
    def read(cls, data: bytes) -> "Answers":
        """From what came back."""
        name, cell = NAME.search(data), CELL.search(data)
        height, width = (int(cell[1]), int(cell[2])) if cell else (0, 0)
        known = 0 < width <= LARGEST_CELL and 0 < height <= LARGEST_CELL
        return cls(
            name[1].decode().lower() if name else "",
            tuple(int(part) for part in name[2].split(b".") if part) if name else (),
            shared=f"\x1b_Gi={SHARED_ID};OK".encode() in data,
            direct=f"\x1b_Gi={DIRECT_ID};OK".encode() in data,
            cell=(width, height) if known else USUAL_CELL,
        )

    @property
    def has_placeholders(self) -> bool:
        """Whether it is known to show pictures where text stands for them."""
        return self.version >= PLACEHOLDERS_SINCE.get(self.name, (1 << 16,))


def painting_for(wanted: PictureWay, answers: Answers) -> Painting:
    """How pictures are drawn at a terminal that gave these answers.

    By itself only a terminal that is known to show them, and takes them from shared memory, gets pixels: as text they
    cost more than half blocks do, and nobody knows the line.
    """
    if wanted == "kitty" and (answers.shared or answers.direct):
        return Painting(Way.SHARED if answers.shared else Way.DIRECT, answers.cell)
    if wanted == "auto" and answers.shared and answers.has_placeholders:
        return Painting(Way.SHARED, answers.cell)
    return Painting()


def painting_here(wanted: PictureWay, environment: Mapping[str, str]) -> Painting:
    """How pictures are drawn at this terminal, which is asked where it may get pixels."""
    multiplexed = any(name in environment for name in MULTIPLEXERS)
    remote = any(name in environment for name in REMOTE)
    if wanted not in ("auto", "kitty") or multiplexed or (remote and wanted == "auto"):
        return Painting()
    return painting_for(wanted, ask_terminal())


def ask_terminal(timeout_s: float = TIMEOUT_S) -> Answers:
    """Asks whoever is behind standard input, if it is a terminal."""
    try:
        memory: SharedMemory | None = SharedMemory(f"understudy-{os.getpid()}")
    except ImportError:
        memory = None
    try:
        with _plain_keys():
            os.write(0, _questions(memory).encode())
            return Answers.read(_heard(timeout_s))
    except (OSError, ImportError):
        return Answers()
    finally:
        if memory is not None:
            memory.close()


def _questions(memory: SharedMemory | None) -> str:
    asked = ""
    if memory is not None:
        with suppress(OSError):
            name = base64.b64encode(memory.put(np.zeros(3, np.uint8)).encode()).decode()
            asked = sequence(f"a=q,i={SHARED_ID},s=1,v=1,f=24,t=s,S=3", name)
    return f"{asked}{sequence(f'a=q,i={DIRECT_ID},s=1,v=1,f=24,t=d', 'AAAA')}\x1b[>q\x1b[16t\x1b[c"


def _heard(timeout_s: float) -> bytes:
    heard, deadline_s = b"", time.monotonic() + timeout_s
    while not ANSWERED.search(heard):
        remaining_s = deadline_s - time.monotonic()
        if remaining_s <= 0 or not select.select([0], [], [], remaining_s)[0]:
            break
        heard += os.read(0, 4096)
    return heard


@contextmanager
def _plain_keys() -> Iterator[None]:
    """Inside, answers come at once and unseen.

    Raises:
        OSError: there is no terminal.
        ImportError: the system has terminals of another kind.
    """
    import termios
    import tty

    try:
        before = termios.tcgetattr(0)
    except termios.error as error:
        raise OSError("standard input is no terminal") from error
    try:
        tty.setcbreak(0, termios.TCSANOW)
        yield
    finally:
        # What comes too late must not be taken for keys.
        termios.tcsetattr(0, termios.TCSAFLUSH, before)
