"""The engine as a stage of the lane."""

from functools import cache

import numpy as np
import pytest

from pipeline.audio.stream import RATE_HZ
from pipeline.audio.voice.actor import Actor, measure
from pipeline.audio.voice.statistics import BANDS_HZ
from pipeline.audio.voice.timbre import LEAST_LOOK_AHEAD_MS, Timbre
from pipeline.errors import StageError
from pipeline.media import Block
from pipeline.stage import AudioStage
from tests.pipeline.audio.voice.measures import median_hz, mel_error_db, pitch_track, sharpest_bend
from tests.pipeline.audio.voice.speech import Sound, converted, latency, noise, swept, target, through, vowel

LIVELY = target(median_f0_hz=200.0, f0_range_semitones=5.0, formant_scale=1.07, breath=0.3)


@cache
def phrase() -> Sound:
    """Vowels that rise and fall, a hiss, a pause."""
    parts = [vowel(swept(100.0, 140.0, 1.0), 1.0, name) for name in ("a", "schwa", "e")]
    pause = np.zeros(7_200, np.float32)
    return np.concatenate([pause, parts[0], noise(0.1), parts[1], pause, parts[2], noise(0.1, 0.02)])


def test_it_is_an_audio_stage() -> None:
    assert isinstance(Timbre(LIVELY), AudioStage)


@pytest.mark.parametrize("look_ahead_ms", [20.0, 33.3, 60.0])
def test_the_latency_is_what_it_says(look_ahead_ms: float) -> None:
    stage = Timbre(LIVELY, look_ahead_ms)
    click = np.zeros(9_600, np.float32)
    click[1_234] = 0.5
    assert int(np.argmax(through(stage, click))) == 1_234 + latency(stage)


def test_the_least_latency_is_25_ms() -> None:
    assert Timbre(LIVELY, LEAST_LOOK_AHEAD_MS).latency_ns == 25_000_000


def test_the_captured_instant_goes_back_by_the_latency() -> None:
    stage = Timbre(LIVELY)
    block = Block(np.zeros((480, 1), np.float32), RATE_HZ, 1_000_000_000)
    assert stage.process(block).captured_ns == 1_000_000_000 - stage.latency_ns


@pytest.mark.parametrize("cut", [1, 64, 65, 8_193])
def test_how_the_stream_is_cut_makes_no_difference(cut: int) -> None:
    assert np.abs(through(Timbre(LIVELY), phrase(), cut) - through(Timbre(LIVELY), phrase(), 480)).max() < 1e-6


def test_the_input_is_not_written() -> None:
    sound = phrase()[:48_000].copy()
    sound.flags.writeable = False
    through(Timbre(LIVELY), sound)


@pytest.mark.parametrize(("median", "scale"), [(105.0, 0.93), (125.0, 0.97), (195.0, 1.06), (210.0, 1.08)])
@pytest.mark.parametrize("actor_hz", [90.0, 130.0, 220.0])
def test_any_actor_gets_the_targets_pitch(actor_hz: float, median: float, scale: float) -> None:
    sound = vowel(swept(actor_hz / 1.12, actor_hz * 1.12, 6.0), 6.0)
    done = converted(Timbre(target(median_f0_hz=median, formant_scale=scale)), sound)
    assert median_hz(done[2 * RATE_HZ :]) == pytest.approx(median, rel=0.03)


def test_the_first_word_is_converted_already() -> None:
    sound = np.concatenate([np.zeros(24_000, np.float32), vowel(110.0, 0.6)])
    done = converted(Timbre(target(median_f0_hz=200.0)), sound)
    track = pitch_track(done[25_500:])
    assert np.median(track[track > 0]) == pytest.approx(200.0, rel=0.03)


def test_a_stranger_is_disguised_even_at_the_targets_pitch() -> None:
    sound = vowel(150.0, 0.5)
    stage = Timbre(target(median_f0_hz=150.0, eq=0.0))
    assert mel_error_db(sound, converted(stage, sound)) > 1.5
    assert stage.shift is not None
    assert abs(stage.shift.formants - 1) > 0.08


def test_a_known_actor_like_the_target_passes_unchanged() -> None:
    sound = vowel(swept(120.0, 150.0, 3.0), 3.0)
    actor = measure(sound)
    assert actor is not None
    profile = target(
        median_f0_hz=actor.median_f0_hz,
        f0_range_semitones=actor.f0_range_semitones,
        formant_scale=actor.formant_scale,
        spectrum_db=actor.spectrum_db,
    )
    assert mel_error_db(sound, converted(Timbre(profile, actor=Actor(actor)), sound)) < 1.0


def test_the_colour_goes_toward_the_targets() -> None:
    sound = np.tile(phrase(), 3)
    bright = tuple(0.8 * number for number in range(len(BANDS_HZ)))
    plain = measure(converted(Timbre(target(eq=0.0, spectrum_db=bright)), sound))
    done = measure(converted(Timbre(target(spectrum_db=bright)), sound))
    assert plain is not None
    assert done is not None
    distances = [np.std(np.subtract(found.spectrum_db, bright)[4:19]) for found in (plain, done)]
    assert distances[1] < 0.75 * distances[0]


