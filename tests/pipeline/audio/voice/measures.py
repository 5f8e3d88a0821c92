"""What a voice is, measured in other ways than the engine's own."""

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.stream import RATE_HZ

Sound = NDArray[np.float32]
Series = NDArray[np.float64]

STEP = 480
"""Everything is measured every 10 ms."""

_SLOW = 3
_LOWEST_HZ = 50.0
_HIGHEST_HZ = 600.0
_WINDOW_S = 0.05
_CANDIDATES = 8


def pitch_track(sound: Sound) -> Series:
    """The pitch every 10 ms, 0 where there is none: Boersma's autocorrelation (1993), all of it seen at once."""
    taps = np.sinc(np.arange(-60, 61) / _SLOW * 0.9) * np.hamming(121)
    slow = np.convolve(sound, taps / taps.sum(), "same")[::_SLOW].astype(np.float64)
    rate, step = RATE_HZ // _SLOW, STEP // _SLOW
    size = int(_WINDOW_S * rate)
    window = np.hanning(size)
    padded = np.pad(slow, (size // 2, size))
    of_window = _correlation(window)
    loudest = float(np.abs(slow).max()) + 1e-12
    tracks = []
    for start in range(0, len(slow) - step + 1, step):
        part = padded[start : start + size]
        part = part - part.mean()
        quiet = max(0.0, 2.0 - float(np.abs(part).max()) / loudest * (1.45 / 0.03))
        tracks.append([(0.0, 0.45 + quiet), *_candidates(_correlation(part * window), of_window, rate)])
    return _best_path(tracks)


def _correlation(part: Series) -> Series:
    correlation = np.fft.irfft(np.abs(np.fft.rfft(part, 4_096)) ** 2)[: len(part)]
    return np.asarray(correlation / (correlation[0] + 1e-12))


def _candidates(correlation: Series, of_window: Series, rate: int) -> list[tuple[float, float]]:
    """Pitches and how likely they are."""
    lags = np.arange(int(rate / _HIGHEST_HZ), int(rate / _LOWEST_HZ))
    values = correlation[lags] / of_window[lags]
    peaks = np.flatnonzero((values[1:-1] > values[:-2]) & (values[1:-1] >= values[2:])) + 1
    found = []
    for at in sorted(peaks, key=lambda peak: -values[peak])[:_CANDIDATES]:
        before, peak, after = values[at - 1 : at + 2]
        lag = lags[at] + 0.5 * (before - after) / (before - 2 * peak + after)
        found.append((rate / lag, float(peak) - 0.01 * np.log2(_LOWEST_HZ * lag / rate)))
    return found


def _best_path(tracks: list[list[tuple[float, float]]]) -> Series:
    """Jumps and changes of voicing cost something."""
    scores = np.array([score for _, score in tracks[0]])
    back = []
    for earlier, now in zip(tracks, tracks[1:], strict=False):
        was, is_now = np.array([hz for hz, _ in earlier]), np.array([hz for hz, _ in now])
        jump = 0.35 * np.abs(np.log2(np.maximum(is_now[:, None], 1.0) / np.maximum(was[None, :], 1.0)))
        change = (is_now[:, None] == 0) != (was[None, :] == 0)
        ways = scores[None, :] - np.where(change, 0.14, jump)
        back.append(ways.argmax(1))
        scores = ways.max(1) + np.array([score for _, score in now])
    at = int(scores.argmax())
    path = [tracks[-1][at][0]]
    for track, ways_back in zip(reversed(tracks[:-1]), reversed(back), strict=True):
        at = int(ways_back[at])
        path.append(track[at][0])
    return np.array(path[::-1])


def median_hz(sound: Sound) -> float:
    """Of the voiced steps."""
    track = pitch_track(sound)
    return float(np.median(track[track > 0]))


def median_hz_where_voiced(before: Sound, after: Sound) -> float:
    """Of the steps of `after` that are voiced in both."""
    track = pitch_track(after)
    return float(np.median(track[(track > 0) & (pitch_track(before) > 0)]))


def surely_voiced(sound: Sound, track: Series) -> NDArray[np.bool_]:
    """Steps in the midst of 50 ms of voice and within 25 dB of the loudest: there is no doubt that they are voiced."""
    levels = np.array([np.mean(sound[max(at - STEP, 0) : at + STEP] ** 2) for at in range(0, len(sound), STEP)])
    sure = track > 0
    for distance in (1, 2):
        near = track > 0
        sure[distance:] &= near[:-distance]
        sure[:-distance] &= near[distance:]
    return sure & (levels[: len(track)] > levels.max() * 10**-2.5)


def voicing_kept(before: Sound, after: Sound) -> float:
    """The share of the surely voiced steps that are still voiced."""
    track = pitch_track(before)
    sure = surely_voiced(before, track)
    return float(np.mean(pitch_track(after)[sure] > 0))


def mel_spectrum_db(sound: Sound) -> Series:
    """Levels in 40 bands every 10 ms."""
    size = 2_048
    parts = np.lib.stride_tricks.sliding_window_view(sound, size)[::STEP] * np.hanning(size)
    power = np.abs(np.fft.rfft(parts, axis=1)) ** 2
    edges = 700 * (10 ** (np.linspace(2595 * np.log10(1 + 60 / 700), 2595 * np.log10(1 + 12_000 / 700), 42) / 2595) - 1)
    bins = np.fft.rfftfreq(size, 1 / RATE_HZ)
    rise = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    fall = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    return np.asarray(10 * np.log10(power @ np.clip(np.minimum(rise, fall), 0, None).T + 1e-9))


def mel_error_db(before: Sound, after: Sound) -> float:
    """The mean difference of the levels, over the bands and the steps that are not pauses."""
    first, second = mel_spectrum_db(before), mel_spectrum_db(after)
    loud = first.max(1) > first.max() - 40
    return float(np.abs(first - second)[loud].mean())


def long_spectrum_db(sound: Sound) -> Series:
    """The mean level in the 40 bands, over the steps that are not pauses, around 0."""
    levels = mel_spectrum_db(sound)
    power = 10 ** (levels[levels.max(1) > levels.max() - 30] / 10)
    long = 10 * np.log10(power.mean(0))
    return np.asarray(long - long.mean())


def formants_hz(sound: Sound, count: int = 3) -> Series:
    """The medians of the lowest formants of a steady voice, by linear prediction at 12 kHz."""
    taps = np.sinc(np.arange(-96, 97) / 4 * 0.92) * np.hamming(193)
    slow = np.convolve(sound, taps / taps.sum(), "same")[::4].astype(np.float64)
    slow = np.append(slow[0], slow[1:] - 0.97 * slow[:-1])
    rate, size, order = RATE_HZ // 4, 480, 12
    found = []
    for start in range(0, len(slow) - size, 120):
        part = slow[start : start + size] * np.hamming(size)
        if part.std() < 1e-4:
            continue
        lags = np.correlate(part, part, "full")[size - 1 : size + order]
        lags[0] *= 1 + 1e-6
        matrix = lags[np.abs(np.subtract.outer(np.arange(order), np.arange(order)))]
        roots = np.roots(np.concatenate(([1.0], -np.linalg.solve(matrix, lags[1:]))))
        roots = roots[roots.imag > 0.01]
        hz, width = np.angle(roots) * rate / (2 * np.pi), -np.log(np.abs(roots)) * rate / np.pi
        plain = np.sort(hz[(width < 400) & (hz > 200)])
        if len(plain) >= count:
            found.append(plain[:count])
    return np.asarray(np.median(np.array(found), axis=0))


def sharpest_bend(sound: Sound) -> Series:
    """For every millisecond the largest second difference in it: a click stands out of a voice."""
    bends = np.abs(np.diff(sound.astype(np.float64), 2))
    return np.asarray(bends[: len(bends) // 48 * 48].reshape(-1, 48).max(1))
