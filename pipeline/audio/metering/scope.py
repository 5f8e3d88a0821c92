"""What the newest half second of a sound is made of, worked out when somebody asks: its third-octaves and its pitch."""

import math
import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.stream import RATE_HZ
from pipeline.audio.voice.statistics import AVERAGE_SPECTRUM_DB, FRAME_SAMPLES, third_octaves
from pipeline.media import Block

LEAST_DBFS = -120.0
"""No level is lower."""
MOST_FRAMES = 10
"""Stretches of 43 ms that are worked out for one look; whoever looks seldom misses what was before them."""
SMOOTHING_S = 0.3
"""The time constant of a spectrum: what is so old counts a third of what is new."""
KEEPING: float = math.exp(-FRAME_SAMPLES / RATE_HZ / SMOOTHING_S)
"""What is left of it after one more stretch."""
KEPT = RATE_HZ
"""Twice what is looked at: what is written meanwhile is never what is read."""
LOUDEST = 8.0
"""18 dB above full scale: no microphone means more than that."""
THINNING = 6
LOW_RATE_HZ = RATE_HZ // THINNING
PITCH_SAMPLES = 512 * THINNING
"""64 ms: four periods of the lowest voice."""
PITCH_HZ = (60.0, 500.0)
LAGS = slice(int(LOW_RATE_HZ / PITCH_HZ[1]), int(LOW_RATE_HZ / PITCH_HZ[0]) + 2)
PERIODIC = 0.6
"""Likeness of a voiced sound to itself one period later."""
AS_GOOD = 0.85
"""So much of the best likeness makes a shorter period the true one: two periods are as like two others."""
QUIETEST = 10.0 ** (-60.0 / 10.0)
"""The mean square below which no pitch is looked for."""
SPEECH = slice(3, 17)
"""The third-octaves that tell how loud somebody speaks: 200 Hz to 4 kHz."""
USUAL_DB = -36.0
"""Their mean level before anybody has spoken: what a microphone that is set well makes of speech."""
FOLLOWING_NS = 3_000_000_000
"""The time constant of how loud somebody speaks."""

Sound = NDArray[np.float32]


