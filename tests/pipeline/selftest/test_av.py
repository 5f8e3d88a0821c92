"""The self-test of sound against picture: a real session in real time, and what it finds in what came out."""

import threading
from collections.abc import Callable
from math import ceil

import numpy as np
import pytest

from pipeline.clock import MonotonicClock
from pipeline.errors import LaneError
from pipeline.selftest.av import LEAST_S, AvSettings, Spread, WayReport, measure_way
from pipeline.selftest.score import pattern
from profiles.store import ProfileStore
from tests.footage import models

SIZE = (160, 90)
SLOWNESSES = (1, 3)
SHIFTS_MS = tuple(float(shift) for shift in range(-200, 201, 50))


class SlowClock(MonotonicClock):
    """A clock that goes so many times slower: in its time, a computer that does much else is as many times quicker."""

    def __init__(self, slowness: int) -> None:
        self._slowness = slowness

    def now_ns(self) -> int:
        """The present instant."""
        return super().now_ns() // self._slowness

    def wait_until(self, instant_ns: int, interrupt: threading.Event) -> bool:
        """Waits until this clock has come to an instant."""
        return super().wait_until(instant_ns * self._slowness, interrupt)


def measured(settings: AvSettings, passes: Callable[[WayReport], None]) -> None:
    """Measures, and once more in slower time where the computer was too busy for the measurement to pass."""
    for slowness in SLOWNESSES:
        try:
            passes(measure_way(settings, models(), [pattern(SIZE)] * 2, plain=True, clock=SlowClock(slowness)))
        except (AssertionError, LaneError):
            if slowness == SLOWNESSES[-1]:
                raise
        else:
            return


@pytest.mark.timeout(240)
def test_an_offset_that_is_put_in_comes_out() -> None:
    """A beep that is captured after its flash comes out as much after it.

    The synchronisation goes by when things were captured: it holds each picture for as long as the sound that was
    captured with it takes. A beep that is captured off its flash is therefore not moved back to it, and what is
    measured at the sinks, apart from what a session is off by itself, is the distance that was put in: positive means
    that the sound is early, so that a beep 50 ms after its flash is measured as -50 ms. This tests the measuring. That
    a session brings together what it was told is captured apart is tested with the trim, below.
    """
    settings = AvSettings(ProfileStore().load("mara"), size=SIZE, seconds=18.0, shifts_ms=SHIFTS_MS)

    def as_put_in(way: WayReport) -> None:
        found: dict[float, list[float]] = {}
        for shift_ms, offset_ms in way.offsets_ms:
            found.setdefault(shift_ms, []).append(offset_ms)
        assert set(found) == set(SHIFTS_MS)
        for shift_ms, offsets_ms in found.items():
            assert np.median(offsets_ms) == pytest.approx(-shift_ms, abs=5.0), (shift_ms, offsets_ms)

    measured(settings, as_put_in)


@pytest.mark.timeout(240)
def test_trim_holds_the_pictures_for_longer() -> None:
    profile = ProfileStore().load("mara")
    trimmed = profile.model_copy(update={"sync": profile.sync.model_copy(update={"trim_ms": 80.0})})

    def held(way: WayReport) -> None:
        assert way.offset.median_ms == pytest.approx(80.0, abs=5.0)
        assert way.video.median_ms - way.audio.median_ms == pytest.approx(80.0, abs=5.0)

    measured(AvSettings(trimmed, size=SIZE), held)


def test_too_short_a_measurement_is_refused() -> None:
    with pytest.raises(LaneError, match=f"2 s are too short for 10 flashes; give at least {ceil(LEAST_S)} s"):
        AvSettings(ProfileStore().load("mara"), seconds=2.0)


def test_a_spread_is_a_median_and_how_far_from_it_values_lie() -> None:
    spread = Spread.of([1.0, 2.0, 3.0, 4.0, 100.0])
    assert spread == Spread(3.0, 1.0, 5)
    assert str(spread) == "    +3.0 ± 1.0 ms (median ± MAD of 5)"
