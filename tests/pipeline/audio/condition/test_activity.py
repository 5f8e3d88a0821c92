"""A voice is noticed, and nothing else is taken for one."""

import numpy as np
import pytest

from pipeline.audio.condition.activity import Activity
from pipeline.audio.condition.mono import Sound
from pipeline.audio.stream import RATE_HZ
from tests.footage import needs_media
from tests.pipeline.audio.condition.sounds import (
    at_level,
    fricative,
    hiss,
    hum,
    real_speech,
    seconds,
    sine,
    through,
    words,
)


def spoke(sound: Sound, stage: Activity | None = None) -> list[bool]:
    """Whether somebody speaks, after every 10 ms."""
    stage = stage or Activity()
    seen = []
    for start in range(0, len(sound), 480):
        through(stage, sound[start : start + 480])
        seen.append(stage.speaking)
    return seen


def clicks() -> Sound:
    """Somebody types: bursts of 8 ms, seven a second."""
    sound = hiss(6.0, -65.0)
    for start in range(RATE_HZ, len(sound) - 400, RATE_HZ // 7):
        sound[start : start + 384] += hiss(0.008, -20.0, start) * np.exp(-np.arange(384) / 60.0).astype(np.float32)
    return sound


@pytest.mark.parametrize("f0", [90.0, 120.0, 210.0, 300.0])
@pytest.mark.parametrize("level", [-20.0, -40.0])
def test_a_voice_is_noticed_within_its_first_word(f0: float, level: float) -> None:
    sound, starts = words(3, f0)
    room = hiss(2.0, -65.0)
    noisy = np.concatenate((room, at_level(sound, level) + hiss(len(sound) / RATE_HZ, -65.0, 1))).astype(np.float32)
    seen = spoke(noisy)
    first = (2 * RATE_HZ + starts[0]) // 480
    assert not any(seen[:first])
    assert any(seen[first : first + 40])
    assert all(seen[first + 40 : first + 120])


def rustling() -> Sound:
    """Paper in a room that hums: bursts of high noise, which leave the hum alone in the low band."""
    sound = sine(120.0, 6.0, 0.015)
    for start in range(RATE_HZ, len(sound) - RATE_HZ, RATE_HZ):
        sound[start : start + RATE_HZ // 2] += at_level(fricative(0.5, start), -22.0)
    return sound


@pytest.mark.parametrize(
    "sound",
    [
        seconds(5.0),
        hiss(6.0, -30.0),
        hum(6.0, -35.0),
        clicks(),
        rustling(),
        np.concatenate((hiss(3.0, -70.0), hiss(3.0, -30.0))),
        np.full(5 * RATE_HZ, 0.5, np.float32),
    ],
    ids=["silence", "hiss", "hum", "typing", "rustling", "a fan that starts", "direct current"],
)
def test_what_is_no_voice_is_not_taken_for_one(sound: Sound) -> None:
    assert not any(spoke(sound))


def test_it_stays_through_a_short_pause_and_goes_after_a_long_one() -> None:
    sound, _ = words(4)
    stage = Activity()
    room = hiss(2.0, -70.0)
    spoke(room, stage)
    assert spoke(sound, stage)[-1]
    after = spoke(room, stage)
    assert after[30]
    assert not after[-1]


def test_the_sound_passes_as_it_is() -> None:
    sound = hiss(0.2, -20.0)
    assert np.array_equal(through(Activity(), sound), sound)


@needs_media
def test_a_real_voice_is_noticed() -> None:
    seen = spoke(real_speech())
    assert seen.index(True) < 150
    assert np.mean(seen[150:]) > 0.8


def test_a_tone_that_never_ends_is_taken_for_a_room() -> None:
    assert not spoke(sine(200.0, 10.0, 0.1))[-1]