@pytest.mark.parametrize(
    ("name", "low", "high"), [("pitch_semitones", 0.0, 6.0), ("breath", 0.0, 1.0), ("eq", 0.0, 1.0)]
)
def test_a_live_setting_shows(name: str, low: float, high: float) -> None:
    sound = phrase()
    stage = Timbre(target(**{name: low}))
    through(stage, sound)
    stage.adjust(target(**{name: high}))
    changed = through(stage, sound)
    assert mel_error_db(through(Timbre(target(**{name: low})), sound), changed) > 0.3


def test_breath_goes_with_the_voice_alone() -> None:
    sound = np.concatenate([vowel(150.0, 1.0), np.zeros(24_000, np.float32), vowel(150.0, 1.0)])
    plain, airy = (converted(Timbre(target(breath=breath, eq=0.0)), sound) for breath in (0.0, 1.0))
    air = airy - plain
    assert not air[52_800:72_000].any()
    assert -30.0 < 20 * np.log10(air[9_600:43_200].std() / plain[9_600:43_200].std()) < -10.0


def test_a_monotonous_voice() -> None:
    done = converted(Timbre(target(expressivity=0.0)), vowel(swept(100.0, 140.0, 4.0), 4.0))
    track = pitch_track(done[2 * RATE_HZ :])
    assert np.ptp(12 * np.log2(np.percentile(track[track > 0], (5, 95)))) < 0.3


def test_live_changes_do_not_click() -> None:
    sound = vowel(120.0, 4.0)
    stage = Timbre(target(median_f0_hz=140.0, eq=0.0))
    through(stage, sound)
    steady = sharpest_bend(through(stage, sound)).max()
    worst = 0.0
    for median, scale in ((200.0, 1.15), (90.0, 0.9), (120.0, 1.0)):
        stage.adjust(target(median_f0_hz=median, formant_scale=scale, eq=0.0))
        worst = max(worst, float(sharpest_bend(through(stage, sound[:96_000])).max()))
    assert worst < 2.0 * steady


def test_a_gap_forgets_the_sound_but_not_the_actor() -> None:
    actor = Actor()
    stage = Timbre(LIVELY, actor=actor)
    through(stage, phrase())
    known = actor.statistics
    stage.reset()
    assert actor.statistics == known
    assert not through(stage, np.zeros(9_600, np.float32)).any()


FAULTS = {
    "silence": np.zeros(24_000, np.float32),
    "dc": np.full(24_000, 1.0, np.float32),
    "square": np.sign(np.sin(2 * np.pi * 110 * np.arange(24_000) / RATE_HZ)).astype(np.float32),
    "nan": np.full(24_000, np.nan, np.float32),
    "infinity": np.full(24_000, np.inf, np.float32),
    "huge": np.full(24_000, 3e38, np.float32),
    "lowest": np.tile(np.eye(1, 872, dtype=np.float32)[0], 40),
    "highest": np.tile(np.eye(1, 96, dtype=np.float32)[0], 300),
    "tiny": noise(0.5, 1e-30),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_the_input_stays_within_bounds(name: str) -> None:
    stage = Timbre(LIVELY)
    for sound in (FAULTS[name], phrase(), FAULTS[name], phrase()):
        done = through(stage, sound)
        assert np.isfinite(done).all()
        assert np.abs(done).max() <= 4.0
    assert median_hz(done) == pytest.approx(200.0, rel=0.25)


@pytest.mark.parametrize(("shape", "rate_hz"), [((480, 2), RATE_HZ), ((480, 1), 44_100), ((480,), RATE_HZ)])
def test_another_format_is_refused(shape: tuple[int, ...], rate_hz: int) -> None:
    with pytest.raises(StageError, match="resample"):
        Timbre(LIVELY).process(Block(np.zeros(shape, np.float32), rate_hz, 0))


def test_an_empty_block_gives_an_empty_one() -> None:
    assert Timbre(LIVELY).process(Block(np.zeros((0, 1), np.float32), RATE_HZ, 0)).samples.shape == (0, 1)


@pytest.mark.parametrize("look_ahead_ms", [10.0, 61.0, float("nan")])
def test_a_look_ahead_that_can_not_be_is_refused(look_ahead_ms: float) -> None:
    with pytest.raises(ValueError, match="look_ahead_ms"):
        Timbre(LIVELY, look_ahead_ms)


@pytest.mark.parametrize("hz", [100.0, 200.0, 330.0])
def test_it_tells_the_pitch_that_it_hears_and_the_one_that_it_makes(hz: float) -> None:
    stage = Timbre(target(median_f0_hz=165.0, f0_range_semitones=4.0))
    assert stage.pitches_hz == (0.0, 0.0)
    done = through(stage, vowel(hz, 2.0))
    heard_hz, made_hz = stage.pitches_hz
    assert heard_hz == pytest.approx(hz, rel=0.01)
    assert made_hz == pytest.approx(median_hz(done[-24_000:]), rel=0.02)
    through(stage, np.zeros(9_600, np.float32))
    assert stage.pitches_hz == (0.0, 0.0)
