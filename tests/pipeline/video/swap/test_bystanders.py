"""Everybody who did not ask to be in the picture."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from pipeline.media import Frame
from pipeline.video.swap.bystanders import Bystanders
from profiles.profile import Profile
from tests.compositions import beside, cut_out, likeness
from tests.fakes import FRAME_NS
from tests.footage import (
    DEMO,
    SMILING,
    chosen,
    clips,
    difference,
    inside_oval,
    make_frame,
    persona,
    tracked,
    tracked_clip,
)

one_person = pytest.mark.parametrize("name", clips(DEMO, SMILING))


@cache
def with_other(name: str) -> Frame:
    """The actor of a clip with somebody smaller beside."""
    row = beside(cut_out(name, 0, 280), likeness("ines", 220))
    frame = tracked([make_frame(row, index * FRAME_NS) for index in range(3)])[-1]
    actor, other = sorted(frame.faces, key=lambda face: face.box[0])
    assert actor.chosen
    return replace(frame, faces=(actor, other))


def in_room(kind: str) -> Profile:
    return persona().with_background(kind=kind)


@one_person
@pytest.mark.parametrize("chosen_is_first", [True, False])
def test_other_faces_are_blurred_and_the_chosen_one_is_not(name: str, chosen_is_first: bool) -> None:
    frame = with_other(name)
    if not chosen_is_first:
        frame = replace(frame, faces=frame.faces[::-1])
    result = Bystanders(persona()).process(frame)
    other = next(face for face in frame.faces if not face.chosen)
    assert difference(result.pixels, frame.pixels, inside_oval(other, frame.size, 0.8)) > 6
    mine = inside_oval(chosen(frame), frame.size, 1.1)
    assert np.array_equal(result.pixels[mine], frame.pixels[mine])
    assert result.faces == frame.faces


@one_person
def test_when_nobody_is_chosen_everybody_is_blurred(name: str) -> None:
    frame = with_other(name)
    frame = replace(frame, faces=tuple(replace(face, chosen=False) for face in frame.faces))
    result = Bystanders(persona()).process(frame)
    for face in frame.faces:
        assert difference(result.pixels, frame.pixels, inside_oval(face, frame.size, 0.8)) > 6


@one_person
def test_alone_the_actor_keeps_the_frame_as_it_is(name: str) -> None:
    frame = tracked_clip(name)[0]
    assert Bystanders(persona()).process(frame) is frame


@one_person
def test_they_are_shown_when_the_profile_says_so_and_blurred_again_when_not(name: str) -> None:
    frame, stage = with_other(name), Bystanders(persona(bystanders="show"))
    assert stage.process(frame) is frame
    stage.adjust(persona())
    assert stage.process(frame) is not frame


@one_person
@pytest.mark.parametrize("kind", ["none", "blur"])
def test_whoever_stands_in_the_actors_own_room_is_blurred_whole(name: str, kind: str) -> None:
    frame = tracked_clip(name)[0]
    strangers = np.zeros((144, 256), np.uint8)
    strangers[100:, 20:60] = 255
    result = Bystanders(in_room(kind)).process(replace(frame, strangers=strangers))
    where = np.s_[200:, 45:105]
    assert np.abs(result.pixels[where].astype(int) - frame.pixels[where]).mean() > 0.5
    mine = inside_oval(chosen(frame), frame.size)
    assert np.array_equal(result.pixels[mine], frame.pixels[mine])


@one_person
def test_behind_another_room_nobody_has_to_be_blurred(name: str) -> None:
    frame = replace(tracked_clip(name)[0], strangers=np.full((144, 256), 255, np.uint8))
    assert Bystanders(in_room("colour")).process(frame) is frame
