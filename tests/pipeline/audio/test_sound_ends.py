"""How the sound of a session ends: a file is heard to its last word, and what is lost along the way is not measured."""

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pipeline.audio.stream import BLOCK_SAMPLES, RATE_HZ
from pipeline.clock import MonotonicClock
from tests.fakes import FakeVoice
from tests.pipeline.audio.booth import (
    SOON_S,
    Booth,
    FakeEar,
    FakeMicrophone,
    FakeTrack,
    PacedEar,
    Slow,
    Spoken,
    loudness,
    run_out,
)

BLOCKS = 40
QUARTER = BLOCK_SAMPLES // 4
LONG_NS = 900_000_000
"""A voice that holds more than waits between two threads."""


@pytest.fixture
def booth() -> Iterator[Booth]:
    booth = Booth()
    yield booth
    booth.close()


@pytest.mark.parametrize("paced", [True, False], ids=["device", "pipe"])
def test_a_file_is_heard_to_its_last_word_however_slow_the_voice(booth: Booth, paced: bool) -> None:
    ear = PacedEar(MonotonicClock()) if paced else FakeEar()
    rig = booth.rig(Spoken(BLOCKS), ear, Slow(LONG_NS), lossless=False)
    rig.cover(False)
    rig.start()
    rig.join("microphone", SOON_S)
    rig.stop(SOON_S, to_the_end=True)
    spoken = ear.everything[np.abs(ear.everything) > 0.05]
    # A quarter of a block each, in which a resampler's ripples at an edge are few.
    levels = np.median(spoken[len(spoken) % QUARTER :].reshape(-1, QUARTER), axis=1)
    assert levels[-2] == pytest.approx(loudness(BLOCKS, BLOCKS), abs=0.02)
    assert np.diff(levels).min() > -0.02
    # What a busy computer brings too late for its turn is left out, which is counted; a tail that is rushed is not.
    if rig.readings(0).underruns == 0:
        assert len(spoken) == pytest.approx(BLOCKS * BLOCK_SAMPLES, rel=0.01)
        expected = [loudness(number, BLOCKS) for number in range(1, BLOCKS + 1)]
        middles = spoken[np.round((np.arange(BLOCKS) + 0.5) * len(spoken) / BLOCKS).astype(int)]
        assert middles == pytest.approx(expected, abs=0.02)
    assert rig.readings(0).overruns == 0
    if isinstance(ear, PacedEar):
        assert ear.forgotten_ns < 5_000_000


def test_what_a_slow_voice_still_holds_is_said_at_the_pace_of_speech(booth: Booth) -> None:
    """A pipe keeps no more than a moment: what comes faster is lost in it."""
    ear, instants_s = FakeEar(), list[float]()

    def write(samples: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> None:
        instants_s.append(time.monotonic())
        FakeEar.write(ear, samples)

    ear.write = write  # type: ignore[method-assign]
    rig = booth.rig(Spoken(5), ear, Slow(LONG_NS), lossless=False)
    rig.cover(False)
    rig.start()
    rig.join("microphone", SOON_S)
    ended_s = time.monotonic()
    rig.stop(SOON_S, to_the_end=True)
    # As much as is said in a second may not be over in less; that it takes longer on a busy computer proves nothing.
    for wanted in range(10, LONG_NS // 10_000_000, 10):
        late = [instant_s for instant_s in instants_s if instant_s > ended_s]
        assert len(late) > wanted
        assert late[wanted] - ended_s > wanted * 0.01 - 0.06


def test_who_stops_does_not_wait_for_a_slow_voice_and_a_recording_gets_what_it_says(booth: Booth) -> None:
    track, ear = FakeTrack(), PacedEar(MonotonicClock())
    rig = booth.rig(Spoken(BLOCKS), ear, Slow(4_000_000_000), lossless=False, tracks=(track,))
    rig.cover(False)
    rig.start()
    rig.join("microphone", SOON_S)
    before_s = time.monotonic()
    rig.stop(SOON_S)
    assert time.monotonic() - before_s < 3.0
    recorded = np.concatenate(track.samples)
    assert np.count_nonzero(np.abs(recorded) > 0.05) == pytest.approx(BLOCKS * BLOCK_SAMPLES, abs=RATE_HZ // 100)
    assert track.ended


def test_a_file_that_is_not_over_is_cut_where_the_pictures_end(booth: Booth) -> None:
    rig = booth.rig(Spoken(10**6), PacedEar(MonotonicClock()), Slow(4_000_000_000), lossless=False)
    rig.start()
    before_s = time.monotonic()
    rig.stop(SOON_S, to_the_end=True)
    assert time.monotonic() - before_s < 3.0


def test_the_end_of_the_sound_is_told_once_after_the_last_of_it(booth: Booth) -> None:
    microphone = FakeMicrophone(50)
    rig = booth.rig(microphone, FakeEar(), FakeVoice())
    run_out(rig, microphone)
    assert booth.silent_after == [len(booth.latencies)]
    rig.stop(SOON_S)
    assert len(booth.silent_after) == 1


def test_when_the_first_sink_is_lost_the_next_one_is_measured(booth: Booth, tmp_path: Path) -> None:
    blocks, microphone = 2000, FakeMicrophone(2000)
    rig = booth.rig(microphone, FakeEar(breaks_after=10), FakeVoice(), monitor=str(tmp_path / "monitor.wav"))
    rig.cover(False)
    run_out(rig, microphone)
    rig.join("sound sink 2", SOON_S)
    assert rig.readings(0).blocks >= blocks
    assert len(rig.readings(0).lost_sinks) == 1
    assert rig.readings(0).sinks == ("monitor monitor.wav · 48 kHz mono",)
    assert booth.silent_after == [len(booth.latencies)]
    assert booth.failures == []


def test_when_the_last_sink_is_lost_it_is_told_that_no_sound_comes_any_more(booth: Booth, tmp_path: Path) -> None:
    microphone, other = FakeMicrophone(500), FakeEar(breaks_after=100)
    rig = booth.rig(microphone, FakeEar(breaks_after=10), FakeVoice(), monitor=str(tmp_path / "monitor.wav"))
    rig.players[1].sink.write = other.write  # type: ignore[method-assign]
    run_out(rig, microphone)
    rig.join("sound sink 2", SOON_S)
    assert booth.silent_after == [len(booth.latencies)]
    assert len(booth.failures) == 1
