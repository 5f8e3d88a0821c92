"""The face of another profile on somebody beside the actor."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from pipeline.errors import StageError
from pipeline.media import Frame, Motion
from pipeline.stage import VideoStage
from pipeline.video.cast.casting import Casting
from pipeline.video.cast.member import CastMember
from pipeline.video.swap.bystanders import Bystanders
from profiles.profile import Profile
from tests.fakes import FakeStage
from tests.footage import DEMO, SMILING, clips, difference, inside_oval, make_frame, moved, persona, scaled, swap
from tests.models.dfm import EVERYWHERE, Tinting
from tests.neural_faces import FACE, dfm_profile, wear
from tests.pipeline.video.cast.people import casting, shows, three

one_person = pytest.mark.parametrize("name", clips(DEMO, SMILING))

BLUE, GREEN, RED = 0, 1, 2


def tint(channel: int) -> VideoStage:
    """A network that makes a face of one colour."""
    colour = [0.1, 0.1, 0.1]
    colour[channel] = 0.9
    spec = Tinting(64, (0.0,) * 3, (colour[0], colour[1], colour[2]), driver=FACE, target=EVERYWHERE)
    return wear(dfm_profile(), spec)


def chain(profile: Profile, *worn: VideoStage) -> list[VideoStage]:
    """The stages from the roles on, the first of those that wear a face for the actor."""
    own, *others = worn
    members = [CastMember(role, stage) for role, stage in enumerate(others)]
    return [Casting(profile), Bystanders(profile), own, *members]


def through(stages: Sequence[VideoStage], frames: Sequence[Frame]) -> Frame:
    """The last frame after all stages."""
    for frame in frames:
        for stage in stages:
            frame = stage.process(frame)
    return replace(frame, pixels=frame.pixels.copy())


def tinted(result: Frame, given: Frame) -> list[int | None]:
    """The channel that stands out on each face, from left to right; None where none does."""
    found: list[int | None] = []
    for face in given.faces:
        inside = inside_oval(face, given.size, 0.6)
        means = result.pixels[inside].mean(axis=0) / given.pixels[inside].mean(axis=0)
        bright = int(np.argmax(means))
        found.append(bright if means[bright] > 2.0 * np.delete(means, bright).max() else None)
    return found


@one_person
def test_each_person_wears_a_face_of_their_own_and_the_third_is_blurred(name: str) -> None:
    frames = three(name)
    assert [face.chosen for face in frames[-1].faces] == [False, True, False]
    left = through(chain(casting(("left", persona("ines"))), tint(RED), tint(GREEN)), frames)
    assert tinted(left, frames[-1]) == [GREEN, RED, None]
    right = through(chain(casting(("right", persona("ines"))), tint(RED), tint(BLUE)), frames)
    assert tinted(right, frames[-1]) == [None, RED, BLUE]
    pair = casting(("right", persona("ines")), (frames[-1].faces[0].track_id, persona("tomas")))
    both = through(chain(pair, tint(RED), tint(BLUE), tint(GREEN)), frames)
    assert tinted(both, frames[-1]) == [GREEN, RED, BLUE]
    assert not shows(frames[-1].faces[2], left, frames[-1])
    assert not shows(frames[-1].faces[0], right, frames[-1])


@one_person
def test_nobody_is_seen_who_wears_a_portrait(name: str) -> None:
    frames = three(name)
    profile = casting(("left", persona("anselm")), ("right", persona("mara")))
    result = through(chain(profile, swap("ines"), swap("anselm"), swap("mara")), frames)
    assert not any(shows(face, result, frames[-1]) for face in frames[-1].faces)


@one_person
def test_where_a_face_can_not_be_worn_it_is_blurred_and_the_frame_goes_on(name: str) -> None:
    frames = three(name)
    always = FakeStage(fails_on=frozenset(range(100)))
    profile = casting(("left", persona("ines")), ("right", persona("tomas")))
    result = through(chain(profile, tint(RED), always, tint(BLUE)), frames)
    assert always.count == len(frames)
    assert tinted(result, frames[-1]) == [None, RED, BLUE]
    assert not shows(frames[-1].faces[0], result, frames[-1])


@one_person
@pytest.mark.parametrize("bystanders", ["blur", "show"])
def test_who_comes_back_under_another_id_is_blurred_whatever_becomes_of_bystanders(name: str, bystanders: str) -> None:
    *before, last = three(name)
    profile = casting((last.faces[0].track_id, persona("ines")), bystanders=bystanders)
    again = replace(last, faces=(replace(last.faces[0], track_id=77), *last.faces[1:]))
    result = through(chain(profile, tint(RED), tint(GREEN)), [*before, again])
    assert tinted(result, last) == [None, RED, None]
    assert not any(shows(face, result, last) for face in last.faces[::2])


@one_person
def test_where_somebody_with_a_role_was_lost_the_picture_is_blurred(name: str) -> None:
    *before, last = three(name)
    profile = casting(("left", persona("ines")))
    result = through(chain(profile, tint(RED), tint(GREEN)), [*before, replace(last, faces=last.faces[1:])])
    assert tinted(result, last) == [None, RED, None]
    assert not shows(last.faces[0], result, last)


@one_person
def test_what_is_far_from_all_faces_is_left(name: str) -> None:
    frames = three(name)
    result = through(chain(casting(("left", persona("ines"))), tint(RED), tint(GREEN)), frames)
    far = ~np.logical_or.reduce([inside_oval(face, frames[-1].size, 1.7) for face in frames[-1].faces])
    assert far.mean() > 0.25
    assert difference(result.pixels, frames[-1].pixels, far) < 0.1


def test_without_its_face_the_stage_leaves_the_frame_and_everything_on_it() -> None:
    frame, worn = three(DEMO)[0], FakeStage(fails_on=frozenset({0}))
    assert CastMember(0, worn).process(frame) is frame
    assert worn.count == 0


@pytest.mark.parametrize("fails", [False, True])
def test_the_frame_keeps_its_faces_and_how_the_actors_own_was_moved(fails: bool) -> None:
    still = np.zeros((2, 2), np.float32)
    motion = Motion(0, 0, 4, 4, still, still)
    left, *others = three(DEMO)[0].faces
    frame = replace(three(DEMO)[0], faces=(replace(left, role=0), *others), motion=motion)
    worn: VideoStage = FakeStage(fails_on=frozenset({0})) if fails else swap("ines")
    result = CastMember(0, worn).process(frame)
    assert (result.faces, result.motion) == (frame.faces, motion)
    assert not np.array_equal(result.pixels, frame.pixels)


@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize("size", [(64, 64), (321, 241), (242, 322), (1280, 720)], ids=str)
@pytest.mark.parametrize("by", [(0.0, 0.0), (-0.4, -0.4), (3.0, 0.0)], ids=str)
def test_what_comes_in_is_never_written_to_wherever_the_face_is(
    size: tuple[int, int], by: tuple[float, float], fails: bool
) -> None:
    source = three(DEMO)[0]
    pixels = scaled(source.pixels, size)
    scale = size[0] / source.size[0]
    face = replace(moved(source.faces[0], (by[0] * size[0], by[1] * size[1]), scale), role=0)
    frame = replace(make_frame(pixels, source.media_ns), faces=(face,))
    before = pixels.tobytes()
    member = CastMember(0, FakeStage(fails_on=frozenset(range(9))) if fails else swap("ines"))
    for _ in range(2):
        result = member.process(frame)
        assert (result.captured_ns, result.media_ns) == (frame.captured_ns, frame.media_ns)
        assert (result.pixels.shape, result.pixels.dtype) == (pixels.shape, np.uint8)
        assert result.pixels.flags.c_contiguous
    assert pixels.tobytes() == before


def test_another_errors_way_is_not_barred() -> None:
    class Torn(FakeStage):
        def process(self, frame: Frame) -> Frame:
            raise ValueError("Torn.")

    frame = three(DEMO)[0]
    frame = replace(frame, faces=(replace(frame.faces[0], role=0),))
    with pytest.raises(ValueError, match="Torn"):
        CastMember(0, Torn()).process(frame)


def test_settings_of_the_profile_are_not_taken_for_the_others() -> None:
    worn = FakeStage()
    member = CastMember(0, worn)
    member.adjust(persona(opacity=0.85))
    member.reset()
    member.close()
    assert (worn.adjusted, worn.resets, worn.closes) == ([], 1, 1)


def test_without_a_chosen_face_the_actors_own_stage_says_so() -> None:
    frame = three(DEMO)[0]
    nobody = replace(frame, faces=tuple(replace(moved(face), chosen=False) for face in frame.faces))
    with pytest.raises(StageError, match="no face"):
        through(chain(casting(("left", persona("ines"))), tint(RED), tint(GREEN)), [nobody])
