"""The room is found beneath the voice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.audio.metering.noise_floor import FloorSpan, NoiseFloor

SPAN = FloorSpan(step_s=0.01, smoothing_s=0.02, bucket_s=0.1, buckets=10, unknown_s=0.3)


def test_at_first_it_is_not_known() -> None:
    floor = NoiseFloor(SPAN)
    assert [floor.push(1.0) for _ in range(29)] == [0.0] * 29
    assert floor.push(1.0) == 1.0


def test_it_is_the_quiet_between_loud_parts() -> None:
    floor = NoiseFloor(SPAN)
    for _ in range(5):
        for power in [1.0] * 20 + [0.001] * 15:
            seen = floor.push(power)
    assert 0.001 <= seen < 0.003


def test_it_rises_with_a_louder_room_and_falls_at_once() -> None:
    floor = NoiseFloor(SPAN)
    for _ in range(100):
        floor.push(0.01)
    rising = [floor.push(1.0) for _ in range(150)]
    assert rising[50] < 0.02
    assert rising[-1] == pytest.approx(1.0)
    assert [floor.push(0.01) for _ in range(20)][-1] < 0.02


def test_gaps_are_no_room() -> None:
    floor = NoiseFloor(SPAN)
    for _ in range(100):
        floor.push(0.01)
    assert [floor.push(0.0) for _ in range(50)][-1] == pytest.approx(0.01)


@given(st.lists(st.floats(0.0, 100.0), min_size=1, max_size=200))
def test_it_is_never_above_the_loudest_step(powers: list[float]) -> None:
    floor = NoiseFloor(SPAN)
    for power in powers:
        assert floor.push(power) <= max(powers)
