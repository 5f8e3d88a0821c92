"""The engine on the lane: real speech, cut anyhow, comes out at the target's pitch and when it is said to."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.audio.neural.cut import AROUND_MS, CHUNK_STEP, LEAST_MS, cut_for
from pipeline.audio.stream import RATE_HZ
from pipeline.errors import StageError
from pipeline.inference.store import ModelStore
from pipeline.media import Block
from tests.models.rvc import Voice
from tests.pipeline.audio.neural.voices import Sound, engine_of, on_lane, pitch_of, profile_of, tone
from tests.pipeline.audio.voice.measures import pitch_track, surely_voiced
from tests.pipeline.audio.voice.speech import converted, recording, through

needs_pitch = pytest.mark.skipif(
    ModelStore().problem("pitch") is not None, reason="the pitch network is not in the model store"
)


def envelope(sound: Sound) -> Sound:
    """Every millisecond."""
    power = np.convolve(sound * sound, np.ones(480, np.float32) / 480, "same")[::48]
    return np.sqrt(power) - np.sqrt(power).mean()


@pytest.mark.parametrize("latency_ms", [100.0, 150.0, 424.0, 1_000.0, 5_000.0])
def test_the_lag_is_the_one_that_is_said(tmp_path: Path, latency_ms: float) -> None:
    """Speech comes out within 8 ms of its own time: the joints move it by up to 5, the encoder's frames by 3."""
    plan, speech = cut_for(latency_ms), recording()[: 6 * RATE_HZ]
    with on_lane(profile_of(tmp_path), plan) as stage:
        spoken = converted(stage, speech)
    before, after = envelope(speech), envelope(spoken)
    products = np.correlate(after, before, "full")
    assert abs(int(products.argmax()) - len(before) + 1) <= 8
    assert products.max() / np.sqrt((before @ before) * (after @ after)) > 0.95


@needs_pitch
@pytest.mark.parametrize("family", ["webui", "realtime", "skipping"])
def test_speech_keeps_its_melody_at_the_target_s_pitch(tmp_path: Path, family: str) -> None:
    plan, speech = cut_for(424.0), recording()
    profile = profile_of(tmp_path, Voice(family), pitch=None, transpose_semitones=None)
    profile = profile.model_copy(update={"voice": profile.voice.model_copy(update={"median_f0_hz": 120.0})})
    with on_lane(profile, plan) as stage:
        spoken = converted(stage, speech)
    before, after = pitch_track(speech), pitch_track(spoken)
    both = surely_voiced(speech, before) & (after[: len(before)] > 0)
    semitones = 12 * np.log2(after[: len(before)][both] / before[both])
    # The median is learnt while the speech goes on: the first word may be off, and what is learnt later moves little.
    assert float(np.median(after[both])) == pytest.approx(120.0, rel=0.08)
    late = semitones[len(semitones) // 3 :]
    assert float(np.percentile(np.abs(late - np.median(late)), 80)) < 1.0


@pytest.mark.parametrize("cut", [64, 65, 8_193])
def test_how_the_stream_is_cut_makes_no_difference(tmp_path: Path, cut: int) -> None:
    sound = tone(200.0, samples=24_000)
    with on_lane(profile_of(tmp_path)) as stage:
        whole = through(stage, sound, 480)
    with on_lane(profile_of(tmp_path)) as stage:
        np.testing.assert_array_equal(through(stage, sound, cut), whole)


@pytest.mark.parametrize("hz", [120.0, 200.0, 360.0])
def test_chunks_are_joined_without_a_seam(tmp_path: Path, hz: float) -> None:
    """A tone stays a tone: no step is larger than its own. Whole periods of these fill a frame: its level is even."""
    sound = tone(hz, samples=2 * RATE_HZ)
    with on_lane(profile_of(tmp_path, Voice("realtime"))) as stage:
        engine_of(stage)._pitch.find = lambda low: np.full(len(low) // 160, hz, np.float32)
        spoken = converted(stage, sound)[RATE_HZ // 2 : -RATE_HZ // 2]
    assert pitch_of(spoken) == pytest.approx(hz, rel=0.002)
    assert np.abs(np.diff(spoken)).max() < 1.1 * 0.2 * 2 * np.pi * hz / RATE_HZ


def test_a_failing_network_costs_its_own_chunks_only(tmp_path: Path) -> None:
    loud = tone(200.0, 0.9, 9_600)
    sound = np.concatenate([tone(200.0, samples=48_000), loud, tone(200.0, samples=96_000)])
    failed, parts = 0, []
    with on_lane(profile_of(tmp_path, Voice("realtime", faulty=True))) as stage:
        for at in range(0, len(sound), 480):
            try:
                parts.append(stage.process(Block(sound[at : at + 480, None], RATE_HZ, 0)).samples[:, 0])
            except StageError:
                failed += 1
                parts.append(np.zeros(480, np.float32))
    assert 0 < failed < 12
    assert np.isfinite(np.concatenate(parts)).all()
    assert pitch_of(np.concatenate(parts)[-48_000:]) == pytest.approx(200.0, rel=0.01)


def test_after_a_reset_it_is_as_new(tmp_path: Path) -> None:
    sound = tone(200.0, samples=24_000)
    with on_lane(profile_of(tmp_path, Voice("webui"))) as stage:
        first = through(stage, sound)
        stage.reset()
        # What was learnt of the actor's pitch stays, and is where the pitch is rounded.
        np.testing.assert_allclose(through(stage, sound), first, atol=1e-5)


@pytest.mark.parametrize("latency_ms", [40.0, 100.0, 117.0, 200.0, 424.0, 1_500.0, 3_333.0, 5_000.0])
def test_the_dial_is_kept_to(latency_ms: float) -> None:
    plan = cut_for(latency_ms)
    lag_ms = (plan.chunk + plan.latency) * 1000 / RATE_HZ + AROUND_MS
    assert max(latency_ms, LEAST_MS) - 16.0 < lag_ms <= max(latency_ms, LEAST_MS)
    assert plan.chunk % CHUNK_STEP == 0 and plan.context % CHUNK_STEP == 0
    assert plan.context >= 24 * 480


def test_more_time_is_never_less_of_anything() -> None:
    plans = [cut_for(float(latency_ms)) for latency_ms in range(100, 5_001, 20)]
    for before, after in zip(plans, plans[1:], strict=False):
        assert before.chunk <= after.chunk and before.context <= after.context and before.crossfade <= after.crossfade
