"""Names of files inside an archive: only such as every system can hold, and that stay in their folder."""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath, PureWindowsPath

from profiles.errors import Problem
from profiles.plain_text import is_plain, shortened

FORBIDDEN = '<>:"|?*'
"""Windows takes them in no name; a colon leads to a drive, or to a stream hidden in a file."""
RESERVED = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$", "clock$"}
    | {f"{device}{number}" for device in ("com", "lpt") for number in "0123456789¹²³"}
)
"""Devices of Windows, in every folder and with every ending."""
MAX_PATH_BYTES = 200
"""Windows has 260 characters for the whole path, Linux 255 bytes for each name in it."""


def name_problem(name: str) -> Problem | None:
    """Why no file in an archive may be called that."""
    fault = _path_fault(name) or next(filter(None, map(_part_fault, name.split("/"))), None)
    if fault is None and len(name.encode()) > MAX_PATH_BYTES:
        fault = f"has a path of {len(name.encode())} bytes, at most {MAX_PATH_BYTES} fit everywhere"
    return Problem(fault, key=member_key(name)) if fault else None


def name_clashes(names: Sequence[str]) -> list[Problem]:
    """A problem for each name that comes twice, or is a file's and a folder's at once, on any system."""
    files = Counter(_on_any_system(name) for name in names if not name.endswith("/"))
    folders = {parent for path in files for parent in path.parents}
    folders |= {_on_any_system(name) for name in names if name.endswith("/")}
    faults = {path: "is in the archive twice" for path, count in files.items() if count > 1}
    faults |= {path: "is a file and a folder at once" for path in files if path in folders}
    return [Problem(fault, key=member_key(str(path))) for path, fault in sorted(faults.items())]


def member_key(name: str) -> str:
    """A file's name as problems tell it."""
    return shortened(name, 80)


def _path_fault(name: str) -> str | None:
    if name.startswith("/") or PureWindowsPath(name).drive or PureWindowsPath(name).root:
        return "has an absolute path"
    if "\\" in name or ".." in name.split("/"):
        return "has a path that leaves the folder"
    return None if name else "has no name"


def _part_fault(part: str) -> str | None:
    if not is_plain(part):
        return "has a character in its name that is not printable"
    forbidden = next((character for character in part if character in FORBIDDEN), None)
    if forbidden:
        return f"has a {forbidden} in its name, which not every system takes"
    if part.partition(".")[0].strip().casefold() in RESERVED:
        return f'can\'t be called "{part}", which is a device of Windows'
    return "has a name that ends with a dot or a space" if part != part.rstrip(". ") else None


def _on_any_system(name: str) -> PurePosixPath:
    """The same for names that some system takes for one: macOS composes accents, Windows leaves case out."""
    return PurePosixPath(unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold()))
