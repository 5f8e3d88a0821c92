"""What holds for every stage of the audio lane. A new stage is a line in `CONDITIONING` or `VOICES`."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import cycle, islice
from typing import Protocol

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import pipeline
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
from pipeline.audio.monitor.guard import FeedbackGuard
from pipeline.audio.monitor.monitor import Ear
from pipeline.audio.stream import RATE_HZ
from pipeline.audio.voice.chunks import Gathered, Joined, Plan
from pipeline.audio.voice.timbre import MOST_LOOK_AHEAD_MS, Timbre
from pipeline.media import Block
from pipeline.selftest.plain import Unchanged
from pipeline.stage import AudioStage
from profiles.profile import Profile
from tests.fakes import FakeClock
from tests.footage import PERSONAS, persona
from tests.pipeline.audio.condition.sounds import cut, hiss, seconds, sine, through, words
from tests.pipeline.audio.neural.voices import lane_voice

SIZES = (1, 64, 65, 480, 8193)
AGREEMENT = 1e-4
FLOATS = np.finfo(np.float32)
RUBBISH = (np.nan, np.inf, -np.inf, 1e30, -1e30, float(FLOATS.tiny), float(FLOATS.smallest_subnormal))
LOUDEST = 8.0
AMID = RATE_HZ * 3 // 10
"""Shortly before the first word of `eventful`."""


class Bent:
    """A block engine that bends every sample by itself."""

    name, load = "bent", 0.0

    def convert(self, sound: Sound) -> Sound:
        """The stretch, bent."""
        return np.tanh(sound)

    def adjust(self, profile: Profile) -> None:
        """Nothing can be set."""

    def reset(self) -> None:
        """Nothing is remembered."""

    def close(self) -> None:
        """Nothing is held."""


CONDITIONING: Mapping[str, Callable[[], AudioStage]] = {
    "sanity": Sanity,
    "high-pass": HighPass,
    "suppressor": Suppressor,
    "gate": Gate,
    "leveller": Leveller,
    "limiter": Limiter,
    "activity": Activity,
    "switch": Switch,
    "switch, shut": lambda: Switch(passing=False),
    "monitor guard": lambda: Ear(FeedbackGuard(), FakeClock()),
}
VOICES: Mapping[str, Callable[[], AudioStage]] = {
    **{f"timbre, {name}": partial(Timbre, persona(name)) for name in PERSONAS},
    "timbre, looking far ahead": lambda: Timbre(persona(), MOST_LOOK_AHEAD_MS),
    "gathered": lambda: Gathered(Timbre(persona()), 1900, 3000),
    "joined": lambda: Joined(Bent(), Plan(chunk=2400, context=4800, look_ahead=960, crossfade=480)),
    "rvc": lane_voice,
    "unchanged": Unchanged,
}
STAGES = CONDITIONING | VOICES
SILENT = {"switch, shut"}
SPEAKING = {"rvc"}
"""What keeps no sample of what it hears."""
TRUSTING = {"joined", "unchanged"}
"""What hears nothing but what `Sanity` let through."""
ALONE = ("activity", "switch", "monitor guard", "timbre, mara")
"""What stands in the lane besides the chain."""
LEARNING = {name for name in VOICES if "timbre" in name or name in ("gathered", "rvc")}
"""What keeps what it knows of the actor when it forgets the sound."""

rarely = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(params=STAGES)
def kind(request: pytest.FixtureRequest) -> str:
    """Each stage by its name."""
    return str(request.param)


@pytest.fixture
def make(kind: str) -> Iterator[Callable[[], AudioStage]]:
    """Builds the stage, ready to run, and closes it in the end."""
    built: list[AudioStage] = []

    def build() -> AudioStage:
        built.append(STAGES[kind]())
        return built[-1]

    yield build
    for stage in built:
        stage.close()


def eventful(count: int = 2) -> Sound:
    """Words over a hissing room, some of them far too loud, then silence."""
    sound, _ = words(count)
    sound = sound * np.linspace(0.1, 4.0, len(sound), dtype=np.float32)
    return (np.concatenate((sound, seconds(0.1))) + hiss(len(sound) / RATE_HZ + 0.1, -50.0)).astype(np.float32)


def outputs(stage: AudioStage, sound: Sound, sizes: list[int]) -> Sound:
    """What a stage makes of a sound that is cut so."""
    return np.concatenate([stage.process(block).samples[:, 0].copy() for block in cut(sound, sizes)])


def guarded(kind: str, stage: AudioStage) -> Sequence[AudioStage]:
    """A stage with what stands before it in the lane, where it relies on that."""
    return (Sanity(), stage) if kind in TRUSTING else (stage,)


def stage_classes() -> Iterator[type]:
    """Every class of the program that makes blocks of blocks."""
    for module in pkgutil.walk_packages(pipeline.__path__, "pipeline."):
        for _, found in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            process = getattr(found, "process", None)
            if found.__module__ != module.name or process is None or Protocol in found.__bases__:
                continue
            takes = list(inspect.signature(process).parameters.values())[1:]
            if [str(one.annotation) for one in takes] == [str(Block)] and not inspect.isabstract(found):
                yield found


def test_no_stage_is_forgotten() -> None:
    stages = [make() for make in STAGES.values()]
    for stage in stages:
        stage.close()
    assert {type(stage) for stage in stages} == set(stage_classes())


def test_it_is_a_stage_with_a_name_and_a_latency(make: Callable[[], AudioStage]) -> None:
    stage = make()
    assert isinstance(stage, AudioStage)
    assert stage.name
    assert stage.latency_ns >= 0
    stage.adjust(persona())
    stage.close()
    stage.close()


def test_names_are_unique() -> None:
    stages = [*conditioner(ConditionSettings(suppression=True)), *(STAGES[name]() for name in ALONE)]
    assert len({stage.name for stage in stages}) == len(stages)


@pytest.mark.parametrize("size", SIZES)
def test_the_size_of_the_blocks_makes_no_difference(make: Callable[[], AudioStage], size: int) -> None:
    sound = eventful()
    if size == 1:
        sound = sound[AMID : AMID + RATE_HZ // 2]
    whole = outputs(make(), sound, [])
    assert np.abs(through(make(), sound, size) - whole).max() < AGREEMENT


@rarely
@given(pattern=st.lists(st.sampled_from([0, 1, 7, 48, 63, 479, 480, 481, 1000, 8193]), min_size=1, max_size=8))
def test_any_cut_makes_no_difference(make: Callable[[], AudioStage], pattern: list[int]) -> None:
    sound = eventful()
    sizes = list(islice(cycle(pattern), 300))
    assert np.abs(outputs(make(), sound, sizes) - outputs(make(), sound, [])).max() < AGREEMENT


def test_the_sound_lags_by_what_the_stage_says(kind: str, make: Callable[[], AudioStage]) -> None:
    if kind in SILENT | SPEAKING:
        pytest.skip("silence lags by nothing, and what is spoken anew by what `test_stream` hears in its loudness")
    stage = make()
    sound = hiss(0.5, -30.0)
    result = through(stage, sound)
    spectrum = np.fft.rfft(result, 2 * len(sound)) * np.conj(np.fft.rfft(sound, 2 * len(sound)))
    assert int(np.fft.irfft(spectrum).argmax()) == round(stage.latency_ns * RATE_HZ / 1e9)


def test_a_click_comes_out_when_the_stage_says(kind: str, make: Callable[[], AudioStage]) -> None:
    if kind in SPEAKING:
        pytest.skip("a click is spoken anew as well")
    stage = make()
    sound = seconds(0.5)
    sound[4321] = 0.5
    result = np.abs(through(stage, sound))
    if kind in SILENT:
        assert not result.any()
    else:
        assert int(result.argmax()) == 4321 + round(stage.latency_ns * RATE_HZ / 1e9)


@pytest.mark.parametrize("size", [0, 1, 480])
def test_a_block_keeps_its_length_and_says_when_it_was_captured(make: Callable[[], AudioStage], size: int) -> None:
    stage = make()
    done = stage.process(Block(np.full((size, 1), 0.1, np.float32), RATE_HZ, 5_000_000_000))
    assert done.samples.shape == (size, 1)
    assert done.samples.dtype == np.float32
    assert done.rate_hz == RATE_HZ
    assert done.captured_ns == 5_000_000_000 - stage.latency_ns


def test_the_input_is_not_written(make: Callable[[], AudioStage]) -> None:
    stage = make()
    sound = eventful()
    sound[7] = np.nan
    before = sound.copy()
    sound.flags.writeable = False
    through(stage, sound)
    assert np.array_equal(sound, before, equal_nan=True)


@rarely
@given(places=st.lists(st.tuples(st.integers(0, 4799), st.sampled_from(RUBBISH)), min_size=1, max_size=30))
def test_rubbish_never_comes_out_nor_stays(
    kind: str, make: Callable[[], AudioStage], places: list[tuple[int, float]]
) -> None:
    stage = guarded(kind, make())
    sound = sine(440.0, 0.1, 0.2)
    for place, value in places:
        sound[place] = value
    assert np.isfinite(through(stage, sound)).all()
    later = through(stage, words(1)[0])
    assert np.isfinite(later).all()
    loudest = float(np.abs(later[4800:]).max())
    assert loudest == 0.0 if kind in SILENT else 0.2 < loudest <= 1.0


@pytest.mark.parametrize("what", ["silence", "direct current", "square", "denormal", "all rubbish"])
def test_no_sound_is_too_odd(kind: str, make: Callable[[], AudioStage], what: str) -> None:
    square = np.sign(sine(100.0, 1.0)) + np.float32(0.0)
    sound = {
        "silence": seconds(1.0),
        "direct current": np.ones(RATE_HZ, np.float32),
        "square": square,
        "denormal": np.full(RATE_HZ, FLOATS.smallest_subnormal, np.float32),
        "all rubbish": np.resize(np.array(RUBBISH, np.float32), RATE_HZ),
    }[what]
    result = through(guarded(kind, make()), sound)
    assert np.isfinite(result).all()
    assert np.abs(result).max() <= 2.0 * LOUDEST
    if what in ("silence", "denormal"):
        assert np.abs(result).max(initial=0.0) <= FLOATS.tiny


def test_a_reset_stage_is_as_new_but_for_what_it_has_learnt(kind: str, make: Callable[[], AudioStage]) -> None:
    stage, sound = make(), eventful()
    through(stage, sound)
    stage.reset()
    assert not through(stage, seconds(0.5)).any()
    stage.reset()
    if kind not in LEARNING:
        assert np.array_equal(through(stage, sound), through(make(), sound))


@pytest.mark.parametrize("size", [64, 65, 8193])
@pytest.mark.parametrize("name", sorted(LEARNING))
def test_a_voice_that_has_learnt_its_actor_is_the_same_however_it_was_cut(name: str, size: int) -> None:
    sound = words(10)[0]
    whole = outputs(STAGES[name](), sound, [])
    assert np.abs(through(STAGES[name](), sound, size) - whole).max() < AGREEMENT
    assert np.abs(whole[-2 * RATE_HZ :]).max() > 0.1


def test_the_whole_chain_keeps_the_contract() -> None:
    chain = conditioner(ConditionSettings(suppression=True))
    sound = eventful()
    whole = through(chain, sound, len(sound))
    for size in (65, 480):
        again = conditioner(ConditionSettings(suppression=True))
        assert np.abs(through(again, sound, size) - whole).max() < AGREEMENT
