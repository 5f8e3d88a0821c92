"""The engine on a real recording and on another engine's speech."""

import numpy as np
import pytest

from pipeline.audio.voice.actor import Actor, measure
from pipeline.audio.voice.timbre import Timbre
from tests.footage import needs_media
from tests.pipeline.audio.voice.measures import (
    STEP,
    median_hz_where_voiced,
    mel_error_db,
    pitch_track,
    sharpest_bend,
    voicing_kept,
)
from tests.pipeline.audio.voice.speech import Sound, converted, needs_espeak, recording, spoken, target
from tests.pipeline.audio.voice.test_pitch import tracked

TARGETS = {"anselm": (105.0, 0.93), "tomas": (125.0, 0.97), "mara": (195.0, 1.06), "ines": (210.0, 1.08)}
every_target = pytest.mark.parametrize(("median", "scale"), TARGETS.values(), ids=TARGETS.keys())


def leaps(sound: Sound) -> float:
    """The share of the voiced steps at which the pitch is off by more than a seventh of an octave."""
    truth = pitch_track(sound)
    found = tracked(sound)
    centres = np.array([pitch.centre for pitch in found])
    nearest = np.array([found[int(np.abs(centres - STEP * step).argmin())].hz for step in range(len(truth))])
    both = (truth > 0) & (nearest > 0)
    return float(np.mean(np.abs(np.log2(nearest[both] / truth[both])) > 1 / 7))


@needs_media
def test_the_pitch_of_a_real_voice_hardly_leaps() -> None:
    assert leaps(recording()) < 0.04


@needs_espeak
@pytest.mark.parametrize("language", ["en", "de", "es"])
def test_the_pitch_of_a_spoken_sentence_hardly_leaps(language: str) -> None:
    """At the end of a voice a formant rings on, which looks like a far higher pitch."""
    assert np.mean([leaps(spoken(language, variant)) for variant in ("male", "female", "child")]) < 0.025


@needs_media
@every_target
def test_a_real_voice_gets_the_targets_pitch(median: float, scale: float) -> None:
    sound = recording()
    actor = measure(sound)
    done = converted(Timbre(target(median_f0_hz=median, formant_scale=scale), actor=Actor(actor)), sound)
    assert median_hz_where_voiced(sound, done) == pytest.approx(median, rel=0.03)


@needs_media
@pytest.mark.parametrize(("median", "scale"), [(195.0, 1.06), (210.0, 1.08), (240.0, 1.15)])
def test_a_real_voice_stays_voiced(median: float, scale: float) -> None:
    sound = recording()
    assert voicing_kept(sound, converted(Timbre(target(median_f0_hz=median, formant_scale=scale)), sound)) > 0.97


@needs_media
def test_a_real_voice_like_the_targets_passes_almost_unchanged() -> None:
    sound = recording()
    actor = measure(sound)
    assert actor is not None
    profile = target(
        median_f0_hz=actor.median_f0_hz,
        f0_range_semitones=actor.f0_range_semitones,
        formant_scale=actor.formant_scale,
        spectrum_db=actor.spectrum_db,
    )
    assert mel_error_db(sound, converted(Timbre(profile, actor=Actor(actor)), sound)) < 1.0


@needs_media
@every_target
def test_no_joint_stands_out_of_a_real_voice(median: float, scale: float) -> None:
    sound = recording()
    done = converted(Timbre(target(median_f0_hz=median, formant_scale=scale, eq=0.0)), sound)
    assert np.percentile(sharpest_bend(done), 99.9) < 2.0 * np.percentile(sharpest_bend(sound), 99.9)


@needs_espeak
@every_target
@pytest.mark.parametrize("variant", ["male", "female", "child"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_spoken_sentence_gets_the_targets_pitch(language: str, variant: str, median: float, scale: float) -> None:
    sound = spoken(language, variant, 2)
    done = converted(Timbre(target(median_f0_hz=median, formant_scale=scale)), sound)
    assert median_hz_where_voiced(sound[len(sound) // 2 :], done[len(sound) // 2 :]) == pytest.approx(median, rel=0.03)
    assert voicing_kept(sound, done) > 0.96
