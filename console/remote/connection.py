"""The other end of the control socket: what asks a session. The standard library alone."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from console.remote.places import Place
from console.remote.wire import Wire
from pipeline.errors import LinkError, UnderstudyError

ANSWER_BYTES = 1 << 20
"""No answer's line is longer."""
PICTURE_BYTES = 64 << 20
CONNECT_S = 2.0
ANSWER_S = 30.0
"""A device may take seconds to open."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a session says to a request that it has done."""

    told: str = ""
    """What was done, as a sentence."""
    data: Mapping[str, Any] = field(default_factory=dict)
    payload: bytes = b""


class Connection:
    """A connection to a session, which has taken the token when its first request is answered. One thread."""

    def __init__(self, place: Place, token: str | None = None) -> None:
        """Connects.

        Raises:
            LinkError: nobody answers there.
        """
        self.place = place
        try:
            self._wire = Wire(place.connect(CONNECT_S))
        except OSError as error:
            raise LinkError(
                f"The session of the process {place.pid} can't be reached at {place.address}: "
                f"{error.strerror or error}; `understudy ctl sessions` lists those that can"
            ) from error
        self._greeting = (token or place.token).encode() + b"\n"

    def ask(self, request: Mapping[str, object], timeout_s: float = ANSWER_S) -> Answer:
        """Asks for something and waits until it is done.

        Raises:
            LinkError: the session has gone, or is too busy to answer.
            UnderstudyError: it could not be done; the sentence is the session's own.
        """
        line = json.dumps(request).encode() + b"\n"
        with suppress(OSError):  # The session may have said why it hangs up.
            self._wire.send(self._greeting + line, timeout_s)
        self._greeting = b""
        try:
            answer = json.loads(self._wire.read_line(ANSWER_BYTES, timeout_s))
            size = min(int(answer.get("bytes", 0)), PICTURE_BYTES)
            payload = self._wire.read_bytes(size, timeout_s) if size else b""
        except TimeoutError as error:
            raise LinkError(
                f"The session of the process {self.place.pid} has not answered for {timeout_s:.0f} s; try again"
            ) from error
        except (OSError, ValueError) as error:
            raise LinkError(f"The session of the process {self.place.pid} has gone") from error
        if not answer.get("ok"):
            raise UnderstudyError(str(answer.get("error", "The session gave no reason")))
        return Answer(str(answer.get("told", "")), answer.get("data") or {}, payload)

    def cut(self) -> None:
        """Ends the connection; whoever waits for an answer gets an error. Any thread."""
        self._wire.cut()

    def close(self) -> None:
        """Gives the socket back."""
        self._wire.close()

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
