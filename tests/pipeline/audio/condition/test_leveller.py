"""Loud and quiet speakers come out alike, and nothing pumps."""

from itertools import pairwise

import numpy as np
import pytest

from pipeline.audio.condition.chain import conditioner
from pipeline.audio.condition.leveller import Leveller
from pipeline.audio.condition.mono import Sound
from pipeline.audio.condition.settings import ConditionSettings
from pipeline.audio.metering.loudness import loudness
from pipeline.audio.stream import RATE_HZ
from tests.footage import needs_media
from tests.pipeline.audio.condition.sounds import hiss, real_speech, seconds, sine, through, words


def as_loud(sound: Sound, lufs: float) -> Sound:
    """The sound at an integrated loudness."""
    return (sound * 10.0 ** ((lufs - loudness(sound)) / 20.0)).astype(np.float32)


def gains_db(stage: Leveller, sound: Sound) -> list[float]:
    """The gain after every tenth of a second."""
    gains = []
    for start in range(0, len(sound), 4800):
        through(stage, sound[start : start + 4800])
        gains.append(stage.gain_db)
    return gains


@pytest.mark.parametrize("lufs", [-35.0, -24.0, -18.0, -12.0])
def test_speech_comes_out_at_the_target_after_five_seconds(lufs: float) -> None:
    sound = as_loud(words(16)[0], lufs)
    assert loudness(through(Leveller(), sound)[5 * RATE_HZ :]) == pytest.approx(-18.0, abs=1.5)


@needs_media
def test_the_same_real_speech_comes_out_alike_however_loud_it_was() -> None:
    quiet, loud = (through(Leveller(), as_loud(real_speech(), lufs))[5 * RATE_HZ :] for lufs in (-35.0, -12.0))
    assert abs(loudness(quiet) - loudness(loud)) < 1.5
    # Nothing but the speaker's own rise and fall is left.
    assert loudness(loud) == pytest.approx(-18.0, abs=4.0)


@needs_media
def test_the_whole_chain_brings_real_speech_to_the_target() -> None:
    for lufs in (-33.0, -12.0):
        passed = through(conditioner(ConditionSettings()), as_loud(real_speech(), lufs))
        assert loudness(passed[5 * RATE_HZ :]) == pytest.approx(-18.0, abs=4.0)


def test_a_pause_raises_nothing() -> None:
    speech = as_loud(words(12)[0], -24.0)
    room = hiss(10.0, -60.0)
    stage = Leveller()
    before = gains_db(stage, speech)[-1]
    pause = gains_db(stage, room)
    assert max(pause) - before < 0.3
    assert min(pause) > before - 0.3


@pytest.mark.parametrize(
    "room", [hiss(12.0, -40.0), seconds(12.0), sine(100.0, 12.0, 0.02)], ids=["hiss", "none", "hum"]
)
def test_a_room_without_a_voice_is_not_raised(room: Sound) -> None:
    assert abs(gains_db(Leveller(), room)[-1]) < 2.0


def test_a_fan_that_starts_is_not_taken_for_a_quieter_speaker() -> None:
    stage = Leveller()
    speech = as_loud(words(12)[0], -18.0)
    before = gains_db(stage, (speech + hiss(len(speech) / RATE_HZ, -75.0)).astype(np.float32))[-1]
    assert gains_db(stage, hiss(12.0, -34.0))[-1] == pytest.approx(before, abs=0.5)


def test_the_gain_moves_slowly() -> None:
    gains = gains_db(Leveller(), as_loud(words(12)[0], -36.0))
    moves = [abs(after - before) for before, after in pairwise(gains)]
    assert max(moves) <= 1.21
    assert max(moves[60:]) <= 0.31
    assert gains[-1] > 15.0


def test_the_gain_stays_within_its_range() -> None:
    gains = gains_db(Leveller(range_db=6.0), as_loud(words(12)[0], -40.0))
    assert max(gains) <= 6.0
    assert gains[-1] == pytest.approx(6.0, abs=0.2)


def test_once_there_it_hardly_moves() -> None:
    gains = gains_db(Leveller(), as_loud(words(30)[0], -24.0))
    settled = gains[100:]
    assert max(settled) - min(settled) < 1.0


def test_someone_who_leans_back_is_followed() -> None:
    sound = np.concatenate((as_loud(words(10)[0], -12.0), as_loud(words(24)[0], -32.0)))
    passed = through(Leveller(), sound)
    assert loudness(passed[-4 * RATE_HZ :]) == pytest.approx(-18.0, abs=2.0)
