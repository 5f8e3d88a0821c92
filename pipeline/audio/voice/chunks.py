"""Engines that work on longer stretches than the lane: gathered, with context, and joined without a seam."""

from abc import ABC, abstractmethod
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.stream import RATE_HZ
from pipeline.errors import StageError
from pipeline.media import Block
from pipeline.stage import AudioStage, Tuned
from profiles.profile import Profile

SEARCH_SAMPLES = RATE_HZ // 100
"""The next stretch is moved by at most 10 ms to fit the last one."""
FAINT = 1e-6
ONSET_SAMPLES = RATE_HZ // 50
"""A voice that is taken in the middle of a word comes in over 20 ms."""

Sound = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Plan:
    """How a stream is cut for an engine, in samples at 48 kHz."""

    chunk: int
    """New sound in each call."""
    context: int
    """Sound before it that the engine hears as well."""
    look_ahead: int
    """Sound after it."""
    crossfade: int
    """Over so much of it one call's result passes over to the next one's."""

    @property
    def reach(self) -> int:
        """From the start of what a call puts out to the newest sound."""
        return self.chunk + self.look_ahead + self.crossfade + SEARCH_SAMPLES

    @property
    def latency(self) -> int:
        """By how much the result lags behind: the place where it fits is in the middle of the search, on average."""
        return self.reach - SEARCH_SAMPLES // 2


class BlockEngine(Protocol):
    """A voice engine that is a pure function of a stretch of sound, but for the chance in it."""

    @property
    def name(self) -> str:
        """A short noun."""

    @property
    def load(self) -> float:
        """What a chunk takes of the time that it has, at the 99th percentile; 1 is all of it."""

    def convert(self, sound: Sound) -> Sound:
        """The stretch in the target's voice, float32 (n,) to float32 (n,), sample for sample in place.

        Raises:
            StageError: it could not be done.
        """

    def adjust(self, profile: Profile) -> None:
        """Takes live settings."""

    def reset(self) -> None:
        """Starts the chance in the voice anew."""

    def close(self) -> None:
        """Frees what it holds."""


class Stepped(ABC):
    """A stream that moves on in steps: the shell of both adapters. How it is cut into blocks makes no difference."""

    def __init__(self, step: int, latency: int) -> None:
        self.step = step
        self.latency_ns = latency * 1_000_000_000 // RATE_HZ
        self._latency = latency
        self._gathered: Sound = np.zeros(step, np.float32)
        self._ready: Sound = np.zeros(step, np.float32)
        self._fill = 0

    def process(self, block: Block) -> Block:
        """As many samples as came in, `latency_ns` earlier."""
        samples = block.samples[:, 0]
        done = np.empty(len(samples), np.float32)
        at = 0
        while at < len(samples):
            count = min(self.step - self._fill, len(samples) - at)
            self._gathered[self._fill : self._fill + count] = samples[at : at + count]
            done[at : at + count] = self._ready[self._fill : self._fill + count]
            at += count
            self._fill += count
            if self._fill == self.step:
                self._fill = 0
                # Silence until the step is done well: what fails goes out once, and as silence.
                self._ready = np.zeros(self.step, np.float32)
                self._ready = self._done(self._gathered.copy(), block)
        return Block(done[:, np.newaxis], RATE_HZ, block.captured_ns - self.latency_ns)

    def reset(self) -> None:
        """Forgets the sound."""
        self._ready = np.zeros(self.step, np.float32)
        self._fill = 0

    @abstractmethod
    def close(self) -> None:
        """Frees what it holds."""

    @abstractmethod
    def _done(self, sound: Sound, block: Block) -> Sound:
        """What one step of sound becomes."""


class Gathered(Stepped):
    """A stage that is run on longer stretches than it gets: fewer calls, more delay."""

    def __init__(self, stage: AudioStage, chunk: int, delay: int = 0) -> None:
        """A stage, how many samples it is to get at a time, and by how many its result is held back besides."""
        super().__init__(chunk, chunk + delay)
        self._delay = delay
        self._held: Sound = np.zeros(delay, np.float32)
        self.inner = stage
        self.name = stage.name
        self.latency_ns += stage.latency_ns

    @property
    def pitches_hz(self) -> tuple[float, float] | None:
        """As the stage's."""
        return self.inner.pitches_hz if isinstance(self.inner, Tuned) else None

    def adjust(self, profile: Profile) -> None:
        """The stage takes the settings."""
        self.inner.adjust(profile)

    def reset(self) -> None:
        """Forgets the sound."""
        super().reset()
        self._held = np.zeros(self._delay, np.float32)
        self.inner.reset()

    def close(self) -> None:
        """Closes the stage."""
        self.inner.close()

    def _done(self, sound: Sound, block: Block) -> Sound:
        try:
            result = self.inner.process(Block(sound[:, np.newaxis], RATE_HZ, block.captured_ns))
        except StageError:
            # What waits comes in its turn, and what failed as silence in its own.
            self._ready = self._in_turn(np.zeros(self.step, np.float32))
            raise
        return self._in_turn(result.samples[:, 0])

    def _in_turn(self, result: Sound) -> Sound:
        """Lets a step wait, and what waited longest out."""
        held = np.concatenate([self._held, result])
        self._held = held[self.step :]
        return held[: self.step]


