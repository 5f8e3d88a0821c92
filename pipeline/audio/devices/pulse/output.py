"""Sound to one sink of PulseAudio or PipeWire: headphones, a cable, what a call program listens to."""

import threading
import time
from typing import Self

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.devices.pulse.library import PlaybackStream
from pipeline.audio.devices.pulse.server import PulseDevice, found_among, pactl, pulse_devices
from pipeline.audio.stream import RATE_HZ
from pipeline.errors import DeviceError

HELD_SAMPLES = RATE_HZ // 10
"""How much the server can hold: the player keeps it a third full, which leaves room for threads that are late."""
REQUEST_SAMPLES = RATE_HZ // 100
STUCK_S = 0.7
"""A sink that takes nothing for so long is gone, whatever the server says."""
SETTLING_S = 3.0
"""But a null sink takes nothing in its first two seconds."""
LEAST_WAIT_S = 0.001


def pulse_sink(wanted: str) -> PulseDevice | None:
    """The sink that a user means, or None where no server answers or has it; `auto` for the server's own choice."""
    sinks = pulse_devices("sinks")
    return found_among(wanted, sinks, pactl("get-default-sink").strip()) if sinks else None


class PulseOutput:
    """One sink, which plays at its own clock; `write` waits for room. When it vanishes, nothing is heard elsewhere."""

    paced, is_file, returns = True, False, True

    def __init__(self, device: PulseDevice) -> None:
        """Connects to it.

        Raises:
            DeviceError: it can't be had.
        """
        self.name, self._device = str(device), device
        self.description, self.heard_at = f"{device.title} · 48 kHz mono", f"{device.name}.monitor"
        self._closed = threading.Event()
        self._using = threading.Lock()
        self._stream: PlaybackStream | None = self._opened()

    @property
    def buffered_ns(self) -> int:
        """What the server holds and has not handed to the sink: nothing once it is gone, so that more is written."""
        with self._using:
            held = 0 if self._stream is None or self._stream.ended else HELD_SAMPLES - self._stream.room
        return max(0, held) * 1_000_000_000 // RATE_HZ

    def write(self, samples: NDArray[np.float32]) -> None:
        """Plays float32 (n,), waiting for room.

        Raises:
            DeviceError: the sink or the server is gone.
        """
        until_s = max(time.monotonic() + STUCK_S, self._opened_s + SETTLING_S)
        while not self._taken(samples):
            if self._closed.wait(LEAST_WAIT_S):
                return
            if time.monotonic() > until_s:
                raise DeviceError(self._gone("it takes no more sound"))

    def retake(self) -> None:
        """Connects to the sink of the same name again; what the one before held is lost.

        Raises:
            DeviceError: there is none of that name yet.
        """
        self._drop()
        # Some servers take another sink for one that is not there.
        if self._device.name not in (sink.name for sink in pulse_devices("sinks")):
            raise DeviceError(self._gone("the sound server does not have it"))
        stream = self._opened()
        with self._using:
            self._stream = stream
        if self._closed.is_set():
            self._drop()

    def close(self) -> None:
        """Ends a write that waits and gives the sink back; may be called twice."""
        self._closed.set()
        self._drop()

    def __enter__(self) -> Self:
        """The output itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes it."""
        self.close()

    def _opened(self) -> PlaybackStream:
        """A stream to the sink.

        Raises:
            DeviceError: it can't be had.
        """
        try:
            stream = PlaybackStream(self._device.name, RATE_HZ, HELD_SAMPLES, REQUEST_SAMPLES)
        except DeviceError as error:
            raise DeviceError(f"The output {self.name} can't be opened: {error}; choose another.") from error
        self._opened_s = time.monotonic()
        return stream

    def _drop(self) -> None:
        with self._using:
            stream, self._stream = self._stream, None
            if stream is not None:
                stream.close()

    def _taken(self, samples: NDArray[np.float32]) -> bool:
        """Hands samples over if there is room for all; whether there was.

        Raises:
            DeviceError: the sink or the server is gone.
        """
        with self._using:
            if self._stream is None:
                return False
            reason = self._stream.ended
            if reason:
                raise DeviceError(self._gone(reason))
            if self._stream.room < len(samples):
                return False
            self._stream.write(np.ascontiguousarray(samples, np.float32).tobytes())
        return True

    def _gone(self, reason: str) -> str:
        return f"The output {self.name} is gone: {reason}; it is taken again when it is back."
