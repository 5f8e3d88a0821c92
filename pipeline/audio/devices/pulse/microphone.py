"""A virtual microphone on PulseAudio or PipeWire: a source of our own that reads from a pipe."""

import errno
import fcntl
import os
import subprocess
import tempfile
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.devices.pulse.server import OWN_SOURCE, is_own, pactl, remove_source, watch_server
from pipeline.audio.stream import RATE_HZ
from pipeline.errors import DeviceError

TITLE = "Understudy microphone"
PIPE = "microphone"
AGAIN = "it is made again when a server answers"
PIPE_BYTES = 4096
"""The smallest pipe there is, 43 ms: what a server that stopped reading leaves in it is heard late afterwards."""
F_SETPIPE_SZ = 1031


class PulseMicrophone:
    """A source that call programs list as a microphone. It is there as long as this object is open."""

    paced, is_file, returns = False, False, True

    def __init__(self) -> None:
        """Makes the source, after taking away what killed programs left behind; a second one gets a number.

        Raises:
            DeviceError: there is no sound server that answers, or it can't make the source.
        """
        self.dropped = 0
        """Samples that the server did not take in time."""
        self.name, self._ended = TITLE, False
        self._open(count(1))

    def _open(self, numbers: Iterable[int]) -> None:
        """Makes the source, under the first of some numbers that is free.

        Raises:
            DeviceError: it can't be made.
        """
        self._folder = tempfile.TemporaryDirectory(prefix="understudy-")
        # The lock is given back when this process ends, however it ends: others see by it that somebody feeds the pipe.
        self._alive = os.open(self._folder.name, os.O_RDONLY)
        fcntl.flock(self._alive, fcntl.LOCK_EX)
        self._pipe = Path(self._folder.name) / PIPE
        self._file, self._module = -1, ""
        self._watch: subprocess.Popen[bytes] | None = None
        try:
            remove_left_behind()
            taken = {name for name, _, _ in _own_modules()}
            number = next((number for number in numbers if _numbered(OWN_SOURCE, "_", number) not in taken), None)
            if number is None:
                raise DeviceError(f"The virtual microphone {self.name} is another program's now; end that one first.")
            self._number, self._source = number, _numbered(OWN_SOURCE, "_", number)
            self.name = _numbered(TITLE, " ", number)
            self.description, self.heard_at = f"{self.name} · 48 kHz mono", self._source
            self._load()
            self._watch = watch_server()
            self._file = os.open(self._pipe, os.O_RDWR | os.O_NONBLOCK)
            fcntl.fcntl(self._file, F_SETPIPE_SZ, PIPE_BYTES)
        except OSError as error:
            self._drop()
            raise DeviceError(
                f"The virtual microphone's pipe {self._pipe} can't be opened: {error.strerror}."
            ) from error
        except BaseException:
            self._drop()
            raise

    @property
    def buffered_ns(self) -> int:
        """The server takes sound out of the pipe at once."""
        return 0

    def write(self, samples: NDArray[np.float32]) -> None:
        """Hands float32 (n,) on; what the server has no room for is dropped and counted.

        Raises:
            DeviceError: the server or the source is gone.
        """
        # A server that was killed leaves its pipe behind.
        if self._watch is not None and self._watch.poll() is not None:
            raise DeviceError(f"The virtual microphone is gone: the sound server ended; {AGAIN}.")
        if not self._pipe.exists():
            raise DeviceError(f"The virtual microphone is gone: the sound server ended or took it away; {AGAIN}.")
        data = (np.clip(samples, -1.0, 1.0) * np.float32(32767)).astype("<i2").tobytes()
        try:
            written = os.write(self._file, data)
        except OSError as error:
            if error.errno != errno.EAGAIN:
                raise DeviceError(f"The virtual microphone takes no more sound: {error.strerror}.") from error
            written = 0
        self.dropped += (len(data) - written) // 2

    def retake(self) -> None:
        """Makes the source anew, under the name that it had.

        Raises:
            DeviceError: no sound server answers yet, or the name is another program's.
        """
        self._drop()
        self._open((self._number,))
        if self._ended:
            self._drop()

    def close(self) -> None:
        """Takes the source away; may be called twice."""
        self._ended = True
        self._drop()

    def _drop(self) -> None:
        file, self._file = self._file, -1
        module, self._module = self._module, ""
        if file >= 0:
            os.close(file)
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.kill()
            watch.wait()
        try:
            # Of a server that was started anew the number is another module's.
            if module and (self._source, module, str(self._pipe)) in _own_modules():
                remove_source(self._source, module)
        except DeviceError:
            # A server that ended took the source with it.
            pass
        finally:
            alive, self._alive = self._alive, -1
            if alive >= 0:
                os.close(alive)
            self._folder.cleanup()

    def __enter__(self) -> Self:
        """The microphone itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Takes it away."""
        self.close()

    def _load(self) -> None:
        """Has the server make the source.

        Raises:
            DeviceError: it does not answer, or can't.
        """
        usual = pactl("get-default-source").strip()
        escaped = self.name.replace(" ", "\\ ")
        self._module = pactl(
            "load-module", "module-pipe-source", f"source_name={self._source}", f"file={self._pipe}", "format=s16le",
            f"rate={RATE_HZ}", "channels=1", f"source_properties=device.description=\"{escaped}\"",
        ).strip()  # fmt: skip
        if usual not in ("", self._source) and pactl("get-default-source").strip() == self._source:
            # Where there are only monitors, a server takes a new source for everyone's microphone, the actor's too.
            pactl("set-default-source", usual)


def left_behind() -> tuple[tuple[str, str], ...]:
    """The sources of programs that were killed, by name, and their modules' numbers.

    Raises:
        DeviceError: no sound server answers.
    """
    return tuple((name, module) for name, module, pipe in _own_modules() if not _is_fed(Path(pipe)))


def remove_left_behind() -> int:
    """Takes away the sources that nobody feeds any more; how many there were.

    Raises:
        DeviceError: no sound server answers.
    """
    left = left_behind()
    for name, module in left:
        remove_source(name, module)
    return len(left)


def _own_modules() -> list[tuple[str, str, str]]:
    """The sources that this program makes: name, the number of the module, and the pipe."""
    found = []
    for line in pactl("list", "short", "modules").splitlines():
        number, _, rest = line.partition("\t")
        settings = dict(word.split("=", 1) for word in rest.split() if "=" in word)
        if is_own(settings.get("source_name", "")):
            found.append((settings["source_name"], number, settings.get("file", "")))
    return found


def _is_fed(pipe: Path) -> bool:
    """Whether the process that made a pipe lives."""
    try:
        folder = os.open(pipe.parent, os.O_RDONLY)
    except FileNotFoundError:
        return False
    except OSError:
        # Another user's.
        return True
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(folder)
    return False


def _numbered(name: str, between: str, number: int) -> str:
    """A name, told from others of its kind by a number from the second on."""
    return name if number == 1 else f"{name}{between}{number}"
