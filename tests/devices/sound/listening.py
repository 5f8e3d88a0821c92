"""What a recording of the virtual microphone is compared with."""

import numpy as np

from pipeline.audio.stream import RATE_HZ
from tests.devices.sound.conftest import Sound

PIECE = RATE_HZ // 4
LOUD = 0.25
"""Of the loudest piece's level: consonants, which every voice shares, are softer."""


def closest_likeness(heard: Sound, said: Sound) -> float:
    """How like what was said the most alike loud quarter of a second of what is heard is: 1 is the same sound."""
    pieces = [heard[start : start + PIECE] for start in range(0, len(heard) - PIECE + 1, PIECE)]
    levels = [float(np.sqrt(np.mean(np.square(piece, dtype=np.float64)))) for piece in pieces]
    loudest = max(levels, default=0.0)
    if loudest < 1e-4:
        return 0.0
    said = np.concatenate([said, said])
    size = 1 << (len(said) + PIECE).bit_length()
    spectrum = np.fft.rfft(said, size)
    sums = np.concatenate(([0.0], np.cumsum(np.square(said, dtype=np.float64))))
    energy = np.sqrt(np.maximum(sums[PIECE:] - sums[:-PIECE], 1e-6))
    found = 0.0
    for piece, level in zip(pieces, levels, strict=True):
        if level > LOUD * loudest:
            match = np.fft.irfft(spectrum * np.conj(np.fft.rfft(piece, size)), size)[: len(energy)]
            found = max(found, float((np.abs(match) / energy).max() / np.sqrt(np.square(piece).sum())))
    return found