class Scope:
    """Keeps the newest second of a sound. One thread feeds it, which costs a copy; any may look, which costs more."""

    def __init__(self) -> None:
        self._samples: Sound = np.zeros(KEPT, np.float32)
        self._count = 0
        self._window = np.hanning(FRAME_SAMPLES).astype(np.float32)
        # So that the bands' mean squares add up to the sound's.
        self._scale = 2.0 / (FRAME_SAMPLES * float(np.square(self._window).sum()))
        self._bands = third_octaves()
        # Room that is asked for anew each time costs three times the work.
        self._looking = threading.Lock()
        self._windowed: Sound = np.zeros((MOST_FRAMES, FRAME_SAMPLES), np.float32)
        self._spectra: NDArray[np.complex64] = np.zeros((MOST_FRAMES, FRAME_SAMPLES // 2 + 1), np.complex64)
        self._squares: Sound = np.zeros((MOST_FRAMES, FRAME_SAMPLES + 2), np.float32)
        self._powers: NDArray[np.float64] = np.zeros(len(self._bands))
        """The smoothed mean squares in the bands, up to the stretch of this number."""
        self._looked = 0

    def feed(self, block: Block) -> None:
        """Takes a block's first channel; it isn't kept."""
        samples = block.samples[-KEPT:, 0]
        self._count += len(block.samples) - len(samples)
        at = self._count % KEPT
        first = min(len(samples), KEPT - at)
        self._samples[at : at + first] = samples[:first]
        self._samples[: len(samples) - first] = samples[first:]
        self._count += len(samples)

    def levels_db(self) -> tuple[float, ...]:
        """The mean square in each third-octave, smoothed over 0.3 s, in dBFS."""
        with self._looking:
            stretch = self._count // FRAME_SAMPLES
            if stretch > self._looked:
                self._look(stretch, min(stretch - self._looked, MOST_FRAMES))
            levels = 10.0 * np.log10(np.maximum(self._powers, 10.0 ** (LEAST_DBFS / 10.0)))
        return _told(levels)

    def _look(self, stretch: int, count: int) -> None:
        """Works out so many stretches before the one of a number."""
        fresh = self._until(stretch * FRAME_SAMPLES, count * FRAME_SAMPLES)
        windowed = np.multiply(fresh.reshape(count, FRAME_SAMPLES), self._window, out=self._windowed[:count])
        spectra = self._spectra[:count]
        np.fft.rfft(windowed, out=spectra)  # type: ignore[arg-type]  # NumPy's stub knows only doubles
        squares = np.square(spectra.view(np.float32), out=self._squares[:count])
        left = KEEPING ** (stretch - self._looked)
        # Those that nobody looked at are taken to have been as those that are looked at now.
        weights = KEEPING ** np.arange(count)[::-1]
        weights *= self._scale * (1.0 - left) / weights.sum()
        powers = self._bands @ (weights.astype(np.float32) @ squares).reshape(-1, 2).sum(axis=1)
        self._powers, self._looked = left * self._powers + powers, stretch

    def pitch_hz(self) -> float:
        """The pitch of the newest 64 ms, by their likeness to themselves; 0 where there is none."""
        low = self._until(self._count, PITCH_SAMPLES).reshape(-1, THINNING).mean(axis=1, dtype=np.float64)
        low -= low.mean()
        spectrum = np.fft.rfft(low, 2 * len(low))
        likeness = np.fft.irfft(np.square(spectrum.real) + np.square(spectrum.imag))[: LAGS.stop + 1]
        if likeness[0] < QUIETEST * len(low):
            return 0.0
        # A longer lag leaves less to compare.
        likeness *= len(low) / (len(low) - np.arange(len(likeness))) / likeness[0]
        inner = likeness[LAGS]
        peaks = np.flatnonzero(
            (inner > likeness[LAGS.start - 1 : LAGS.stop - 1]) & (inner >= likeness[LAGS.start + 1 :])
        )
        good = peaks[inner[peaks] > max(PERIODIC, AS_GOOD * float(inner[peaks].max(initial=0.0)))]
        if not len(good):
            return 0.0
        lag = LAGS.start + int(good[0])
        before, peak, after = (float(value) for value in likeness[lag - 1 : lag + 2])
        return float(LOW_RATE_HZ / (lag + 0.5 * (before - after) / min(before - 2.0 * peak + after, -1e-9)))

    def _until(self, number: int, count: int) -> Sound:
        """So many samples before the one of a number, with silence for what is no number itself."""
        end = number % KEPT
        # What is read here is written again only after more than half a second.
        sound = self._samples[max(0, end - count) : end]
        if len(sound) < count:
            sound = np.concatenate((self._samples[len(sound) - count :], sound))
        top = float(np.abs(sound).max())
        return sound if top <= LOUDEST else np.clip(np.nan_to_num(sound, posinf=0.0, neginf=0.0), -LOUDEST, LOUDEST)


class Reference:
    """The target's long-term spectrum, as loud as the actor speaks: in a pause it stays where it was."""

    def __init__(self) -> None:
        self._shape: Sound = np.zeros(0, np.float32)
        self._powers: NDArray[np.float64] | None = None
        """The long-term spectrum of what is heard, of mean powers as the target's: a pause hardly counts."""
        self._at_ns: int | None = None
        self.aim(None)

    def aim(self, target_db: Sequence[float] | None) -> None:
        """Takes a target's levels in the third-octaves, of which only the differences count; None: anybody's."""
        levels = np.array(target_db or AVERAGE_SPECTRUM_DB, np.float32)
        self._shape = levels - levels[SPEECH].mean()

    def beside(self, heard_db: Sequence[float], now_ns: int, *, speaking: bool) -> tuple[float, ...]:
        """The target's levels beside what is heard at an instant, which may be empty."""
        passed_ns = 0 if self._at_ns is None else max(0, now_ns - self._at_ns)
        if heard_db and speaking:
            powers = np.power(10.0, np.array(heard_db) / 10.0)
            share = 1.0 - math.exp(-passed_ns / FOLLOWING_NS)
            self._powers = powers if self._powers is None else self._powers + share * (powers - self._powers)
        self._at_ns = now_ns
        speech_db = USUAL_DB if self._powers is None else float(np.log10(self._powers[SPEECH]).mean()) * 10.0
        return _told(self._shape + speech_db)


def _told(levels_db: NDArray[np.floating]) -> tuple[float, ...]:
    """Levels in tenths of a decibel: more digits are only more to send to a screen in another process."""
    return tuple(float(level) for level in np.round(levels_db.astype(np.float64), 1))
