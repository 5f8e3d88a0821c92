"""The colour of a voice: a filter from one long-term spectrum to another."""

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.stream import RATE_HZ
from pipeline.audio.voice.pitch import HOP_SAMPLES
from pipeline.audio.voice.statistics import BANDS_HZ

MOST_DB = 12.0
TAPS = 513

_LEAST_CLEARANCE_DB = 10.0
_RAISED_OF_CLEARANCE = 0.6
_DESIGN = 4_096
_FADE_HOPS = 4
_FLAT_DB = 0.05
_EMPTY_DB = 42.0
"""A band so far below the loudest, and all above it, hold nothing that could be raised."""


def correction_db(
    has: NDArray[np.float64], wanted: NDArray[np.float64], lowest_hz: float, clearance_db: NDArray[np.float64]
) -> NDArray[np.float64]:
    """What each third-octave needs to go from one spectrum to another at the same power, at most `MOST_DB`.

    Below `lowest_hz`, the fundamental, there is only rumble: no band there is raised. Where speech is hardly above the
    pauses, by less than `clearance_db`, raising it would raise the noise.
    """
    bands = np.array(BANDS_HZ)
    speech = (bands >= max(lowest_hz, 200.0)) & (bands <= 4_000.0)
    gains = wanted - has
    gains = gains - gains[speech].mean()
    gains = np.convolve(np.pad(gains, 1, mode="edge"), (0.25, 0.5, 0.25), "valid")
    cut_off = np.cumsum((has < has.max() - _EMPTY_DB) & (bands > 1_000.0)) > 0
    hollow = cut_off | (bands < 0.85 * lowest_hz)
    most = np.where(hollow, 0.0, np.clip(_RAISED_OF_CLEARANCE * (clearance_db - _LEAST_CLEARANCE_DB), 0.0, MOST_DB))
    gains = np.clip(gains, -MOST_DB, most)
    power = np.power(10.0, has / 10)
    louder = 10 * np.log10((power @ np.power(10.0, gains / 10)) / power.sum())
    return np.asarray(np.clip(gains - louder, -MOST_DB, MOST_DB))


def minimum_phase(gains_db: NDArray[np.float64]) -> NDArray[np.float32]:
    """The filter of `TAPS` taps with these levels in the third-octaves that delays least."""
    bins = np.maximum(np.fft.rfftfreq(_DESIGN, 1.0 / RATE_HZ), 1.0)
    return causal(np.interp(np.log(bins), np.log(BANDS_HZ), gains_db) * (np.log(10.0) / 20))


def causal(levels: NDArray[np.float64], count: int = TAPS) -> NDArray[np.float32]:
    """The filter of `count` taps that delays least, from its levels in nepers at frequencies from 0 to 24 kHz."""
    cepstrum = np.fft.irfft(levels)
    half = len(levels) - 1
    cepstrum[1:half] *= 2.0
    cepstrum[half + 1 :] = 0.0
    taps = np.fft.irfft(np.exp(np.fft.rfft(cepstrum)))[:count]
    fading = count - count // 2
    taps[count // 2 :] *= 0.5 + 0.5 * np.cos(np.pi * np.arange(fading) / fading)
    return taps.astype(np.float32)


class Equaliser:
    """A filter over a stream in hops, without delay; a new one comes in over 20 ms. Flat, it changes no sample."""

    def __init__(self) -> None:
        self._heard = np.zeros(HOP_SAMPLES + TAPS - 1, np.float32)
        self._now: NDArray[np.float32] | None = None
        self._next: NDArray[np.float32] | None = None
        self._fade = 0
        self.gains_db = np.zeros(len(BANDS_HZ))
        """Of the newest filter."""

    @property
    def fading(self) -> bool:
        """True while a filter comes in; the next one has to wait."""
        return self._fade > 0

    def set(self, gains_db: NDArray[np.float64]) -> None:
        """Takes another filter; call it only when none is coming in."""
        self.gains_db = np.array(gains_db)
        flat = bool((np.abs(gains_db) < _FLAT_DB).all())
        self.take(None if flat else minimum_phase(gains_db))

    def take(self, taps: NDArray[np.float32] | None) -> None:
        """Takes another filter by its taps, or none; call it only when none is coming in."""
        self._next = taps
        self._fade = _FADE_HOPS

    def forget(self) -> None:
        """Forgets what was heard."""
        self._heard[:] = 0.0

    def step(self, hop: NDArray[np.float32]) -> NDArray[np.float32]:
        """Takes and gives `HOP_SAMPLES` samples."""
        self._heard[:-HOP_SAMPLES] = self._heard[HOP_SAMPLES:]
        self._heard[-HOP_SAMPLES:] = hop
        done = self._through(self._now, hop)
        if self._fade:
            done = self._cross(done, self._through(self._next, hop))
        return done

    def _cross(self, old: NDArray[np.float32], new: NDArray[np.float32]) -> NDArray[np.float32]:
        passed = _FADE_HOPS - self._fade
        share = (passed + np.arange(HOP_SAMPLES, dtype=np.float32) / HOP_SAMPLES) / np.float32(_FADE_HOPS)
        self._fade -= 1
        if not self._fade:
            self._now = self._next
        return np.asarray(old + share * (new - old))

    def _through(self, taps: NDArray[np.float32] | None, hop: NDArray[np.float32]) -> NDArray[np.float32]:
        # So few taps are faster directly than by way of the spectrum.
        return hop if taps is None else np.convolve(self._heard[1 - HOP_SAMPLES - len(taps) :], taps, "valid")
