"""Everybody who did not ask to be in the picture."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.media import Frame
from pipeline.video.swap.bystanders import Bystanders
from profiles.profile import Profile
from tests.footage import CLIPS, chosen, difference, inside_oval, moved, needs_media, persona, tracked_clip

pytestmark = needs_media

SHIFT_PX = 150.0


def with_other(chosen_is_first: bool = True) -> Frame:
    """A frame on which another face is seen beside the chosen one."""
    frame = tracked_clip(CLIPS[1])[0]
    pixels = frame.pixels.copy()
    pixels[:, 300:] = frame.pixels[:, 150:330]
    actor = chosen(frame)
    other = replace(moved(actor, (SHIFT_PX, 0.0)), chosen=False, track_id=1)
    return replace(frame, pixels=pixels, faces=(actor, other) if chosen_is_first else (other, actor))


def in_room(kind: str) -> Profile:
    return persona().with_background(kind=kind)


@pytest.mark.parametrize("chosen_is_first", [True, False])
def test_other_faces_are_blurred_and_the_chosen_one_is_not(chosen_is_first: bool) -> None:
    frame = with_other(chosen_is_first)
    result = Bystanders(persona()).process(frame)
    other = next(face for face in frame.faces if not face.chosen)
    assert difference(result.pixels, frame.pixels, inside_oval(other, frame.size, 0.8)) > 6
    mine = inside_oval(chosen(frame), frame.size, 1.1)
    assert np.array_equal(result.pixels[mine], frame.pixels[mine])
    assert result.faces == frame.faces


def test_when_nobody_is_chosen_everybody_is_blurred() -> None:
    frame = with_other()
    frame = replace(frame, faces=tuple(replace(face, chosen=False) for face in frame.faces))
    result = Bystanders(persona()).process(frame)
    for face in frame.faces:
        assert difference(result.pixels, frame.pixels, inside_oval(face, frame.size, 0.8)) > 6


def test_alone_the_actor_keeps_the_frame_as_it_is() -> None:
    frame = tracked_clip(CLIPS[1])[0]
    assert Bystanders(persona()).process(frame) is frame


def test_they_are_shown_when_the_profile_says_so_and_blurred_again_when_not() -> None:
    frame, stage = with_other(), Bystanders(persona(bystanders="show"))
    assert stage.process(frame) is frame
    stage.adjust(persona())
    assert stage.process(frame) is not frame


@pytest.mark.parametrize("kind", ["none", "blur"])
def test_whoever_stands_in_the_actors_own_room_is_blurred_whole(kind: str) -> None:
    frame = tracked_clip(CLIPS[1])[0]
    strangers = np.zeros((144, 256), np.uint8)
    strangers[100:, 20:60] = 255
    result = Bystanders(in_room(kind)).process(replace(frame, strangers=strangers))
    where = np.s_[200:, 45:105]
    assert np.abs(result.pixels[where].astype(int) - frame.pixels[where]).mean() > 0.5
    mine = inside_oval(chosen(frame), frame.size)
    assert np.array_equal(result.pixels[mine], frame.pixels[mine])


def test_behind_another_room_nobody_has_to_be_blurred() -> None:
    frame = replace(tracked_clip(CLIPS[1])[0], strangers=np.full((144, 256), 255, np.uint8))
    assert Bystanders(in_room("colour")).process(frame) is frame
