"""What the camera sees, for the operator: faces where they are, and tints where something is covered."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.assembly import Assembly, Chain
from pipeline.media import Frame, Pasted, Pixels
from pipeline.telemetry import Shown
from pipeline.video.screen.gallery import Gallery, thumbnail
from pipeline.video.screen.looks import (
    FACE_TINT,
    HIDDEN_TINT,
    NAMED_FROM_PX,
    ROOM_TINT,
    VEIL_RGB,
    WORN_RGB,
    show_source,
)
from profiles.profile import Profile
from profiles.store import BUILTIN, ProfileStore
from tests.fakes import FakeClock
from tests.footage import BIRD, DEMO, SMILING, chosen, clip, clips, inside_oval, models, persona, tracked_clip

SIZES = ((80, 46), (320, 180))
LOOKS = (Shown.SOURCE, Shown.FACES, Shown.MASK)
footage = pytest.mark.parametrize("name", clips(DEMO, SMILING, BIRD))


def shown(frame: Frame, source: Pixels, size: tuple[int, int], profile: Profile | None = None) -> dict[Shown, Pixels]:
    """What the operator is shown of a frame."""
    gallery = Gallery(FakeClock())
    for look in LOOKS:
        gallery.newest(look, size)
    show_source(gallery, source, frame, profile or persona())
    previews = {look: gallery.newest(look, size) for look in LOOKS}
    return {look: preview.pixels for look, preview in previews.items() if preview is not None}


def changed(one: Pixels, other: Pixels) -> NDArray[np.int16]:
    """int16 (height, width): how much two pictures differ."""
    return np.asarray(np.abs(one.astype(np.int16) - other.astype(np.int16)).max(axis=-1), np.int16)


@contextmanager
def chain_of(name: str, size: tuple[int, int]) -> Iterator[Chain]:
    """A built-in persona's whole chain."""
    profile = ProfileStore([BUILTIN]).load(name)
    assembly = Assembly(models(), profile, size)
    try:
        chain = assembly.build(profile)
        yield chain
        chain.close()
    finally:
        assembly.close()


def is_tinted(picture: Pixels, source: Pixels, tint: tuple[int, int, int]) -> NDArray[np.bool_]:
    """bool (height, width): where a picture is nearer to a tint than its source by a good part of the way."""
    before, after = (np.abs(one.astype(np.float32) - np.array(tint)).sum(axis=-1) for one in (source, picture))
    return np.asarray(after < 0.62 * before, np.bool_)


@footage
@pytest.mark.parametrize("size", SIZES)
def test_the_source_is_the_cameras_own_picture_beside_all_that_is_drawn(name: str, size: tuple[int, int]) -> None:
    frame = tracked_clip(name)[10]
    before = frame.pixels.copy()
    pictures = shown(frame, frame.pixels, size)
    assert np.array_equal(pictures[Shown.SOURCE], thumbnail(frame.pixels, size))
    assert np.array_equal(frame.pixels, before)


@footage
@pytest.mark.parametrize("size", SIZES)
def test_a_face_is_drawn_where_it_is_and_in_the_colour_of_whom_it_belongs_to(name: str, size: tuple[int, int]) -> None:
    frame = tracked_clip(name)[10]
    frame = replace(frame, faces=(chosen(frame),))
    pictures = shown(frame, frame.pixels, size)
    drawn = changed(pictures[Shown.FACES], pictures[Shown.SOURCE]) > 12
    left, top, width, height = chosen(frame).box
    scale = size[0] / frame.size[0], size[1] / frame.size[1]
    _, columns = np.nonzero(drawn)
    assert columns.min() == pytest.approx(left * scale[0], abs=2.5)
    middle, below = round((left + width / 2) * scale[0]), round((top + height) * scale[1])
    for spot in ((round((top + height / 2) * scale[1]), round(left * scale[0])), (below, middle)):
        assert np.abs(pictures[Shown.FACES][spot].astype(int) - WORN_RGB).max() < 90
    # The name stands over the box, or under it where there is no room; on a small picture it would hide the person.
    named = drawn[below + 3 :].any() or drawn[: round(top * scale[1]) - 3].any()
    assert named == (size[1] >= NAMED_FROM_PX)