class Joined(Stepped):
    """A block engine as a stage of the lane.

    Each call hears the new chunk with what lies around it. Its result is moved by up to 10 ms to where it fits the end
    of the last one best, and faded over to. The engine works on another thread while the next chunk is gathered, so
    that the lane never waits for it as long as it keeps up: the delay is twice the chunk.

    Source: Roucos and Wilgus 1985, "High quality time-scale modification for speech" (synchronised overlap-add),
    doi:10.1109/ICASSP.1985.1168381.
    """

    def __init__(self, engine: BlockEngine, plan: Plan) -> None:
        """An engine and how the stream is cut for it."""
        super().__init__(plan.chunk, plan.chunk + plan.latency)
        self._engine, self._plan = engine, plan
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=f"understudy-{engine.name}")
        self._working: Future[Sound] | None = None
        self.name = engine.name
        self._fade = _rise(plan.crossfade)
        self.reset()

    @property
    def load(self) -> float:
        """As the engine's."""
        return self._engine.load

    @property
    def pitches_hz(self) -> tuple[float, float] | None:
        """As the engine's."""
        return self._engine.pitches_hz if isinstance(self._engine, Tuned) else None

    def adjust(self, profile: Profile) -> None:
        """The engine takes the settings."""
        self._engine.adjust(profile)

    def reset(self) -> None:
        """Forgets the sound."""
        super().reset()
        self._wait()
        self._engine.reset()
        plan = self._plan
        self._window: Sound = np.zeros(plan.context + plan.reach, np.float32)
        self._tail: Sound = np.zeros(plan.crossfade, np.float32)
        self._until_heard = self._latency
        """Samples from the next step's start to the first sound after the reset."""

    def close(self) -> None:
        """Closes the engine when it has finished what it does; may be called twice."""
        self._wait()
        self._executor.shutdown()
        self._engine.close()

    def _done(self, sound: Sound, block: Block) -> Sound:
        plan = self._plan
        self._window = np.concatenate([self._window[plan.chunk :], sound])
        self._until_heard -= plan.chunk
        before, self._working = self._working, self._executor.submit(self._engine.convert, self._window)
        if before is None:
            return np.zeros(plan.chunk, np.float32)
        result = np.asarray(before.result(), np.float32)
        # From here on the chunk, the next crossfade and the room for the search.
        heard = result[plan.context : plan.context + plan.chunk + plan.crossfade + SEARCH_SAMPLES]
        start = best_place(self._tail, heard[: plan.crossfade + SEARCH_SAMPLES])
        chosen = heard[start : start + plan.chunk + plan.crossfade]
        joined = chosen[: plan.chunk].copy()
        joined[: plan.crossfade] = self._tail * (1 - self._fade) + joined[: plan.crossfade] * self._fade
        self._tail = chosen[plan.chunk :].copy()
        if self._until_heard > -ONSET_SAMPLES:
            ramp = np.pad(_rise(ONSET_SAMPLES), (max(self._until_heard, 0), plan.chunk), constant_values=(0, 1))
            joined *= ramp[max(-self._until_heard, 0) :][: plan.chunk]
        return joined

    def _wait(self) -> None:
        """Lets the engine finish; what it did is thrown away."""
        working, self._working = self._working, None
        if working is not None:
            working.exception()


def _rise(samples: int) -> Sound:
    """From 0 to 1."""
    return np.sin(np.linspace(0, np.pi / 2, samples, endpoint=False, dtype=np.float32)) ** 2


def best_place(tail: Sound, sound: Sound) -> int:
    """Where in `sound` the shorter `tail` fits best, by normalised correlation; in the middle where all is silent."""
    products = np.correlate(sound, tail, "valid")
    energy = np.convolve(sound * sound, np.ones(len(tail), np.float32), "valid")
    if float(np.dot(tail, tail)) < FAINT or float(energy.max()) < FAINT:
        return len(products) // 2
    return int(np.argmax(products / np.sqrt(np.maximum(energy, FAINT))))
