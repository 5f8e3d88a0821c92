"""Silence between the words, and every word whole."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.audio.condition.gate import Gate
from pipeline.audio.condition.mono import Sound
from pipeline.audio.stream import RATE_HZ
from tests.footage import needs_media
from tests.pipeline.audio.condition.sounds import (
    aligned,
    at_level,
    hiss,
    hum,
    level_db,
    real_speech,
    seconds,
    sine,
    words,
)

MS = RATE_HZ // 1000
INAUDIBLE = -25.0
"""What may be missing of the first 50 ms of a word: the room before it can be heard above it."""
LEARNT = 2 * RATE_HZ
"""By then the room is known."""
REAL_ONSETS_MS = (1360, 3289, 4000, 5416, 8191, 8640)
"""Where words first stand out from the real recording's room: read off its level, in steps of 1 ms."""


def lost_db(sound: Sound, passed: Sound, where: slice) -> float:
    """What a gate took away there, against what there was."""
    return level_db(passed[where] - sound[where]) - level_db(sound[where])


def spoken(level_dbfs: float, room_dbfs: float, count: int = 8) -> tuple[Sound, Sound, list[int]]:
    """Two seconds of room and then words in it, the words alone, and the sample at which each starts."""
    sound, starts = words(count)
    clean = np.concatenate((seconds(2.0), at_level(sound, level_dbfs)))
    room = hiss(len(clean) / RATE_HZ, room_dbfs)
    return (clean + room).astype(np.float32), clean, [LEARNT + start for start in starts]


@pytest.mark.parametrize(("level", "room"), [(-20.0, -60.0), (-20.0, -50.0), (-40.0, -75.0), (-10.0, -45.0)])
def test_no_start_of_a_word_is_lost(level: float, room: float) -> None:
    sound, _, starts = spoken(level, room)
    passed = aligned(Gate(), sound)
    for start in starts[::2]:
        assert lost_db(sound, passed, slice(start, start + 50 * MS)) < INAUDIBLE
        assert np.array_equal(passed[start + 8 * MS : start + 200 * MS], sound[start + 8 * MS : start + 200 * MS])


def test_a_weak_s_opens_the_gate_by_its_own_band() -> None:
    rumble = hum(10.0, -42.0)
    sound, starts = words(6)
    clean = np.concatenate((seconds(2.0), at_level(sound, -22.0)))
    noisy = (clean + rumble[: len(clean)]).astype(np.float32)
    passed = aligned(Gate(), noisy)
    for start in (LEARNT + start for start in starts[1::2]):
        assert lost_db(noisy, passed, slice(start, start + 50 * MS)) < INAUDIBLE


@pytest.mark.parametrize("room", [-75.0, -60.0, -50.0, -42.0])
@pytest.mark.parametrize("noise", [hiss, hum])
def test_a_room_of_any_level_is_shut_out(room: float, noise: Callable[[float, float], Sound]) -> None:
    assert not aligned(Gate(), noise(5.0, room))[-2 * RATE_HZ :].any()


def test_pauses_are_silent_and_the_gate_shuts_softly() -> None:
    sound, _, starts = spoken(-20.0, -55.0)
    passed = aligned(Gate(hold_s=0.1, release_s=0.01), sound)
    assert all(not passed[start - 30 * MS : start - 8 * MS].any() for start in starts[2:])
    with np.errstate(invalid="ignore", divide="ignore"):
        gains = np.where(np.abs(sound) > 1e-4, passed / sound, np.nan)[LEARNT:]
    steps = np.abs(np.diff(gains))
    assert np.nanmax(steps) < 1.0 / (2 * MS)


def test_shut_it_lets_the_room_through_as_deep_as_it_is_told() -> None:
    room = hiss(5.0, -60.0)
    passed = aligned(Gate(depth_db=20.0), room)
    assert level_db(passed[-RATE_HZ:]) == pytest.approx(level_db(room[-RATE_HZ:]) - 20.0, abs=0.1)


def test_a_level_between_the_two_thresholds_holds_the_gate_but_does_not_open_it() -> None:
    room, word = hiss(3.0, -60.0), hiss(0.2, -30.0)
    between = sine(1000.0, 1.0, 10.0 ** (-49.0 / 20.0))
    held = aligned(Gate(), np.concatenate((room, word, between)))
    assert np.abs(held[-RATE_HZ // 4 :]).max() > 0.0
    assert np.array_equal(held[-RATE_HZ // 2 :], between[-RATE_HZ // 2 :])
    unopened = aligned(Gate(), np.concatenate((room, between)))
    assert not unopened[-RATE_HZ // 2 :].any()


def test_a_voice_that_holds_a_tone_is_not_taken_for_the_room() -> None:
    room = hiss(2.0, -60.0)
    tone = at_level(words(1)[0][int(0.4 * RATE_HZ) : int(0.7 * RATE_HZ)], -20.0)
    sung = np.tile(tone, 25)
    passed = aligned(Gate(), np.concatenate((room, sung)))[len(room) :]
    assert level_db(passed[-RATE_HZ:]) == pytest.approx(level_db(sung[-RATE_HZ:]), abs=0.1)


def test_the_first_words_pass_while_the_room_is_unknown() -> None:
    sound, _ = words(2)
    assert np.array_equal(aligned(Gate(), sound)[: len(sound) - RATE_HZ // 2], sound[: len(sound) - RATE_HZ // 2])


def test_a_stream_that_starts_in_the_midst_of_a_word_loses_nothing() -> None:
    sound, starts = words(1)
    word = sound[starts[0] + 100 * MS :][: 200 * MS]
    spoken = np.tile(at_level(word, -45.0), 4) + hiss(0.8, -80.0)
    assert np.array_equal(aligned(Gate(), spoken), spoken)


def test_a_louder_room_is_learnt_within_three_seconds() -> None:
    room = np.concatenate((hiss(4.0, -70.0), hiss(5.0, -50.0)))
    passed = aligned(Gate(), room)
    assert level_db(passed[7 * RATE_HZ :]) < -100.0


def test_a_gap_of_digital_silence_does_not_make_the_room_a_voice() -> None:
    room = hiss(4.0, -50.0)
    passed = aligned(Gate(), np.concatenate((room, seconds(1.0), room)))
    assert not passed[5 * RATE_HZ :].any()


@settings(max_examples=20, deadline=None)
@given(st.floats(-40.0, -12.0), st.floats(25.0, 45.0), st.integers(0, 1000))
def test_a_word_in_any_room_passes_from_its_first_millisecond(level: float, above: float, seed: int) -> None:
    sound, starts = words(2)
    clean = np.concatenate((seconds(2.0), at_level(sound, level)))
    noisy = (clean + hiss(len(clean) / RATE_HZ, level - above, seed)).astype(np.float32)
    passed = aligned(Gate(), noisy)
    start = LEARNT + starts[0]
    assert lost_db(noisy, passed, slice(start, start + 50 * MS)) < INAUDIBLE


@needs_media
def test_no_start_of_a_real_word_is_lost_and_its_pauses_are_silent() -> None:
    sound = real_speech()
    passed = aligned(Gate(), sound)
    for onset in REAL_ONSETS_MS:
        word = slice(onset * MS, (onset + 100) * MS)
        assert np.array_equal(passed[word], sound[word]), onset
    for start, stop in ((2800, 3200), (4900, 5300), (8000, 8100)):
        assert level_db(passed[start * MS : stop * MS]) < level_db(sound[start * MS : stop * MS]) - 30.0
