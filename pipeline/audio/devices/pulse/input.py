"""A microphone on PulseAudio or PipeWire, read through the server's own recorder in a process of its own."""

import os
import select
import subprocess
import threading
from contextlib import suppress
from typing import Self

import numpy as np

from pipeline.audio.devices.device_clock import DeviceClock
from pipeline.audio.devices.pulse.server import PulseDevice, found_among, pactl, plain_environment, pulse_devices
from pipeline.audio.stream import RATE_HZ
from pipeline.clock import Clock
from pipeline.errors import DeviceError
from pipeline.media import Block
from pipeline.stage import EndOfSource

FRAGMENT_MS = 10
KEPT_SAMPLES = 2 * FRAGMENT_MS * RATE_HZ // 1000
SAMPLE_BYTES = 4
PIECE_BYTES = 65_536
SLICE_NS = 100_000_000
"""The longest that a wait takes to see that it is over."""
SILENT_NS = 400_000_000
"""Without a sample for so long the microphone counts as lost."""
REOPEN_NS = 500_000_000
ENDING_S = 2.0
MOVED = b"Stream moved to device "
SAID_BYTES = 1000


def pulse_source(wanted: str) -> PulseDevice | None:
    """The source that a user means, or None where no server answers or has it; `auto` for the server's own choice."""
    sources = pulse_devices("sources")
    return found_among(wanted, sources, pactl("get-default-source").strip()) if sources else None


class PulseInput:
    """The sound of one source, 48 kHz mono.

    PortAudio reaches such servers through ALSA's plug-in: a server that ends takes the whole program along, and a
    stream that the server moves to another source goes on without a word.
    """

    live = True

    def __init__(self, device: PulseDevice, clock: Clock) -> None:
        """Begins to record.

        Raises:
            DeviceError: the server's recorder is not there.
        """
        self.name = device.title
        self.description = f"{device.title} · 48 kHz mono"
        self._source, self._clock = device.name, clock
        self._closed, self._changing = threading.Event(), threading.Lock()
        """The lock is held while one recorder ends or another begins: none begins behind the back of who closes."""
        self._times = DeviceClock()
        self._rest, self._said, self._begins = b"", b"", True
        self._heard_ns = clock.now_ns()
        self._recorder: subprocess.Popen[bytes] | None = None
        self._begin()

    def read(self) -> Block | None:
        """The next stretch of sound; None when none came, and the microphone is being opened again.

        Raises:
            EndOfSource: it was closed.
            DeviceError: the server's recorder is not there any more.
        """
        data = self._taken()
        if self._closed.is_set():
            raise EndOfSource
        now_ns = self._clock.now_ns()
        if data:
            self._heard_ns = now_ns
            data = self._rest + data
            whole = len(data) // SAMPLE_BYTES * SAMPLE_BYTES
            self._rest = data[whole:]
            samples = np.frombuffer(data[:whole], np.float32)
            if self._begins:
                # What a server had kept from before is late already.
                samples, self._begins = samples[-KEPT_SAMPLES:], False
            return Block(samples[:, np.newaxis], RATE_HZ, self._times.captured_ns(now_ns, len(samples)))
        if data is None and now_ns - self._heard_ns > SILENT_NS:
            self._end()
            self._clock.wait_until(now_ns + REOPEN_NS, self._closed)
            self._begin()
        return None

    def close(self) -> None:
        """Ends a read that waits and the recorder; may be called twice."""
        self._closed.set()
        self._end()

    def __enter__(self) -> Self:
        """The microphone itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes it."""
        self.close()

    def _taken(self) -> bytes | None:
        """What came, waiting a little for it; None when the recorder has nothing more to say."""
        recorder = self._recorder
        if recorder is None or recorder.stdout is None or recorder.stderr is None:
            self._clock.wait_until(self._clock.now_ns() + SLICE_NS, self._closed)
            return None
        ready, _, _ = select.select([recorder.stdout, recorder.stderr], [], [], SLICE_NS / 1e9)
        if recorder.stderr in ready and self._moved(os.read(recorder.stderr.fileno(), PIECE_BYTES)):
            self._end()
            return None
        if recorder.stdout not in ready:
            return None
        data = os.read(recorder.stdout.fileno(), PIECE_BYTES)
        if not data:
            # The server or the source is gone: there is no need to wait for that to show.
            self._clock.wait_until(self._clock.now_ns() + SLICE_NS, self._closed)
        return data or None

    def _moved(self, said: bytes) -> bool:
        """Whether the recorder says that the server gave it another source: that may be what the program puts out."""
        self._said = (self._said + said)[-SAID_BYTES:]
        _, moved, where = self._said.rpartition(MOVED)
        return bool(moved) and b"\n" in where and not where.startswith(self._source.encode() + b" ")

    def _begin(self) -> None:
        """Starts the recorder; it ends by itself where the source or the server is not there.

        Raises:
            DeviceError: there is no recorder.
        """
        with self._changing:
            if self._closed.is_set():
                return
            self._times.reset()
            self._heard_ns = self._clock.now_ns()
            self._rest, self._said, self._begins = b"", b"", True
            try:
                self._recorder = subprocess.Popen(
                    ["parec", f"--device={self._source}", "--raw", "--format=float32le", f"--rate={RATE_HZ}",
                     "--channels=1", f"--latency-msec={FRAGMENT_MS}", "--client-name=Understudy",
                     "--stream-name=Actor", "--verbose"],
                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0,
                    # A terminal that is closed ends what shares its session.
                    env=plain_environment(), start_new_session=True,
                )  # fmt: skip
            except FileNotFoundError:
                raise DeviceError(
                    f"The microphone {self.name} can't be opened: there is no `parec`; "
                    "install it: sudo apt install pulseaudio-utils."
                ) from None

    def _end(self) -> None:
        """Ends the recorder."""
        with self._changing:
            recorder, self._recorder = self._recorder, None
            if recorder is not None:
                recorder.kill()
                # One that was killed and still does not end waits in the system, and no longer for anybody here.
                with suppress(subprocess.TimeoutExpired):
                    recorder.wait(ENDING_S)
