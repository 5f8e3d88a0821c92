"""Lines and raw bytes over a socket, each within a time and a length: whoever is at the other end may be anybody."""

import socket
import time
from contextlib import suppress

CHUNK = 1 << 16


class Wire:
    """A connected socket that is read by lines. One thread, but for `hush` and `cut`.

    Every failure is an OSError: a TimeoutError, or a ConnectionError that says why.
    """

    def __init__(self, link: socket.socket) -> None:
        self._link = link
        self._held = bytearray()

    def read_line(self, limit: int, timeout_s: float) -> bytes:
        """The next line without its end; it has to be whole within a time, and no longer than `limit` bytes.

        Raises:
            OSError: the other end has gone, or keeps to neither.
        """
        deadline_s = time.monotonic() + timeout_s
        while (end := self._held.find(b"\n")) < 0 and len(self._held) <= limit:
            self._receive(deadline_s)
        if end < 0 or end > limit:
            raise ConnectionAbortedError(f"a line is longer than {limit} bytes")
        line = bytes(self._held[:end])
        del self._held[: end + 1]
        return line

    def read_bytes(self, count: int, timeout_s: float) -> bytes:
        """Exactly so many bytes.

        Raises:
            OSError: they did not come within the time.
        """
        deadline_s = time.monotonic() + timeout_s
        while len(self._held) < count:
            self._receive(deadline_s)
        data = bytes(self._held[:count])
        del self._held[:count]
        return data

    def send(self, data: bytes, timeout_s: float) -> None:
        """Sends everything.

        Raises:
            OSError: the other end has gone, or did not take it within the time.
        """
        self._link.settimeout(timeout_s)
        self._link.sendall(data)

    def hush(self) -> None:
        """Nothing more is read; what is being sent still goes out. Any thread."""
        with suppress(OSError):
            self._link.shutdown(socket.SHUT_RD)

    def cut(self) -> None:
        """Ends the connection both ways; whoever waits for it goes on. Any thread."""
        with suppress(OSError):
            self._link.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Gives the socket back."""
        self._link.close()

    def _receive(self, deadline_s: float) -> None:
        remaining_s = deadline_s - time.monotonic()
        if remaining_s <= 0:
            raise TimeoutError("nothing came in time")
        self._link.settimeout(remaining_s)
        data = self._link.recv(CHUNK)
        if not data:
            raise ConnectionResetError("the other end has gone")
        self._held += data
