"""The spectrum as RMVPE hears it."""

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.neural.pitch.finder import FRAME_SAMPLES, LOW_RATE_HZ

WINDOW_SAMPLES = 1_024
BANDS = 128
LOWEST_HZ, HIGHEST_HZ = 30.0, 8_000.0
FAINTEST = 1e-5


class MelSpectrum:
    """Natural logarithms of the magnitudes in 128 bands, a frame every 10 ms."""

    def __init__(self) -> None:
        self._window = np.hanning(WINDOW_SAMPLES + 1)[:-1].astype(np.float32)
        self._bands = bands().astype(np.float32)

    def of(self, sound: NDArray[np.float32]) -> NDArray[np.float32]:
        """Float32 (n,) at 16 kHz to (128, n / 160): frames are centred on every 160th sample, the ends mirrored."""
        padded = np.pad(sound, WINDOW_SAMPLES // 2, "reflect")
        frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW_SAMPLES)[::FRAME_SAMPLES]
        magnitudes = np.abs(np.fft.rfft(frames[: len(sound) // FRAME_SAMPLES] * self._window, axis=1))
        levels = self._bands @ magnitudes.T.astype(np.float32)
        return np.log(np.maximum(levels, FAINTEST))


def bands() -> NDArray[np.float64]:
    """(128, 513): triangles, evenly spaced on the mel scale of HTK, each of the same area."""
    low, high = 2595.0 * np.log10(1.0 + np.array([LOWEST_HZ, HIGHEST_HZ]) / 700.0)
    edges = 700.0 * (10.0 ** (np.linspace(low, high, BANDS + 2) / 2595.0) - 1.0)
    bins = np.fft.rfftfreq(WINDOW_SAMPLES, 1 / LOW_RATE_HZ)
    rise = (bins - edges[:-2, np.newaxis]) / np.diff(edges)[:-1, np.newaxis]
    fall = (edges[2:, np.newaxis] - bins) / np.diff(edges)[1:, np.newaxis]
    area = 2.0 / (edges[2:] - edges[:-2])
    return np.asarray(np.clip(np.minimum(rise, fall), 0.0, None) * area[:, np.newaxis])
