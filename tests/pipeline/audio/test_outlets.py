"""A sound output that is lost and comes back: silence meanwhile, one sentence each way, nothing elsewhere."""

from collections.abc import Iterator

import numpy as np
import pytest

from pipeline.audio.outlets import RETAKE_NS
from pipeline.errors import DeviceError
from pipeline.stage import EndOfSource
from pipeline.telemetry import AudioReadings, Level
from tests.fakes import FakeClock
from tests.pipeline.audio.fault_desk import BLOCK_MS, Ear, FaultDesk, Masked, silences

ALIKE = 0.5
"""As in `test_faults`."""


class Plug(Ear):
    """An ear that can be plugged in again."""

    returns = True

    def __init__(self, clock: FakeClock, *, paced: bool) -> None:
        super().__init__(clock, paced=paced)
        self.tries = 0

    def retake(self) -> None:
        """Begins empty when it is there."""
        self.tries += 1
        if not self.plugged:
            raise DeviceError("The fake ear is not there.")
        self._until_ns = None


@pytest.fixture(params=[True, False], ids=["device", "pipe"])
def desk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultDesk]:
    """A desk with an ear that comes back."""
    desk = FaultDesk(monkeypatch, paced=request.param)
    desk.ears = [Plug(desk.clock, paced=request.param)]
    yield desk
    desk.end()


def readings(desk: FaultDesk) -> AudioReadings:
    return desk.rig.readings(desk.clock.now_ns())


def usual_ns(desk: FaultDesk) -> int:
    """How long sound takes lately."""
    return sorted(desk.latencies_ns[-20:])[10]


@pytest.mark.parametrize("away_s", [0.2, 3.0])
def test_an_output_that_is_back_goes_on_as_before(desk: FaultDesk, away_s: float) -> None:
    desk.begin(Masked())
    desk.run(1.0)
    ear, before = desk.ears[0], usual_ns(desk)
    ear.plugged = False
    desk.run(away_s)
    gone = readings(desk)
    assert gone.sinks == () and gone.lost_sinks == ("The fake ear is gone; plug it in again.",)
    heard, told = len(ear.heard), len(desk.latencies_ns)
    ear.plugged = True
    desk.run(2.0)
    assert desk.failures == []
    desk.assert_told("The fake ear is gone", "Sound goes out to fake ear again")
    assert [event.level for event in desk.events] == [Level.ERROR, Level.INFO]
    back = readings(desk)
    assert back.sinks == ("fake ear",) and back.lost_sinks == ()
    assert (back.underruns, back.overruns) == (gone.underruns, 0) and gone.underruns <= 1
    assert back.blocks > gone.blocks
    assert len(desk.latencies_ns) > told
    assert usual_ns(desk) == pytest.approx(before, abs=15_000_000)
    assert desk.likeness() < ALIKE
    # What was said meanwhile is said to nobody.
    assert len(ear.heard) - heard < 2.2 * 48_000
    assert ear.gaps == 0
    assert not [silence for silence in silences(ear.heard[heard:]) if silence > 480]


def test_an_output_is_looked_for_now_and_then_and_no_more(desk: FaultDesk) -> None:
    desk.begin(Masked())
    desk.run(0.5)
    ear = desk.ears[0]
    assert isinstance(ear, Plug)
    ear.plugged = False
    desk.run(3.0)
    assert 3e9 / RETAKE_NS - 2 <= ear.tries <= 3e9 / RETAKE_NS
    desk.assert_told("The fake ear is gone")


def test_an_output_that_is_back_under_the_card_stays_silent(desk: FaultDesk) -> None:
    desk.begin(Masked())
    desk.run(0.5)
    desk.ears[0].plugged = False
    desk.run(1.0)
    desk.rig.cover(True)
    heard = len(desk.ears[0].heard)
    desk.ears[0].plugged = True
    desk.run(1.0)
    assert len(desk.ears[0].heard) > heard
    assert not desk.ears[0].heard[heard:].any()


def test_a_session_ends_though_its_output_is_still_lost(desk: FaultDesk) -> None:
    desk.begin(Masked())
    desk.run(0.5)
    desk.ears[0].plugged = False
    desk.run(1.0)
    desk.end()
    with pytest.raises(EndOfSource):
        desk.talker.read()


def test_a_monitor_that_is_lost_is_none_until_it_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = FaultDesk(monkeypatch, paced=True, ears=2)
    desk.ears[1] = Plug(desk.clock, paced=True)
    desk.begin(Masked())
    desk.run(0.5)
    monitor = desk.rig.monitor
    assert monitor is not None
    desk.ears[1].plugged = False
    desk.run(1.0)
    assert desk.rig.monitor is None
    assert readings(desk).sinks == ("fake ear",)
    desk.ears[1].plugged = True
    desk.run(1.0)
    assert desk.rig.monitor is monitor
    assert readings(desk).sinks == ("fake ear", "monitor fake ear")
    desk.assert_told("The fake ear is gone", "Sound goes out to fake ear again")
    desk.assert_gapless()
    assert silences(desk.ears[0].heard) == []
    assert np.abs(desk.ears[1].heard[-BLOCK_MS * 48 :]).max() > 0.01
    desk.end()
