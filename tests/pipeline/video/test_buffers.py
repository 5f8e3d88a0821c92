"""Memory that is used again."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.video.buffers import Buffers
from pipeline.video.output.blur import blend

SHAPES = st.lists(st.tuples(st.integers(1, 40), st.integers(1, 40), st.integers(1, 4)), min_size=1, max_size=6)


@given(shapes=SHAPES)
def test_whatever_is_asked_for_is_there_and_whole(shapes: list[tuple[int, int, int]]) -> None:
    buffers = Buffers()
    for number, shape in enumerate(shapes):
        pixels, other = buffers.pixels("one", *shape), buffers.floats("other", *shape)
        assert (pixels.shape, pixels.dtype, pixels.flags.c_contiguous) == (shape, np.uint8, True)
        assert (other.shape, other.dtype, other.flags.c_contiguous) == (shape, np.float32, True)
        pixels[...] = number
        other[...] = -1.0
        assert (pixels == number).all()


def test_what_is_no_larger_than_before_takes_no_new_memory() -> None:
    buffers = Buffers()
    first = buffers.pixels("one", 30, 20, 3)
    assert np.shares_memory(first, buffers.pixels("one", 20, 30, 3))
    assert np.shares_memory(first, buffers.pixels("one", 4, 4))
    assert not np.shares_memory(first, buffers.pixels("other", 30, 20, 3))


def test_laying_one_picture_on_another_is_the_same_with_memory_of_ones_own() -> None:
    random = np.random.default_rng(3)
    part, over = (random.integers(0, 256, (50, 40, 3), np.uint8) for _ in range(2))
    alpha = random.integers(0, 256, (50, 40), np.uint8)
    plain, other, kept = part.copy(), part.copy(), over.copy()
    blend(plain, over, alpha)
    assert np.array_equal(over, kept)
    blend(other, over.copy(), alpha, np.empty_like(over))
    assert np.array_equal(plain, other)
