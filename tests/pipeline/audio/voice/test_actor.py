"""One actor, several voices: each moment of the actor's voice is learnt once."""

import numpy as np

from pipeline.audio.voice.actor import Actor
from pipeline.audio.voice.timbre import Timbre
from tests.pipeline.audio.voice.speech import Sound, swept, target, through, vowel


def speech(hz: float, seconds: float) -> Sound:
    """Somebody's voice."""
    return vowel(swept(hz / 1.1, hz * 1.1, seconds), seconds)


def known_after(*sounds: Sound) -> Actor:
    """What one voice learns of them."""
    actor = Actor()
    stage = Timbre(target(), actor=actor)
    for sound in sounds:
        through(stage, sound)
    return actor


def test_while_one_voice_goes_over_into_the_next_nothing_counts_twice() -> None:
    actor, sound = Actor(), speech(120.0, 2.0)
    before, after = (Timbre(target(median_f0_hz=hz), actor=actor) for hz in (100.0, 200.0))
    through(before, sound)
    for start in range(0, 9_600, 480):
        for stage in (after, before):
            through(stage, sound[start : start + 480])
    assert actor.statistics == known_after(sound, sound[:9_600]).statistics


def test_the_next_voice_goes_on_learning_soon_after_it_is_alone() -> None:
    actor = Actor()
    before, after = (Timbre(target(median_f0_hz=hz), actor=actor) for hz in (100.0, 200.0))
    through(before, speech(120.0, 2.0))
    learnt_s = actor.heard_s
    through(after, speech(120.0, 2.0))
    assert 1.3 < actor.heard_s - learnt_s < 2.0
    learnt_s = actor.heard_s
    through(before, speech(120.0, 2.0))
    assert 1.3 < actor.heard_s - learnt_s < 2.0


def test_another_actor_is_known_as_soon_as_the_first_one_was() -> None:
    actor = Actor()
    stage = Timbre(target(), actor=actor)
    assert actor.acquainted == 0.0
    through(stage, speech(120.0, 20.0))
    assert actor.acquainted == 1.0
    actor.begin_anew()
    assert actor.acquainted == 0.0
    through(stage, speech(200.0, 2.0))
    assert 0.4 < actor.acquainted < 1.0
    assert stage.shift is not None
    assert stage.shift.centre_hz > 190.0


def test_a_voice_that_comes_back_takes_what_was_learnt_since_at_once() -> None:
    actor = Actor()
    first, second = (Timbre(target(), actor=actor) for _ in range(2))
    through(first, speech(120.0, 1.0))
    through(second, speech(200.0, 20.0))
    first.reset()
    through(first, np.zeros(480, np.float32))
    assert first.shift is not None
    assert first.shift.centre_hz > 190.0
