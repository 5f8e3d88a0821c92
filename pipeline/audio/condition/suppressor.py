"""Takes steady noise out of a voice: hiss, hum, fans.

Every band is turned down by how little it stands out from the room, which is what the band's least power of late was.
Sources: Y. Ephraim and D. Malah, "Speech enhancement using a minimum mean-square error short-time spectral amplitude
estimator", 1984 (the decision-directed ratio, which keeps single tones from ringing up); R. Martin, "Noise power
spectral density estimation based on optimal smoothing and minimum statistics", 2001; D. Mauler and R. Martin, "A low
delay, variable resolution, perfect reconstruction spectral analysis-synthesis system for speech enhancement", 2007 (the
windows); C. Plapous et al., "Improved signal-to-noise ratio estimation for speech enhancement", 2006 (the second step).
"""

from collections import deque
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.condition.mono import MonoStage, Sound

HOP = 480
"""10 ms."""
FRAME = 3 * HOP
"""Samples in a spectrum: bands of 33 Hz, which part the harmonics of a voice."""
TAIL = 2 * HOP
"""Samples at a frame's end that go into the result: the latency, 20 ms."""
BUCKET, BUCKETS = 25, 8
"""Frames of which a least power is kept, and how many of those: 2 s."""
UNKNOWN = 40
"""Frames after the start in which nothing is turned down."""
SMOOTHING = 0.9
BIAS = 1.8
"""The mean of a steady noise's smoothed power over its least in `BUCKET * BUCKETS` frames."""
TRUST = 0.975
"""How much of the last frame's voice is taken for this one's."""
LEAST_RATIO = 10.0 ** (-25.0 / 10.0)
NOTHING = 1e-12
"""Power of a band that holds nothing, not even rounding."""

Bands: TypeAlias = NDArray[np.float32]


def _windows() -> tuple[Sound, Sound]:
    """The window before the transform, and that after it for the frame's tail; their product is a Hann window."""
    rise = np.sin(np.pi / 2.0 * (np.arange(FRAME - HOP) + 0.5) / (FRAME - HOP))
    fall = np.cos(np.pi / 2.0 * (np.arange(HOP) + 0.5) / HOP)
    hann = np.sin(np.pi / 2.0 * (np.arange(HOP) + 0.5) / HOP) ** 2
    before = np.concatenate((rise, fall))
    after = np.concatenate((hann / rise[-HOP:], fall))
    return before.astype(np.float32), after.astype(np.float32)


class Suppressor(MonoStage):
    """Turns down what doesn't stand out from the room, band by band, by `depth_db` at most."""

    def __init__(self, depth_db: float = 18.0) -> None:
        super().__init__("suppressor", TAIL)
        self._before, self._after = _windows()
        self._least_gain = np.float32(10.0 ** (-depth_db / 20.0))
        self.reset()

    def reset(self) -> None:
        """Forgets the room and what was heard."""
        bands = FRAME // 2 + 1
        self._waiting = np.zeros(0, np.float32)
        self._frame = np.zeros(FRAME, np.float32)
        self._overlap = np.zeros(HOP, np.float32)
        self._done = np.zeros(HOP, np.float32)
        self._trusted: Bands = np.zeros(bands, np.float32)
        self._smooth: Bands = np.zeros(bands, np.float32)
        self._low: Bands = np.full(bands, np.inf, np.float32)
        self._kept: Bands = self._low
        self._lows: deque[Bands] = deque(maxlen=BUCKETS)
        self._count = 0

    def _run(self, sound: Sound) -> Sound:
        arrived = np.concatenate((self._waiting, sound))
        whole = len(arrived) - len(arrived) % HOP
        done = [self._done, *(self._hop(arrived[start : start + HOP]) for start in range(0, whole, HOP))]
        self._waiting = arrived[whole:]
        ready = np.concatenate(done)
        self._done = ready[len(sound) :]
        return ready[: len(sound)]

    def _hop(self, sound: Sound) -> Sound:
        """Takes `HOP` samples in and gives those out that lie `TAIL` behind them."""
        self._frame = np.concatenate((self._frame[HOP:], sound))
        spectrum = np.fft.rfft(self._frame * self._before)
        spectrum *= self._gains(np.square(spectrum.real) + np.square(spectrum.imag))
        tail = np.fft.irfft(spectrum, FRAME)[-TAIL:].astype(np.float32, copy=False) * self._after
        result: Sound = tail[:HOP] + self._overlap
        self._overlap = tail[HOP:]
        return result

    def _gains(self, powers: Bands) -> Bands:
        noise = self._noise(powers)
        above = powers / noise
        ratio = np.maximum(above - 1.0, 0.0)
        ratio *= 1.0 - TRUST
        ratio += self._trusted / noise
        np.maximum(ratio, LEAST_RATIO, out=ratio)
        ratio /= 1.0 + ratio
        ratio *= ratio
        self._trusted = ratio * powers
        self._trusted *= TRUST
        # The ratio found so far lags a frame behind; what it leaves of this frame tells of this frame.
        gains: Bands = ratio
        gains *= above
        np.maximum(gains, LEAST_RATIO, out=gains)
        gains /= 1.0 + gains
        np.maximum(gains, self._least_gain, out=gains)
        return gains

    def _noise(self, powers: Bands) -> Bands:
        """The room's power in every band."""
        if self._frame.dot(self._frame) > NOTHING:
            if self._count == 0:
                self._smooth = powers.copy()
            self._smooth += (1.0 - SMOOTHING) * (powers - self._smooth)
            np.minimum(self._low, self._smooth, out=self._low)
            self._count += 1
            if self._count % BUCKET == 0:
                self._lows.append(self._low)
                self._kept = np.minimum.reduce(self._lows)
                self._low = self._smooth.copy()
        if self._count < UNKNOWN:
            return np.full_like(powers, NOTHING)
        noise: Bands = np.minimum(self._kept, self._low)
        noise *= BIAS
        noise += NOTHING
        return noise
