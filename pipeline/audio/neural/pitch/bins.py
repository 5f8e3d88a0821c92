"""360 bins of 20 cents, as CREPE and RMVPE give them."""

import numpy as np
from numpy.typing import NDArray

COUNT = 360
CENTS = 20.0
LOWEST_CENTS = 1997.3794084376191
"""Of the first bin, above 10 Hz."""
NEAR = 4
"""Bins on either side of the highest that count."""


def pitches(salience: NDArray[np.float32], threshold: float) -> NDArray[np.float32]:
    """The pitch of each frame: the middle of the bins around the highest one; 0 where that is below the threshold.

    Source: Kim and others 2018, "CREPE: A convolutional representation for pitch estimation", arXiv:1802.06182.
    """
    frames, highest = np.arange(len(salience)), salience.argmax(axis=1)
    padded = np.pad(salience.astype(np.float64), ((0, 0), (NEAR, NEAR)))
    near = highest[:, np.newaxis] + np.arange(2 * NEAR + 1)
    weights = padded[frames[:, np.newaxis], near]
    cents = CENTS * (near - NEAR) + LOWEST_CENTS
    mean = (weights * cents).sum(axis=1) / np.maximum(weights.sum(axis=1), 1e-9)
    sure = salience[frames, highest] > threshold
    return np.where(sure, 10.0 * 2.0 ** (mean / 1200.0), 0.0).astype(np.float32)
