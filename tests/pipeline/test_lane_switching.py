"""The lane while profiles and settings change under it: nothing is lost, everything is given back."""

from dataclasses import replace

import pytest

from pipeline.media import Frame
from pipeline.video.output.delay_line import Showing
from tests.chains import make_profile
from tests.fakes import FRAME_NS, FakeStage
from tests.lane_desk import EMPTY_NS, SIZE, START_NS, LaneDesk, frame_at, luminance


def test_a_chain_is_taken_between_two_frames_and_the_old_one_is_given_back() -> None:
    desk = LaneDesk(FakeStage("ada", offset=0))
    desk.feed(frame_at(100))
    handover = desk.handover("ben", FakeStage("ben", offset=50))
    desk.lane.hand_over(handover)
    assert desk.lane.profile.name == "ada"
    assert desk.retired == []
    desk.feed(frame_at(101))
    assert desk.lane.profile.name == "ben"
    assert desk.lane.card is handover.chain.card
    assert desk.retired == [desk.chain]
    assert desk.taken == [handover.chain]
    first, second = desk.entries()
    assert luminance(second) - luminance(first) == round(51 * 219 / 255)


def test_the_stages_of_a_new_chain_hear_its_settings() -> None:
    """Shared stages have to follow the profile that is worn, not the one that the session began with."""
    shared = FakeStage("track")
    desk = LaneDesk(shared, FakeStage("ada"))
    handover = desk.handover("ben", shared, FakeStage("ben"))
    desk.lane.hand_over(handover)
    assert shared.adjusted == []
    desk.feed(frame_at(0))
    assert shared.adjusted == [handover.chain.profile]


def test_a_chain_that_was_overtaken_is_given_back_unused() -> None:
    desk = LaneDesk()
    first, second = desk.handover("ben"), desk.handover("cleo")
    desk.lane.hand_over(first)
    desk.lane.hand_over(second)
    assert desk.retired == [first.chain]
    desk.feed(frame_at(0))
    assert desk.retired == [first.chain, desk.chain]
    assert desk.lane.profile.name == "cleo"


def test_a_chain_is_taken_even_while_the_source_is_lost() -> None:
    desk = LaneDesk(interval_ns=EMPTY_NS)
    desk.lane.hand_over(desk.handover("ben"))
    desk.starve(EMPTY_NS)
    assert desk.lane.profile.name == "ben"


def test_settings_are_taken_before_the_next_frame() -> None:
    stage = FakeStage()
    desk = LaneDesk(stage)
    larger = desk.profile.with_face(size=1.2)
    desk.lane.adjust(larger)
    assert stage.adjusted == []
    desk.feed(frame_at(0))
    assert stage.adjusted == [larger]
    assert desk.lane.profile.face.size == 1.2
    assert desk.retired == []
    desk.feed(frame_at(1))
    assert stage.adjusted == [larger]


def test_settings_of_a_profile_that_is_replaced_go_with_it() -> None:
    desk = LaneDesk()
    desk.lane.adjust(desk.profile.with_face(size=1.2))
    desk.lane.hand_over(desk.handover("ben"))
    desk.feed(frame_at(0))
    assert desk.lane.profile == make_profile("ben")


def test_another_label_is_drawn_from_the_next_frame_on() -> None:
    desk = LaneDesk()
    desk.feed(frame_at(100))
    disclosure = desk.profile.disclosure.model_copy(update={"corner": "bottom-left"})
    desk.lane.adjust(desk.profile.model_copy(update={"disclosure": disclosure}))
    desk.feed(frame_at(101))
    first, second = desk.entries()
    assert first.planes is not None
    assert second.planes is not None
    assert desk.taken[-1].card is not desk.chain.card
    assert second.planes[SIZE[1] // 2 : SIZE[1], : SIZE[0] // 2].min() < 60


def test_two_hundred_frames_and_fifty_switches_lose_nothing() -> None:
    desk = LaneDesk(FakeStage("ada", offset=0))
    for index in range(200):
        if index % 4 == 2:
            desk.lane.hand_over(desk.handover(f"p{index}", FakeStage(f"p{index}", offset=index % 3)))
        desk.feed(frame_at(index))
    entries = desk.entries()
    assert [entry.captured_ns for entry in entries] == [START_NS + index * FRAME_NS for index in range(200)]
    assert {entry.showing for entry in entries} == {Showing.PICTURE}
    assert desk.line.dropped == desk.frames.dropped == 0
    assert len(desk.lane.meters.switches) == 50
    assert len(desk.retired) == 50
    assert len({id(chain) for chain in desk.retired}) == 50
    assert all(switch.dropped == 0 and switch.gap_ms == 0.0 for switch in desk.lane.meters.switches)


def test_a_switch_is_measured_and_a_setting_is_not() -> None:
    desk = LaneDesk()
    desk.feed(frame_at(0))
    handover = desk.handover("ben")
    desk.clock.advance(250_000_000)
    desk.lane.hand_over(replace(handover, ready_ns=handover.requested_ns + 100_000_000))
    desk.feed(frame_at(8))
    desk.lane.hand_over(desk.handover("ben", counts=False))
    desk.feed(frame_at(9))
    (switch,) = desk.lane.meters.switches
    assert (switch.source, switch.target, switch.dropped) == ("ada", "ben", 0)
    assert switch.prepare_ms == pytest.approx(100.0)
    assert switch.gap_ms == pytest.approx(7 * FRAME_NS / 1e6)


def test_a_frame_that_is_dropped_while_a_chain_is_taken_counts_against_the_switch() -> None:
    class Slow(FakeStage):
        def process(self, frame: Frame) -> Frame:
            """Two more frames come in while this one is worked on."""
            desk.frames.put(frame_at(2))
            desk.frames.put(frame_at(3))
            return super().process(frame)

    desk = LaneDesk()
    desk.feed(frame_at(0))
    desk.lane.hand_over(desk.handover("ben", Slow()))
    desk.feed(frame_at(1))
    assert desk.lane.meters.switches[0].dropped == 1


def test_the_figures_are_those_of_the_profile_in_the_lane_and_of_the_whole_run() -> None:
    desk = LaneDesk(FakeStage("ada"))
    for index in range(4):
        desk.feed(frame_at(index))
    meters = desk.lane.meters
    desk.lane.hand_over(desk.handover("ben", FakeStage("ben")))
    desk.feed(frame_at(4))
    assert (list(meters.lately), meters.work.held) == (["ben"], 1)
    assert (list(meters.stages), meters.work.count) == (["ada", "ben"], 5)
    desk.lane.hand_over(desk.handover("ben", FakeStage("ben"), counts=False))
    desk.feed(frame_at(5))
    assert meters.work.held == 2
