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
        self._ends, self._echo = self._chained(order)
        self.reset()

    def reset(self) -> None:
        """Forgets what was heard."""
        self._states: Wave = np.zeros(len(self._reach))

    def _chained(self, order: int) -> tuple[Wave, Wave]:
        """The matrices that lead from the first states and what each span adds to them, one after another.

        To the states at every span's end, and to what every span's first states add to its samples.
        """
        jumps = [np.linalg.matrix_power(self._powers[SPAN], power) for power in range(SPANS + 1)]
        states = np.zeros((SPANS + 1, order, SPANS + 1, order))
        for row in range(SPANS + 1):
            states[row, :, 0] = jumps[row]
            for column in range(row):
                states[row, :, column + 1] = jumps[row - 1 - column]
        flat = states.reshape(SPANS + 1, order, -1)
        return flat[1:].reshape(SPANS * order, -1), (self._ringing @ flat[:-1]).reshape(SPANS * SPAN, -1)

    def process(self, samples: NDArray[np.float32] | Wave) -> Wave:
        """The filtered stream, as long as `samples`."""
        samples = samples.astype(np.float64)
        whole = len(samples) - len(samples) % SPAN
        starts = range(0, whole, SPAN * SPANS)
        parts = [self._spans(samples[start : min(start + SPAN * SPANS, whole)]) for start in starts]
        if whole < len(samples):
            parts.append(self._rest(samples[whole:]))
        if self._states @ self._states < EXTINCT:
            self._states = np.zeros_like(self._states)
        return parts[0] if len(parts) == 1 else np.concatenate((samples[:0], *parts))

    def _spans(self, samples: Wave) -> Wave:
        """At most `SPANS` whole spans at once."""
        spans = samples.reshape(-1, SPAN)
        known = np.concatenate((self._states, (spans @ self._reach.T).ravel()))
        order, count = len(self._states), len(spans)
        filtered: Wave = (spans @ self._own.T).ravel()
        filtered += self._echo[: len(samples), : len(known)] @ known
        self._states = self._ends[(count - 1) * order : count * order, : len(known)] @ known
        return filtered

    def _rest(self, samples: Wave) -> Wave:
        """Less than a span."""
        count = len(samples)
        filtered: Wave = self._own[:count, :count] @ samples + self._ringing[:count] @ self._states
        self._states = self._powers[count] @ self._states + self._reach[:, SPAN - count :] @ samples
        return filtered
