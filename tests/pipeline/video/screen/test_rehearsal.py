"""The rehearsal: a waiting profile on the present actor, now and then, and only while somebody looks."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.media import Face, Frame, Pixels
from pipeline.stage import VideoStage
from pipeline.telemetry import Preview, Shown
from pipeline.video.screen.gallery import WANTED_NS, Gallery, thumbnail
from pipeline.video.screen.rehearsal import PAUSE_NS, PAUSE_SHARE, Costume, Rehearsal
from tests.chains import make_chain, make_profile
from tests.fakes import FakeClock, FakeStage
from tests.footage import DEMO, chosen, tracked_clip
from tests.lane_desk import frame_at

SIZE = (40, 30)


class Slow(FakeStage):
    """A stage that takes a second."""

    clock: FakeClock

    def process(self, frame: Frame) -> Frame:
        """The frame, later."""
        self.clock.advance(1_000_000_000)
        return super().process(frame)


class Noting(FakeStage):
    """A stage that keeps the faces of each frame."""

    def __init__(self) -> None:
        super().__init__("noting")
        self.faces: list[tuple[Face, ...]] = []

    def process(self, frame: Frame) -> Frame:
        """The frame itself."""
        self.faces.append(frame.faces)
        return frame


class Desk:
    """A rehearsal with its gallery."""

    def __init__(self, *stages: VideoStage) -> None:
        self.clock = FakeClock()
        self.gallery = Gallery(self.clock)
        self.rehearsal = Rehearsal(self.gallery, self.clock)
        chain = make_chain(make_profile(), size=(160, 120))
        self.costume = Costume(stages, chain.label, chain.card)

    def look(self) -> Preview | None:
        """What the operator sees."""
        return self.gallery.newest(Shown.NEXT, SIZE)

    def play(self, frame: Frame | None) -> bool:
        """Lets the lane see a frame; whether a picture was made of it."""
        self.gallery.actor = frame
        if not self.rehearsal.is_due:
            return False
        self.rehearsal.show(self.costume)
        return True

    def shown(self) -> Pixels:
        """The picture, which has to be there."""
        preview = self.look()
        assert preview is not None
        return preview.pixels


def test_nothing_is_made_for_nobody_nor_of_nobody_nor_twice_of_the_same_frame() -> None:
    desk = Desk(stage := FakeStage())
    assert not desk.play(frame_at(1))
    assert desk.look() is None
    assert not desk.play(None)
    assert desk.play(frame := frame_at(2))
    desk.clock.advance(PAUSE_NS)
    assert not desk.play(frame)
    desk.clock.advance(WANTED_NS)
    assert not desk.play(frame_at(3))
    assert stage.count == 1


def test_the_frame_goes_through_the_stages_and_gets_the_label_and_the_lanes_stays_as_it_is() -> None:
    desk = Desk(FakeStage(offset=100))
    desk.look()
    assert desk.play(frame := frame_at(50))
    assert (desk.shown()[14:16, 10:30] == 150).all()
    assert (desk.shown() < 140).any()
    assert (frame.pixels == 50).all()


def test_a_stage_that_leaves_the_frame_as_it_is_does_not_have_the_label_drawn_on_the_lanes_own() -> None:
    desk = Desk(Noting())
    desk.look()
    assert desk.play(frame := frame_at(200))
    assert (desk.shown() < 150).any()
    assert (frame.pixels == 200).all()


def test_where_a_stage_fails_the_card_would_go_out() -> None:
    desk = Desk(FakeStage(fails_on=frozenset({0})))
    desk.look()
    assert desk.play(frame_at(50))
    assert np.array_equal(desk.shown(), thumbnail(desk.costume.card, SIZE))


def test_it_is_made_four_times_a_second_at_most_and_takes_a_tenth_of_a_core() -> None:
    desk = Desk(slow := Slow())
    slow.clock = desk.clock
    desk.look()
    assert desk.play(frame_at(0))
    began_ns, made = desk.clock.now_ns() - 1_000_000_000, 1
    while desk.clock.now_ns() - began_ns < 60_000_000_000:
        desk.clock.advance(33_000_000)
        desk.look()
        made += desk.play(frame_at(made))
    assert made == pytest.approx(60 / (1 + PAUSE_SHARE), abs=1)

    desk = Desk(FakeStage())
    made = 0
    for index in range(300):
        desk.clock.advance(33_000_000)
        desk.look()
        made += desk.play(frame_at(index % 100))
    assert 30 <= made <= 40


def test_when_nothing_waits_any_more_the_picture_is_gone_and_the_next_profile_is_shown_at_once() -> None:
    desk = Desk(FakeStage())
    desk.look()
    assert desk.play(frame := frame_at(1))
    desk.rehearsal.end()
    assert desk.look() is None
    assert desk.play(frame)
    assert desk.look() is not None


def test_roles_and_who_was_lost_with_one_stay_with_the_profile_in_the_lane() -> None:
    actor = chosen(tracked_clip(DEMO)[0])
    left = replace(actor, track_id=7, chosen=False, role=1)
    lost = replace(left, track_id=8, score=0.0)
    desk = Desk(noting := Noting())
    desk.look()
    assert desk.play(replace(frame_at(1), faces=(actor, left, lost)))
    ((first, second),) = noting.faces
    assert first.chosen
    assert (second.track_id, second.role) == (7, None)
