"""The actor's colours on a network's face."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.media import Pixels
from pipeline.video.neural import merge_mask
from pipeline.video.neural.alignment import CROPS, Alignment
from pipeline.video.neural.colour import GRID, ColourMatch, Pair
from pipeline.video.neural.merge import cut
from profiles.engines.face import FaceType, MergeSettings
from tests.footage import CLIPS, DEMO, chosen, clips, tracked_clip
from tests.neural_faces import noise, portrait_square

METHODS = ("none", "reinhard", "linear", "seam")
SIZE = 224
STEP_NS = 33_000_000

Grid = NDArray[np.float32]
every_clip = pytest.mark.parametrize("name", clips(DEMO, *CLIPS))


def weight() -> Grid:
    """Where a face lies in the square, softly."""
    mask = np.zeros((merge_mask.SIDE, merge_mask.SIDE), np.uint8)
    cv2.ellipse(mask, (64, 66), (38, 50), 0, 0, 360, (255,), -1)
    soft = merge_mask.softened(mask, MergeSettings())
    return cv2.resize(soft, (GRID, GRID), interpolation=cv2.INTER_AREA).astype(np.float32) / np.float32(255)


def square_of(name: str, index: int = 0) -> Pixels:
    """What a network sees of a clip."""
    frame = tracked_clip(name)[index]
    matrix = Alignment().matrix(chosen(frame), CROPS[FaceType.WHOLE_FACE], SIZE, steady=True)
    return cut(frame.pixels, matrix, SIZE)


def lab(pixels: Pixels) -> Grid:
    small = cv2.resize(pixels, (GRID, GRID), interpolation=cv2.INTER_AREA).astype(np.float32) / np.float32(255)
    return np.asarray(cv2.blur(cv2.cvtColor(small, cv2.COLOR_BGR2Lab), (3, 3)), np.float32)


def seam(one: Pixels, other: Pixels) -> float:
    """ΔE of what meets where the face fades into the picture."""
    share = weight()
    at_seam = share * (1.0 - share)
    return float((np.linalg.norm(lab(one) - lab(other), axis=-1) * at_seam).sum() / at_seam.sum())


def inner(one: Pixels, other: Pixels) -> float:
    """ΔE inside of it."""
    share = weight() > 0.95
    return float(np.linalg.norm(lab(one) - lab(other), axis=-1)[share].mean())


def tinted(square: Pixels) -> Pixels:
    return np.clip(square * np.float32((0.8, 1.0, 1.15)) + np.float32((16, 4, -8)), 0, 255).astype(np.uint8)


def matched(face: Pixels, actor: Pixels, method: str) -> Pixels:
    return ColourMatch().matched(Pair.of(face, actor), weight(), method, 0)


def test_none_leaves_the_face() -> None:
    face = noise(SIZE)
    assert matched(face, noise(SIZE, 1), "none") is face


@every_clip
@pytest.mark.parametrize(("method", "most"), [("reinhard", 3.5), ("linear", 1.0), ("seam", 1.0)])
def test_a_tint_is_taken_off_again(name: str, method: str, most: float) -> None:
    actor = square_of(name)
    face = tinted(actor)
    assert seam(face, actor) > 5
    assert seam(matched(face, actor, method), actor) < most
    assert inner(matched(face, actor, method), actor) < most


@every_clip
@pytest.mark.parametrize("who", ["tomas", "mara"])
def test_another_persons_face_meets_the_actors_skin_most_closely_with_seam(name: str, who: str) -> None:
    actor = square_of(name)
    face = (portrait_square(who) * 255).astype(np.uint8)
    apart = {method: seam(matched(face, actor, method), actor) for method in METHODS}
    assert apart["seam"] < 0.7 * min(apart["reinhard"], apart["linear"])
    assert apart["seam"] < 0.6 * apart["none"]


@pytest.mark.parametrize("method", METHODS)
def test_the_face_stays_the_targets(method: str) -> None:
    """Its own light and shade survive: only the colours become the actor's."""
    actor, face = square_of(DEMO), (portrait_square("tomas") * 255).astype(np.uint8)
    share = weight() > 0.95
    before, after, actors = (lab(pixels)[share][:, 0] for pixels in (face, matched(face, actor, method), actor))
    assert np.corrcoef(before, after)[0, 1] > 0.9
    assert np.corrcoef(before, after)[0, 1] > np.corrcoef(actors, after)[0, 1] + 0.1


