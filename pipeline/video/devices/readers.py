"""Who reads a virtual camera."""

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

PROCESSES = Path("/proc")
DELETED = " (deleted)"
"""What the kernel adds to the name of a program that was replaced while it runs."""


def readers_of(device: str, processes: Path = PROCESSES) -> tuple[str, ...] | None:
    """Names of other programs that have a device file open, each once; None where that can't be known.

    It takes some milliseconds. Programs of other users hide what they have open, and are not told of.

    Args:
        device: the device file, such as `/dev/video10`.
        processes: where the kernel shows what runs.
    """
    file = Path(device)
    if sys.platform != "linux" or not file.is_absolute() or not file.exists() or not processes.is_dir():
        return None
    wanted, own = str(file.resolve()), os.getpid()
    numbers = [entry.name for entry in os.scandir(processes) if entry.name.isdecimal() and int(entry.name) != own]
    return tuple(sorted({_name(processes / number) for number in numbers if wanted in _open_files(processes / number)}))


def is_open_here(device: str, processes: Path = PROCESSES) -> bool:
    """Whether this process itself has a device file open; False where that can't be known."""
    file, own = Path(device), processes / str(os.getpid())
    return sys.platform == "linux" and file.exists() and str(file.resolve()) in _open_files(own)


def _open_files(process: Path) -> Iterator[str]:
    """The files that a process has open, as far as they are shown; none of one that has ended."""
    with suppress(OSError), os.scandir(process / "fd") as entries:
        for entry in entries:
            with suppress(OSError):
                yield str(Path(entry.path).readlink())


def _name(process: Path) -> str:
    """What a process is called: its program's file; the name that it gave itself where that is not shown."""
    with suppress(OSError):
        return (process / "exe").readlink().name.removesuffix(DELETED)
    with suppress(OSError):
        return (process / "comm").read_text(errors="replace").strip()
    return f"process {process.name}"
