"""Sound out of an output device through PortAudio: headphones, a cable program's input, a null sink."""

from typing import Any, Self

import numpy as np
import sounddevice
import soxr
from numpy.typing import NDArray

from pipeline.audio.devices.microphone import found
from pipeline.audio.stream import RATE_HZ
from pipeline.errors import DeviceError

LATENCY_S = 0.05
"""With less, sound servers run dry whenever a thread is late."""


class Loudspeaker:
    """One output device. It plays at its own clock; `write` waits for room."""

    paced = True

    def __init__(self, wanted: str, latency_s: float = LATENCY_S) -> None:
        """Opens the device.

        Args:
            wanted: `auto` for the system's own, or a part of the device's name, or its number.
            latency_s: how much the device holds.

        Raises:
            DeviceError: there is none of that name, or it can't be opened.
        """
        device = found(wanted, "output")
        self._channels = min(2, int(device["max_output_channels"]))
        self.name = str(device["name"])
        self._stream: Any = None
        reason: Exception | None = None
        for rate_hz in dict.fromkeys((RATE_HZ, int(device["default_samplerate"]))):
            try:
                self._stream = sounddevice.OutputStream(
                    device=device["index"],
                    channels=self._channels,
                    samplerate=rate_hz,
                    dtype="float32",
                    latency=latency_s,
                )
                self._stream.start()
            except sounddevice.PortAudioError as error:
                reason, self._stream = error, None
                continue
            break
        if self._stream is None:
            raise DeviceError(f"The loudspeaker {self.name} can't be opened: {reason}; choose another.")
        self._rate_hz = rate_hz
        self._room = int(self._stream.write_available)
        self._resampler = None if rate_hz == RATE_HZ else soxr.ResampleStream(RATE_HZ, rate_hz, 1, quality="MQ")
        self.description = f"{self.name} · {rate_hz / 1000:g} kHz"

    @property
    def buffered_ns(self) -> int:
        """What the device holds and has not played."""
        try:
            available = int(self._stream.write_available)
        except sounddevice.PortAudioError:
            return 0
        self._room = max(self._room, available)
        return round((self._room - available) * 1e9 / self._rate_hz)

    def write(self, samples: NDArray[np.float32]) -> None:
        """Plays float32 (n,), waiting for room.

        Raises:
            DeviceError: the device is gone.
        """
        if self._resampler is not None:
            samples = np.asarray(self._resampler.resample_chunk(samples), np.float32)
        try:
            self._stream.write(np.repeat(samples[:, np.newaxis], self._channels, axis=1))
        except sounddevice.PortAudioError as error:
            raise DeviceError(
                f"The loudspeaker {self.name} is gone: {error}; plug it in again or choose another."
            ) from error

    def close(self) -> None:
        """Gives the device back; may be called twice."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.abort(ignore_errors=True)
            stream.close(ignore_errors=True)

    def __enter__(self) -> Self:
        """The loudspeaker itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes it."""
        self.close()
