"""The actor's own face after it was lost: blurred where somebody is, and then nobody wears the likeness."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from pipeline.media import Face, Frame
from pipeline.video.background.person_matte import PersonMatte
from pipeline.video.swap.bystanders import Bystanders
from pipeline.video.tracking.choice import UNSEEN_SCORE
from tests.compositions import beside, likeness
from tests.fakes import FRAME_NS
from tests.footage import (
    DEMO,
    chosen,
    difference,
    inside_oval,
    make_frame,
    make_tracker,
    models,
    moved,
    persona,
    tracked_clip,
)

ASIDE = (-150.0, 0.0)
"""From the demo actor's face to the empty wall, on a picture of 512 pixels' width."""


@pytest.fixture
def matte() -> PersonMatte:
    """The stage with the real network."""
    return PersonMatte(models().path("selfie-segmentation-landscape"))


def veil(face: Face) -> Face:
    """A face as it is remembered."""
    return replace(face, chosen=False, score=UNSEEN_SCORE)


def with_veil(on_actor: bool) -> Frame:
    """The demo actor with a face and a veil, of which one lies on the actor and one on the wall."""
    frame = tracked_clip(DEMO)[0]
    actor, wall = chosen(frame), moved(chosen(frame), ASIDE)
    return replace(frame, faces=(replace(wall, track_id=1), veil(actor)) if on_actor else (actor, veil(wall)))


def test_a_veil_over_somebody_stays_and_takes_the_likeness_from_the_newcomer(matte: PersonMatte) -> None:
    frame = with_veil(on_actor=True)
    result = matte.process(frame)
    assert result.chosen_face is None
    assert [face.track_id for face in result.faces] == [1, 0]
    assert result.faces[1] is frame.faces[1]


def test_a_veil_over_nobody_is_taken_off(matte: PersonMatte) -> None:
    frame = with_veil(on_actor=False)
    result = matte.process(frame)
    assert result.faces == frame.faces[:1]
    assert result.chosen_face is frame.faces[0]


@pytest.mark.parametrize("bystanders", ["blur", "show"])
def test_what_is_veiled_is_blurred_whatever_becomes_of_bystanders(bystanders: str) -> None:
    frame = tracked_clip(DEMO)[0]
    actor = chosen(frame)
    result = Bystanders(persona(bystanders=bystanders)).process(replace(frame, faces=(veil(actor),)))
    assert difference(result.pixels, frame.pixels, inside_oval(actor, frame.size, 0.8)) > 4


def test_an_actor_who_hides_beside_another_person_does_not_hand_the_likeness_on() -> None:
    both = beside(likeness("tomas", 480), likeness("ines", 400))
    tracker = make_tracker()
    for index in range(10):
        frame = tracker.process(make_frame(both.copy(), index * FRAME_NS))
    actor = chosen(frame)
    assert actor.box[0] < 0.3 * both.shape[1]
    assert len(frame.faces) == 2
    hidden, oval = both.copy(), inside_oval(actor, frame.size, 1.2)
    hidden[oval] = cv2.blur(both, (101, 101))[oval]
    for index in range(10, 160):
        frame = tracker.process(make_frame(hidden.copy(), index * FRAME_NS))
        assert frame.chosen_face is None
        assert any(face.score == UNSEEN_SCORE and face.box == actor.box for face in frame.faces)
    for index in range(160, 163):
        frame = tracker.process(make_frame(both.copy(), index * FRAME_NS))
    assert chosen(frame).track_id == actor.track_id
    assert np.allclose(chosen(frame).landmarks, actor.landmarks, atol=3.0)
