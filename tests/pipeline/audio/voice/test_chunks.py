"""Whatever stretches an engine works on, the stream has no seam and lags by exactly what is said."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.audio.stream import RATE_HZ
from pipeline.audio.voice.chunks import Gathered, Joined, Plan, Sound, Stepped, best_place
from pipeline.errors import StageError
from pipeline.media import Block
from profiles.profile import Profile
from tests.fakes import FakeVoice

PLAN = Plan(chunk=2400, context=4800, look_ahead=960, crossfade=480)
SIZES = (1, 64, 65, 480, 8193)


class Same:
    """A block engine that gives back what it gets, each time a little later or earlier, as a network may."""

    name, load = "same", 0.25

    def __init__(self, wander: int = 0) -> None:
        self._random = np.random.default_rng(1)
        self._wander = wander
        self.failing = False

    def convert(self, sound: Sound) -> Sound:
        if self.failing:
            raise StageError("The engine was told to fail.")
        return np.roll(sound, int(self._random.integers(-self._wander, self._wander + 1)))

    def adjust(self, profile: Profile) -> None: ...

    def reset(self) -> None: ...

    def close(self) -> None: ...


def streamed(stage: Stepped, sound: Sound, size: int) -> Sound:
    """The sound through a stage in blocks of one size."""
    parts = [
        stage.process(Block(sound[at : at + size, np.newaxis], RATE_HZ, at * 1_000_000_000 // RATE_HZ)).samples[:, 0]
        for at in range(0, len(sound), size)
    ]
    return np.concatenate(parts)


def once(stage: Stepped, sound: Sound, size: int) -> Sound:
    """The sound through a stage that is closed afterwards."""
    result = streamed(stage, sound, size)
    stage.close()
    return result


def hum(seconds: float = 1.0) -> Sound:
    """A voice-like sound: 130 Hz with overtones."""
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return sum(0.2 / n * np.sin(2 * np.pi * 130 * n * time_s + n) for n in range(1, 9)).astype(np.float32)


@pytest.mark.parametrize("size", SIZES)
def test_how_the_stream_is_cut_makes_no_difference(size: int) -> None:
    noise = np.random.default_rng(2).normal(0, 0.1, RATE_HZ // 2).astype(np.float32)
    for stage in (lambda: Joined(Same(), PLAN), lambda: Gathered(FakeVoice(1.0), 1000, 333)):
        np.testing.assert_allclose(once(stage(), noise, size), once(stage(), noise, 480), atol=1e-6)


def test_gathered_sound_is_late_by_the_chunk_and_what_the_stage_takes() -> None:
    stage = Gathered(FakeVoice(1.0, latency_ns=5_000_000), 1200, 3000)
    sound = hum()
    result = streamed(stage, sound, 480)
    assert stage.latency_ns == 25_000_000 + 62_500_000 + 5_000_000
    np.testing.assert_allclose(result[4200:], sound[:-4200])


def test_joined_sound_is_late_by_what_the_plan_says_on_average() -> None:
    stage = Joined(Same(), PLAN)
    noise = np.random.default_rng(2).normal(0, 0.1, RATE_HZ).astype(np.float32)
    result = once(stage, noise, 480)
    late = PLAN.chunk + PLAN.latency
    assert stage.latency_ns == late * 1_000_000_000 // RATE_HZ
    np.testing.assert_allclose(result[RATE_HZ // 4 :], noise[RATE_HZ // 4 - late : -late], atol=1e-6)


@pytest.mark.parametrize("wander", [0, 40, 200])
def test_no_joint_steps_more_than_the_sound_itself(wander: int) -> None:
    sound = hum(2.0)
    result = once(Joined(Same(wander), PLAN), sound, 480)[RATE_HZ // 2 :]
    assert np.abs(np.diff(result)).max() < 1.1 * np.abs(np.diff(sound)).max()
    level = np.sqrt(np.convolve(result**2, np.ones(1000) / 1000, "valid"))
    assert level.min() > 0.8 * np.sqrt((sound**2).mean())


@pytest.mark.parametrize("chunk", [480, PLAN.chunk, 9_600])
def test_a_voice_that_is_taken_in_mid_word_comes_in_without_a_step(chunk: int) -> None:
    stage = Joined(Same(), replace(PLAN, chunk=chunk))
    sound = hum()
    sound[0] = 1.0
    for _ in range(2):
        result = streamed(stage, sound, 480)
        stage.reset()
        late = round(stage.latency_ns * RATE_HZ / 1e9)
        assert not result[: late - 1].any()
        assert np.abs(np.diff(result[: late + 1_000])).max() < 1.1 * np.abs(np.diff(sound[1:])).max()
        np.testing.assert_allclose(result[late + 960 :], sound[960 : len(sound) - late], atol=1e-6)
    stage.close()


def test_what_could_not_be_done_is_silent_and_the_stream_goes_on() -> None:
    engine = Same()
    stage = Joined(engine, PLAN)
    sound = hum(1.0)
    streamed(stage, sound, 480)
    engine.failing = True
    with pytest.raises(StageError):
        streamed(stage, sound, 480)
    engine.failing = False
    stage.reset()
    assert np.abs(streamed(stage, sound, 480)[-4800:]).max() > 0.1
    stage.close()


def test_the_best_place_is_where_a_piece_came_from() -> None:
    noise = np.random.default_rng(5).normal(0, 0.1, 2000).astype(np.float32)
    assert best_place(noise[313:813], noise[:1400]) == 313
    assert best_place(np.zeros(500, np.float32), noise[:1400]) == 450
