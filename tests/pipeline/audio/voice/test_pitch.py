"""The pitch and the marks of its periods."""

import numpy as np
import pytest

from pipeline.audio.stream import RATE_HZ
from pipeline.audio.voice.marks import MarkTracker
from pipeline.audio.voice.pitch import HOP_SAMPLES, LowBand, Pitch, PitchTracker
from tests.pipeline.audio.voice.speech import VOWELS, Sound, noise, swept, vowel


def tracked(sound: Sound) -> list[Pitch]:
    """What the tracker finds at every hop."""
    band = LowBand()
    tracker = PitchTracker(band)
    found = []
    for start in range(0, len(sound) - HOP_SAMPLES + 1, HOP_SAMPLES):
        band.push(sound[start : start + HOP_SAMPLES])
        found.append(tracker.step())
    return found


def settled(sound: Sound) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The pitches of everything but the first tenth of a second."""
    return np.array([pitch.hz for pitch in tracked(sound)[20:]])


@pytest.mark.parametrize("name", VOWELS)
@pytest.mark.parametrize("hz", [60.0, 80.0, 111.0, 150.0, 220.0, 330.0, 450.0])
def test_a_vowel_has_the_pitch_that_it_was_made_with(name: str, hz: float) -> None:
    found = settled(vowel(hz, 1.0, name))
    assert np.abs(found / hz - 1).max() < 0.01


def test_a_moving_pitch_is_followed() -> None:
    curve = swept(100.0, 200.0, 2.0)
    for pitch in tracked(vowel(curve, 2.0))[20:]:
        assert pitch.hz == pytest.approx(float(curve[int(pitch.centre)]), rel=0.04)


@pytest.mark.parametrize("level", [0.001, 0.05, 0.5])
def test_noise_has_no_pitch(level: float) -> None:
    assert np.mean(settled(noise(2.0, level)) > 0) < 0.05


@pytest.mark.parametrize(
    "still", [np.zeros(24_000, np.float32), np.full(24_000, 0.7, np.float32)], ids=["silence", "dc"]
)
def test_what_stands_still_has_no_pitch(still: Sound) -> None:
    assert not settled(still).any()


def test_hum_in_a_pause_is_no_voice() -> None:
    at = np.arange(2 * RATE_HZ) / RATE_HZ
    hum = 0.004 * (np.sin(2 * np.pi * 60 * at) + 0.3 * np.sin(2 * np.pi * 180 * at))
    speech = np.concatenate([vowel(140.0, 1.0), np.zeros(RATE_HZ, np.float32)])
    pause = [pitch.hz for pitch in tracked((speech + hum).astype(np.float32))[230:]]
    assert np.mean(np.array(pause) > 0) < 0.05


@pytest.mark.parametrize("hz", [80.0, 120.0, 200.0, 310.0])
def test_the_onset_of_a_voice_is_found_in_time(hz: float) -> None:
    sound = np.concatenate([np.zeros(9_600, np.float32), vowel(hz, 0.5)])
    first = next(number for number, pitch in enumerate(tracked(sound)) if pitch.hz)
    assert ((first + 1) * HOP_SAMPLES - 9_600) / RATE_HZ < 0.015 + 2.5 / hz


@pytest.mark.parametrize("hz", [57.0, 80.0, 120.0, 200.0, 310.0])
def test_every_period_gets_one_mark(hz: float) -> None:
    sound = vowel(hz, 1.0)
    band = LowBand()
    pitch, marks = PitchTracker(band), MarkTracker(band)
    places: set[float] = set()
    for start in range(0, len(sound) - HOP_SAMPLES + 1, HOP_SAMPLES):
        band.push(sound[start : start + HOP_SAMPLES])
        marks.step(pitch.step())
        places.update(mark.at for mark in marks.marks)
    distances = np.diff(sorted(places))
    assert np.abs(distances * hz / RATE_HZ - 1).max() < 0.05
    assert len(places) == pytest.approx(hz, rel=0.07)
