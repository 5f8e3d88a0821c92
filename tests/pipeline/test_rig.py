"""The rig: everything in comes out, whatever breaks is said, and everything that was opened is closed."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np
import pytest

from pipeline.audio.settings import SoundSettings
from pipeline.clock import MonotonicClock
from pipeline.errors import DeviceError, LaneError, UnderstudyError
from pipeline.lane import Handover
from pipeline.loader import Request
from pipeline.media import Frame
from pipeline.rig import Hooks, Rig, SessionSettings
from pipeline.telemetry import Level
from profiles.profile import SyncSettings
from tests.chains import make_chain, make_profile, stage_of
from tests.fakes import FakeClock, FakeSink, FakeSource, FakeStage, make_frame
from tests.footage import models
from tests.pipeline.audio.booth import FakeEar, FakeMicrophone
from tests.rigging import SOON_S, PatientSource, WatchedSink, Workshop


@pytest.fixture
def workshop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Workshop]:
    """A maker of rigs, which it stops."""
    workshop = Workshop(monkeypatch)
    yield workshop
    workshop.close()


class Crash(FakeStage):
    """A stage with a fault that shows on its second frame."""

    def process(self, frame: Frame) -> Frame:
        """The frame, once."""
        if self.count == 1:
            raise ValueError("the mesh has no corners")
        return super().process(frame)


class Stuck(FakeStage):
    """A stage that hangs until it is released."""

    release = threading.Event()

    def process(self, frame: Frame) -> Frame:
        """The frame, some day."""
        self.release.wait(SOON_S)
        return super().process(frame)


def test_every_frame_of_a_file_comes_out_in_order(workshop: Workshop) -> None:
    sink = WatchedSink()
    rig = workshop.rig(FakeSource.of(300), sink)
    rig.start()
    assert workshop.watch.ended.wait(SOON_S)
    rig.stop(SOON_S)
    assert [picture.media_ns for picture in sink.pictures] == [make_frame(index).media_ns for index in range(300)]
    readings = rig.readings(0)
    assert (readings.frames_in, readings.frames_out) == (300, 300)
    assert readings.drops.capture == readings.drops.output == 0
    assert sink.closed


def test_fifty_switches_from_another_thread_lose_no_frame(workshop: Workshop) -> None:
    names = ("ben", "cleo", "dora")
    sink = WatchedSink(on_picture=lambda number: switch(number) if number % 4 == 3 else None)
    rig = workshop.rig(FakeSource.of(200), sink)

    def switch(number: int) -> None:
        rig.loader.ask(Request(make_profile(names[number % 3]), True, True, 0))

    for name in names:
        rig.loader.ask(Request(make_profile(name), False, False, 0))
        rig.loader.step()
    rig.start()
    assert workshop.watch.ended.wait(SOON_S)
    rig.stop(SOON_S)
    assert [picture.media_ns for picture in sink.pictures] == [make_frame(index).media_ns for index in range(200)]
    assert not any(picture.by_policy for picture in sink.pictures)
    # Those that were warm at the start need no loader, which on a busy computer may get no turn.
    assert len(rig.lane.meters.switches) >= len(names)
    assert {switch.dropped for switch in rig.lane.meters.switches} == {0}


def test_the_threads_have_names_and_end(workshop: Workshop) -> None:
    rig = workshop.rig(PatientSource([make_frame(0)]), FakeSink())
    before = set(threading.enumerate())
    rig.start()
    started = {thread.name for thread in set(threading.enumerate()) - before}
    assert started == {"sinks", "loader", "video lane", "capture"}
    rig.stop(SOON_S)
    assert set(threading.enumerate()) == before


def test_a_stage_with_a_fault_ends_the_lane_and_the_card_goes_out(workshop: Workshop) -> None:
    sink, clock = WatchedSink(steady=True), MonotonicClock()
    workshop.assembly.build = lambda profile: make_chain(profile, Crash())  # type: ignore[method-assign]
    rig = workshop.rig(PatientSource([replace(make_frame(0), captured_ns=clock.now_ns())]), sink)
    rig.start()
    assert sink.wait_for(lambda picture: not picture.by_policy)
    rig.frames.put(replace(make_frame(1), captured_ns=clock.now_ns()))
    assert workshop.watch.failed.wait(SOON_S)
    shown = len(sink.pictures)
    assert sink.wait_for(lambda picture: len(sink.pictures) >= shown + 3)
    rig.stop(SOON_S)
    (error,) = workshop.watch.failures
    assert isinstance(error, LaneError)
    assert "video lane" in str(error)
    assert [event.level for event in workshop.watch.events] == [Level.ERROR]
    card = cv2.cvtColor(make_chain(make_profile()).card, cv2.COLOR_BGR2YUV_I420)
    assert np.array_equal(sink.pictures[-1].planes, card)


def test_a_camera_that_is_gone_for_good_ends_the_session_and_the_card_goes_on(workshop: Workshop) -> None:
    sink = WatchedSink(steady=True)
    rig = workshop.rig(PatientSource([make_frame(0), DeviceError("The camera fell off.")]), sink)
    rig.start()
    assert workshop.watch.failed.wait(SOON_S)
    shown = len(sink.pictures)
    assert sink.wait_for(lambda picture: picture.by_policy and len(sink.pictures) > shown + 2)
    rig.stop(SOON_S)
    assert [str(error) for error in workshop.watch.failures] == ["The camera fell off."]
    assert rig.presenter.covered


def test_a_sink_that_fails_is_told_and_the_others_get_everything(workshop: Workshop) -> None:
    good, bad = WatchedSink(), FakeSink(fails_at=3)
    rig = workshop.rig(FakeSource.of(50), bad, good)
    rig.start()
    assert workshop.watch.ended.wait(SOON_S)
    rig.stop(SOON_S)
    assert len(good.pictures) == 50
    assert [(event.level, event.text) for event in workshop.watch.events] == [
        (Level.ERROR, "The fake sink took no more.")
    ]


def test_a_profile_that_cant_be_built_leaves_nothing_open(workshop: Workshop) -> None:
    source, sink = FakeSource.of(3), FakeSink()
    workshop.assembly.broken.add("ada")
    with pytest.raises(UnderstudyError, match="torn"):
        workshop.rig(source, sink)
    assert source.closed
    assert workshop.lossless_sinks is None, "a recording was opened, and so emptied, for nothing"
    assert workshop.assembly.closed


def test_sinks_of_a_file_that_is_read_as_fast_as_possible_lose_nothing_either(workshop: Workshop) -> None:
    workshop.rig(FakeSource.of(1), FakeSink()).stop(SOON_S)
    assert workshop.lossless_sinks is True
    workshop.rig(PatientSource(), FakeSink()).stop(SOON_S)
    assert workshop.lossless_sinks is False


def test_a_part_that_cant_be_closed_leaves_no_other_open(workshop: Workshop) -> None:
    source, sink = FakeSource.of(1), FakeSink(fails_to_close=True)
    rig = workshop.rig(source, sink)
    with pytest.raises(DeviceError, match="could not be closed"):
        rig.stop(SOON_S)
    assert source.closed
    assert workshop.assembly.closed
    assert stage_of(workshop.assembly.built[0]).closes == 1


def test_whatever_chain_is_worn_or_waits_is_closed_at_the_end(workshop: Workshop) -> None:
    rig = workshop.rig(PatientSource(), FakeSink())
    worn, waiting = (make_chain(make_profile(name), FakeStage(name)) for name in ("ben", "cleo"))
    rig.lane.hand_over(Handover(worn, 0, 0, True))
    rig.frames.put(make_frame(0))
    rig.lane.step()
    rig.lane.hand_over(Handover(waiting, 0, 0, True))
    rig.stop(SOON_S)
    closes = [stage_of(chain).closes for chain in (workshop.assembly.built[0], worn, waiting)]
    assert all(count >= 1 for count in closes)


def test_a_thread_that_hangs_is_named_and_the_rest_is_closed(workshop: Workshop) -> None:
    stage = Stuck()
    stage.release = threading.Event()
    workshop.assembly.build = lambda profile: make_chain(profile, stage)  # type: ignore[method-assign]
    source, sink = PatientSource([make_frame(0)]), FakeSink()
    rig = workshop.rig(source, sink)
    rig.start()
    with pytest.raises(LaneError, match="video lane did not stop"):
        rig.stop(0.1)
    assert source.closed
    assert sink.closed
    stage.release.set()
    rig.stop(SOON_S)


def test_stopping_twice_is_stopping_once(workshop: Workshop) -> None:
    sink = FakeSink()
    rig = workshop.rig(FakeSource.of(3), sink)
    rig.start()
    rig.stop(SOON_S)
    rig.stop(SOON_S)
    assert sink.close_count == 1


def test_stopping_wakes_every_thread_of_a_lossless_rig_whose_sink_hangs_until_then(workshop: Workshop) -> None:
    sink = FakeSink()
    sink.gate.clear()
    rig = workshop.rig(FakeSource.of(100), sink)
    rig.start()
    opener = threading.Timer(0.05, sink.gate.set)
    opener.start()
    rig.stop(SOON_S)
    opener.join()
    assert len(sink.pictures) <= 100


@pytest.mark.parametrize("on_air", [False, True])
def test_off_air_only_the_card_goes_out(workshop: Workshop, on_air: bool) -> None:
    sink = WatchedSink()
    rig = workshop.rig(FakeSource.of(20), sink, on_air=on_air)
    rig.start()
    assert workshop.watch.ended.wait(SOON_S)
    rig.stop(SOON_S)
    assert len(sink.pictures) == 20
    assert {picture.by_policy for picture in sink.pictures} == {not on_air}


@pytest.mark.parametrize("switched", [False, True], ids=["live", "switched"])
def test_the_delay_and_trim_of_the_profile_in_the_lane_count(workshop: Workshop, switched: bool) -> None:
    profile = make_profile("ben" if switched else "ada")
    other = profile.model_copy(update={"sync": SyncSettings(delay_ms=250.0, trim_ms=-30.0)})
    rig = workshop.rig(PatientSource())
    if switched:
        rig.lane.hand_over(Handover(make_chain(other), 0, 0, True))
    else:
        rig.lane.adjust(other)
    assert rig.sync.readings().target_ms == 0.0
    rig.frames.put(make_frame(0))
    assert rig.lane.step()
    assert rig.sync.readings().target_ms == 250.0
    assert rig.sync.readings().trim_ms == -30.0


def test_a_delay_that_is_set_while_it_runs_is_waited_for_and_has_room_in_the_line(workshop: Workshop) -> None:
    """Nothing is left out of what is due: every picture is seen, late by so much."""
    clock = FakeClock(jumps=False)
    sink = FakeSink()
    rig = workshop.rig(PatientSource(), sink, clock=clock)
    rig.lane.adjust(make_profile().model_copy(update={"sync": SyncSettings(delay_ms=5000.0)}))
    for number in range(1200):
        clock.advance(10_000_000)
        rig.frames.put(replace(make_frame(number), captured_ns=clock.now_ns()))
        assert rig.lane.step()
        rig.presenter.delay_ns = rig.sync.delay_ns(clock.now_ns())
        while len(sink.pictures) < number and (rig.line.head_ns() or clock.now_ns()) <= (
            clock.now_ns() - rig.presenter.delay_ns
        ):
            rig.presenter.step()
    assert rig.line.dropped == 0
    assert clock.now_ns() - sink.pictures[-1].captured_ns == pytest.approx(5_000_000_000, abs=10_000_000)


def test_sound_that_was_opened_is_closed_when_a_later_step_of_building_fails(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, microphone = PatientSource(), FakeSource()
    monkeypatch.setattr("pipeline.rig.Rig._taken", refuse)
    with pytest.raises(LaneError, match="no card"):
        workshop.rig(source, sound=SoundSettings(microphone))  # type: ignore[arg-type]  # nobody listens to it
    assert microphone.closed
    assert source.closed


def test_devices_that_were_open_already_are_closed_when_the_first_step_of_building_fails(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.rig.Runtime.require", refuse)
    source, sink, microphone, ear = FakeSource(), FakeSink(), FakeMicrophone(0), FakeEar()
    hooks = Hooks(workshop.watch.events.append, workshop.watch.ended.set, workshop.watch.fail)
    settings = SessionSettings(source, sinks=(sink,), sound=SoundSettings(microphone, ear))
    with pytest.raises(LaneError, match="no card"):
        Rig(settings, make_profile(), models(), MonotonicClock(), hooks)
    assert source.closed and sink.closed and microphone.closed.is_set()
    assert ear.close_count == 1


def test_a_chain_is_closed_when_the_sinks_cant_be_opened(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.rig.open_sinks", refuse)
    with pytest.raises(LaneError, match="no card"):
        workshop.rig(FakeSource())
    assert stage_of(workshop.assembly.built[0]).closes == 1


def refuse(*_: object, **__: object) -> None:
    """Does nothing but fail."""
    raise LaneError("There is no card.")
