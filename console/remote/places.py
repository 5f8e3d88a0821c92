"""Where running sessions can be reached: a folder of the user's own with one file for each, which holds its token.

The standard library alone: a foot pedal waits for no package to be loaded.
"""

import json
import os
import secrets
import socket
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from pipeline.errors import LinkError

LOOPBACK = "127.0.0.1"
UNIX = "unix:"
TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Place:
    """How one session is reached."""

    pid: int
    address: str
    """`unix:` and the path of a socket, or the loopback's address and a port."""
    token: str
    profile: str
    """Name of the profile that it began with."""
    started: str
    """When, as ISO 8601 on the user's clock."""

    def connect(self, timeout_s: float) -> socket.socket:
        """A connection to it.

        Raises:
            OSError: nobody listens there.
        """
        if self.address.startswith(UNIX):
            link = socket.socket(socket.AF_UNIX)
            link.settimeout(timeout_s)
            try:
                link.connect(self.address.removeprefix(UNIX))
            except OSError:
                link.close()
                raise
            return link
        host, _, port = self.address.rpartition(":")
        link = socket.create_connection((host, int(port)), timeout_s)
        # An answer is a line: it must not wait for a second one to fill a packet.
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return link


def usual_folder() -> Path:
    """The folder that sessions are told in."""
    import warnings

    import platformdirs

    with warnings.catch_warnings():
        # It warns of a folder that others may read, and takes another one.
        warnings.simplefilter("ignore")
        return platformdirs.user_runtime_path("understudy")


def own_folder(folder: Path) -> Path:
    """`folder`, made if need be, once it is certain that it is the user's alone.

    Raises:
        LinkError: it can't be made, or others could put something into it.
    """
    try:
        for made in (folder.parent, folder):
            made.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.name == "posix":
            folder.chmod(0o700)
            _require_own(folder)
    except OSError as error:
        raise LinkError(
            f"Sessions can't be told in {folder}: {error.strerror or error}; XDG_RUNTIME_DIR can name a folder of yours"
        ) from error
    return folder


def _require_own(folder: Path) -> None:
    """Where temporary folders are everybody's, somebody may have made this one, or the one around it, before."""
    if sys.platform == "win32":
        return
    own, around = folder.lstat(), folder.parent.stat()
    open_to_others = around.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and not around.st_mode & stat.S_ISVTX
    if not stat.S_ISDIR(own.st_mode) or own.st_uid != os.getuid() or around.st_uid not in (0, os.getuid()):
        raise PermissionError("it belongs to somebody else")
    if open_to_others:
        raise PermissionError(f"everybody may write to {folder.parent}")


def listen(folder: Path, pid: int) -> tuple[socket.socket, str]:
    """A listening socket and its address: a file of `folder` where the system has such sockets, else a loopback port.

    Raises:
        OSError: neither can be had.
    """
    path = folder / f"{pid}.sock"
    if hasattr(socket, "AF_UNIX"):
        door = socket.socket(socket.AF_UNIX)
        try:
            path.unlink(missing_ok=True)
            door.bind(str(path))
            path.chmod(0o600)
            door.listen()
        except OSError:
            # The path of such a socket holds some hundred bytes.
            door.close()
        else:
            return door, f"{UNIX}{path}"
    door = socket.socket(socket.AF_INET)
    try:
        door.bind((LOOPBACK, 0))
        door.listen()
    except OSError:
        door.close()
        raise
    return door, f"{LOOPBACK}:{door.getsockname()[1]}"


@contextmanager
def told(folder: Path, address: str, profile: str, pid: int) -> Iterator[Place]:
    """Inside, others find the session at `address`, with a token that is made for it.

    Raises:
        OSError: the file can't be written.
    """
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    place = Place(pid, address, secrets.token_urlsafe(TOKEN_BYTES), profile, now)
    file, unfinished = folder / f"{pid}.json", folder / f"{pid}.new"
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as target:
        json.dump(asdict(place), target)
    unfinished.replace(file)
    try:
        yield place
    finally:
        forget(folder, pid)


def forget(folder: Path, pid: int) -> None:
    """Removes what tells of a session."""
    for name in (f"{pid}.json", f"{pid}.sock"):
        with suppress(OSError):
            (folder / name).unlink()


def places(folder: Path) -> tuple[Place, ...]:
    """The sessions that are told of, the oldest first; those of processes that are gone are forgotten."""
    found = []
    for file in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        try:
            place = Place(**json.loads(file.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            # It is being written, or is none.
            continue
        if is_alive(place.pid):
            found.append(place)
        else:
            forget(folder, place.pid)
    return tuple(sorted(found, key=lambda place: place.started))


def is_alive(pid: int) -> bool:
    """Whether there is a process of that number."""
    if os.name != "posix":
        import psutil

        return bool(psutil.pid_exists(pid))
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def choose(found: tuple[Place, ...], pid: int | None) -> Place:
    """The session that is meant: the one of that process, or the only one.

    Raises:
        LinkError: there is none, or it is not said which.
    """
    if pid is not None:
        found = tuple(place for place in found if place.pid == pid)
        if not found:
            raise LinkError(
                f"No session of the process {pid} is running; `understudy ctl sessions` lists those that are"
            )
    if not found:
        raise LinkError("No session is running; start one with `understudy` or `understudy run --headless`")
    if len(found) > 1:
        named = ", ".join(f"{place.pid} ({place.profile})" for place in found)
        raise LinkError(f"Several sessions are running: {named}; say which with --session")
    return found[0]
