"""Whatever a driver delivers, sound leaves, and what was wrong is counted."""

import numpy as np

from pipeline.audio.condition.sanity import Sanity
from tests.pipeline.audio.condition.sounds import block_of, hiss


def test_no_numbers_become_silence_and_are_counted() -> None:
    stage = Sanity()
    sound = hiss(0.01, -20.0)
    sound[[3, 5, 7]] = np.nan, np.inf, -np.inf
    passed = stage.process(block_of(sound)).samples[:, 0]
    assert not passed[[3, 5, 7]].any()
    assert np.array_equal(np.delete(passed, [3, 5, 7]), np.delete(sound, [3, 5, 7]))
    assert stage.spoilt == 3


def test_samples_far_beyond_full_scale_are_cut_at_eight() -> None:
    stage = Sanity()
    passed = stage.process(block_of(np.array([8.0, -8.0, 9.0, -1e30, 1.5], np.float32))).samples[:, 0]
    assert passed.tolist() == [8.0, -8.0, 8.0, -8.0, 1.5]
    assert stage.spoilt == 2


def test_sound_passes_as_it_is() -> None:
    stage = Sanity()
    block = block_of(hiss(0.1, 0.0))
    assert stage.process(block) is block
    assert stage.spoilt == 0
