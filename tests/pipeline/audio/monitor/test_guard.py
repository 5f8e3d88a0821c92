"""The monitor cuts itself off before it howls, and never through headphones."""

from collections.abc import Callable

import numpy as np
import pytest

from pipeline.audio.condition.mono import Sound
from pipeline.audio.monitor.guard import WINDOW, FeedbackGuard
from pipeline.audio.monitor.state import Monitoring
from pipeline.audio.stream import RATE_HZ
from pipeline.audio.voice.timbre import Timbre
from pipeline.stage import AudioStage
from profiles.store import ProfileStore
from tests.pipeline.audio.condition.sounds import at_level, hum, real_speech, seconds, sine, words
from tests.pipeline.audio.monitor.room import Later, Leak, Room, demo_actor

ENOUGH_S = 1.0


def mara() -> AudioStage:
    """A voice that is higher than most."""
    return Timbre(ProfileStore().load("mara"))


def anselm() -> AudioStage:
    """A voice that is lower than most."""
    return Timbre(ProfileStore().load("anselm"))


def usual_speech() -> Sound:
    """A real speaker, as loud as most microphones have it."""
    return at_level(real_speech(), -26.0)


def somebody() -> Sound:
    """Words with pauses."""
    return words(8)[0]


@pytest.mark.parametrize("voice", [Later, mara, anselm])
@pytest.mark.parametrize("actor", [real_speech, demo_actor, somebody])
def test_through_headphones_there_is_no_false_alarm(
    voice: Callable[[], AudioStage], actor: Callable[[], Sound]
) -> None:
    room = Room(voice())
    room.let_speak(actor())
    assert room.heard_at is not None
    assert room.monitor.state is Monitoring.ON
    assert not room.events


@pytest.mark.parametrize("gain_db", [-40.0, -30.0, -20.0])
@pytest.mark.parametrize("voice", [Later, mara])
def test_a_low_voice_out_of_the_headphones_is_no_alarm(voice: Callable[[], AudioStage], gain_db: float) -> None:
    room = Room(voice(), Leak(gain_db))
    room.let_speak(demo_actor())
    assert room.monitor.state is Monitoring.ON


@pytest.mark.parametrize("sound", [sine(440.0, 4.0, 0.2), hum(4.0, -25.0), sine(1000.0, 4.0, 0.5)])
def test_tones_are_no_alarm(sound: Sound) -> None:
    room = Room(Later())
    room.let_speak(sound)
    assert room.monitor.state is Monitoring.ON


@pytest.mark.parametrize("gain_db", [-6.0, 0.0, 6.0])
@pytest.mark.parametrize("voice", [Later, mara, anselm])
@pytest.mark.parametrize("actor", [usual_speech, demo_actor])
def test_a_loudspeaker_is_cut_off_within_a_second(
    voice: Callable[[], AudioStage], actor: Callable[[], Sound], gain_db: float
) -> None:
    room = Room(voice(), Leak(gain_db))
    room.let_speak(actor()[: 5 * RATE_HZ])
    assert room.cut_after_s <= ENOUGH_S
    assert [event.text for event in room.events if "headphones" in event.text] == [event.text for event in room.events]
    assert len(room.events) == 1
    # Half a second later nothing is played.
    assert not np.concatenate(room.headphones.played[-40:]).any()


@pytest.mark.parametrize("delay_s", [0.015, 0.06, 0.25])
def test_however_long_the_device_takes(delay_s: float) -> None:
    room = Room(mara(), Leak(0.0, delay_s))
    room.let_speak(demo_actor()[: 4 * RATE_HZ])
    assert room.cut_after_s <= ENOUGH_S


def test_a_howl_out_of_nothing_but_the_rooms_noise_is_cut_off() -> None:
    room = Room(Later(), Leak(20.0), noise_dbfs=-50.0)
    room.let_speak(seconds(6.0))
    assert room.cut_after_s <= ENOUGH_S


def test_asked_for_again_it_plays_and_is_cut_off_again_if_nothing_has_changed() -> None:
    room = Room(mara(), Leak(0.0))
    room.let_speak(demo_actor()[: 4 * RATE_HZ])
    room.monitor.turn(True)
    assert room.monitor.state is Monitoring.ON
    room.heard_at = room.cut_at = None
    room.let_speak(demo_actor()[: 4 * RATE_HZ])
    assert room.monitor.state is Monitoring.CUT
    assert len(room.events) == 2


def test_it_can_not_say_anything_before_it_has_heard_half_a_second() -> None:
    guard = FeedbackGuard()
    noise = np.random.default_rng(0).normal(0.0, 0.1, 480).astype(np.float32)
    for number in range(WINDOW * 6 // 480):
        guard.hear(noise, number * 10_000_000)
        assert not guard.play(noise, number * 10_000_000)


def test_sound_that_jumps_in_time_is_begun_anew_and_breaks_nothing() -> None:
    guard = FeedbackGuard()
    rng = np.random.default_rng(0)
    for number in range(300):
        at_ns = int(rng.integers(0, 10**10))
        guard.hear(rng.normal(0.0, 0.1, int(rng.integers(1, 2000))).astype(np.float32), at_ns)
        assert not guard.play(rng.normal(0.0, 0.1, int(rng.integers(1, 200_000 if number == 9 else 999))), at_ns)
