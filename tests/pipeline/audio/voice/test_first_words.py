"""The first second of a voice that nobody knows yet comes out about where it does once the voice is known."""

import numpy as np
import pytest

from pipeline.audio.stream import RATE_HZ
from pipeline.audio.voice.actor import Actor, measure
from pipeline.audio.voice.pitch import HOP_SAMPLES
from pipeline.audio.voice.statistics import PitchLearner
from pipeline.audio.voice.timbre import Timbre
from tests.footage import needs_media
from tests.pipeline.audio.voice.measures import STEP, pitch_track
from tests.pipeline.audio.voice.speech import (
    VARIANTS,
    Sound,
    converted,
    needs_espeak,
    recording,
    spoken,
    swept,
    target,
    through,
    vowel,
)

MOST_SEMITONES = 2.5
"""Before the actor was learnt so, whole first seconds were 6 to 10 semitones off."""
PLACES_S = (0.0, 3.2, 5.4, 7.9)
"""Beginnings of phrases in the recording."""


def off_semitones(whole: Sound, start: int = 0) -> float:
    """By how much the first second of voice after `start` is off, against the same with a voice that is known."""
    voiced = np.flatnonzero(pitch_track(whole[start:]) > 0)
    part = whole[start : start + int(voiced[0]) * STEP + RATE_HZ]
    profile = target(median_f0_hz=195.0, formant_scale=1.06)
    unknown, known = (
        pitch_track(converted(Timbre(profile, actor=actor), part)) for actor in (Actor(), Actor(measure(whole)))
    )
    both = (unknown > 0) & (known > 0) & (pitch_track(part) > 0)
    return float(12 * np.log2(np.median(unknown[both]) / np.median(known[both])))


@needs_espeak
@pytest.mark.parametrize("language", ["en", "de", "es"])
@pytest.mark.parametrize("variant", list(VARIANTS))
def test_the_first_second_of_a_spoken_sentence_is_about_right(language: str, variant: str) -> None:
    assert abs(off_semitones(spoken(language, variant))) < MOST_SEMITONES


@needs_media
@pytest.mark.parametrize("place_s", PLACES_S)
def test_the_first_second_of_a_real_voice_is_about_right(place_s: float) -> None:
    assert abs(off_semitones(recording(), round(place_s * RATE_HZ))) < MOST_SEMITONES


@pytest.mark.parametrize("hz", [85.0, 110.0, 160.0, 220.0, 300.0])
def test_leaps_at_the_start_of_a_voice_hardly_count_and_a_tenth_of_a_second_tells(hz: float) -> None:
    learner = PitchLearner()
    for _ in range(4):
        learner.hear(min(4.0 * hz, 550.0))
    assert learner.median_hz < 300.0
    for _ in range(20):
        learner.hear(hz)
    assert learner.median_hz == pytest.approx(hz, rel=0.06)


@pytest.mark.parametrize(("low", "high"), [(90.0, 160.0), (250.0, 140.0)])
def test_after_the_first_syllable_the_pitch_is_moved_no_faster_than_a_speaker_moves_it(low: float, high: float) -> None:
    stage, sound = Timbre(target(median_f0_hz=195.0)), vowel(swept(low, high), 2.0)
    through(stage, sound[: RATE_HZ // 5])
    pitches = []
    for start in range(RATE_HZ // 5, len(sound), HOP_SAMPLES):
        through(stage, sound[start : start + HOP_SAMPLES], HOP_SAMPLES)
        assert stage.shift is not None
        pitches.append(stage.shift.pitch)
    moved = 12 * np.log2(np.array(pitches[20:]) / pitches[:-20])
    # Over a tenth of a second.
    assert np.abs(moved).max() < 1.0
    assert np.ptp(12 * np.log2(pitches)) > 1.0
