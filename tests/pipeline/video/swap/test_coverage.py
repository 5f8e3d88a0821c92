"""What is before the face stays in front of it, and nothing else uncovers the actor."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.media import Frame, Pixels
from tests.compositions import THINGS, Covered, darkened, lit_from_aside, noisy, turned
from tests.footage import (
    BIRD,
    DEMO,
    chosen,
    clip,
    difference,
    enlarged,
    inside_oval,
    make_frame,
    needs_media,
    tracked,
    tracked_clip,
    worn,
)

HAND = np.s_[150:178, 446:484]
"""Within the fist before the mouth, on these frames of the real clip."""
HAND_FRAMES = slice(18, 35)
RISE_S = (1.2, 1.5, 2.5, 2.8)
"""When the thing starts to rise before the demo actor's face, is up, starts to fall and is away."""
FILM_FRAMES = 50

Mask = NDArray[np.bool_]

CONDITIONS: dict[str, Callable[[Frame], Pixels]] = {
    "dim": lambda frame: darkened(frame.pixels),
    "nearly dark": lambda frame: darkened(frame.pixels, 0.15),
    "lit from aside": lit_from_aside,
    "noisy": lambda frame: noisy(frame.pixels, frame.media_ns, 6.0),
    "tilted": lambda frame: turned(frame.pixels, 25.0),
    "cut by the border": lambda frame: frame.pixels[:, :291].copy(),
}


@dataclass(frozen=True)
class Film:
    """The demo actor, before whose face a thing rises and falls again."""

    frames: tuple[Frame, ...]
    things: tuple[Mask, ...]
    """What of each frame is surely the thing."""
    up: range
    """The frames on which it is up."""


def film_of(thing: str, first: int = 0) -> Film:
    """A film that begins with a frame of the clip."""
    frames = tracked_clip(DEMO)[first : first + FILM_FRAMES]
    times_s = [(frame.media_ns - frames[0].media_ns) / 1e9 for frame in frames]
    shots: list[Covered] = [
        THINGS[thing](frame, float(np.interp(time_s, RISE_S, (0, 1, 1, 0))))
        for frame, time_s in zip(frames, times_s, strict=True)
    ]
    up = [index for index, time_s in enumerate(times_s) if RISE_S[1] <= time_s <= RISE_S[2]]
    return Film(
        tracked([make_frame(shot.frame.pixels, shot.frame.media_ns) for shot in shots]),
        tuple(cv2.erode(shot.thing.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0 for shot in shots),
        range(up[0], up[-1] + 1),
    )


@pytest.fixture(scope="module", params=THINGS)
def film(request: pytest.FixtureRequest) -> Film:
    """A hand or a cup before a face that looks ahead and talks."""
    return film_of(request.param)


@pytest.fixture(scope="module")
def bird() -> Iterator[tuple[Frame, ...]]:
    """A real hand before a real face."""
    frames = clip(BIRD)[: HAND_FRAMES.stop]
    yield tracked([make_frame(enlarged(frame.pixels), frame.media_ns) for frame in frames])


def brow(frame: Frame) -> Mask:
    """The part of the face above the eyes, which no thing reaches."""
    face = chosen(frame)
    above = inside_oval(face, frame.size, 0.9)
    above[round(float(face.landmarks[[159, 386], 1].min())) :] = False
    return above


@pytest.mark.parametrize("who", ["mara", "tomas"])
def test_a_thing_before_the_face_stays_in_front(film: Film, who: str) -> None:
    # Without warp, so that nothing but the portrait can change the thing.
    kept = worn(film.frames, who, warp=0.0)
    drawn_over = worn(film.frames, who, warp=0.0, occlusion=0.0)
    for index in film.up:
        frame = film.frames[index]
        before = film.things[index] & inside_oval(chosen(frame), frame.size, 0.9)
        assert before.sum() > 500
        assert difference(kept[index], frame.pixels, before) < 7
        assert difference(drawn_over[index], frame.pixels, before) > 10


def test_behind_a_thing_the_face_is_covered_as_without_it_and_comes_back(film: Film) -> None:
    bare = tracked_clip(DEMO)[:FILM_FRAMES]
    shots = list(zip(film.frames, worn(film.frames), bare, worn(bare), strict=True))
    for index in film.up:
        frame, pixels, bare_frame, bare_pixels = shots[index]
        assert difference(pixels, frame.pixels, brow(frame)) > 0.75 * difference(
            bare_pixels, bare_frame.pixels, brow(bare_frame)
        )
    frame, pixels, _, bare_pixels = shots[-1]
    inner = inside_oval(chosen(frame), frame.size, 0.9)
    assert difference(pixels, frame.pixels, inner) > 4.5
    assert difference(pixels, bare_pixels, inner) < 2.5


@needs_media
@pytest.mark.parametrize("who", ["mara", "tomas"])
def test_a_real_hand_before_the_face_stays_in_front(bird: tuple[Frame, ...], who: str) -> None:
    width, height = bird[0].size
    box: Mask = np.zeros((height, width), np.bool_)
    box[HAND] = True
    kept = [difference(pixels, frame.pixels, box) for pixels, frame in zip(worn(bird, who), bird, strict=True)]
    drawn_over = worn(bird, who, occlusion=0.0)
    assert np.mean(kept[:8]) > 6
    # Only the warp of the actor's own pixels toward the target's proportions touches the hand.
    assert max(kept[HAND_FRAMES]) < 3
    for pixels, frame in zip(drawn_over[HAND_FRAMES], bird[HAND_FRAMES], strict=True):
        assert difference(pixels, frame.pixels, box) > 10


@needs_media
def test_the_face_comes_back_when_the_hand_has_gone() -> None:
    frames = tracked_clip(BIRD)
    last = worn(frames)[-1]
    inner = inside_oval(chosen(frames[-1]), frames[-1].size, 0.9)
    assert difference(last, frames[-1].pixels, inner) > 6


@pytest.mark.parametrize("condition", CONDITIONS)
def test_no_light_noise_turn_or_border_uncovers_the_face(condition: str) -> None:
    shown = [make_frame(CONDITIONS[condition](frame), frame.media_ns) for frame in tracked_clip(DEMO)[::5]]
    frames = tracked(shown)
    for frame, pixels, drawn_over in zip(frames, worn(frames), worn(frames, occlusion=0.0), strict=True):
        inner = inside_oval(chosen(frame), frame.size, 0.9)
        assert difference(pixels, drawn_over, inner) < 0.5
        assert difference(pixels, frame.pixels, inner) > 3.5
