"""A whisper has no pitch to be changed, but a throat."""

import numpy as np
import pytest

from pipeline.audio.stream import RATE_HZ
from pipeline.audio.voice.actor import Actor, measure
from pipeline.audio.voice.timbre import Timbre
from tests.pipeline.audio.voice.measures import Series, mel_error_db, sharpest_bend
from tests.pipeline.audio.voice.speech import (
    VOWELS,
    Sound,
    converted,
    needs_espeak,
    noise,
    normal,
    spoken,
    swept,
    target,
    through,
    vowel,
)

SIZE = 4_096


def whisper(seconds: float, name: str = "schwa", level: float = 0.02) -> Sound:
    """A vowel without a voice: noise through a throat, whose resonances are wide and whose first is weak."""
    count = int(seconds * RATE_HZ)
    white, hz = np.random.default_rng(5).standard_normal(count), np.fft.rfftfreq(count, 1 / RATE_HZ)
    peaks = (high / np.hypot(1, (hz - at) / 125) for high, at in zip((0.5, 1.0, 0.8, 0.5), VOWELS[name], strict=True))
    return normal(np.fft.irfft(np.fft.rfft(white) * sum(peaks) * hz / (hz + 300), count), level)


def known() -> Actor:
    """An actor with an average throat, of whom enough is known."""
    actor = Actor()
    through(
        Timbre(target(), actor=actor), np.concatenate([vowel(swept(110.0, 150.0, 3.0), 3.0, name) for name in VOWELS])
    )
    return actor


def whispered(wanted: float, sound: Sound) -> Sound:
    """What becomes of it where the target's formants are `wanted` times the actor's."""
    actor = known()
    scale = actor.formant_scale
    assert scale is not None
    return converted(Timbre(target(formant_scale=wanted * scale, eq=0.0), actor=actor), sound)


def long_spectrum(sound: Sound) -> Series:
    """Mean log power at the frequencies of a spectrum of 4096 samples."""
    parts = np.lib.stride_tricks.sliding_window_view(sound[RATE_HZ:], SIZE)[:: SIZE // 2] * np.hanning(SIZE)
    power = np.mean(np.abs(np.fft.rfft(parts, axis=1)) ** 2, axis=0)
    return np.asarray(np.log(np.convolve(power, np.hanning(15), "same")))


def stretch(before: Sound, after: Sound) -> float:
    """The ratio by which the spectrum from 600 Hz to 6 kHz has to be stretched to be most like the other."""
    hz, bins = np.geomspace(600.0, 6_000.0, 400), np.fft.rfftfreq(SIZE, 1 / RATE_HZ)
    first, second = long_spectrum(before), long_spectrum(after)
    reached = np.interp(hz, bins, second)
    ratios = np.linspace(0.8, 1.3, 101)
    likeness = [np.corrcoef(reached, np.interp(hz / ratio, bins, first))[0, 1] for ratio in ratios]
    return float(ratios[int(np.argmax(likeness))])


@pytest.mark.parametrize("wanted", [0.88, 1.12, 1.2])
@pytest.mark.parametrize("name", ["a", "e", "schwa"])
def test_the_formants_of_a_whisper_are_moved(wanted: float, name: str) -> None:
    sound = whisper(4.0, name)
    assert stretch(sound, whispered(wanted, sound)) == pytest.approx(wanted, abs=0.03)


@needs_espeak
@pytest.mark.parametrize("wanted", [0.88, 1.12])
def test_a_whispered_sentence_comes_from_another_throat(wanted: float) -> None:
    sound = np.tile(spoken("en", "whisper"), 2)
    assert stretch(sound, whispered(wanted, sound)) == pytest.approx(wanted, abs=0.06)


def test_somebody_who_only_ever_whispers_is_disguised_too() -> None:
    sound = whisper(4.0)
    assert abs(stretch(sound, converted(Timbre(target(formant_scale=0.98, eq=0.0)), sound)) - 1.0) > 0.04


def test_it_is_as_loud_as_before_and_does_not_click() -> None:
    sound = whisper(4.0)
    done = whispered(1.2, sound)
    assert abs(20 * np.log10(done[RATE_HZ:].std() / sound[RATE_HZ:].std())) < 1.0
    assert sharpest_bend(done).max() < 2.0 * sharpest_bend(sound).max()


@pytest.mark.parametrize("seconds", [0.05, 0.15, 0.25])
def test_a_hiss_within_a_word_passes_bit_for_bit(seconds: float) -> None:
    word = vowel(swept(110.0, 150.0, 1.0), 1.0)
    sound = np.concatenate([word, noise(seconds, 0.02), word])
    inside = slice(len(word) + 960, len(word) + round(seconds * RATE_HZ) - 960)
    assert np.array_equal(whispered(1.2, sound)[inside], sound[inside])


def test_a_voice_after_a_whisper_sounds_as_it_would_have_without() -> None:
    word = vowel(swept(110.0, 150.0, 1.0), 1.0)
    after, alone = (
        whispered(1.2, np.concatenate([before, word]))[-len(word) + 4_800 :]
        for before in (whisper(2.0), np.zeros(2 * RATE_HZ, np.float32))
    )
    assert mel_error_db(alone, after) < 1.5


def test_where_target_and_actor_are_alike_a_whisper_passes_unchanged() -> None:
    voice, sound = swept(120.0, 150.0, 3.0), whisper(2.0)
    actor = measure(vowel(voice, 3.0))
    assert actor is not None
    profile = target(
        median_f0_hz=actor.median_f0_hz,
        f0_range_semitones=actor.f0_range_semitones,
        formant_scale=actor.formant_scale,
        eq=0.0,
    )
    assert np.array_equal(converted(Timbre(profile, actor=Actor(actor)), sound), sound)


@pytest.mark.parametrize("cut", [1, 65, 8_193])
def test_how_the_stream_is_cut_makes_no_difference(cut: int) -> None:
    sound = np.concatenate([whisper(1.0), vowel(120.0, 0.3), whisper(0.8)])
    first, second = (through(Timbre(target(formant_scale=1.2)), sound, size) for size in (cut, 480))
    assert np.array_equal(first, second)
