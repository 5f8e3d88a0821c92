"""A web server on this computer, which has one model and can be told to misbehave."""

import hashlib
import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from onnx import helper

from pipeline.errors import ModelError
from tests.models.graphs import constant, port

FILLER = bytes(range(256)) * 5_000
DATA = helper.make_model(
    helper.make_graph(
        [helper.make_node("Identity", ["x"], ["y"])],
        "filled",
        [port("x", [1])],
        [port("y", [1])],
        [constant("filler", np.frombuffer(FILLER, np.uint8))],
    )
).SerializeToString()
DIGEST = hashlib.sha256(DATA).hexdigest()


class Server:
    """A web server on this computer.

    Attributes:
        data: what it has.
        ranges: whether it gives parts of it.
        cuts: after how many bytes each coming answer breaks off.
        asked: the ranges that it was asked for, empty for the whole.
        status: what it answers instead; 0 for the file.
        moved: where it sends who asks.
        length: what it says of the length, where that is not the truth.
    """

    def __init__(self) -> None:
        self.data, self.ranges, self.status, self.moved, self.length = DATA, True, 0, "", ""
        self.cuts: list[int] = []
        self.asked: list[str] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.answer(self)

            def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}/some/ada.dfm"

    def close(self) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        wanted = request.headers.get("Range", "")
        self.asked.append(wanted)
        if self.moved or self.status:
            request.send_response(self.status or 302)
            request.send_header("Location", self.moved)
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        found = re.match(r"bytes=(\d+)-", wanted) if self.ranges else None
        start = int(found[1]) if found else 0
        if found and start >= len(self.data):
            request.send_response(416)
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        body = self.data[start:]
        request.send_response(206 if found else 200)
        if found:
            request.send_header("Content-Range", f"bytes {start}-{len(self.data) - 1}/{len(self.data)}")
        request.send_header("Content-Length", self.length or str(len(body)))
        request.end_headers()
        request.wfile.write(body[: self.cuts.pop(0)] if self.cuts else body)


def refused(call: Callable[[], object]) -> str:
    """The one sentence that a call is refused with."""
    with pytest.raises(ModelError) as caught:
        call()
    text = str(caught.value)
    assert "\n" not in text
    assert text.endswith(".")
    return text
