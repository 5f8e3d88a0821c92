"""Every family of swappers on real faces: what it covers, what it leaves, and that the actor is in no frame."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import numpy as np
import pytest

from pipeline.errors import StageError
from pipeline.inference.onnx.runtime import Runtime
from pipeline.video.neural.swap import NeuralSwap
from profiles.profile import Profile
from tests.benchmarks.exposure import LEAST_DIFFERENCE, MOST_TEXTURE, MOST_UNCHANGED, exposure
from tests.footage import DEMO, SMILING, chosen, clip, clips, closeup, difference, every_clip, inside_oval, tracked_clip
from tests.models.swappers import Swap
from tests.pipeline.video.neural.swapper_desk import FAMILIES, embedding_profile, load_swapper, showing

Wear = Callable[..., NeuralSwap]
every_family = pytest.mark.parametrize("family", FAMILIES)
one_person = pytest.mark.parametrize("name", clips(DEMO, SMILING))


@pytest.fixture
def wear(runtime: Runtime) -> Iterator[Wear]:
    """The stage that wears a stand-in."""
    with ExitStack() as opened:

        def worn(spec: Swap, profile: Profile | None = None) -> NeuralSwap:
            stage = NeuralSwap(load_swapper(runtime, spec), profile or embedding_profile())
            opened.callback(stage.close)
            return stage

        yield worn


@every_clip
@every_family
def test_the_actor_is_in_no_frame_that_a_swapper_replaces(wear: Wear, name: str, family: str) -> None:
    stage = wear(showing(family), embedding_profile(merge={"colour_transfer": "seam"}))
    for number, frame in enumerate(tracked_clip(name)[::3]):
        shown = exposure(number, chosen(frame), stage.process(frame).pixels, frame.pixels)
        assert shown.difference > LEAST_DIFFERENCE
        assert shown.texture < MOST_TEXTURE
        assert shown.unchanged < MOST_UNCHANGED


@one_person
@every_family
def test_the_face_is_covered_and_everything_far_from_it_is_left(wear: Wear, name: str, family: str) -> None:
    stage = wear(showing(family))
    for frame in tracked_clip(name)[::12]:
        pixels = stage.process(frame).pixels
        assert difference(pixels, frame.pixels, inside_oval(chosen(frame), frame.size, 0.5)) > 10
        far = ~inside_oval(chosen(frame), frame.size, 1.6)
        assert np.array_equal(pixels[far], frame.pixels[far])


@every_family
def test_the_square_has_no_edge_on_the_picture(wear: Wear, family: str) -> None:
    """There is no mask: where the face reaches out of the square, what is drawn ends softly."""
    frame = closeup(DEMO)
    bright = Swap(family, tint=0.0, picture=np.ones((3, *[Swap(family).size] * 2), np.float32))
    change = wear(bright).process(frame).pixels.astype(int) - frame.pixels
    steps = max(int(np.abs(np.diff(change, axis=axis)).max()) for axis in (0, 1))
    size_px = float(np.ptp(chosen(frame).landmarks[:, 1]))
    own = max(int(np.abs(np.diff(frame.pixels.astype(int), axis=axis)).max()) for axis in (0, 1))
    assert steps < own + 4 * 255 / (0.05 * size_px)


@one_person
def test_without_a_chosen_face_it_says_so(wear: Wear, name: str) -> None:
    with pytest.raises(StageError, match="no face"):
        wear(showing("inswapper")).process(clip(name)[0])
