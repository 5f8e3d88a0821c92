"""The filter on the landmarks: still points stand still, moving ones are not held back, at any frame rate."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from pipeline.video.tracking.smoothing import OneEuro
from pipeline.video.tracking.track import MIN_CUTOFF_HZ, SPEED_GAIN_HZ

SECOND_NS = 1_000_000_000
EYE_DISTANCE_PX = 60.0

Points = NDArray[np.float32]
points = arrays(np.float32, (4, 3), elements=st.floats(-2000, 2000, width=32))


def make_filter() -> OneEuro:
    return OneEuro(MIN_CUTOFF_HZ, SPEED_GAIN_HZ)


def at(x: float, y: float = 0.0) -> Points:
    return np.array([[x, y, 0.0]], np.float32)


def path(fps: float, seconds: float, speed: float) -> list[float]:
    """Where the filter sees a point that rests for half a second and then moves at `speed` eye distances a second."""
    smoothing, seen = make_filter(), list[float]()
    for index in range(round(seconds * fps) + 1):
        time_s = index / fps
        x = max(0.0, time_s - 0.5) * speed * EYE_DISTANCE_PX
        seen.append(float(smoothing.smooth(at(x), EYE_DISTANCE_PX, round(time_s * SECOND_NS))[0, 0]))
    return seen


@given(value=points, fps=st.floats(5, 240))
def test_what_does_not_move_stays(value: Points, fps: float) -> None:
    smoothing = make_filter()
    for index in range(20):
        smooth = smoothing.smooth(value, EYE_DISTANCE_PX, round(index * SECOND_NS / fps))
        assert np.array_equal(smooth, value)


@given(st.lists(points, min_size=1, max_size=20), st.floats(5, 240))
def test_the_result_lies_within_what_was_seen_and_the_input_is_left_alone(seen: list[Points], fps: float) -> None:
    smoothing = make_filter()
    low, high = np.min(seen, axis=0), np.max(seen, axis=0)
    for index, value in enumerate(seen):
        before = value.copy()
        smooth = smoothing.smooth(value, EYE_DISTANCE_PX, round(index * SECOND_NS / fps))
        assert smooth.dtype == np.float32
        assert (smooth >= low - 0.01).all()
        assert (smooth <= high + 0.01).all()
        assert np.array_equal(value, before)


@given(jump=st.floats(0.1, 500))
def test_it_arrives_where_the_point_has_gone(jump: float) -> None:
    smoothing = make_filter()
    smoothing.smooth(at(0.0), EYE_DISTANCE_PX, 0)
    for index in range(1, 61):
        smooth = smoothing.smooth(at(jump), EYE_DISTANCE_PX, index * SECOND_NS // 30)
    assert float(smooth[0, 0]) == pytest.approx(jump, rel=0.01)


@pytest.mark.parametrize("speed", [0.05, 0.5, 2.0])
@pytest.mark.parametrize("fps", [15.0, 60.0, 120.0])
def test_the_frame_rate_does_not_change_how_it_feels(speed: float, fps: float) -> None:
    usual = path(30.0, 1.5, speed)
    other = path(fps, 1.5, speed)
    steps = round(fps / 15)
    gap = np.abs(np.array(other[::steps]) - np.array(usual[::2]))
    assert gap.max() < 0.03 * EYE_DISTANCE_PX


@pytest.mark.parametrize("speed", [0.5, 1.0, 3.0])
def test_a_moving_face_is_followed_within_a_frame_and_a_half(speed: float) -> None:
    seen = path(30.0, 2.0, speed)
    moved = 1.5 * speed * EYE_DISTANCE_PX
    lag_s = (moved - seen[-1]) / (speed * EYE_DISTANCE_PX)
    assert 0 <= lag_s < 0.05


def test_noise_on_a_still_face_becomes_smaller() -> None:
    noise = np.random.default_rng(3).normal(0, 0.5, (120, 50, 2)).astype(np.float32)
    smoothing = make_filter()
    seen = [smoothing.smooth(value, EYE_DISTANCE_PX, i * SECOND_NS // 30) for i, value in enumerate(noise)]
    assert np.std(seen[30:], axis=0).mean() < 0.75 * np.std(noise[30:], axis=0).mean()


@given(scale=st.floats(0.2, 5.0))
def test_a_small_face_is_smoothed_like_a_large_one(scale: float) -> None:
    plain, scaled = make_filter(), make_filter()
    for index in range(20):
        point = at(index * 3.0, index % 5)
        expected = plain.smooth(point, EYE_DISTANCE_PX, index * SECOND_NS // 30) * scale
        got = scaled.smooth(np.asarray(point * scale, np.float32), EYE_DISTANCE_PX * scale, index * SECOND_NS // 30)
        assert np.allclose(got, expected, rtol=1e-3, atol=1e-3)


def test_after_a_long_gap_it_starts_anew() -> None:
    smoothing = make_filter()
    smoothing.smooth(at(0.0), EYE_DISTANCE_PX, 0)
    assert float(smoothing.smooth(at(90.0), EYE_DISTANCE_PX, SECOND_NS)[0, 0]) == 90.0


def test_the_same_instant_twice_and_a_clock_that_goes_back_change_nothing() -> None:
    smoothing = make_filter()
    smoothing.smooth(at(0.0), EYE_DISTANCE_PX, SECOND_NS)
    assert float(smoothing.smooth(at(50.0), EYE_DISTANCE_PX, SECOND_NS)[0, 0]) == 0.0
    assert float(smoothing.smooth(at(50.0), EYE_DISTANCE_PX, SECOND_NS // 2)[0, 0]) == 0.0
    assert np.isfinite(smoothing.smooth(at(50.0), EYE_DISTANCE_PX, 2 * SECOND_NS)).all()


def test_what_was_given_out_is_not_changed_afterwards() -> None:
    smoothing = make_filter()
    first = smoothing.smooth(at(1.0), EYE_DISTANCE_PX, 0)
    kept = first.copy()
    smoothing.smooth(at(9.0), EYE_DISTANCE_PX, SECOND_NS // 30)
    assert np.array_equal(first, kept)
