"""A microphone through PortAudio: opened by name, at whatever rate it has, and opened again when it comes back."""

import threading
from typing import Any, Self

import numpy as np
import sounddevice
import soxr
from numpy.typing import NDArray

from pipeline.audio.devices.device_clock import DeviceClock
from pipeline.audio.devices.port_audio import found, opened
from pipeline.audio.stream import BLOCK_SAMPLES, RATE_HZ
from pipeline.clock import Clock
from pipeline.errors import DeviceError
from pipeline.media import Block
from pipeline.stage import EndOfSource

SILENT_NS = 400_000_000
"""Without a sample for so long the microphone counts as lost."""
REOPEN_S = 0.5
LEAST_WAIT_S = 0.001
LATENCY_S = 0.05
"""What the device can hold, so that a thread may be late; it hands over a fourth at a time."""


class Microphone:
    """The sound of one input device, 48 kHz mono."""

    live = True

    def __init__(self, wanted: str, clock: Clock) -> None:
        """Opens the device.

        Args:
            wanted: `auto` for the system's own, or a part of the device's name, or its number.
            clock: the program's clock.

        Raises:
            DeviceError: there is none of that name, or it can't be opened.
        """
        self._wanted, self._clock = wanted, clock
        self._closed = threading.Event()
        self._using = threading.Lock()
        self._times = DeviceClock()
        self._heard_ns = 0
        self._stream: Any = None
        self._resampler: soxr.ResampleStream | None = None
        self._open()

    def read(self) -> Block | None:
        """The next stretch of sound; None when none came, and the microphone is being opened again.

        Raises:
            EndOfSource: it was closed.
        """
        with self._using:
            if self._closed.is_set():
                raise EndOfSource
            if self._stream is None:
                self._again()
                return None
            try:
                samples = self._taken()
            except sounddevice.PortAudioError:
                samples = None
            now_ns = self._clock.now_ns()
            if samples is not None:
                self._heard_ns = now_ns
                return self._block(samples, now_ns)
            if now_ns - self._heard_ns > SILENT_NS:
                self._drop()
            return None

    def close(self) -> None:
        """Ends a read that waits and gives the device back."""
        self._closed.set()
        # A driver whose stream is closed while it is read from may take the whole program along.
        with self._using:
            self._drop()

    def __enter__(self) -> Self:
        """The microphone itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes it."""
        self.close()

    def _open(self) -> None:
        """Opens the device at 48 kHz, or at its own rate.

        Raises:
            DeviceError: it can't be had.
        """
        device = found(self._wanted, "input")
        self._stream, rate_hz = opened(device, "input", LATENCY_S)
        self.name, self.rate_hz = str(device["name"]), rate_hz
        channels = "stereo" if int(device["max_input_channels"]) > 1 else "mono"
        self.description = f"{self.name} · {rate_hz / 1000:g} kHz, {channels}"
        self._resampler = None if rate_hz == RATE_HZ else soxr.ResampleStream(rate_hz, RATE_HZ, 1, quality="MQ")
        self._times = DeviceClock(rate_hz)
        self._heard_ns = self._clock.now_ns()

    def _taken(self) -> NDArray[np.float32] | None:
        """What the device holds, at least one block; None when too little came in time."""
        step = BLOCK_SAMPLES * self.rate_hz // RATE_HZ
        until_ns = self._clock.now_ns() + SILENT_NS
        while (held := self._stream.read_available) < step:
            wait_s = max(LEAST_WAIT_S, (step - held) / self.rate_hz)
            now_ns = self._clock.now_ns()
            if now_ns > until_ns or self._clock.wait_until(now_ns + round(wait_s * 1e9), self._closed):
                return None
        samples, overflowed = self._stream.read(held)
        if overflowed:
            # What the device lost is a jump in time.
            self._times.reset()
        return np.asarray(samples.mean(axis=1), np.float32)

    def _block(self, samples: NDArray[np.float32], now_ns: int) -> Block:
        """Samples of the device as a block of the lane's rate."""
        captured_ns = self._times.captured_ns(now_ns, len(samples))
        if self._resampler is not None:
            delay_ns = round(self._resampler.delay() * 1e9 / RATE_HZ)
            samples = np.asarray(self._resampler.resample_chunk(samples), np.float32)
            captured_ns -= delay_ns
        return Block(samples[:, np.newaxis], RATE_HZ, captured_ns)

    def _again(self) -> None:
        """Tries to open the device that was lost."""
        try:
            self._open()
        except DeviceError:
            self._clock.wait_until(self._clock.now_ns() + round(REOPEN_S * 1e9), self._closed)

    def _drop(self) -> None:
        """Lets the device go."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.abort(ignore_errors=True)
            stream.close(ignore_errors=True)
