"""The target's melody: from the actor's median to the target's, ups and downs scaled, consonants left alone."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.audio.neural.melody import Melody
from pipeline.audio.voice.actor import Actor
from pipeline.audio.voice.statistics import VoiceStatistics
from profiles.engines.voice import RvcSettings
from profiles.profile import Kind, Profile, VoiceSettings


def profile(semitones: float | None = None, **voice: object) -> Profile:
    return Profile(
        name="voice",
        folder=Path(),
        title="Voice",
        kind=Kind.PERSONA,
        voice=VoiceSettings.model_validate({"median_f0_hz": 200.0} | voice),
        rvc=RvcSettings(transpose_semitones=semitones),
    )


def known(hz: float) -> Actor:
    """An actor whose median is known."""
    return Actor(VoiceStatistics(hz, 4.0, 1.0, ()))


def heard(melody: Melody, hz: float, frames: int = 400) -> Melody:
    """A melody around a pitch, two semitones up and down."""
    melody.hear((hz * 2 ** (np.sin(np.arange(frames) / 9) / 6)).astype(np.float32))
    return melody


@pytest.mark.parametrize("actor_hz", [80.0, 110.0, 220.0, 300.0])
def test_the_actor_s_median_becomes_the_target_s(actor_hz: float) -> None:
    melody = heard(Melody(profile()), actor_hz)
    assert melody.aimed(np.array([actor_hz], np.float32))[0] == pytest.approx(200.0, rel=0.02)


def test_the_first_words_count_where_nothing_is_known() -> None:
    melody = Melody(profile())
    assert melody.actor_hz is None
    melody.hear(np.array([0, 0, *(100, 101, 99) * 40], np.float32))
    assert melody.semitones == pytest.approx(12.0, abs=0.4)


def test_what_the_session_knows_counts_from_the_start_and_less_with_every_word() -> None:
    melody = Melody(profile(), known(100.0))
    assert melody.semitones == pytest.approx(12.0)
    heard(melody, 150.0, 20)
    assert melody.actor_hz is not None and 100.0 < melody.actor_hz < 112.0
    heard(melody, 150.0, 4_000)
    assert melody.actor_hz == pytest.approx(150.0, rel=0.05)


def test_somebody_else_is_learnt_anew() -> None:
    actor = known(100.0)
    melody = heard(Melody(profile(), actor), 100.0)
    actor.begin_anew()
    melody.hear(np.zeros(10, np.float32))
    assert melody.actor_hz is None
    assert heard(melody, 220.0).actor_hz == pytest.approx(220.0, rel=0.02)
    assert Melody(profile(), actor).actor_hz is None, "nothing of the first one is left for the next voice"


def test_a_given_transposition_is_kept_to() -> None:
    melody = heard(Melody(profile(5.0)), 300.0)
    assert melody.semitones == 5.0
    assert melody.aimed(np.array([300.0], np.float32))[0] == pytest.approx(300.0 * 2 ** (5 / 12), rel=1e-3)


def test_expressivity_scales_the_ups_and_downs_around_the_median() -> None:
    hz = np.array([100.0, 200.0], np.float32)
    spreads = []
    for expressivity in (0.0, 0.5, 1.0, 2.0):
        low, high = heard(Melody(profile(expressivity=expressivity)), 141.0).aimed(hz)
        spreads.append(12 * np.log2(high / low))
    np.testing.assert_allclose(spreads, [0.0, 6.0, 12.0, 24.0], atol=0.01)


def test_no_voice_stays_no_voice_and_a_pitch_stays_in_its_range() -> None:
    melody = heard(Melody(profile(24.0)), 200.0)
    aimed = melody.aimed(np.array([0.0, 500.0, 51.0], np.float32))
    assert aimed[0] == 0.0 and aimed[1] == 1_100.0 and aimed.dtype == np.float32


def test_live_settings_are_taken() -> None:
    melody = heard(Melody(profile()), 200.0)
    before = melody.semitones
    melody.adjust(profile(pitch_semitones=3.0))
    assert melody.semitones - before == pytest.approx(3.0)
