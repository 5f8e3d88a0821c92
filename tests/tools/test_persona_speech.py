"""The demo actor's synthesiser repeats itself to the bit, speaks what the lips show, and leaves no seam."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("numba", reason="the actor's voice needs numba, which the optional group 'studio' installs")

import av
from typer.testing import CliRunner

from tools.persona.cli import app
from tools.persona.geometry.expression import VISEMES
from tools.persona.motion.timeline import Cue, cues, mouth_at
from tools.persona.speech.glottis import folds
from tools.persona.speech.melody import MEDIAN_HZ, pitch_hz
from tools.persona.speech.noise import PLACES, hiss
from tools.persona.speech.phones import CONSONANTS, SPOKEN, Floats, opening, vowel_hz
from tools.persona.speech.recording import write_sound
from tools.persona.speech.score import STEP_HZ, Score, at_rate, eased, score
from tools.persona.speech.tract import spoken_through
from tools.persona.speech.voice import RATE_HZ, Samples, speech

SHIPPED = Path(__file__).parents[2] / "pipeline" / "audio" / "assets" / "demo-actor.flac"
ONE_WORD = (Cue(1.9, "rest", 0.0), Cue(2.0, "S", 1.0), Cue(2.11, "A", 0.85), Cue(2.35, "rest", 0.0))


@cache
def actors_score() -> Score:
    return score(cues())


def read(path: Path) -> Samples:
    with av.open(str(path)) as container:
        return np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])


def level(sound: Samples | Floats, start_s: float, end_s: float) -> float:
    """RMS of a stretch of sound."""
    return float(np.sqrt(np.mean(np.square(sound[int(start_s * RATE_HZ) : int(end_s * RATE_HZ)], dtype=np.float64))))


def test_the_shipped_sound_is_what_the_command_makes(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["demo-speech", str(tmp_path / "again.flac")])
    assert done.exit_code == 0, done.output
    again, shipped = read(tmp_path / "again.flac"), read(SHIPPED)
    assert len(again) == len(shipped)
    # The last digit of a sine depends on the processor.
    assert np.abs(again.astype(int) - shipped).max() <= 1


def test_a_word_is_the_same_to_the_bit_each_time() -> None:
    assert speech(ONE_WORD).tobytes() == speech(ONE_WORD).tobytes()


def test_a_word_is_heard_where_the_timeline_has_it() -> None:
    sound = speech(ONE_WORD)
    assert level(sound, 2.12, 2.2) > 100 * level(sound, 3.0, 9.0)
    assert level(sound, 1.97, 2.03) > 20 * level(sound, 3.0, 9.0)


@pytest.mark.parametrize("viseme", ["A", "E", "I", "O", "U"])
def test_the_tract_rings_at_the_formants_of_the_mouth(viseme: str) -> None:
    steps = np.ones(STEP_HZ)
    wanted = vowel_hz(VISEMES[viseme])
    quiet = np.zeros_like(steps)
    held = Score(np.outer(steps, wanted), steps, quiet, quiet, quiet, {}, ())
    click = np.zeros(RATE_HZ)
    click[0] = 1.0
    heard = np.abs(np.fft.rfft(spoken_through(click, held, RATE_HZ)))
    at_hz = np.fft.rfftfreq(len(click), 1 / RATE_HZ)
    for formant in wanted[:2]:
        near = (at_hz > formant - 120) & (at_hz < formant + 120)
        assert abs(at_hz[near][np.argmax(heard[near])] - formant) < 60


def test_an_open_jaw_raises_the_first_formant_and_round_lips_lower_the_second() -> None:
    formants = {name: vowel_hz(VISEMES[name]) for name in "AEIOU"}
    assert formants["A"][0] > formants["O"][0] > formants["U"][0]
    assert formants["A"][0] > formants["E"][0] > formants["I"][0]
    assert formants["I"][1] > formants["E"][1] > formants["A"][1] > formants["O"][1] > formants["U"][1]


def test_closed_lips_close_the_voice() -> None:
    timeline = cues()
    for cue in timeline:
        loudness = actors_score().voice[round(cue.t_s * STEP_HZ)]
        if cue.viseme == "M":
            assert opening(mouth_at(cue.t_s, timeline)) == 0.0
            assert loudness < 0.3
        elif cue.viseme == "A":
            assert actors_score().voice[round((cue.t_s + 0.03) * STEP_HZ)] > 0.5


def test_the_median_pitch_is_as_wanted() -> None:
    tune = pitch_hz(actors_score())
    assert np.median(tune[actors_score().voice > 0.1]) == pytest.approx(MEDIAN_HZ, rel=0.002)


def test_pulses_come_at_the_pitch_and_none_without_a_voice() -> None:
    pitch, voice = np.full(STEP_HZ, 120.0), np.ones(STEP_HZ)
    voice[STEP_HZ // 2 :] = 0.0
    work = folds(pitch, voice, RATE_HZ, 1)
    closures = np.flatnonzero(np.diff(work.open) < 0)
    assert len(closures) == pytest.approx(60, abs=1)
    lengths = np.diff(closures[closures < RATE_HZ // 2]) / RATE_HZ
    assert np.mean(lengths) == pytest.approx(1 / 120, rel=0.01)
    assert 0.002 < np.std(lengths) / np.mean(lengths) < 0.02
    assert np.abs(work.flow[RATE_HZ * 6 // 10 :]).max() < 1e-3


@pytest.mark.parametrize("place", PLACES)
def test_a_hiss_loops(place: str) -> None:
    noise = hiss(PLACES[place], RATE_HZ, RATE_HZ, 3)
    assert np.sqrt(np.mean(noise**2)) == pytest.approx(1.0)
    steps = np.abs(np.diff(noise))
    assert abs(noise[0] - noise[-1]) <= steps.max()


def test_controls_are_eased_and_drawn_round_the_loop() -> None:
    row = np.zeros(STEP_HZ)
    row[0] = 1.0
    soft = eased(row, 0.01)
    assert soft.sum() == pytest.approx(1.0)
    assert soft[-1] == pytest.approx(soft[1]) and soft[-1] > 0
    fine = at_rate(row, RATE_HZ)
    assert len(fine) == RATE_HZ
    assert fine[-1] == pytest.approx(1 - STEP_HZ / RATE_HZ)


def test_every_mouth_shape_is_a_vowel_or_has_its_consonants() -> None:
    assert set(VISEMES) == {"rest", *"AEIOU", *SPOKEN}
    assert {name for names in SPOKEN.values() for name in names} == set(CONSONANTS)


def test_a_file_gives_back_each_sample(tmp_path: Path) -> None:
    samples = np.random.default_rng(1).integers(-32768, 32768, 12_345).astype(np.int16)
    write_sound(tmp_path / "noise.flac", samples)
    assert (read(tmp_path / "noise.flac") == samples).all()
