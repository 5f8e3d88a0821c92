"""The monitor as a sink."""

import numpy as np

from pipeline.audio.monitor.monitor import Monitor, open_monitor
from pipeline.audio.monitor.state import Monitoring
from pipeline.audio.stream import BLOCK_SAMPLES
from pipeline.telemetry import Event
from tests.fakes import FakeClock
from tests.pipeline.audio.monitor.room import Headphones

ONES = np.ones(BLOCK_SAMPLES, np.float32)


def test_none_is_no_monitor() -> None:
    assert open_monitor("none", FakeClock(), print) is None


def test_it_plays_while_it_is_on_without_a_click_between() -> None:
    headphones, events = Headphones(), list[Event]()
    with Monitor(headphones, FakeClock(), events.append) as monitor:
        assert monitor.description == "monitor headphones"
        monitor.write(ONES)
        monitor.turn(False)
        assert monitor.state is Monitoring.OFF
        assert monitor.description == "monitor off"
        monitor.write(ONES)
        monitor.write(ONES)
        monitor.turn(True)
        monitor.write(ONES)
    played = np.concatenate(headphones.played)
    assert np.array_equal(headphones.played[0], ONES)
    assert not headphones.played[2].any()
    assert headphones.played[3][-1] == 1.0
    assert np.abs(np.diff(played)).max() < 0.01
    assert not events
