"""The K-weighting of ITU-R BS.1770: how loud a sound seems to a listener.

Source: ITU-R BS.1770-4, annex 1, tables 1 and 2 (the coefficients for 48 kHz).
"""

import math

from pipeline.audio.metering.recursive import RecursiveFilter, Sections

K_WEIGHTING: Sections = (
    (1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585),
    (1.0, -2.0, 1.0, -1.99004745483398, 0.99007225036621),
)
"""The head's shelf and the high-pass."""
OFFSET_LU = -0.691
SILENCE_LUFS = -120.0
"""What is shown for less than any sound."""


def make_weighting() -> RecursiveFilter:
    """A K-weighting filter for 48 kHz."""
    return RecursiveFilter(K_WEIGHTING)


def loudness_of(power: float) -> float:
    """LUFS of a mean square of K-weighted mono sound."""
    return max(SILENCE_LUFS, OFFSET_LU + 10.0 * math.log10(power)) if power > 0.0 else SILENCE_LUFS


def power_of(lufs: float) -> float:
    """The mean square of K-weighted mono sound that is so loud."""
    return float(10.0 ** ((lufs - OFFSET_LU) / 10.0))
