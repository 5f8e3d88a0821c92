"""A network that gives back the actor's face is found out, whatever colours it gives it."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from pipeline.errors import EngineError
from pipeline.media import Face, Pixels
from pipeline.video.neural.alignment import CROPS, Alignment
from pipeline.video.neural.colour import GRID, Grid, Pair, echoes
from pipeline.video.neural.merge import cut
from pipeline.video.neural.merge_mask import SIDE, outline
from pipeline.video.neural.swap import NeuralSwap
from profiles.engines.face import FaceType
from tests.footage import DEMO, PERSONAS, chosen, every_clip, tracked_clip, worn
from tests.models.dfm import EVERYWHERE, Tinting
from tests.neural_faces import FACE, dfm_profile, places_on_square

Stage = Callable[..., NeuralSwap]

COLOURS = (
    ((0.5, 0.8, 1.2), (0.2, 0.05, -0.1)),
    ((0.3, 0.3, 0.3), (0.0, 0.0, 0.0)),
    ((1.1, 0.6, 0.5), (0.0, 0.3, 0.3)),
)
"""Gains and offsets."""


def face_square(pixels: Pixels, face: Face) -> tuple[Pixels, Grid]:
    """What a whole-face model sees, and where on it the face is."""
    matrix = Alignment().matrix(face, CROPS[FaceType.WHOLE_FACE], 224, steady=False)
    oval = outline(np.asarray(places_on_square(face.landmarks, matrix, 224) * SIDE - 0.5, np.float32))
    weight = cv2.resize(oval, (GRID, GRID), interpolation=cv2.INTER_AREA).astype(np.float32) / np.float32(255)
    return cut(pixels, matrix, 224), weight


@every_clip
@pytest.mark.parametrize("colours", COLOURS, ids=str)
def test_a_model_that_gives_back_what_it_is_shown_in_other_colours_shows_the_actor_to_nobody(
    stage: Stage, name: str, colours: tuple[tuple[float, ...], ...]
) -> None:
    gain, offset = colours
    spec = Tinting(224, (gain[0], gain[1], gain[2]), (offset[0], offset[1], offset[2]), driver=FACE, target=EVERYWHERE)
    swap = stage(spec, dfm_profile({}, {"colour_transfer": "seam"}))
    for frame in tracked_clip(name)[::13]:
        with pytest.raises(EngineError, match="gives back the face that it is shown"):
            swap.process(frame)


@every_clip
def test_the_actors_own_face_is_known_from_a_persona_that_shares_pose_expression_and_light(name: str) -> None:
    frames = tracked_clip(name)[:: 25 if name == DEMO else 13]
    for who in PERSONAS:
        for frame, drawn in zip(frames, worn(frames, who), strict=True):
            own, face = frame.pixels, chosen(frame)
            square, weight = face_square(own, face)
            assert not echoes(Pair.of(face_square(drawn, face)[0], square), weight)
            soft = cv2.GaussianBlur(square, (0, 0), 2.0)
            for changed in (soft, square[..., ::-1], square[..., [1, 2, 0]]):
                assert echoes(Pair.of(np.ascontiguousarray(changed), square), weight)
