"""The throat behind a whisper: what has no pitch for long gets the target's formants as well."""

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.stream import RATE_HZ
from pipeline.audio.voice.equaliser import Equaliser, causal
from pipeline.audio.voice.statistics import FRAME_SAMPLES

_LASTING = 8
"""So many spectra without a voice in them, 0.3 s, are a whisper: no hiss within a word lasts as long."""
_SURELY = 6
"""Hops with a pitch, 30 ms, from which on there is a voice: noise seems to have one for less."""
_SMOOTHING = 0.4
_LIFTER = 128
"""Ripples of the spectrum finer than 375 Hz are no formants."""
_TAPS = 257
_MOST_DB = 12.0
_FAINT = 1e-7
_NEAR = 0.01
_BINS_HZ = np.fft.rfftfreq(FRAME_SAMPLES, 1.0 / RATE_HZ)


class Whisper:
    """A filter in hops, without delay, that moves what stands out of the spectrum up or down.

    It lets everything through bit for bit as long as there is a voice now and then. A whisper has the actor's formants
    for its first 0.3 s.
    """

    def __init__(self) -> None:
        bins = np.arange(FRAME_SAMPLES // 2 + 1)
        self._lifter = np.where(bins < _LIFTER, 0.5 + 0.5 * np.cos(np.pi * bins / _LIFTER), 0.0)
        edges_hz = np.log((100.0, 200.0, 8_000.0, 12_000.0))
        self._share = np.interp(np.log(np.maximum(_BINS_HZ, 1.0)), edges_hz, (0.0, 1.0, 1.0, 0.0))
        self._filter = Equaliser()
        self._power: NDArray[np.float32] | None = None
        self._unvoiced = self._voiced = 0
        self._active = False

    def reset(self) -> None:
        """Forgets what was heard."""
        self._filter = Equaliser()
        self._power, self._active = None, False
        self._unvoiced = self._voiced = 0

    def follow(self, voiced: bool) -> None:
        """Takes whether a hop has a pitch; once a voice is sure, what comes is none of this filter's business."""
        self._voiced = self._voiced + 1 if voiced else 0
        if self._voiced >= _SURELY:
            self._unvoiced, self._power = 0, None

    def hear(self, power: NDArray[np.float32], formants: float) -> None:
        """The power spectrum of a stretch that is no pause and has no voice, and where its formants are to go."""
        self._unvoiced += 1
        self._power = power if self._power is None else self._power + _SMOOTHING * (power - self._power)
        if self._unvoiced >= _LASTING and abs(formants - 1.0) > _NEAR and not self._filter.fading:
            self._filter.take(causal(self._levels(self._power, formants), _TAPS))
            self._active = True

    def step(self, hop: NDArray[np.float32]) -> NDArray[np.float32]:
        """Takes and gives a hop."""
        if self._active and not self._unvoiced and not self._filter.fading:
            self._filter.take(None)
            self._active = False
        return self._filter.step(hop)

    def _levels(self, power: NDArray[np.float32], formants: float) -> NDArray[np.float64]:
        """What the filter does to each bin, in nepers: from the envelope as it is to the same one stretched."""
        log = 0.5 * np.log(power + _FAINT * float(power.max()) + 1e-20)
        cepstrum = np.fft.irfft(log)[: len(self._lifter)] * self._lifter
        envelope = np.fft.rfft(np.concatenate((cepstrum, cepstrum[-2:0:-1]))).real
        moved = np.interp(_BINS_HZ / formants, _BINS_HZ, envelope)
        most = _MOST_DB * np.log(10.0) / 20
        levels = self._share * np.clip(moved - envelope, -most, most)
        # As loud as before.
        louder = 0.5 * np.log(float(power @ np.exp(2.0 * levels)) / float(power.sum() + 1e-20))
        return np.asarray(levels - louder)
