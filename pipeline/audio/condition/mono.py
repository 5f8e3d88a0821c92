"""What the stages of the audio lane have in common: sane mono sound in, as much of it out, its time of capture."""

from abc import ABC, abstractmethod
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.stream import RATE_HZ
from pipeline.media import Block
from profiles.profile import Profile

Sound: TypeAlias = NDArray[np.float32]
"""float32 (samples,), mono, full scale at 1."""

CEILING = 8.0
"""18 dB above full scale: no microphone means more than that."""


def span_ns(samples: int) -> int:
    """How long so many samples last."""
    return samples * 1_000_000_000 // RATE_HZ


def cleaned(sound: Sound) -> tuple[Sound, int]:
    """The sound with silence for every sample that is no number and within `CEILING`, and how many samples changed."""
    # Where the squares add up to less than the ceiling's own, no sample can be beyond it, and none is no number.
    with np.errstate(over="ignore"):
        if float(sound.dot(sound)) < CEILING * CEILING:
            return sound, 0
    finite = np.isfinite(sound)
    within = finite & (np.abs(sound) <= CEILING)
    spoilt = len(sound) - int(np.count_nonzero(within))
    if spoilt:
        sound = np.clip(np.where(finite, sound, np.float32(0.0)), -CEILING, CEILING)
    return sound, spoilt


class MonoStage(ABC):
    """A stage of the audio lane for 48 kHz mono, without any setting of a profile in it."""

    def __init__(self, name: str, delay: int = 0) -> None:
        """`delay` is the latency in samples."""
        self._name = name
        self._delay = delay

    @property
    def name(self) -> str:
        """A short noun, unique in the lane."""
        return self._name

    @property
    def latency_ns(self) -> int:
        """By how much the result lags behind the input."""
        return span_ns(self._delay)

    def process(self, block: Block) -> Block:
        """As many samples as came in, captured `latency_ns` earlier."""
        sound, _ = cleaned(block.samples[:, 0])
        if len(sound):
            sound = self._run(sound)
        return Block(sound.reshape(-1, 1), block.rate_hz, block.captured_ns - span_ns(self._delay))

    @abstractmethod
    def _run(self, sound: Sound) -> Sound:
        """As many samples as came in, at least one; `sound` isn't written."""

    def adjust(self, profile: Profile) -> None:
        """Nothing here depends on the target: the actor's device is conditioned."""
        del profile

    @abstractmethod
    def reset(self) -> None:
        """Forgets what earlier blocks left behind."""

    def close(self) -> None:
        """Nothing is held but what was heard."""
        self.reset()
