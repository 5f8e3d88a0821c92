"""The fast filter does what the slow definition says."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.audio.condition.high_pass import butterworth
from pipeline.audio.metering.recursive import RecursiveFilter, Sections, Wave
from pipeline.audio.metering.weighting import K_WEIGHTING
from tests.pipeline.audio.condition.sounds import hiss, seconds


def slowly(sections: Sections, sound: Wave) -> Wave:
    """The difference equation of every section, sample by sample."""
    for b0, b1, b2, a1, a2 in sections:
        result = np.zeros_like(sound)
        for at in range(len(sound)):
            x1, y1 = (sound[at - 1], result[at - 1]) if at > 0 else (0.0, 0.0)
            x2, y2 = (sound[at - 2], result[at - 2]) if at > 1 else (0.0, 0.0)
            result[at] = b0 * sound[at] + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2
        sound = result
    return sound


def test_it_is_the_difference_equation() -> None:
    sound = hiss(0.06, -10.0).astype(np.float64)
    for sections in (K_WEIGHTING, butterworth(80.0)):
        assert np.abs(RecursiveFilter(sections).process(sound) - slowly(sections, sound)).max() < 1e-10


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 2500), max_size=10))
def test_where_the_stream_is_cut_makes_no_difference(sizes: list[int]) -> None:
    sound = hiss(0.2, -10.0)
    whole = RecursiveFilter(K_WEIGHTING).process(sound)
    cutting = RecursiveFilter(K_WEIGHTING)
    parts, at = [], 0
    for size in [*sizes, len(sound)]:
        parts.append(cutting.process(sound[at : at + size]))
        at += size
    assert np.abs(np.concatenate(parts) - whole).max() < 1e-10


def test_what_rings_out_ends() -> None:
    ringing = RecursiveFilter(butterworth(80.0))
    ringing.process(hiss(0.1, 0.0))
    for _ in range(10):
        ringing.process(seconds(0.05))
    assert not ringing.process(seconds(0.01)).any()
