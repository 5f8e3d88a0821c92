"""The sound of a film that is being written: one stream from the film's start to its end, without a hole."""

from fractions import Fraction
from typing import cast

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from numpy.typing import NDArray

RATE_HZ = 48_000
BIT_RATE = 128_000
NUDGED = RATE_HZ // 200
"""Sound that lies so near to the end of what is there, 5 ms, belongs to it: clocks drift. From there on it is a gap."""
CLOSE = RATE_HZ // 2000
"""So near, half a millisecond, it is left as it is."""
SMOOTHING = 0.1
"""Share of a block in the estimate of the drift: hand-overs jitter."""
PIECE = RATE_HZ
"""Silence is written in pieces of so many samples at most."""


class SoundTrack:
    """Mono sound on its way into a film, every sample at its own time: AAC in an MP4 file, Opus in a Matroska file.

    Sound whose clock runs faster or slower than the film's is stretched by single samples, gaps are silence, and what
    comes for a time that is written already is left out.
    """

    def __init__(self, target: OutputContainer) -> None:
        """Adds a stream to `target`; must come before the target's first packet."""
        self._target = target
        codec = "aac" if "mp4" in target.format.name else "libopus"
        self._stream = cast("AudioStream", target.add_stream(codec, rate=RATE_HZ))
        self._stream.layout = "mono"
        self._stream.bit_rate = BIT_RATE
        self._late = 0.0
        self.position = 0
        """Samples written: where the next one goes."""

    def place(self, at: int, samples: NDArray[np.float32]) -> None:
        """Writes float32 (n,) so that the first is number `at` of the film, which may be negative.

        Raises:
            av.error.FFmpegError: the target took no more.
        """
        late = at - self.position
        if self.position == 0 or abs(late) > NUDGED:
            self._late = 0.0
            self.fill(at)
            samples = samples[max(0, self.position - at) :]
        else:
            self._late += SMOOTHING * (late - self._late)
            if abs(self._late) > CLOSE and len(samples) > 1:
                more = 1 if self._late > 0 else -1
                self._late -= more
                samples = stretched(samples, len(samples) + more)
        self._write(samples)

    def fill(self, until: int) -> None:
        """Writes silence up to sample number `until`.

        Raises:
            av.error.FFmpegError: the target took no more.
        """
        while self.position < until:
            self._write(np.zeros(min(PIECE, until - self.position), np.float32))

    def finish(self) -> None:
        """Writes what the encoder holds.

        Raises:
            av.error.FFmpegError: the target took no more.
        """
        self._target.mux(self._stream.encode(None))

    def _write(self, samples: NDArray[np.float32]) -> None:
        if len(samples) == 0:
            return
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples[np.newaxis]), format="flt", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, self.position, Fraction(1, RATE_HZ)
        self.position += len(samples)
        self._target.mux(self._stream.encode(frame))


def stretched(samples: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """The same sound in `count` samples; the first and the last stay."""
    places = np.linspace(0.0, len(samples) - 1.0, count)
    return np.interp(places, np.arange(len(samples)), samples).astype(np.float32)
