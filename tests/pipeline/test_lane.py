"""The lane: every frame out in order, and the policy's picture where a stage fails or the source is lost."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from pipeline.errors import StageError
from pipeline.lane import HOLD_NS, LOST_AFTER_NS
from pipeline.media import Frame
from pipeline.telemetry import Level, Shown
from pipeline.video.output.delay_line import Showing
from pipeline.video.screen.gallery import thumbnail
from profiles.profile import FailSafePolicy, Profile
from tests.chains import make_profile
from tests.fakes import FRAME_NS, FakeStage
from tests.lane_desk import EMPTY_NS, SIZE, START_NS, LaneDesk, frame_at, luminance


@dataclass
class Crash:
    """A stage with a fault in it."""

    name: str = "crash"
    latency_ns: int = 0

    def process(self, frame: Frame) -> Frame:
        """Fails as no stage may."""
        raise ValueError("the mesh has no corners")

    def adjust(self, profile: Profile) -> None:
        """Nothing."""

    def reset(self) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""


def test_a_frame_passes_every_stage_and_keeps_its_times() -> None:
    desk = LaneDesk(FakeStage("one", offset=20), FakeStage("two", offset=30))
    desk.feed(replace(frame_at(100), captured_ns=1234, media_ns=567))
    (entry,) = desk.entries()
    assert (entry.showing, entry.captured_ns, entry.media_ns) == (Showing.PICTURE, 1234, 567)
    assert luminance(entry) == round(16 + 150 * 219 / 255)
    assert set(desk.lane.meters.stages) == {"one", "two"}


def test_the_label_is_on_the_picture_and_not_on_the_source() -> None:
    class Through(FakeStage):
        def process(self, frame: Frame) -> Frame:
            """The frame itself."""
            return frame

    desk = LaneDesk(Through())
    frame = frame_at(200)
    desk.feed(frame)
    (entry,) = desk.entries()
    assert entry.planes is not None
    assert entry.planes[: SIZE[1]].min() < 120
    assert (frame.pixels == 200).all()


def test_a_failure_before_the_first_good_frame_shows_the_card() -> None:
    desk = LaneDesk(FakeStage(fails_on=frozenset({0, 1})))
    for index in range(3):
        desk.feed(frame_at(index))
    assert desk.showings() == [Showing.CARD, Showing.CARD, Showing.PICTURE]
    assert desk.lane.meters.failed == 2


def test_a_failure_after_a_good_frame_holds_it_for_two_seconds_and_then_shows_the_card() -> None:
    desk = LaneDesk(FakeStage(fails_on=frozenset(range(1, 200))))
    for index in range(100):
        desk.feed(frame_at(index))
    shown = desk.showings()
    held = HOLD_NS // FRAME_NS
    assert shown == [Showing.PICTURE] + [Showing.AGAIN] * held + [Showing.CARD] * (99 - held)


def test_the_hold_lasts_two_seconds_of_the_film_however_fast_it_is_read() -> None:
    desk = LaneDesk(FakeStage(fails_on=frozenset(range(1, 200))))
    for index in range(100):
        desk.feed(replace(frame_at(index), captured_ns=START_NS + index * FRAME_NS // 50))
    assert desk.showings().count(Showing.AGAIN) == HOLD_NS // FRAME_NS


def test_a_good_frame_ends_the_card() -> None:
    desk = LaneDesk(FakeStage(fails_on=frozenset(range(1, 80))))
    for index in range(82):
        desk.feed(frame_at(index))
    shown = desk.showings()
    assert shown[79] is Showing.CARD
    assert shown[80:] == [Showing.PICTURE] * 2


def test_the_card_policy_shows_the_card_at_once() -> None:
    desk = LaneDesk(FakeStage(fails_on=frozenset({1})), policy=FailSafePolicy.CARD)
    for index in range(3):
        desk.feed(frame_at(index))
    assert desk.showings() == [Showing.PICTURE, Showing.CARD, Showing.PICTURE]


@pytest.mark.parametrize("policy", [FailSafePolicy.HOLD, FailSafePolicy.CARD])
def test_the_stages_behind_a_failure_do_not_work_for_nothing(policy: FailSafePolicy) -> None:
    behind = FakeStage("behind")
    desk = LaneDesk(FakeStage(fails_on=frozenset({0})), behind, policy=policy)
    desk.feed(frame_at(0))
    assert behind.count == 0


@pytest.mark.parametrize("failing", [0, 1])
def test_the_blur_policy_goes_on_with_a_picture_that_nobody_is_known_on(failing: int) -> None:
    behind = FakeStage("behind", offset=0)
    desk = LaneDesk(FakeStage(offset=0, fails_on=frozenset({failing})), behind, policy=FailSafePolicy.BLUR)
    sharp = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    sharp[:, ::4] = sharp[:, 1::4] = 255
    for index in range(2):
        desk.feed(Frame(sharp, index * FRAME_NS, index * FRAME_NS))
    detail = []
    for entry in desk.entries():
        assert entry.showing is Showing.PICTURE
        assert entry.planes is not None
        detail.append(float(np.abs(np.diff(entry.planes[40:110].astype(int), axis=1)).mean()))
    assert detail[failing] < 0.1 * detail[1 - failing]
    assert behind.count == 2
    assert desk.lane.meters.failed == 1


def test_a_blurred_frame_is_not_held_as_a_good_one() -> None:
    desk = LaneDesk(FakeStage(fails_on=frozenset({0, 1})), policy=FailSafePolicy.BLUR)
    desk.feed(frame_at(0))
    desk.lane.adjust(make_profile("ada", FailSafePolicy.HOLD))
    desk.feed(frame_at(1))
    assert desk.showings() == [Showing.PICTURE, Showing.CARD]


def test_any_other_error_is_not_caught_here() -> None:
    desk = LaneDesk(Crash())
    desk.frames.put(frame_at(0))
    with pytest.raises(ValueError, match="no corners"):
        desk.lane.step()
    assert desk.entries() == []


def test_before_the_first_frame_the_card_goes_out() -> None:
    desk = LaneDesk(interval_ns=EMPTY_NS)
    desk.starve(EMPTY_NS)
    desk.starve(EMPTY_NS)
    assert desk.showings() == [Showing.CARD, Showing.CARD]
    assert desk.events == []


def test_a_source_that_stops_is_told_once_and_held_and_told_once_when_it_is_back() -> None:
    desk = LaneDesk(interval_ns=EMPTY_NS)
    desk.feed(frame_at(0))
    desk.starve(LOST_AFTER_NS - EMPTY_NS)
    assert desk.events == []
    for _ in range(30):
        desk.starve(100_000_000)
    assert [event.level for event in desk.events] == [Level.WARNING]
    shown = desk.entries()
    assert [entry.showing for entry in shown[:18]] == [Showing.PICTURE] + [Showing.AGAIN] * 17
    assert {entry.showing for entry in shown[18:]} == {Showing.CARD}
    assert shown[5].media_ns - shown[4].media_ns == 100_000_000
    desk.feed(frame_at(200))
    assert [event.level for event in desk.events] == [Level.WARNING, Level.INFO]
    assert desk.showings() == [Showing.PICTURE]
    desk.starve(2 * LOST_AFTER_NS)
    assert [event.level for event in desk.events] == [Level.WARNING, Level.INFO, Level.WARNING]


def test_a_file_that_catches_up_is_not_lost_however_long_ago_its_frames_were_due() -> None:
    desk = LaneDesk(interval_ns=EMPTY_NS)
    for index in range(10):
        desk.clock.advance(LOST_AFTER_NS)
        desk.feed(frame_at(index))
        desk.starve(LOST_AFTER_NS - EMPTY_NS)
    assert desk.events == []
    assert desk.showings() == [Showing.PICTURE] * 10


def test_the_end_of_the_source_is_the_end_of_the_line() -> None:
    desk = LaneDesk()
    desk.frames.put(frame_at(0))
    desk.frames.close()
    assert desk.lane.step() is True
    assert desk.lane.step() is False
    assert desk.showings() == [Showing.PICTURE]
    assert desk.line.closed_and_empty


def test_the_program_picture_is_made_only_for_somebody_who_looks_and_at_that_size() -> None:
    desk = LaneDesk()
    assert desk.lane.gallery.newest(Shown.PROGRAM, (40, 30)) is None
    serials = []
    for index in range(10):
        desk.feed(frame_at(index))
        preview = desk.lane.gallery.newest(Shown.PROGRAM, (40, 30))
        assert preview is not None
        assert preview.pixels.shape == (30, 40, 3)
        serials.append(preview.serial)
    assert serials == sorted(serials)
    assert 4 <= serials[-1] <= 6


def test_the_program_picture_is_the_card_while_the_card_goes_out() -> None:
    desk = LaneDesk(FakeStage(fails_on=frozenset({0})), policy=FailSafePolicy.CARD)
    desk.lane.gallery.newest(Shown.PROGRAM, (80, 60))
    desk.feed(frame_at(3))
    preview = desk.lane.gallery.newest(Shown.PROGRAM, (80, 60))
    assert preview is not None
    assert np.array_equal(preview.pixels, thumbnail(desk.lane.card, (80, 60)))


def test_the_source_is_shown_as_the_camera_saw_it_whatever_becomes_of_the_frame() -> None:
    desk = LaneDesk(FakeStage(offset=90, fails_on=frozenset({1})), policy=FailSafePolicy.CARD)
    desk.lane.gallery.newest(Shown.SOURCE, (8, 6))
    for index in (10, 20):
        desk.feed(frame_at(index))
        preview = desk.lane.gallery.newest(Shown.SOURCE, (8, 6))
        assert preview is not None
        assert (preview.pixels == index).all()


def test_a_stage_error_says_which_frame_it_costs() -> None:
    with pytest.raises(StageError, match="frame 0"):
        FakeStage(fails_on=frozenset({0})).process(frame_at(0))
