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
FRAMES = 10
"""Stretches of 43 ms that a spectrum is the mean of; of what is older hardly anything would be left."""
SMOOTHING_S = 0.3
"""The time constant of that mean."""
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
        ages_s = (FRAMES - np.arange(FRAMES)) * FRAME_SAMPLES / RATE_HZ
        weights = np.exp(-ages_s / SMOOTHING_S)
        # So that the bands' mean squares add up to the sound's.
        whole = 2.0 / (FRAME_SAMPLES * float(np.square(self._window).sum()))
        self._weights = (whole * weights / weights.sum()).astype(np.float32)
        self._bands = third_octaves()
        # Room that is asked for anew each time costs three times the work.
        self._looking = threading.Lock()
        self._windowed: Sound = np.zeros((FRAMES, FRAME_SAMPLES), np.float32)
        self._spectra: NDArray[np.complex64] = np.zeros((FRAMES, FRAME_SAMPLES // 2 + 1), np.complex64)
        self._squares: Sound = np.zeros((FRAMES, FRAME_SAMPLES + 2), np.float32)

    def feed(self, block: Block) -> None:
        """Takes a block's first channel; it isn't kept."""
        samples = block.samples[-KEPT:, 0]
        at = self._count % KEPT
        first = min(len(samples), KEPT - at)
        self._samples[at : at + first] = samples[:first]
        self._samples[: len(samples) - first] = samples[first:]
        self._count += len(samples)

    def levels_db(self) -> tuple[float, ...]:
        """The mean square in each third-octave, in dBFS: what is 0.3 s old counts a third of what is new."""
        stretches = self._newest(FRAMES * FRAME_SAMPLES).reshape(FRAMES, FRAME_SAMPLES)
        with self._looking:
            np.multiply(stretches, self._window, out=self._windowed)
            np.fft.rfft(self._windowed, out=self._spectra)  # type: ignore[arg-type]  # NumPy's stub knows only doubles
            squares = np.square(self._spectra.view(np.float32), out=self._squares)
            powers = (self._weights @ squares).reshape(-1, 2).sum(axis=1)
        levels = 10.0 * np.log10(np.maximum(self._bands @ powers, 10.0 ** (LEAST_DBFS / 10.0)))
        return tuple(float(level) for level in levels)

    def pitch_hz(self) -> float:
        """The pitch of the newest 64 ms, by their likeness to themselves; 0 where there is none."""
        low = self._newest(PITCH_SAMPLES).reshape(-1, THINNING).mean(axis=1, dtype=np.float64)
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

    def _newest(self, count: int) -> Sound:
        """The last samples in order, with silence for what is no number."""
        end = self._count % KEPT
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
        self._speech_db = USUAL_DB
        self._at_ns: int | None = None
        self.aim(None)

    def aim(self, target_db: Sequence[float] | None) -> None:
        """Takes a target's levels in the third-octaves, of which only the differences count; None: anybody's."""
        levels = np.array(target_db or AVERAGE_SPECTRUM_DB, np.float32)
        self._shape = levels - levels[SPEECH].mean()

    def beside(self, heard_db: Sequence[float], now_ns: int, *, speaking: bool) -> tuple[float, ...]:
        """The target's levels beside what is heard at an instant, which may be empty."""
        if heard_db and speaking:
            speech_db = float(np.mean(heard_db[SPEECH]))
            passed_ns = FOLLOWING_NS if self._at_ns is None else now_ns - self._at_ns
            self._speech_db += (1.0 - math.exp(-max(0, passed_ns) / FOLLOWING_NS)) * (speech_db - self._speech_db)
        self._at_ns = now_ns
        return tuple(float(level) for level in self._shape + self._speech_db)