def test_a_place_where_somebody_was_lost_is_a_box_of_another_colour_without_landmarks() -> None:
    frame = tracked_clip(DEMO)[10]
    veil = replace(chosen(frame), score=0.0, chosen=False)
    pictures = shown(replace(frame, faces=(veil,)), frame.pixels, (320, 180))
    drawn = changed(pictures[Shown.FACES], pictures[Shown.SOURCE]) > 12
    left, top, width, height = (value * 320 / frame.size[0] for value in veil.box)
    inside = drawn[round(top) + 3 : round(top + height) - 3, round(left) + 3 : round(left + width) - 3]
    assert not inside.any()
    edge = pictures[Shown.FACES][round(top + height / 2), round(left)]
    assert np.abs(edge.astype(int) - VEIL_RGB).max() < 90


@pytest.mark.parametrize("corner", [(-30, -20), (590, 330)])
def test_a_face_that_the_edge_cuts_is_drawn_as_far_as_it_is_seen(corner: tuple[int, int]) -> None:
    frame = tracked_clip(DEMO)[10]
    face = chosen(frame)
    shift = np.array(corner, np.float32) - face.box[:2]
    beyond = replace(face, box=(*map(float, corner), *face.box[2:]), landmarks=face.landmarks + np.append(shift, 0.0))
    pictures = shown(replace(frame, faces=(beyond,)), frame.pixels, (80, 46))
    assert (changed(pictures[Shown.FACES], pictures[Shown.SOURCE]) > 12).any() or corner[0] > frame.size[0]


@footage
def test_the_mask_tints_the_worn_face_and_the_room_and_leaves_the_person(name: str) -> None:
    size = (320, 180)
    with chain_of("mara", clip(name)[0].size) as chain:
        for source in clip(name)[:12]:
            frame = source
            for stage in chain.stages:
                frame = stage.process(frame)
        pictures = shown(frame, source.pixels, size, chain.profile)
    mask, raw = pictures[Shown.MASK], pictures[Shown.SOURCE]
    scale = np.array([size[0] / frame.size[0], size[1] / frame.size[1]], np.float32)
    landmarks = chosen(frame).landmarks.copy()
    landmarks[:, :2] *= scale
    face = inside_oval(replace(chosen(frame), landmarks=landmarks), size, 0.6)
    worn, room = is_tinted(mask, raw, FACE_TINT), is_tinted(mask, raw, ROOM_TINT)
    # The actor's own eyes and mouth are let through.
    assert worn[face].mean() > 0.6
    assert not room[face].any()
    assert room[:, :10].mean() > 0.9
    chest = np.s_[165:175, round(float(landmarks[:, 0].mean())) - 10 : round(float(landmarks[:, 0].mean())) + 10]
    assert changed(mask, raw)[chest].mean() < 40


def test_others_who_are_blurred_are_told_from_the_room() -> None:
    frame = clip(DEMO)[0]
    there = np.zeros((144, 256), np.uint8)
    there[:, :100] = 255
    pictures = shown(replace(frame, strangers=there), frame.pixels, (80, 46))
    hidden = is_tinted(pictures[Shown.MASK], pictures[Shown.SOURCE], HIDDEN_TINT)
    assert hidden[:, :28].mean() > 0.9
    assert not hidden[:, 34:].any()


@pytest.mark.parametrize("corner", [(0, 0), (300, 200)])
def test_what_was_pasted_is_tinted_where_it_lies(corner: tuple[int, int]) -> None:
    frame = clip(DEMO)[0]
    pasted = Pasted(*corner, np.full((80, 120), 255, np.uint8))
    pictures = shown(replace(frame, pasted=(pasted,)), frame.pixels, (256, 144))
    rows, columns = np.nonzero(changed(pictures[Shown.MASK], pictures[Shown.SOURCE]) > 3)
    assert (columns.min(), rows.min()) == (corner[0] // 2, corner[1] // 2)
    assert (columns.max(), rows.max()) == (corner[0] // 2 + 59, corner[1] // 2 + 39)
