"""A hand on the fader: stages that only change the gain, which is found for steps of some samples at a time.

The steps are counted from the start of the stream, so that it makes no difference how the stream is cut into blocks.
"""

from abc import abstractmethod
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.condition.mono import MonoStage, Sound


class Riding(MonoStage):
    """A gain that moves in straight lines from step to step.

    When a step is complete, the gain at the end of a later or an earlier one is found: of the next one where nothing is
    delayed, of the one `ahead - 1` steps before it where the sound lags by `ahead` steps.
    """

    def __init__(self, name: str, step: int, ahead: int = 0) -> None:
        super().__init__(name, ahead * step)
        self._step = step
        self._ramp = (np.arange(1, step + 1) / step).astype(np.float32)
        self._rewind()

    @abstractmethod
    def _gains(self, steps: NDArray[np.float32]) -> Sequence[float]:
        """The gain at the end of as many steps as there are rows, each the samples of a step (rows, step)."""

    def _rewind(self, gain: float = 1.0) -> None:
        """Starts anew; `gain` holds until the first step is complete."""
        self._waiting = np.zeros(0, np.float32)
        self._held = np.zeros(self._delay, np.float32)
        self._curve = np.full(self._step, gain, np.float32)
        self._last = gain

    def _run(self, sound: Sound) -> Sound:
        arrived = np.concatenate((self._waiting, sound))
        count = len(arrived) // self._step
        if count:
            steps = arrived[: count * self._step].reshape(count, self._step)
            self._extend(self._gains(steps))
        self._waiting = arrived[count * self._step :]
        if self._delay:
            delayed = np.concatenate((self._held, sound))
            self._held = delayed[len(sound) :]
            sound = delayed[: len(sound)]
        result = sound * self._curve[: len(sound)]
        self._curve = self._curve[len(sound) :]
        return result

    def _extend(self, gains: Sequence[float]) -> None:
        """Adds the steps that end at `gains` to the curve that is still to be used."""
        if min(gains) == max(gains) == self._last:
            added = np.full(len(gains) * self._step, self._last, np.float32)
        else:
            ends = np.array([self._last, *gains], np.float32)
            rising = np.multiply.outer(ends[1:] - ends[:-1], self._ramp)
            rising += ends[:-1, np.newaxis]
            added = rising.ravel()
        self._curve = np.concatenate((self._curve, added))
        self._last = gains[-1]
