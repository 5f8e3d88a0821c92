"""Light that changes on the actor's face is no thing before it: the face stays covered."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.media import Frame, Pixels
from pipeline.video.swap.light import TERMS, fitted_light
from pipeline.video.swap.photo_target import GRID_HEIGHT, GRID_WIDTH
from tests.compositions import lit_from_aside
from tests.footage import DEMO, chosen, difference, inside_oval, make_frame, tracked, tracked_clip, worn


def lit_after(since_s: float) -> Callable[[Frame], Pixels]:
    """What the camera sees when a light at the side goes on at a time of the clip."""
    return lambda frame: lit_from_aside(frame) if frame.media_ns >= since_s * 1e9 else frame.pixels


@pytest.mark.parametrize("since_s", [1.0, 3.0, 5.0])
def test_a_light_that_goes_on_at_the_side_uncovers_nothing(since_s: float) -> None:
    shown = lit_after(since_s)
    frames = tracked([make_frame(shown(frame), frame.media_ns) for frame in tracked_clip(DEMO)[::2]])
    for frame, pixels, drawn_over in zip(frames, worn(frames), worn(frames, occlusion=0.0), strict=True):
        inner = inside_oval(chosen(frame), frame.size, 0.9)
        assert difference(pixels, drawn_over, inner) < 1


@given(st.lists(st.floats(-0.3, 0.3), min_size=6, max_size=6), st.integers(0, 40), st.integers(0, 48))
def test_smooth_light_is_found_whatever_lies_before_a_part_of_the_face(
    terms: list[float], row: int, column: int
) -> None:
    light = np.repeat((TERMS @ np.array(terms, np.float32)).reshape(GRID_HEIGHT, GRID_WIDTH, 1), 3, axis=2)
    change = light.copy()
    change[row : row + 24, column : column + 16] -= 2.0
    found = fitted_light(change, np.ones((GRID_HEIGHT, GRID_WIDTH), np.float32))
    assert float(np.median(np.abs(found - light))) < 0.05


def test_with_too_little_to_go_by_no_light_is_assumed() -> None:
    weight = np.zeros((GRID_HEIGHT, GRID_WIDTH), np.float32)
    assert not fitted_light(np.ones((GRID_HEIGHT, GRID_WIDTH, 3), np.float32), weight).any()
