"""A sound rig whose threads are stepped by hand while a clock of the tests' own goes on: nothing waits."""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.audio.condition.settings import ConditionSettings
from pipeline.audio.player import RESERVE_SAMPLES, STALL_NS
from pipeline.audio.rig import SoundHooks, SoundRig, SoundSettings
from pipeline.audio.ring import Ring
from pipeline.audio.stream import BLOCK_SAMPLES, RATE_HZ
from pipeline.clock import Playhead
from pipeline.errors import DeviceError, StageError, UnderstudyError
from pipeline.media import Block
from pipeline.runner import Worker
from pipeline.stage import AudioStage, EndOfSource
from pipeline.telemetry import Event
from tests.fakes import FakeClock, FakeVoice

Sound = NDArray[np.float32]

MS = 1_000_000
BLOCK_MS, TICK_MS = 10, 2
START_NS = 1_000_000_000
BARE = ConditionSettings(high_pass=False, gate=False, leveller=False)
LATEST = RATE_HZ * 3 // 10
"""A voice that passes is looked for up to so many samples late."""


class HandCrew:
    """Runs each thread's step on the caller's thread, when it is told to."""

    def start(self, steps: Mapping[str, Callable[[], bool]], failed: Callable[[str, UnderstudyError], None]) -> None:
        """Notes the steps; those that raise end, as threads do."""
        self._steps, self._failed = dict(steps), failed

    def step(self, name: str) -> bool:
        """One step of a thread; whether it goes on."""
        if name not in self._steps:
            return False
        going_on: list[bool] = []

        def once() -> bool:
            going_on.append(self._steps[name]())
            return False

        Worker(name, once, self._failed)._run()
        if going_on != [True]:
            del self._steps[name]
        return name in self._steps

    def stop(self, name: str) -> None:
        """Nothing runs by itself."""

    def join(self, name: str, timeout_s: float) -> None:
        """Lets a thread come to its end."""
        while self.step(name):
            pass


class HandRing(Ring):
    """A ring for which nobody waits."""

    def wait(self, count: int, timeout_s: float) -> bool:
        """Whether so many samples are held."""
        return self.closed or self.fill >= count


class Talker:
    """A microphone with noise in it, which its owner can unplug; `spoil` changes what it delivers."""

    name = description = "fake microphone"
    live = True

    def __init__(self, clock: FakeClock, sound: Sound) -> None:
        self._clock, self.sound = clock, sound
        self.plugged, self.closed = True, False
        self.spoil: Callable[[Sound], Sound] = lambda sound: sound

    def read(self) -> Block | None:
        """What was said in the last ten milliseconds."""
        if self.closed:
            raise EndOfSource
        if not self.plugged:
            return None
        captured_ns = self._clock.now_ns() - BLOCK_MS * MS
        at = (captured_ns - START_NS) * RATE_HZ // 1_000_000_000
        samples = self.spoil(self.sound[at : at + BLOCK_SAMPLES].copy())
        return Block(samples[:, np.newaxis], RATE_HZ, captured_ns)

    def close(self) -> None:
        """Ends it."""
        self.closed = True

    def __enter__(self) -> "Talker":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Ear:
    """A sink that keeps what it is given and plays it, when `paced`, at a clock that never stands still."""

    name = description = "fake ear"

    def __init__(self, clock: FakeClock, *, paced: bool) -> None:
        self._clock, self.paced = clock, paced
        self._until_ns: int | None = None
        self._heard: list[Sound] = []
        self.plugged, self.is_file = True, False
        self.gaps = 0
        """How often it had nothing to play."""

    @property
    def buffered_ns(self) -> int:
        """What it holds and has not played."""
        return 0 if self._until_ns is None or not self.paced else max(0, self._until_ns - self._clock.now_ns())

    def write(self, samples: Sound) -> None:
        """Plays after what it holds."""
        if not self.plugged:
            raise DeviceError("The fake ear is gone; plug it in again.")
        now_ns = self._clock.now_ns()
        # A resampler keeps its first samples back.
        if self.paced and self._until_ns is not None and self._until_ns < now_ns and len(self._heard) > 10:
            self.gaps += 1
        self._until_ns = max(now_ns, self._until_ns or 0) + len(samples) * 1_000_000_000 // RATE_HZ
        self._heard.append(samples.copy())

    def close(self) -> None:
        """Nothing is held."""

    def __enter__(self) -> "Ear":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def heard(self) -> Sound:
        """All samples so far."""
        return np.concatenate(self._heard)


class Masked(FakeVoice):
    """An engine whose result is as unlike its input as noise is; block number `n`, from 1, is left to `faults`."""

    name = "masked"

    def __init__(self, faults: Callable[[int, Sound], Sound] = lambda number, sound: sound) -> None:
        super().__init__()
        self._faults, self._number = faults, 0

    def process(self, block: Block) -> Block:
        """Every sample with a sign of its own."""
        self._number += 1
        at = round(block.captured_ns * RATE_HZ / 1e9)
        masked = self._faults(self._number, block.samples[:, 0] * signs(at, len(block.samples)))
        return Block(masked[:, np.newaxis], block.rate_hz, block.captured_ns)


