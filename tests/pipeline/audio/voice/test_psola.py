"""Another pitch, other formants, and nothing else."""

import numpy as np
import pytest

from pipeline.audio.stream import RATE_HZ
from pipeline.audio.voice.pitch import HOP_SAMPLES
from pipeline.audio.voice.psola import Psola, Shift
from tests.pipeline.audio.voice.measures import formants_hz, median_hz, mel_error_db, pitch_track, sharpest_bend
from tests.pipeline.audio.voice.speech import VOWELS, Sound, noise, swept, vowel

LOOK_AHEAD = 960
SHIFTS = [(1.5, 1.15), (0.7, 0.87), (1.0, 1.15), (1.8, 1.2), (0.6, 0.85), (1.25, 1.0)]


def shifted(sound: Sound, shift: Shift, look_ahead: int = LOOK_AHEAD) -> Sound:
    """Through a new converter, sample for sample beside the input."""
    psola = Psola(look_ahead)
    padded = np.pad(sound, (0, psola.delay + HOP_SAMPLES - len(sound) % HOP_SAMPLES))
    hops = [
        psola.step(padded[start : start + HOP_SAMPLES], shift)[0] for start in range(0, len(padded) - 239, HOP_SAMPLES)
    ]
    late = psola.delay - HOP_SAMPLES
    return np.concatenate(hops)[late : late + len(sound)]


@pytest.mark.parametrize(("pitch", "formants"), SHIFTS)
@pytest.mark.parametrize("hz", [90.0, 120.0, 200.0, 300.0])
def test_the_pitch_goes_where_it_is_asked_to(hz: float, pitch: float, formants: float) -> None:
    done = shifted(vowel(hz, 1.0), Shift(pitch, formants, centre_hz=hz))[9_600:-4_800]
    assert median_hz(done) == pytest.approx(pitch * hz, rel=0.01)


@pytest.mark.parametrize("hz", [58.0, 65.0, 72.0, 80.0, 88.0])
@pytest.mark.parametrize("still", [0, 77, 150, 201])
def test_the_lowest_voices_are_converted_with_the_least_look_ahead(hz: float, still: int) -> None:
    sound = np.concatenate([np.zeros(9_600 + still, np.float32), vowel(hz, 0.6), np.zeros(4_800, np.float32)])
    track = pitch_track(shifted(sound, Shift(2.0, 1.15, centre_hz=hz)))[30:75]
    assert np.mean(np.abs(track / (2.0 * hz) - 1) < 0.03) > 0.9


@pytest.mark.parametrize(("pitch", "formants"), [(0.7, 0.87), (0.85, 1.15), (1.0, 1.2), (1.2, 0.85), (1.25, 1.15)])
@pytest.mark.parametrize("name", VOWELS)
def test_the_formants_go_where_they_are_asked_to(name: str, pitch: float, formants: float) -> None:
    # A low pitch, before and after: the harmonics of a high one are too far apart for any measure of formants.
    sound = vowel(90.0, 1.0, name)
    done = shifted(sound, Shift(pitch, formants, centre_hz=90.0))[9_600:-4_800]
    assert formants_hz(done) == pytest.approx(formants * formants_hz(sound), rel=0.05)


def test_a_shift_of_nothing_changes_no_sample() -> None:
    sound = np.concatenate([vowel(120.0, 0.5), noise(0.3), vowel(240.0, 0.5)])
    assert np.array_equal(shifted(sound, Shift()), sound)


@pytest.mark.parametrize("hz", [80.0, 100.0, 130.0])
def test_a_shift_of_hardly_anything_changes_hardly_anything(hz: float) -> None:
    sound = vowel(swept(hz, hz * 1.2), 2.0)
    assert mel_error_db(sound, shifted(sound, Shift(1.005, 1.005, centre_hz=hz), 2_880)) < 1.0


def test_what_has_no_pitch_passes_unchanged() -> None:
    hiss = noise(1.0)
    assert np.array_equal(shifted(hiss, Shift(1.6, 1.2)), hiss)


def test_silence_stays_silent() -> None:
    sound = np.concatenate([vowel(120.0, 0.5), np.zeros(24_000, np.float32)])
    assert not shifted(sound, Shift(1.6, 1.2))[26_000:].any()


@pytest.mark.parametrize(("pitch", "formants"), SHIFTS)
def test_no_joint_clicks(pitch: float, formants: float) -> None:
    """Where voice begins and ends nothing bends more sharply than inside the voice, which the formants may sharpen."""
    at = np.arange(RATE_HZ) / RATE_HZ
    swell = np.clip(np.minimum(at, 1.0 - at) * 12, 0, 1).astype(np.float32)
    sound = np.concatenate([noise(0.4, 0.001), vowel(130.0, 1.0) * swell, noise(0.4, 0.001)])
    allowed = 1.5 * max(formants, 1.0) ** 2 * sharpest_bend(sound).max()
    assert sharpest_bend(shifted(sound, Shift(pitch, formants, centre_hz=130.0))).max() < allowed


@pytest.mark.parametrize(("pitch", "formants"), SHIFTS)
def test_the_loudness_stays(pitch: float, formants: float) -> None:
    sound = vowel(130.0, 1.0)
    done = shifted(sound, Shift(pitch, formants, centre_hz=130.0))
    assert 20 * np.log10(done[9_600:-4_800].std() / sound.std()) == pytest.approx(0.0, abs=3.0)


@pytest.mark.parametrize("spread", [0.0, 0.5, 2.0])
def test_the_range_is_scaled(spread: float) -> None:
    curve = swept(120.0, 170.0, 3.0)
    middle = float(np.sqrt(120.0 * 170.0))
    done = shifted(vowel(curve, 3.0), Shift(1.3, 1.0, spread, middle))
    track = pitch_track(done)
    low, high = np.percentile(12 * np.log2(track[track > 0] / middle / 1.3), (2, 98))
    wanted = spread * 12 * np.log2(170.0 / 120.0)
    assert high - low == pytest.approx(wanted, abs=0.6)


def test_a_pitch_taken_for_its_half_does_not_leap() -> None:
    """A creak an octave down, as a tracker may see one, stays within ten semitones of the usual pitch."""
    shift = Shift(1.5, 1.1, 2.0, 200.0)
    assert shift.ratio(60.0) * 60.0 == pytest.approx(300.0 / 1.8)
    assert shift.ratio(480.0) * 480.0 == pytest.approx(300.0 * 1.8)


def test_a_neutral_shift_may_come_and_go_in_the_midst_of_a_voice() -> None:
    sound = vowel(130.0, 1.5)
    psola = Psola(LOOK_AHEAD)
    done = []
    for number, start in enumerate(range(0, len(sound), HOP_SAMPLES)):
        shift = Shift(1.4, 1.1, centre_hz=130.0) if number // 50 % 2 == 0 else Shift()
        done.append(psola.step(sound[start : start + HOP_SAMPLES], shift)[0])
    joined = np.concatenate(done)
    assert sharpest_bend(joined).max() < 2.0 * sharpest_bend(sound).max()
    assert np.sqrt(np.mean(np.square(joined[4_800:]).reshape(-1, 480), axis=1)).min() > 0.03