@pytest.mark.parametrize("method", METHODS)
@given(seed=st.integers(0, 99), level=st.integers(0, 255))
def test_any_colours_on_any_colours_give_a_picture(method: str, seed: int, level: int) -> None:
    plain = np.full((SIZE, SIZE, 3), level, np.uint8)
    for face, actor in ((plain, noise(SIZE, seed)), (noise(SIZE, seed), plain), (plain, plain)):
        found = matched(face, actor, method)
        assert (found.shape, found.dtype) == (face.shape, np.uint8)


def series(method: str, actor_at: Callable[[int], Pixels], count: int) -> list[NDArray[np.float64]]:
    """The mean colour of the face on each frame."""
    match, face = ColourMatch(), (portrait_square("tomas") * 255).astype(np.uint8)
    inside = weight() > 0.95
    means = []
    for index in range(count):
        found = match.matched(Pair.of(face, actor_at(index)), weight(), method, index * STEP_NS)
        small = cv2.resize(found, (GRID, GRID), interpolation=cv2.INTER_AREA)
        means.append(small[inside].astype(np.float64).mean(axis=0))
    return means


@pytest.mark.parametrize("method", METHODS[1:])
def test_a_noisy_camera_makes_no_flicker(method: str) -> None:
    actor = square_of(DEMO).astype(np.int16)
    means = series(method, lambda i: np.clip(actor + noise(SIZE, i) // 16 - 8, 0, 255).astype(np.uint8), 40)
    assert np.std(means[10:], axis=0).max() < 0.25


@pytest.mark.parametrize("method", METHODS[1:])
def test_a_change_of_light_is_followed_within_a_second_and_at_no_single_frame(method: str) -> None:
    actor = square_of(DEMO)
    dark = (actor * 0.5).astype(np.uint8)
    means = np.array(series(method, lambda i: actor if i < 10 else dark, 45))
    change = np.abs(means[-1] - means[9]).max()
    assert change > 20
    assert np.abs(np.diff(means, axis=0)).max() < 0.3 * change
    assert np.abs(means[40] - means[-1]).max() < 0.05 * change


@pytest.mark.parametrize("method", METHODS[1:])
def test_after_a_cut_in_time_nothing_of_the_old_light_is_left(method: str) -> None:
    actor, face = square_of(DEMO), (portrait_square("tomas") * 255).astype(np.uint8)
    for later_ns in (10_000_000_000, -5_000_000_000):
        match = ColourMatch()
        match.matched(Pair.of(face, (actor * 0.3).astype(np.uint8)), weight(), method, 0)
        found = match.matched(Pair.of(face, actor), weight(), method, later_ns)
        assert np.array_equal(found, matched(face, actor, method))


def test_another_method_on_air_starts_anew() -> None:
    actor, face = square_of(DEMO), (portrait_square("tomas") * 255).astype(np.uint8)
    match = ColourMatch()
    match.matched(Pair.of(face, actor), weight(), "reinhard", 0)
    assert np.array_equal(match.matched(Pair.of(face, actor), weight(), "seam", STEP_NS), matched(face, actor, "seam"))


def test_where_hardly_any_skin_is_seen_the_face_is_left() -> None:
    face = noise(SIZE)
    nothing = np.zeros((GRID, GRID), np.float32)
    assert ColourMatch().matched(Pair.of(face, noise(SIZE, 1)), nothing, "seam", 0) is face