class FaultDesk:
    """A rig in operation between a talker and one ear or two, and what it tells."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, paced: bool, ears: int = 1) -> None:
        monkeypatch.setattr("pipeline.audio.rig.Crew", HandCrew)
        monkeypatch.setattr("pipeline.audio.rig.Ring", HandRing)
        monkeypatch.setattr("pipeline.audio.monitor.monitor.open_output", lambda name: self.ears[1])
        self.clock = FakeClock(START_NS)
        self.talker = Talker(self.clock, noise(20.0))
        self.ears = [Ear(self.clock, paced=paced) for _ in range(ears)]
        self.events: list[Event] = []
        self.failures: list[UnderstudyError] = []
        self.latencies_ns: list[int] = []

    def begin(self, voice: AudioStage, condition: ConditionSettings = BARE) -> None:
        """Starts, uncovered."""
        hooks = SoundHooks(self.events.append, self.failures.append, self.latencies_ns.append)
        monitor = "headphones" if len(self.ears) > 1 else "none"
        settings = SoundSettings(self.talker, self.ears[0], monitor=monitor, condition=condition)
        self.rig = SoundRig(settings, voice, self.clock, hooks, Playhead())
        self.rig.cover(False)
        self.rig.start()

    def run(self, seconds: float) -> None:
        """Lets time pass, two milliseconds at a time."""
        crew = self.rig._crew
        for _ in range(round(seconds * 1000 / TICK_MS)):
            self.clock.advance(TICK_MS * MS)
            if (self.clock.now_ns() - START_NS) // MS % BLOCK_MS == 0:
                crew.step("microphone")
                crew.step("audio lane")
            for number in range(1, len(self.ears) + 1):
                crew.step(f"sound sink {number}")

    def end(self) -> None:
        """Stops everything."""
        self.rig.stop(1.0)

    def assert_gapless(self, falters: int = 1) -> None:
        """As many samples came as time passed, and never too late.

        Who takes what comes is left waiting each time that the microphone falters, until it is known that nothing is
        late; a file is given what is missing then.
        """
        ear = self.ears[0]
        passed = (self.clock.now_ns() - START_NS) * RATE_HZ // 1_000_000_000
        waited = falters * (0 if ear.paced or ear.is_file else STALL_NS * RATE_HZ // 1_000_000_000)
        assert ear.gaps == 0
        assert passed - waited - BLOCK_SAMPLES <= len(ear.heard) <= passed + RESERVE_SAMPLES + 2 * BLOCK_SAMPLES

    def assert_told(self, *parts: str) -> None:
        """So many sentences were told, each with its part."""
        texts = [event.text for event in self.events]
        assert len(texts) == len(parts), texts
        for text, part in zip(texts, parts, strict=True):
            assert part in text
            assert len(text.splitlines()) == 1 and text.endswith(".")

    def likeness(self) -> float:
        """How like the talker's own voice the most alike ten milliseconds are, 0..1."""
        return likeness(self.ears[0].heard, self.talker.sound)


def noise(seconds: float, seed: int = 1) -> Sound:
    """A voice of which no stretch is like another."""
    return np.random.default_rng(seed).normal(0.0, 0.1, round(seconds * RATE_HZ)).astype(np.float32)


def signs(at: int, count: int) -> Sound:
    """The signs of some samples, always the same."""
    whole = np.random.default_rng(7).choice(np.array([-1.0, 1.0], np.float32), RATE_HZ)
    return np.take(whole, np.arange(at, at + count), mode="wrap")


def silence_on(*numbers: int, error: Exception | None = None) -> Callable[[int, Sound], Sound]:
    """Faults: on these blocks an error, or samples that are no numbers."""
    return partial(_faulty, numbers, error)


def _faulty(numbers: tuple[int, ...], error: Exception | None, number: int, sound: Sound) -> Sound:
    if numbers and number not in numbers:
        return sound
    if error is not None:
        raise error
    return np.full_like(sound, np.nan)


def torn() -> StageError:
    """What an engine says that can't do a block."""
    return StageError("The stage masked is torn.")


def likeness(heard: Sound, said: Sound) -> float:
    """How like what was said shortly before it the most alike ten milliseconds of what was heard are, 0..1."""
    return max(_likeness(heard, at, said) for at in range(0, len(heard) - BLOCK_SAMPLES, BLOCK_SAMPLES // 2))


def silences(heard: Sound) -> list[int]:
    """How long each silence is that is longer than a millisecond, in samples, between the first sound and the last."""
    loud = np.flatnonzero(np.abs(heard) > 1e-4)
    lengths = np.diff(loud) - 1
    return [int(length) for length in lengths if length > RATE_HZ // 1000]


def _likeness(heard: Sound, at: int, sound: Sound) -> float:
    """How like a stretch of what was heard is to the best of what was said shortly before it."""
    piece = heard[at : at + BLOCK_SAMPLES]
    said = sound[max(0, at - LATEST) : at + 2 * BLOCK_SAMPLES]
    strength = float(np.linalg.norm(piece))
    if strength < 1e-6 or len(said) < BLOCK_SAMPLES:
        return 0.0
    size = 1 << (len(said) + BLOCK_SAMPLES).bit_length()
    products = np.fft.irfft(np.fft.rfft(said, size) * np.conj(np.fft.rfft(piece, size)), size)
    lengths = np.sqrt(np.convolve(said * said, np.ones(BLOCK_SAMPLES, np.float32), "valid"))
    return float((np.abs(products[: len(lengths)]) / (strength * np.maximum(lengths, 1e-6))).max())
