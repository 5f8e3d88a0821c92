"""A module of this program run in a process of its own, and the JSON that it prints at its end."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
"""Where the program's packages lie, whatever the working folder is."""


class NoAnswerError(Exception):
    """A process gave no answer: how it ended, as the rest of a sentence that begins with what was tried.

    Attributes:
        is_late: whether it had not ended in time.
        so_far: what one that was late had printed last; None when that was nothing.
    """

    def __init__(self, text: str, *, is_late: bool = False, so_far: dict[str, Any] | None = None) -> None:
        self.is_late, self.so_far = is_late, so_far
        super().__init__(text)


def answer_of(module: str, arguments: Sequence[str], limit_s: float) -> dict[str, Any]:
    """The JSON object on the last of the lines that a module prints which are one; native libraries print others.

    Args:
        module: its name; it is run as a program.
        arguments: its command line. The working folder is this process's own.
        limit_s: how long it may take; then it is killed.

    Raises:
        NoAnswerError: it printed none, was killed or can't be started.
    """
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    try:
        done = subprocess.run(
            # What lies in the working folder is no part of the program, whatever it is called.
            [sys.executable, "-P", "-m", module, *arguments],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=limit_s,
            check=False,
            env=os.environ | {"PYTHONPATH": path},
        )
    except subprocess.TimeoutExpired as error:
        printed = error.stdout or b""
        text = printed if isinstance(printed, str) else printed.decode(errors="replace")
        raise NoAnswerError(f"gave no answer within {limit_s:g} s", is_late=True, so_far=_answer(text)) from None
    except OSError as error:
        raise NoAnswerError(f"could not be tried: {error.strerror or error}") from error
    answer = _answer(done.stdout)
    if answer is None:
        raise NoAnswerError(_ending(done.returncode, done.stderr))
    return answer


def _answer(printed: str) -> dict[str, Any] | None:
    """The last line that is a JSON object; None when there is none."""
    for line in reversed(printed.splitlines()):
        try:
            answer = json.loads(line)
        except ValueError:
            continue
        if isinstance(answer, dict):
            return answer
    return None


def _ending(status: int, complaint: str) -> str:
    """How a process ended that gave no answer."""
    if status < 0:
        return f"made the process that tried it end by {_signal(-status)}; it may need more memory than there is"
    reason = (complaint.strip().splitlines() or [f"no reason given, status {status}"])[-1]
    return f"could not be tried: {reason.rstrip('.')}"


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
