"""What a sound is made of: levels that add up, a pitch that is right, a reference that keeps its place."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.audio.condition.mono import Sound
from pipeline.audio.metering.scope import FOLLOWING_NS, KEPT, LEAST_DBFS, SPEECH, USUAL_DB, Reference, Scope
from pipeline.audio.voice.statistics import AVERAGE_SPECTRUM_DB, BANDS_HZ
from tests.pipeline.audio.condition.sounds import block_of, seconds, sine
from tests.pipeline.audio.voice.speech import noise, vowel


def fed(scope: Scope, sound: Sound, step: int = 480) -> Scope:
    for start in range(0, len(sound), step):
        scope.feed(block_of(sound[start : start + step]))
    return scope


def total_db(levels_db: tuple[float, ...]) -> float:
    return float(10.0 * np.log10(np.power(10.0, np.array(levels_db) / 10.0).sum()))


@pytest.mark.parametrize("hz", [250.0, 1_000.0, 4_000.0, 10_000.0])
def test_a_tone_is_in_its_third_octave_at_its_level(hz: float) -> None:
    levels_db = fed(Scope(), sine(hz, 1.0, 0.1)).levels_db()
    assert BANDS_HZ[int(np.argmax(levels_db))] == hz
    assert total_db(levels_db) == pytest.approx(-23.0, abs=0.3)


def test_the_bands_add_up_to_the_sound() -> None:
    chord = sine(230.0, 1.0, 0.1) + sine(900.0, 1.0, 0.2) + sine(3_400.0, 1.0, 0.05) + sine(7_000.0, 1.0, 0.1)
    level_db = 10.0 * np.log10(float(np.mean(np.square(chord))))
    assert total_db(fed(Scope(), chord).levels_db()) == pytest.approx(level_db, abs=0.3)


def test_the_spectrum_follows_within_some_tenths_of_a_second() -> None:
    scope = fed(Scope(), sine(1_000.0, 1.5, 0.1))
    before_db = max(scope.levels_db())
    after_db = [max(fed(scope, seconds(0.3)).levels_db()) for _ in range(3)]
    # By 4.34 dB in each 0.3 s, but for the stretch that is not over.
    assert before_db - after_db[0] == pytest.approx(4.34, abs=0.8)
    assert after_db[0] - after_db[2] == pytest.approx(8.69, abs=0.8)


def test_how_often_somebody_looks_makes_no_difference() -> None:
    sound = np.concatenate([vowel(150.0, 0.6), noise(0.3), vowel(200.0, 0.45)])
    often, seldom = Scope(), Scope()
    for start in range(0, len(sound), 480):
        often.feed(block_of(sound[start : start + 480]))
        often.levels_db()
        often.levels_db()
        seldom.feed(block_of(sound[start : start + 480]))
        if start % 19_200 == 0:
            seldom.levels_db()
    assert often.levels_db() == pytest.approx(seldom.levels_db(), abs=0.1)


def test_what_was_before_the_last_look_but_one_is_left_out_after_a_while() -> None:
    scope = fed(Scope(), sine(1_000.0, 1.0, 0.1))
    scope.levels_db()
    levels_db = fed(scope, sine(250.0, 5.0, 0.1)).levels_db()
    assert levels_db[BANDS_HZ.index(1_000.0)] < -70.0
    assert levels_db[BANDS_HZ.index(250.0)] == pytest.approx(-24.0, abs=1.5)


@pytest.mark.parametrize("hz", [75.0, 98.0, 147.0, 220.0, 330.0, 440.0])
def test_the_pitch_of_a_voice_is_found(hz: float) -> None:
    assert fed(Scope(), vowel(hz, 0.5)).pitch_hz() == pytest.approx(hz, rel=0.01)


def test_what_has_no_pitch_has_none() -> None:
    assert fed(Scope(), seconds(0.5)).pitch_hz() == 0.0
    assert fed(Scope(), noise(0.5)).pitch_hz() == 0.0
    assert fed(Scope(), vowel(150.0, 0.5) * np.float32(0.001)).pitch_hz() == 0.0
    assert Scope().pitch_hz() == 0.0


@pytest.mark.parametrize("step", [1_000, 7_777, KEPT, 3 * KEPT])
def test_how_the_sound_is_cut_makes_no_difference(step: int) -> None:
    voice = np.concatenate([noise(1.9), vowel(180.0, 0.7)])
    assert fed(Scope(), voice, step).levels_db() == fed(Scope(), voice).levels_db()
    assert fed(Scope(), voice, step).pitch_hz() == fed(Scope(), voice).pitch_hz()


@given(st.lists(st.floats(width=32), min_size=1, max_size=20))
@settings(max_examples=40)
def test_no_fault_of_a_device_leaves_levels_that_are_no_numbers(samples: list[float]) -> None:
    scope = fed(Scope(), np.resize(np.array(samples, np.float32), KEPT), KEPT)
    assert np.isfinite(scope.levels_db()).all()
    assert np.isfinite(scope.pitch_hz())


def test_a_block_is_not_kept() -> None:
    scope, sound = Scope(), sine(1_000.0, 1.0, 0.1)
    block = block_of(sound.copy())
    scope.feed(block)
    before = scope.levels_db()
    block.samples[:] = 0.0
    assert scope.levels_db() == before


def test_the_reference_is_as_loud_as_whoever_speaks() -> None:
    reference, heard = Reference(), tuple(level - 90.0 for level in AVERAGE_SPECTRUM_DB)
    assert np.mean(reference.beside((), 0, speaking=False)[SPEECH]) == pytest.approx(USUAL_DB, abs=0.05)
    levels_db = [reference.beside(heard, now * FOLLOWING_NS, speaking=True) for now in range(8)]
    assert levels_db[-1] == pytest.approx(heard, abs=0.1)


def test_the_gaps_between_words_hardly_lower_the_reference() -> None:
    reference, heard = Reference(), tuple(level - 90.0 for level in AVERAGE_SPECTRUM_DB)
    silence = (LEAST_DBFS,) * len(heard)
    for step in range(200):
        levels_db = reference.beside(silence if step % 4 == 0 else heard, step * FOLLOWING_NS // 12, speaking=True)
    assert levels_db == pytest.approx(heard, abs=2.5)


def test_in_a_pause_the_reference_stays_where_it_was() -> None:
    reference, loud, faint = Reference(), (-20.0,) * 22, (-90.0,) * 22
    for now in range(8):
        spoken = reference.beside(loud, now * FOLLOWING_NS, speaking=True)
    assert reference.beside(faint, 20 * FOLLOWING_NS, speaking=False) == spoken
    assert reference.beside((), 21 * FOLLOWING_NS, speaking=True) == spoken


def test_a_target_that_tells_its_spectrum_is_the_reference() -> None:
    reference, own = Reference(), tuple(-3.0 * number for number in range(22))
    average = reference.beside((), 0, speaking=False)
    reference.aim(own)
    assert np.diff(reference.beside((), 0, speaking=False)) == pytest.approx(np.diff(own), abs=0.11)
    reference.aim(None)
    assert reference.beside((), 0, speaking=False) == average
