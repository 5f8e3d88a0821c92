"""Flashes and beeps in what came out: late, changed, missing, doubled."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.audio.stream import RATE_HZ
from pipeline.selftest.finding import beep_latencies, flash_latencies
from pipeline.selftest.score import BRISK_PAUSES_S, FLASH_FRAMES, Score

SCORE = Score(14.0)
BRISK = Score(14.0, pauses_s=BRISK_PAUSES_S)
FLASHES_NS = np.array(SCORE.flashes_ns, np.int64)
BEEPS_NS = np.array(SCORE.beeps_ns, np.int64)


def shown(
    latency_ns: int, patches: int = 4, lit: int = 1, score: Score = SCORE
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Every frame of the score, late by so much; some patches show the flashes."""
    instants = np.round(np.arange(14 * 30 + 60) * 1e9 / 30).astype(np.int64)
    brightness = np.full((len(instants), patches), 90.0, np.float32)
    brightness += np.random.default_rng(0).normal(0.0, 2.0, brightness.shape).astype(np.float32)
    flashing = np.array([score.flashes(int(instant)) for instant in instants])
    brightness[flashing, :lit] += 60.0
    return instants + latency_ns, brightness


def heard(latency_ns: int, seconds: float = 20.0) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The whole sound of the score, late by so much."""
    samples = SCORE.sound(0, round(seconds * RATE_HZ))
    return np.arange(len(samples)) * 1_000_000_000 // RATE_HZ + latency_ns, samples


def test_a_score_has_more_than_ten_flashes_each_of_so_many_frames() -> None:
    lit = [SCORE.flashes(round(number * 1e9 / 30)) for number in range(14 * 30 + 30)]
    assert len(FLASHES_NS) >= 12
    assert sum(lit) == FLASH_FRAMES * len(FLASHES_NS)


@given(latency_ms=st.integers(0, 6000))
def test_each_flash_is_told_from_the_others_however_late_it_comes(latency_ms: int) -> None:
    found = flash_latencies(*shown(latency_ms * 1_000_000), FLASHES_NS)
    assert found == dict.fromkeys(range(len(FLASHES_NS)), latency_ms * 1_000_000)


@given(latency_ms=st.integers(0, 6000))
def test_brisk_flashes_are_told_apart_as_well(latency_ms: int) -> None:
    flashes_ns = np.array(BRISK.flashes_ns, np.int64)
    found = flash_latencies(*shown(latency_ms * 1_000_000, score=BRISK), flashes_ns)
    assert found == dict.fromkeys(range(len(flashes_ns)), latency_ms * 1_000_000)


def test_flashes_that_were_lost_are_left_out() -> None:
    instants, patches = shown(80_000_000)
    # For a second the last picture stays.
    gone = (instants > FLASHES_NS[3]) & (instants < FLASHES_NS[3] + 400_000_000)
    patches[gone] = patches[np.flatnonzero(gone)[0] - 3]
    assert set(flash_latencies(instants, patches, FLASHES_NS)) == set(range(len(FLASHES_NS))) - {3}


def test_without_flashes_none_is_found() -> None:
    instants, patches = shown(80_000_000, lit=0)
    assert flash_latencies(instants, patches, FLASHES_NS) == {}
    assert flash_latencies(instants[:0], patches[:0], FLASHES_NS) == {}


@pytest.mark.parametrize("latency_ms", [0, 45, 5600])
def test_beeps_are_found_to_the_sample(latency_ms: int) -> None:
    found = beep_latencies(*heard(latency_ms * 1_000_000), BEEPS_NS)
    assert set(found) == set(range(len(BEEPS_NS)))
    assert all(abs(latency_ns - latency_ms * 1_000_000) < 30_000 for latency_ns in found.values())


def test_beeps_are_found_when_they_are_coloured_quieter_and_upside_down() -> None:
    times, samples = heard(45_000_000)
    coloured = -0.1 * np.convolve(samples, [0.5, 0.3, 0.2, -0.1], "full")[: len(samples)].astype(np.float32)
    found = beep_latencies(times, coloured.astype(np.float32), BEEPS_NS)
    assert set(found) == set(range(len(BEEPS_NS)))
    assert all(abs(latency_ns - 45_000_000) < 200_000 for latency_ns in found.values())


def test_beeps_that_were_lost_are_left_out() -> None:
    times, samples = heard(45_000_000)
    lost = np.searchsorted(times, BEEPS_NS[2:4] + 45_000_000)
    for start in lost:
        samples[start : start + RATE_HZ // 10] = 0.0
    assert set(beep_latencies(times, samples, BEEPS_NS)) == set(range(len(BEEPS_NS))) - {2, 3}


def test_in_silence_no_beep_is_found() -> None:
    times, samples = heard(0)
    assert beep_latencies(times, np.zeros_like(samples), BEEPS_NS) == {}
    assert beep_latencies(times[:0], samples[:0], BEEPS_NS) == {}
