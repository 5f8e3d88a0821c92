"""Two clocks that differ: the reserve stays, the pitch stays, and nothing clicks."""

import numpy as np
import pytest

from pipeline.audio.player import RESERVE_SAMPLES, Drift
from pipeline.audio.stream import BLOCK_SAMPLES, RATE_HZ

MINUTES = 20


def fills(ppm: float, seconds: float, drift: Drift) -> list[float]:
    """What waits before a sink whose clock is slower by so many millionths, after each block, in milliseconds.

    The ring holds what the source has made and the player has not taken; the sink plays what it was given.
    """
    held, owed, waiting = float(RESERVE_SAMPLES), 0.0, []
    silence = np.zeros(BLOCK_SAMPLES, np.float32)
    for _ in range(round(seconds * RATE_HZ / BLOCK_SAMPLES)):
        held += BLOCK_SAMPLES
        owed += BLOCK_SAMPLES * (1.0 - ppm * 1e-6)
        while owed >= BLOCK_SAMPLES and held >= BLOCK_SAMPLES:
            held -= BLOCK_SAMPLES
            owed -= len(drift.corrected(silence, round(held)))
        waiting.append((held - owed) / RATE_HZ * 1e3)
    return waiting


@pytest.mark.parametrize("ppm", [-200.0, 0.0, 200.0])
def test_what_waits_stays_within_ten_milliseconds_and_the_drift_is_found(ppm: float) -> None:
    drift = Drift()
    waiting = fills(ppm, MINUTES * 60.0, drift)
    assert max(waiting) - min(waiting) < 10
    settled = waiting[len(waiting) // 2 :]
    assert max(settled) - min(settled) < 1
    assert min(settled) > 5
    assert drift.ppm == pytest.approx(ppm, abs=2)


def test_a_tone_stays_a_tone_while_the_rate_is_corrected() -> None:
    drift = Drift()
    count = 4 * RATE_HZ // BLOCK_SAMPLES
    tone = 0.5 * np.sin(2 * np.pi * 1000.0 * np.arange(count * BLOCK_SAMPLES) / RATE_HZ).astype(np.float32)
    # What waits swings, as it does when threads are late at random.
    swing = np.random.default_rng(3).integers(-BLOCK_SAMPLES, BLOCK_SAMPLES, count)
    pieces = [
        drift.corrected(tone[index * BLOCK_SAMPLES :][:BLOCK_SAMPLES], RESERVE_SAMPLES + int(swing[index]))
        for index in range(count)
    ]
    heard = np.concatenate(pieces)[RATE_HZ // 10 :]
    steps = np.abs(np.diff(heard))
    # The steepest step of the tone itself is 0.5 * 2 pi * 1000 / 48000.
    assert steps.max() < 1.02 * 0.5 * 2 * np.pi * 1000 / RATE_HZ
    assert abs(np.abs(heard).max() - 0.5) < 0.005
