"""A file fetched from an address into a part file, continued where an earlier try stopped."""

import http.client
import re
import shutil
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import IO, Any

from pipeline.errors import ModelError

MOST_BYTES = 6 << 30
CHUNK_BYTES = 1 << 20
SILENCE_S = 30.0
"""A server that says nothing for so long is given up."""
ATTEMPTS = 4
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
CUT = "run the same command again, and it goes on where it stopped"
DIGITS = re.compile(r"[0-9]{1,18}")
"""A size; what has more digits is none."""
Report = Callable[[int, int], None]
"""Told the bytes that are there and those that there will be, 0 where the server does not say."""


def shown_address(address: str) -> str:
    """An address without what may be secret in it: a user, a password, a signed query."""
    parts = urllib.parse.urlsplit(address)
    host = (parts.hostname or "") + (f":{parts.port}" if parts.port else "")
    return urllib.parse.urlunsplit((parts.scheme, host, parts.path, "", ""))


def require_safe(address: str) -> None:
    """Lets through what nobody on the way can change or listen to.

    Raises:
        ModelError: it is neither https, nor a file, nor this computer's own.
    """
    try:
        parts = urllib.parse.urlsplit(address)
        own = parts.scheme == "http" and parts.hostname in LOOPBACK
        safe = (
            own or (parts.scheme == "https" and bool(parts.hostname)) or (parts.scheme == "file" and not parts.netloc)
        )
        # A port that is no number is noticed when it is asked for.
        safe = safe and parts.port != 0
    except ValueError:
        safe = False
    if not safe:
        raise ModelError(
            f"The address {address} can't be fetched from; give one that begins with https:// or file:///."
        )


def fetch(address: str, part: Path, report: Report) -> bool:
    """Fetches what `address` has into the file `part`, behind what an earlier try left there.

    Returns:
        Whether anything of an earlier try was used.

    Raises:
        ModelError: it can't be had, or is larger than `MOST_BYTES`.
    """
    require_safe(address)
    begun_with = _size(part)
    for attempt in range(ATTEMPTS):
        before = _size(part)
        try:
            return _fetch_once(address, part, report) and begun_with > 0
        except UnicodeError as error:
            raise ModelError(
                f"The address {shown_address(address)} has letters that no address has; write them as %XX."
            ) from error
        except (OSError, http.client.HTTPException) as error:
            # As long as more of it comes, it is worth another try.
            if isinstance(error, urllib.error.HTTPError) or _size(part) <= before or attempt == ATTEMPTS - 1:
                raise ModelError(_reason(address, part, error)) from error
    raise AssertionError("the last attempt returns or raises")


class _Cut(OSError):
    """The connection ended before the file did."""


def _fetch_once(address: str, part: Path, report: Report) -> bool:
    """Fetches the rest; tells whether what was there was used."""
    there = _size(part)
    answer, start = _opened(address, there)
    with closing(answer):
        left = answer.headers.get("Content-Length")
        total = start + int(left) if left is not None and DIGITS.fullmatch(left) else 0
        _require_room(address, part, total, total - start)
        with part.open("r+b" if start else "wb") as target:
            target.seek(start)
            at = _copied(answer, target, report, total)
    if total and at < total:
        raise _Cut(f"the connection ended after {at} of {total} bytes")
    return start > 0


def _opened(address: str, there: int) -> tuple[Any, int]:
    """The server's answer, and where in the file it begins."""
    opener = urllib.request.build_opener(_SafeRedirects)
    headers = {"User-Agent": "understudy", "Accept-Encoding": "identity"}
    if there and not address.startswith("file:"):
        ranged = urllib.request.Request(address, headers=headers | {"Range": f"bytes={there}-"})
        try:
            answer = opener.open(ranged, timeout=SILENCE_S)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code != http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                raise
        else:
            begins = re.match(r"bytes ([0-9]{1,18})-", answer.headers.get("Content-Range", ""))
            if answer.status == http.HTTPStatus.PARTIAL_CONTENT and begins and int(begins[1]) == there:
                return answer, there
            if answer.status == http.HTTPStatus.OK:
                return answer, 0
            answer.close()
    return opener.open(urllib.request.Request(address, headers=headers), timeout=SILENCE_S), 0


def _copied(answer: Any, target: IO[bytes], report: Report, total: int) -> int:
    """Writes what comes; tells where in the file it ended."""
    at = target.tell()
    try:
        while chunk := answer.read1(CHUNK_BYTES) if hasattr(answer, "read1") else answer.read(CHUNK_BYTES):
            at += target.write(chunk)
            if at > MOST_BYTES:
                # Nothing of it is of use to a later try.
                size, at = at, 0
                raise ModelError(_too_large(size))
            report(at, max(total, at) if total else 0)
    finally:
        target.truncate(at)
    return at


class _SafeRedirects(urllib.request.HTTPRedirectHandler):
    """Follows a server to another address only if that is as safe."""

    def redirect_request(self, *arguments: Any) -> urllib.request.Request | None:
        """The request for the new address, which comes last."""
        require_safe(arguments[-1])
        return super().redirect_request(*arguments)


def _require_room(address: str, part: Path, total: int, left: int) -> None:
    if total > MOST_BYTES:
        raise ModelError(_too_large(total))
    free = shutil.disk_usage(part.parent).free
    if left > free:
        raise ModelError(
            f"The file {shown_address(address)} takes {left / 1e9:.1f} GB more, but {part.parent} has "
            f"{free / 1e9:.1f} GB free; free some."
        )


def _too_large(size: int) -> str:
    return f"The file is too large: {size / 1e9:.1f} GB or more, wanted at most {MOST_BYTES / 1e9:.1f}."


def _reason(address: str, part: Path, error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"The server does not give {shown_address(address)}: it answers {error.code} {error.reason}."
    why = error.reason if isinstance(error, urllib.error.URLError) else error
    why = why.strerror if isinstance(why, OSError) and why.strerror else why
    cure = CUT if _size(part) else "check the address and the network"
    return f"The file {shown_address(address)} can't be fetched: {why or type(error).__name__}; {cure}."


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0
