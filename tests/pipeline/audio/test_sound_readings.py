"""What the sound tells of itself: what it is made of, how high the voices are, and what waits."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.audio.condition.mono import Sound
from pipeline.audio.lane import AudioLane, AudioLinks
from pipeline.audio.metering.meter import STALE_NS
from pipeline.audio.metering.scope import SPEECH
from pipeline.audio.player import Player
from pipeline.audio.rig import SoundRig
from pipeline.audio.ring import Ring
from pipeline.audio.settings import SoundHooks, SoundSettings
from pipeline.audio.stream import BLOCK_SAMPLES, RATE_HZ
from pipeline.audio.voice.dial import voice_stage
from pipeline.audio.voice.statistics import BANDS_HZ
from pipeline.audio.voice.timbre import Timbre
from pipeline.media import Block
from pipeline.stage import AudioStage, Tuned
from pipeline.telemetry import AudioReadings
from tests.chains import make_profile
from tests.fakes import FakeClock, FakeVoice
from tests.pipeline.audio.booth import BARE, FakeEar, FakeMicrophone
from tests.pipeline.audio.neural.voices import on_lane, opened, profile_of, tone
from tests.pipeline.audio.voice.speech import target, through, vowel

STEEP = tuple(60.0 - 3.0 * number for number in range(22))


class Singer(FakeVoice):
    """A voice that says which pitch it has."""

    pitches_hz: tuple[float, float] | None = (123.0, 246.0)


def told(voice: AudioStage, sound: Sound, late_ns: int = 0) -> AudioReadings:
    """What a lane tells after a sound, `late_ns` after its last block."""
    clock, source = FakeClock(), Ring(RATE_HZ)
    lane = AudioLane((), voice, AudioLinks(source, [], clock, lambda event: None))
    for start in range(0, len(sound), BLOCK_SAMPLES):
        source.write(Block(sound[start : start + BLOCK_SAMPLES, np.newaxis], RATE_HZ, 0))
        lane.step()
    return lane.readings(clock.now_ns() + late_ns)


def test_both_spectra_and_pitches_are_told_of_any_voice() -> None:
    readings = told(FakeVoice(0.5), vowel(200.0, 0.6))
    lower_db = np.array(readings.spectrum_in_db) - np.array(readings.spectrum_out_db)
    assert len(readings.spectrum_in_db) == len(BANDS_HZ)
    assert lower_db[SPEECH] == pytest.approx(6.02, abs=0.1)
    assert readings.pitch_in_hz == pytest.approx(200.0, rel=0.01)
    assert readings.pitch_out_hz == pytest.approx(200.0, rel=0.01)


def test_a_voice_that_follows_the_pitch_is_believed() -> None:
    readings = told(Singer(), vowel(200.0, 0.6))
    assert (readings.pitch_in_hz, readings.pitch_out_hz) == (123.0, 246.0)


def test_a_voice_that_looks_for_no_pitch_or_fails_is_measured() -> None:
    singer = Singer()
    singer.pitches_hz = None
    assert told(singer, vowel(200.0, 0.6)).pitch_in_hz == pytest.approx(200.0, rel=0.01)
    singer = Singer()
    singer.failing = True
    readings = told(singer, vowel(200.0, 0.6))
    assert (readings.pitch_in_hz, readings.pitch_out_hz) == (pytest.approx(200.0, rel=0.01), 0.0)


def test_of_a_microphone_that_has_gone_nothing_is_told() -> None:
    readings = told(Singer(), vowel(200.0, 0.6), STALE_NS + 1)
    assert readings.spectrum_in_db == readings.spectrum_out_db == ()
    assert readings.pitch_in_hz == readings.pitch_out_hz == 0.0


@pytest.mark.parametrize("latency_ms", [40.0, 200.0, 800.0])
def test_at_every_latency_the_own_voice_follows_the_pitch(latency_ms: float) -> None:
    stage = voice_stage(target(median_f0_hz=150.0), latency_ms)
    assert isinstance(stage, Tuned)
    through(stage, vowel(200.0, 2.0))
    assert stage.pitches_hz == (pytest.approx(200.0, rel=0.01), pytest.approx(150.0, rel=0.05))


def test_a_network_tells_the_pitch_that_it_was_given(tmp_path: Path) -> None:
    with on_lane(profile_of(tmp_path, transpose_semitones=12.0)) as stage:
        assert stage.pitches_hz is None
        through(stage, tone(200.0, samples=RATE_HZ))
        assert stage.pitches_hz == (pytest.approx(200.0, rel=0.02), pytest.approx(400.0, rel=0.02))
        through(stage, np.zeros(RATE_HZ, np.float32))
        assert stage.pitches_hz == (0.0, 0.0)


def test_while_a_network_works_on_a_chunk_the_pitch_before_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(profile_of(tmp_path)) as engine:
        engine.convert(tone(200.0))
        before, seen = engine.pitches_hz, []
        hear = engine._encoder.hear
        monkeypatch.setattr(engine._encoder, "hear", lambda low: (seen.append(engine.pitches_hz), hear(low))[1])
        engine.convert(tone(200.0))
        assert before is not None and before[0] > 0.0
        assert seen == [before]


def test_what_waits_for_a_sink_is_told_in_milliseconds() -> None:
    ring = Ring(RATE_HZ)
    player = Player(ring, FakeEar(), FakeClock())
    for _ in range(3):
        ring.write(Block(np.zeros((BLOCK_SAMPLES, 1), np.float32), RATE_HZ, 0))
    assert player.readings(AudioReadings()).ring_ms == 30.0


def test_the_reference_is_the_target_of_the_voice_in_the_lane() -> None:
    hooks = SoundHooks(print, print, print, print)
    rig = SoundRig(SoundSettings(FakeMicrophone(1), FakeEar(), condition=BARE), FakeVoice(), FakeClock(), hooks, None)
    average = rig.readings(0).spectrum_reference_db
    profile = make_profile("steep")
    voice = profile.voice.model_copy(update={"spectrum_db": STEEP})
    rig.take(Timbre(profile), profile.model_copy(update={"voice": voice}))
    assert np.diff(rig.readings(0).spectrum_reference_db) == pytest.approx(np.diff(STEEP), abs=0.11)
    rig.take(Timbre(profile), profile)
    assert rig.readings(0).spectrum_reference_db == average
    rig.close()
