"""Whether a voice is as high and as quick as a person's, or played too fast or too slow."""

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from pipeline.audio.stream import RATE_HZ
from pipeline.preflight.microphone.measures.take import Take

_THINNING = 6
_LOW_HZ, _HIGH_HZ = 45.0, 900.0
_FRAME_S, _HOP_S = 0.05, 0.02
_LIKENESS = 0.6


def median_f0_hz(take: Take) -> float | None:
    """The median pitch of the voiced frames, 45 to 900 Hz; None where hardly any is."""
    rate = RATE_HZ // _THINNING
    sections = signal.butter(2, (60.0, 1_500.0), "band", fs=rate, output="sos")
    low = signal.sosfilt(sections, signal.decimate(take.sound.astype(np.float64), _THINNING, ftype="fir"))
    size, hop = int(_FRAME_S * rate), int(_HOP_S * rate)
    if len(low) < 4 * size:
        return None
    frames = np.lib.stride_tricks.sliding_window_view(low, size)[::hop] * np.hanning(size)
    power = np.square(frames).sum(axis=1)
    frames = frames[power > np.percentile(power, 98) * 0.02]
    likeness = _autocorrelation(frames)
    shortest, longest = int(rate / _HIGH_HZ), min(int(rate / _LOW_HZ), size - 1)
    lags = likeness[:, shortest : longest + 1]
    best = lags.max(axis=1)
    # The shortest period that is nearly as good: its multiples are as good as itself.
    first = np.argmax(lags >= 0.9 * best[:, None], axis=1)
    for row, place in enumerate(first):
        while place + 1 < lags.shape[1] and lags[row, place + 1] > lags[row, place]:
            place += 1
        first[row] = place
    voiced = best > _LIKENESS
    return float(np.median(rate / (first[voiced] + shortest))) if voiced.sum() >= 10 else None


def _autocorrelation(frames: NDArray[np.float64]) -> NDArray[np.float64]:
    """Against the window's own, 1 at lag 0; (frames, lags)."""
    size = frames.shape[1]
    spectra = np.fft.rfft(frames, 2 * size, axis=1)
    found = np.fft.irfft(np.square(np.abs(spectra)), axis=1)[:, :size]
    window = np.fft.irfft(np.square(np.abs(np.fft.rfft(np.hanning(size), 2 * size))))[:size]
    found /= np.maximum(window / window[0], 0.05)
    return np.asarray(found / np.maximum(found[:, :1], 1e-20))


def syllables_hz(take: Take) -> float | None:
    """The centre of the modulations of the voice's level between 1 and 24 Hz; speech's lies near 5."""
    step = RATE_HZ // 100
    sections = signal.butter(2, (300.0, 4_000.0), "band", fs=RATE_HZ, output="sos")
    sound = signal.sosfilt(sections, take.sound)
    level = np.sqrt(np.square(sound[: len(sound) // step * step]).reshape(-1, step).mean(axis=1))
    if len(level) < 150:
        return None
    hz, power = signal.welch(level - level.mean(), 100.0, nperseg=min(256, len(level)))
    band = (hz >= 1.0) & (hz <= 24.0)
    weight = power[band] * hz[band]
    return float(2.0 ** (np.sum(np.log2(hz[band]) * weight) / max(float(weight.sum()), 1e-20)))
