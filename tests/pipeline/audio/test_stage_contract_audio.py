"""What holds for every stage of the audio lane. A new stage is a line in `STAGES`."""

from collections.abc import Callable, Mapping
from itertools import cycle, islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.audio.condition.activity import Activity
from pipeline.audio.condition.chain import conditioner
from pipeline.audio.condition.gate import Gate
from pipeline.audio.condition.high_pass import HighPass
from pipeline.audio.condition.leveller import Leveller
from pipeline.audio.condition.limiter import Limiter
from pipeline.audio.condition.mono import Sound
from pipeline.audio.condition.sanity import Sanity
from pipeline.audio.condition.settings import ConditionSettings
from pipeline.audio.condition.suppressor import Suppressor
from pipeline.audio.condition.switch import Switch
from pipeline.audio.stream import RATE_HZ
from pipeline.media import Block
from pipeline.stage import AudioStage
from tests.footage import persona
from tests.pipeline.audio.condition.sounds import cut, hiss, seconds, sine, through, words

STAGES: Mapping[str, Callable[[], AudioStage]] = {
    "sanity": Sanity,
    "high-pass": HighPass,
    "suppressor": Suppressor,
    "gate": Gate,
    "leveller": Leveller,
    "limiter": Limiter,
    "activity": Activity,
    "switch": Switch,
}
SIZES = (1, 64, 65, 480, 8193)
AGREEMENT = 1e-4
RUBBISH = (np.nan, np.inf, -np.inf, 1e30, -1e30, np.finfo(np.float32).tiny)
LOUDEST = 8.0

every_stage = pytest.mark.parametrize("make", STAGES.values(), ids=STAGES.keys())


def eventful(count: int = 2) -> Sound:
    """Words over a hissing room, some of them far too loud, then silence."""
    sound, _ = words(count)
    sound = sound * np.linspace(0.1, 4.0, len(sound), dtype=np.float32)
    return (np.concatenate((sound, seconds(0.1))) + hiss(len(sound) / RATE_HZ + 0.1, -50.0)).astype(np.float32)


def outputs(stage: AudioStage, sound: Sound, sizes: list[int]) -> Sound:
    """What a stage makes of a sound that is cut so."""
    return np.concatenate([stage.process(block).samples[:, 0].copy() for block in cut(sound, sizes)])


@every_stage
def test_it_is_a_stage_with_a_name_and_a_latency(make: Callable[[], AudioStage]) -> None:
    stage = make()
    assert isinstance(stage, AudioStage)
    assert stage.name
    assert stage.latency_ns >= 0
    stage.adjust(persona())
    stage.close()
    stage.close()


def test_names_are_unique() -> None:
    assert len({make().name for make in STAGES.values()}) == len(STAGES)


@every_stage
@pytest.mark.parametrize("size", SIZES)
def test_the_size_of_the_blocks_makes_no_difference(make: Callable[[], AudioStage], size: int) -> None:
    sound = eventful()[: RATE_HZ // 2 if size == 1 else None]
    whole = outputs(make(), sound, [])
    assert np.abs(through(make(), sound, size) - whole).max() < AGREEMENT


@every_stage
@settings(max_examples=10, deadline=None)
@given(pattern=st.lists(st.sampled_from([0, 1, 7, 48, 63, 479, 480, 481, 1000, 8193]), min_size=1, max_size=8))
def test_any_cut_makes_no_difference(make: Callable[[], AudioStage], pattern: list[int]) -> None:
    sound = eventful()
    sizes = list(islice(cycle(pattern), 300))
    assert np.abs(outputs(make(), sound, sizes) - outputs(make(), sound, [])).max() < AGREEMENT


@every_stage
def test_the_sound_lags_by_what_the_stage_says(make: Callable[[], AudioStage]) -> None:
    stage = make()
    sound = hiss(0.5, -30.0)
    result = through(stage, sound)
    spectrum = np.fft.rfft(result, 2 * len(sound)) * np.conj(np.fft.rfft(sound, 2 * len(sound)))
    assert int(np.fft.irfft(spectrum).argmax()) == round(stage.latency_ns * RATE_HZ / 1e9)


@every_stage
def test_a_click_comes_out_when_the_stage_says(make: Callable[[], AudioStage]) -> None:
    stage = make()
    sound = seconds(0.2)
    sound[4321] = 0.5
    assert int(np.abs(through(stage, sound)).argmax()) == 4321 + round(stage.latency_ns * RATE_HZ / 1e9)


@every_stage
@pytest.mark.parametrize("size", [0, 1, 480])
def test_a_block_keeps_its_length_and_says_when_it_was_captured(make: Callable[[], AudioStage], size: int) -> None:
    stage = make()
    done = stage.process(Block(np.full((size, 1), 0.1, np.float32), RATE_HZ, 5_000_000_000))
    assert done.samples.shape == (size, 1)
    assert done.samples.dtype == np.float32
    assert done.rate_hz == RATE_HZ
    assert done.captured_ns == 5_000_000_000 - stage.latency_ns


@every_stage
def test_the_input_is_not_written(make: Callable[[], AudioStage]) -> None:
    stage = make()
    sound = eventful()
    sound[7] = np.nan
    before = sound.copy()
    sound.flags.writeable = False
    through(stage, sound)
    assert np.array_equal(sound, before, equal_nan=True)


@every_stage
@settings(max_examples=25, deadline=None)
@given(places=st.lists(st.tuples(st.integers(0, 4799), st.sampled_from(RUBBISH)), min_size=1, max_size=30))
def test_rubbish_never_comes_out_nor_stays(make: Callable[[], AudioStage], places: list[tuple[int, float]]) -> None:
    stage = make()
    sound = sine(440.0, 0.1, 0.2)
    for place, value in places:
        sound[place] = value
    assert np.isfinite(through(stage, sound)).all()
    later = through(stage, words(1)[0])
    assert np.isfinite(later).all()
    assert 0.2 < np.abs(later[4800:]).max() < 1.0


@every_stage
@pytest.mark.parametrize("what", ["silence", "direct current", "square", "all rubbish"])
def test_no_sound_is_too_odd(make: Callable[[], AudioStage], what: str) -> None:
    square = np.sign(sine(100.0, 1.0)) + np.float32(0.0)
    sound = {
        "silence": seconds(1.0),
        "direct current": np.ones(RATE_HZ, np.float32),
        "square": square,
        "all rubbish": np.resize(np.array(RUBBISH, np.float32), RATE_HZ),
    }[what]
    result = through(make(), sound)
    assert np.isfinite(result).all()
    assert np.abs(result).max() <= 2.0 * LOUDEST
    if what == "silence":
        assert not result.any()


@every_stage
def test_a_reset_stage_is_as_new(make: Callable[[], AudioStage]) -> None:
    stage, sound = make(), eventful()
    through(stage, sound)
    stage.reset()
    assert np.array_equal(through(stage, sound), through(make(), sound))


def test_the_whole_chain_keeps_the_contract() -> None:
    chain = conditioner(ConditionSettings(suppression=True))
    sound = eventful()
    whole = through(chain, sound, len(sound))
    for size in (65, 480):
        again = conditioner(ConditionSettings(suppression=True))
        assert np.abs(through(again, sound, size) - whole).max() < AGREEMENT
