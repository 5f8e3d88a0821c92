"""Flashes and beeps found again in what came out."""

import numpy as np
from numpy.typing import NDArray

from pipeline.selftest.score import BEEP_SAMPLES, beep

LATEST_NS = 7_000_000_000
"""Nothing takes longer than the longest delay."""
FLASH_STEP = 8.0
"""A flash makes the brightest patches brighter by at least so much, of 255."""
SAME_NS = 45_000_000
"""Flashes that are late by amounts that differ by less belong together: one and a half frames."""
LEAST_LIKENESS = 0.35
"""Correlation of a beep with the sound around where it is found."""


def flash_latencies(
    instants_ns: NDArray[np.int64], patches: NDArray[np.float32], flashes_ns: NDArray[np.int64]
) -> dict[int, int]:
    """How long each flash took, by its number; those that did not come out are left out.

    Args:
        instants_ns: when each picture came.
        patches: brightness of each picture's patches, float32 (n, patches).
        flashes_ns: when each flash was captured.
    """
    onsets_ns = _onsets(instants_ns, patches)
    latencies = onsets_ns[np.newaxis] - flashes_ns[:, np.newaxis]
    possible = latencies[(latencies >= 0) & (latencies < LATEST_NS)]
    if possible.size == 0:
        return {}
    # The latency that most flashes share is the right one: no stretch of pauses is like another.
    alike = [int((np.abs(latencies - latency) < SAME_NS).any(axis=1).sum()) for latency in possible]
    shared = possible[int(np.argmax(alike))]
    found: dict[int, int] = {}
    for index, row in enumerate(latencies):
        nearest = int(row[np.argmin(np.abs(row - shared))])
        if abs(nearest - shared) < 2 * SAME_NS:
            found[index] = nearest
    return found


def beep_latencies(
    times_ns: NDArray[np.int64], samples: NDArray[np.float32], beeps_ns: NDArray[np.int64]
) -> dict[int, int]:
    """How long each beep took, by its number; those that did not come out are left out.

    Args:
        times_ns: when each sample was heard.
        samples: float32 (n,).
        beeps_ns: when each beep was captured.
    """
    found: dict[int, int] = {}
    for index, beep_ns in enumerate(beeps_ns):
        first, last = np.searchsorted(times_ns, (beep_ns, beep_ns + LATEST_NS))
        place = _place(samples[first : last + BEEP_SAMPLES], beep(index))
        if place is not None:
            found[index] = int(times_ns[first + place] - beep_ns)
    return found


def _onsets(instants_ns: NDArray[np.int64], patches: NDArray[np.float32]) -> NDArray[np.int64]:
    """When flashes begin: the patches that flash most, against what they mostly are."""
    if len(patches) < 2:
        return np.zeros(0, np.int64)
    above = patches - np.median(patches, axis=0)
    # A twentieth of all pictures are part of a flash, which shows on the actor and not on a target's room.
    strength = np.percentile(above, 97, axis=0)
    weights = np.maximum(strength - 0.5 * strength.max(), 0.0)
    if strength.max() < FLASH_STEP:
        return np.zeros(0, np.int64)
    light = above @ (weights / weights.sum())
    lit = light > 0.5 * np.percentile(light, 97)
    return np.asarray(instants_ns[1:][lit[1:] & ~lit[:-1]], np.int64)


def _place(samples: NDArray[np.float32], burst: NDArray[np.float32]) -> int | None:
    """Where in some sound a burst begins; None where nothing is like it."""
    count = len(samples) - len(burst) + 1
    if count < 1:
        return None
    size = 1 << (len(samples) + len(burst)).bit_length()
    product = np.fft.rfft(samples, size) * np.conj(np.fft.rfft(burst, size))
    match = np.fft.irfft(product, size)[:count]
    sums = np.concatenate(([0.0], np.cumsum(np.square(samples, dtype=np.float64))))
    energy = np.maximum(sums[len(burst) :] - sums[: -len(burst)], 0.0)
    # Between the beeps there is next to nothing, and next to nothing is like anything.
    floor = 0.05 * energy.max() + 1e-12
    likeness = np.abs(match) / np.sqrt(np.maximum(energy, floor) * float(np.square(burst).sum()))
    best = int(np.argmax(likeness))
    return best if likeness[best] >= LEAST_LIKENESS else None
