"""Sound out of an output device through PortAudio: headphones, a cable program's input, a null sink."""

import threading
import time
from typing import Any, Self

import numpy as np
import sounddevice
import soxr
from numpy.typing import NDArray

from pipeline.audio.devices.port_audio import found, opened
from pipeline.audio.stream import RATE_HZ
from pipeline.errors import DeviceError

LATENCY_S = 0.1
"""How much the device can hold: the player keeps it half empty, which leaves room for threads that are late."""
STUCK_S = 0.2
"""A device that takes nothing for longer than all that it holds would last is opened again."""
LEAST_WAIT_S = 0.001


class Loudspeaker:
    """One output device. It plays at its own clock; `write` waits for room."""

    paced, is_file, returns = True, False, True

    def __init__(self, wanted: str, latency_s: float = LATENCY_S) -> None:
        """Opens the device.

        Args:
            wanted: `auto` for the system's own, or a part of the device's name, or its number.
            latency_s: how much the device holds.

        Raises:
            DeviceError: there is none of that name, or it can't be opened.
        """
        self._device = found(wanted, "output")
        self._channels = min(2, int(self._device["max_output_channels"]))
        self.name = str(self._device["name"])
        self._latency_s = latency_s
        self._closed = threading.Event()
        self._using = threading.Lock()
        self._stream: Any = None
        self._rate_hz, self._room = RATE_HZ, 0
        self._resampler: soxr.ResampleStream | None = None
        self.reopened = 0
        """How often the device had to be opened again."""
        self._open()
        self.description = f"{self.name} · {self._rate_hz / 1000:g} kHz"

    @property
    def buffered_ns(self) -> int:
        """What the device holds and has not played."""
        with self._using:
            available = self._available()
        return 0 if available is None else round((self._room - available) * 1e9 / self._rate_hz)

    def write(self, samples: NDArray[np.float32]) -> None:
        """Plays float32 (n,), waiting for room.

        Raises:
            DeviceError: the device is gone.
        """
        if self._resampler is not None:
            samples = np.asarray(self._resampler.resample_chunk(samples), np.float32)
        until_s = time.monotonic() + STUCK_S
        while not self._taken(samples):
            # PortAudio's own waiting never ends on sound servers that ran dry, and can't be broken off.
            if self._closed.wait(LEAST_WAIT_S):
                return
            if time.monotonic() > until_s:
                self._reopen()
                until_s = time.monotonic() + STUCK_S

    def retake(self) -> None:
        """Opens the device again, and none that is called alike.

        Raises:
            DeviceError: it can't be had yet.
        """
        self._reopen()

    def _taken(self, samples: NDArray[np.float32]) -> bool:
        """Hands samples over if there is room for all; whether there was.

        Raises:
            DeviceError: the device is gone.
        """
        with self._using:
            if self._stream is None:
                return False
            try:
                if (self._available() or 0) < len(samples):
                    return False
                self._stream.write(np.repeat(samples[:, np.newaxis], self._channels, axis=1))
            except sounddevice.PortAudioError as error:
                raise DeviceError(
                    f"The output {self.name} is gone: {error}; it is taken again when it is back."
                ) from error
        return True

    def _available(self) -> int | None:
        """For how many samples there is room; None when the device does not say."""
        try:
            available = int(self._stream.write_available)
        except (AttributeError, sounddevice.PortAudioError):
            return None
        self._room = max(self._room, available)
        return available

    def _open(self) -> None:
        """Opens the device at 48 kHz, or at its own rate.

        Raises:
            DeviceError: it can't be had.
        """
        self._stream, self._rate_hz = opened(self._device, "output", self._latency_s)
        self._room = int(self._stream.write_available)
        self._resampler = (
            None if self._rate_hz == RATE_HZ else soxr.ResampleStream(RATE_HZ, self._rate_hz, 1, quality="MQ")
        )

    def _reopen(self) -> None:
        """Gives the device back and takes it again; what it held is lost.

        Raises:
            DeviceError: it can't be had again.
        """
        with self._using:
            self._drop()
            if not self._closed.is_set():
                self.reopened += 1
                self._open()

    def _drop(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.abort(ignore_errors=True)
            stream.close(ignore_errors=True)

    def close(self) -> None:
        """Gives the device back; may be called twice."""
        self._closed.set()
        with self._using:
            self._drop()

    def __enter__(self) -> Self:
        """The loudspeaker itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes it."""
        self.close()
