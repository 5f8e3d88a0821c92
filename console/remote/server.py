"""The control socket of one session: a line with the token, then a line for each request and one for each answer."""

import hmac
import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import structlog
from pydantic import ValidationError

from console.remote.host import Host, Reply
from console.remote.places import Place, listen, own_folder, places, told, usual_folder
from console.remote.requests import REQUESTS
from console.remote.wire import Wire
from console.sentences import sentence
from pipeline.errors import LinkError, UnderstudyError

LINE_BYTES = 1 << 18
"""A profile with its cast has some thousand bytes."""
TOKEN_BYTES = 256
CONNECTIONS = 32
TOKEN_S = 2.0
"""Whoever has not shown the token by then is somebody else."""
IDLE_S = 60.0
SEND_S = 5.0
JOIN_S = 2.0
LOOK_UP_S = 0.25
"""How often the thread that takes connections looks whether it is to end."""
WRONG_TOKEN = "The token is wrong; `understudy ctl` reads the right one from the session's own file."
FULL = f"{CONNECTIONS} others steer this session already; close one of them."
log = structlog.get_logger(__name__)


class ControlServer:
    """Serves the control socket, a thread for each connection."""

    def __init__(self, door: socket.socket, token: str, host: Host) -> None:
        self._door, self._token, self._host = door, token.encode(), host
        self._lock = threading.Lock()
        self._open: dict[threading.Thread, Wire] = {}
        self._closing = threading.Event()
        # No system promises to wake a thread that waits for connections when its socket is closed.
        door.settimeout(LOOK_UP_S)
        self._accepting = threading.Thread(target=self._accept, name="control")
        self._accepting.start()

    def close(self) -> None:
        """Takes no more requests, lets those that are being done be answered, and joins every thread."""
        self._closing.set()
        with suppress(OSError), socket.socket(self._door.family) as knock:
            knock.settimeout(LOOK_UP_S)
            knock.connect(self._door.getsockname())
        self._accepting.join()
        with self._lock:
            still = dict(self._open)
        for wire in still.values():
            wire.hush()
        for thread, wire in still.items():
            if thread is not threading.current_thread():
                thread.join(JOIN_S)
                wire.cut()
                thread.join()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                link, _ = self._door.accept()
            except TimeoutError:
                continue
            except OSError as error:
                # Of descriptors there may be none for a while.
                if not self._closing.wait(LOOK_UP_S):
                    log.warning("a connection could not be taken", reason=str(error))
                continue
            if self._closing.is_set():
                link.close()
                return
            wire = Wire(link)
            with self._lock:
                full = len(self._open) >= CONNECTIONS
                if not full:
                    thread = threading.Thread(target=self._attend, args=(wire,), name="control-connection")
                    self._open[thread] = wire
            if full:
                log.warning("a connection was refused: there are too many")
                with suppress(OSError):
                    wire.send(_refusal(FULL), SEND_S)
                wire.close()
            else:
                self._begin(thread, wire)

    def _begin(self, thread: threading.Thread, wire: Wire) -> None:
        try:
            thread.start()
        except RuntimeError as error:
            # Of threads there may be none for a while.
            with self._lock:
                del self._open[thread]
            wire.close()
            log.warning("a connection could not be taken", reason=str(error))

    def _attend(self, wire: Wire) -> None:
        """One connection, to its end."""
        try:
            if not hmac.compare_digest(wire.read_line(TOKEN_BYTES, TOKEN_S), self._token):
                log.warning("a connection with a wrong token was refused")
                wire.send(_refusal(WRONG_TOKEN), SEND_S)
                return
            while not self._closing.is_set():
                line, payload = self._answer(wire.read_line(LINE_BYTES, IDLE_S))
                wire.send(line + payload, SEND_S)
        except OSError as error:
            log.debug("a connection has ended", reason=str(error))
        finally:
            wire.close()
            with self._lock:
                self._open.pop(threading.current_thread(), None)

    def _answer(self, line: bytes) -> tuple[bytes, bytes]:
        """The answer to a request, and what follows it."""
        try:
            reply = self._host.answer(REQUESTS.validate_json(line))
        except ValidationError as error:
            fault = error.errors()[0]
            where = ".".join(map(str, fault["loc"]))
            return _refusal(f"The request is not understood: {where}: {fault['msg']}"), b""
        except UnderstudyError as error:
            return _refusal(str(error)), b""
        except Exception as error:
            log.error("a request failed", exc_info=error)
            return _refusal(f"Something unexpected happened: {error!r}; `understudy logs` has the whole of it"), b""
        return _line(reply), reply.payload


def _line(reply: Reply) -> bytes:
    told, size = json.dumps(reply.told), len(reply.payload)
    return f'{{"ok": true, "told": {told}, "data": {reply.data}, "bytes": {size}}}\n'.encode()


def _refusal(text: str) -> bytes:
    return json.dumps({"ok": False, "error": sentence(text)}).encode() + b"\n"


@contextmanager
def lent(host: Host, profile: str, folder: Path) -> Iterator[Place]:
    """Inside, the session can be steered from outside; `profile` is the name that it is listed by.

    Raises:
        LinkError: no socket can be had, or nobody could be told of it.
    """
    own_folder(folder)
    places(folder)
    with ExitStack() as undo:
        try:
            door, address = listen(folder, os.getpid())
            undo.callback(door.close)
            place = undo.enter_context(told(folder, address, profile, os.getpid()))
        except OSError as error:
            raise LinkError(f"No control socket can be had in {folder}: {error.strerror or error}") from error
        server = ControlServer(door, place.token, host)
        undo.callback(server.close)
        yield place


@contextmanager
def offered(host: Host, profile: str, folder: Path | None = None) -> Iterator[Place | None]:
    """Inside, the session can be steered from outside if that can be had; a session without it is one all the same."""
    with ExitStack() as undo:
        try:
            place = undo.enter_context(lent(host, profile, folder or usual_folder()))
        except LinkError as error:
            log.warning(str(error))
            place = None
        yield place
