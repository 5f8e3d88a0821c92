"""The control socket against those who may be anybody: tokens, lengths, times and numbers."""

import json
import os
import socket
import stat
import subprocess
import threading
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from console.remote import server
from console.remote.connection import Connection
from console.remote.host import Host
from console.remote.places import LOOPBACK, Place, listen, places
from console.remote.seats import LockSeat
from console.remote.server import lent
from console.remote.wire import Wire
from pipeline.errors import LinkError, UnderstudyError
from tests.console.fake_session import FakeSession, make_desk
from tests.console.remote.conftest import Lend


def raw(place: Place) -> socket.socket:
    """A connection that keeps to nothing."""
    link = place.connect(2.0)
    link.settimeout(5.0)
    return link


def rest(link: socket.socket) -> bytes:
    """Everything until the other end hangs up."""
    data = b""
    while chunk := link.recv(4096):
        data += chunk
    return data


def test_a_wrong_token_gets_one_sentence_and_nothing_else(lend: Lend) -> None:
    lent = lend()
    with Connection(lent.place, "wrong") as connection, pytest.raises(UnderstudyError, match="The token is wrong"):
        connection.ask({"do": "panic"})
    assert lent.session.calls == []
    with raw(lent.place) as link:
        link.sendall(b'wrong\n{"do": "panic"}\n{"do": "panic"}\n')
        answers = rest(link).splitlines()
    assert len(answers) == 1 and not json.loads(answers[0])["ok"]
    assert lent.session.calls == []


def test_the_token_is_the_first_thing_looked_at(lend: Lend) -> None:
    lent = lend()
    with raw(lent.place) as link:
        link.sendall(b'{"do": "panic"}\n')
        assert b"The token is wrong" in rest(link)
    assert lent.session.calls == []


def test_a_wrong_token_is_logged(lend: Lend) -> None:
    lent = lend()
    with capture_logs() as lines, raw(lent.place) as link:
        link.sendall(b"wrong\n")
        rest(link)
    assert any("wrong token" in line["event"] for line in lines)


@pytest.mark.parametrize("line", [b"no json", b"[]", b'{"do": "jump"}', b'{"do": "switch"}', b'{"do": "air", "x": 1}'])
def test_a_request_that_is_none_is_answered_and_the_next_one_done(lend: Lend, line: bytes) -> None:
    lent = lend()
    with raw(lent.place) as link:
        link.sendall(lent.place.token.encode() + b"\n" + line + b'\n{"do": "preview"}\n')
        wire = Wire(link)
        assert "not understood" in json.loads(wire.read_line(4096, 5.0))["error"]
        assert json.loads(wire.read_line(4096, 5.0))["ok"]


def test_whoever_shows_no_token_is_cut_off(lend: Lend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "TOKEN_S", 0.05)
    with raw(lend().place) as link:
        link.sendall(b"half a tok")
        assert rest(link) == b""


@pytest.mark.parametrize("known", [False, True])
def test_a_line_without_an_end_is_not_kept(lend: Lend, known: bool) -> None:
    lent = lend()
    with raw(lent.place) as link:
        if known:
            link.sendall(lent.place.token.encode() + b"\n")
        with pytest.raises(OSError):
            for _ in range(100):
                link.sendall(b"x" * 65536)
            rest(link)
            raise ConnectionResetError
    assert lent.ask("status").data["state"] == "ON AIR"


def test_there_are_only_so_many_connections(lend: Lend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "CONNECTIONS", 2)
    lent = lend()
    with Connection(lent.place) as one, Connection(lent.place) as two:
        one.ask({"do": "status"}), two.ask({"do": "status"})
        with Connection(lent.place) as three, pytest.raises(UnderstudyError, match="steer this session already"):
            three.ask({"do": "status"})
    for _ in range(100):
        try:
            assert lent.ask("status").data["state"] == "ON AIR"
        except UnderstudyError:
            continue
        break
    else:
        pytest.fail("no place was given back")


def test_where_there_is_no_thread_for_a_connection_the_next_one_is_taken(
    lend: Lend, monkeypatch: pytest.MonkeyPatch
) -> None:
    lent, start, failed = lend(), threading.Thread.start, threading.Event()

    def fail_once(thread: threading.Thread) -> None:
        if thread.name == "control-connection" and not failed.is_set():
            failed.set()
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", fail_once)
    with raw(lent.place) as link:
        assert rest(link) == b""
    assert failed.is_set()
    assert lent.ask("status").data["state"] == "ON AIR"


def test_folder_file_and_socket_are_the_users_alone(lend: Lend, folder: Path) -> None:
    lend()
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.iterdir())}
    pid = os.getpid()
    assert modes == {folder.name: 0o700, f"{pid}.json": 0o600, f"{pid}.sock": 0o600}


def test_nothing_is_left_when_the_session_ends(folder: Path) -> None:
    host = Host(LockSeat(make_desk(FakeSession()), None, lambda: None))
    with lent(host, "ada", folder) as place:
        assert places(folder) == (place,)
    assert list(folder.iterdir()) == []


def test_what_a_dead_process_left_is_forgotten(folder: Path) -> None:
    with subprocess.Popen(["true"]) as dead:
        dead.wait()
    (folder / f"{dead.pid}.json").write_text(json.dumps(asdict(Place(dead.pid, "unix:/nowhere", "t", "ada", "now"))))
    (folder / f"{dead.pid}.sock").touch()
    (folder / "notes.json").write_text("{}")
    assert places(folder) == ()
    assert [path.name for path in folder.iterdir()] == ["notes.json"]


def test_a_path_that_is_too_long_for_a_socket_makes_it_a_port_of_the_loopback(folder: Path) -> None:
    deep = folder / ("x" * 120)
    deep.mkdir()
    door, address = listen(deep, 1)
    with door:
        assert address.startswith(f"{LOOPBACK}:")
        assert door.getsockname()[0] == "127.0.0.1"


def test_a_folder_that_others_may_write_to_is_refused(folder: Path) -> None:
    folder.chmod(0o777)
    with pytest.raises(LinkError, match="everybody may write"), lent(None, "ada", folder / "inner"):  # type: ignore[arg-type]
        pass


def test_a_session_that_ends_lets_the_last_answer_out(lend: Lend) -> None:
    lent = lend()
    with Connection(lent.place) as connection:
        assert connection.ask({"do": "stop"}).told == "The session ends."
    assert lent.ended.is_set()


def test_those_who_are_connected_are_let_go_when_the_server_ends(folder: Path) -> None:
    host = Host(LockSeat(make_desk(FakeSession()), None, lambda: None))
    with ExitStack() as undo:
        with lent(host, "ada", folder) as place:
            connections = [undo.enter_context(Connection(place)) for _ in range(3)]
            for connection in connections:
                connection.ask({"do": "status"})
            assert sum(thread.name == "control-connection" for thread in threading.enumerate()) == 3
        assert not any(thread.name.startswith("control") for thread in threading.enumerate())
        with pytest.raises(LinkError, match="has gone"):
            connections[0].ask({"do": "status"})
