"""Recursive filters at the speed of matrix products.

A cascade of second-order sections is a linear system with a few states. Within a span of samples both the result and
the states at its end are products of fixed matrices with the samples and the states at its start, so that no sample is
visited alone. Where the stream is cut makes no difference, and nothing is delayed.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Wave: TypeAlias = NDArray[np.float64]
"""float64 (samples,)."""
Sections: TypeAlias = tuple[tuple[float, float, float, float, float], ...]
"""b0, b1, b2, a1, a2 of each second-order section; a0 is 1."""

SPAN = 96
"""Samples that one set of matrices covers."""
SPANS = 10
"""Spans whose states are found in one product."""
EXTINCT = 1e-60
"""States of less energy count as zero; they would decay into numbers that a processor computes with slowly."""


def _step(sections: Sections, states: Wave, sample: float) -> tuple[float, Wave]:
    """One sample through the cascade: the result and the next states."""
    after = np.empty_like(states)
    for place, (b0, b1, b2, a1, a2) in enumerate(sections):
        result = b0 * sample + states[2 * place]
        after[2 * place] = b1 * sample - a1 * result + states[2 * place + 1]
        after[2 * place + 1] = b2 * sample - a2 * result
        sample = result
    return sample, after


class RecursiveFilter:
    """A cascade of second-order sections over a stream."""

    def __init__(self, sections: Sections) -> None:
        order = 2 * len(sections)
        unit = [_step(sections, row, 0.0) for row in np.eye(order)]
        seen = np.array([result for result, _ in unit])
        advance = np.array([after for _, after in unit]).T
        through, entry = _step(sections, np.zeros(order), 1.0)
        self._powers = [np.linalg.matrix_power(advance, power) for power in range(SPAN + 1)]
        self._reach = np.stack([self._powers[SPAN - 1 - at] @ entry for at in range(SPAN)], axis=1)
        self._ringing = np.stack([seen @ self._powers[at] for at in range(SPAN)])
        response = np.array([through, *(self._ringing[: SPAN - 1] @ entry)])
        lag = np.subtract.outer(np.arange(SPAN), np.arange(SPAN))
        self._own = np.where(lag >= 0, response[lag], 0.0)
        self._from_start, self._from_spans = self._chained(order)
        self.reset()

    def reset(self) -> None:
        """Forgets what was heard."""
        self._states: Wave = np.zeros(len(self._reach))

    def _chained(self, order: int) -> tuple[Wave, Wave]:
        """The matrices from the first states and from what each span adds to the states at every span's start."""
        jump = self._powers[SPAN]
        jumps = [np.linalg.matrix_power(jump, power) for power in range(SPANS + 1)]
        added = np.zeros(((SPANS + 1) * order, SPANS * order))
        for row in range(1, SPANS + 1):
            for column in range(row):
                place = (slice(row * order, (row + 1) * order), slice(column * order, (column + 1) * order))
                added[place] = jumps[row - 1 - column]
        return np.concatenate(jumps), added

    def process(self, samples: NDArray[np.float32] | Wave) -> Wave:
        """The filtered stream, as long as `samples`."""
        samples = samples.astype(np.float64)
        result = np.empty_like(samples)
        whole = len(samples) - len(samples) % SPAN
        for start in range(0, whole, SPAN * SPANS):
            stop = min(start + SPAN * SPANS, whole)
            result[start:stop] = self._spans(samples[start:stop].reshape(-1, SPAN)).ravel()
        if rest := len(samples) - whole:
            tail = samples[whole:]
            result[whole:] = self._own[:rest, :rest] @ tail + self._ringing[:rest] @ self._states
            self._states = self._powers[rest] @ self._states + self._reach[:, SPAN - rest :] @ tail
        if self._states @ self._states < EXTINCT:
            self._states = np.zeros_like(self._states)
        return result

    def _spans(self, spans: NDArray[np.float64]) -> NDArray[np.float64]:
        """At most `SPANS` whole spans at once."""
        order, count = len(self._states), len(spans)
        added = (spans @ self._reach.T).ravel()
        states = self._from_start[: (count + 1) * order] @ self._states
        states += self._from_spans[: (count + 1) * order, : count * order] @ added
        rows = states.reshape(-1, order)
        self._states = rows[-1].copy()
        filtered: NDArray[np.float64] = spans @ self._own.T
        filtered += rows[:-1] @ self._ringing.T
        return filtered
