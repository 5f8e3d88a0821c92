"""The tracker under poor conditions: the face is followed, and its landmarks stay where a good picture has them."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.media import Frame, Pixels
from pipeline.video.tracking.mesh import eye_distance_px
from tests.compositions import THINGS, darkened, lit_from_aside, noisy, turn, turned
from tests.footage import DEMO, chosen, make_frame, make_tracker, tracked_clip

LIGHTS: dict[str, Callable[[Frame], Pixels]] = {
    "dim": lambda frame: darkened(frame.pixels, 0.35),
    "nearly dark": lambda frame: darkened(frame.pixels, 0.15),
    "from aside": lit_from_aside,
    "from aside, the rest nearly dark": lambda frame: lit_from_aside(frame, 0.15),
    "noise": lambda frame: noisy(frame.pixels, frame.media_ns, 8),
    "noise in the dark": lambda frame: noisy(darkened(frame.pixels), frame.media_ns, 4),
}


def performance() -> tuple[Frame, ...]:
    """The demo actor's whole loop, seven and a half frames a second."""
    return tracked_clip(DEMO)[::2]


def errors(shown: Callable[[Frame], Pixels], where: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
    """How far the landmarks of changed frames lie from where they should be, in eye distances, frame by frame.

    Args:
        shown: what the camera makes of a frame.
        where: the affine map (2, 3) from the frame into that; None when it moves nothing.
    """
    tracker, off = make_tracker(), []
    for frame in performance():
        face = chosen(tracker.process(make_frame(shown(frame), frame.media_ns)))
        assert face.track_id == 0
        assert face.score > 0.9
        expected = chosen(frame).landmarks[:, :2].astype(np.float64)
        if where is not None:
            expected = expected @ where[:, :2].T + where[:, 2]
        distance = np.linalg.norm(face.landmarks[:, :2] - expected, axis=1).mean()
        off.append(distance / eye_distance_px(chosen(frame).landmarks))
    return np.array(off)


@pytest.mark.parametrize("light", LIGHTS)
def test_light_and_noise_do_not_move_the_landmarks(light: str) -> None:
    off = errors(LIGHTS[light])
    assert off.mean() < 0.025
    assert off.max() < 0.045


@pytest.mark.parametrize("turn_deg", [-45, -20, 30])
def test_a_tilted_camera_is_no_trouble(turn_deg: int) -> None:
    size = performance()[0].size
    off = errors(lambda frame: turned(frame.pixels, turn_deg), turn(size, turn_deg))
    assert off.mean() < 0.02
    assert off.max() < 0.045


@pytest.mark.parametrize(("side", "share"), [("right", 0.15), ("top", 0.3), ("bottom", 0.15)])
def test_a_face_cut_by_the_pictures_border_is_followed(side: str, share: float) -> None:
    left, top, width, height = chosen(performance()[0]).box
    first_row = round(top + share * height) if side == "top" else 0
    rows = slice(first_row, round(top + (1 - share) * height) if side == "bottom" else None)
    columns = slice(round(left + (1 - share) * width) if side == "right" else None)
    moved = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, -first_row]])
    off = errors(lambda frame: frame.pixels[rows, columns].copy(), moved)
    # What lies beyond the border is guessed.
    assert off.mean() < 0.05
    assert off.max() < 0.15


@pytest.mark.parametrize("thing", THINGS)
def test_a_thing_that_comes_before_the_face_does_not_carry_it_away(thing: str) -> None:
    def shown(frame: Frame) -> Pixels:
        # It is before the face for a second and away for another.
        raised = np.clip(2 * np.sin(np.pi * frame.media_ns / 1e9), 0, 1)
        return THINGS[thing](frame, float(raised)).frame.pixels

    off = errors(shown)
    assert off.mean() < 0.06
    assert off.max() < 0.15
