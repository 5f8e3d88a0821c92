"""Stand-in swappers, recognisers and converters, loaded; and what was published of how they are fed."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.inference.onnx.model_file import ModelFile, read_model
from pipeline.inference.onnx.runtime import Runtime
from pipeline.media import Pixels, Points
from pipeline.video.neural.identity import Likeness
from pipeline.video.neural.swapper import Swapper
from pipeline.video.swap.portrait import read_likeness
from profiles.engines.face import EmbeddingSettings, MergeSettings
from profiles.profile import Profile
from profiles.store import BUILTIN
from tests.footage import models, persona
from tests.models.swappers import SIZES, Swap, arcface, converter, swapper
from tests.neural_faces import scratch

Array = NDArray[np.float64]
ARCFACE_112_V1 = ((39.73, 51.138), (72.27, 51.138), (56.0, 68.493), (42.463, 87.01), (69.537, 87.01))
ARCFACE_112_V2 = ((38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041))
FFHQ_512 = ((192.981, 239.947), (318.903, 240.194), (256.634, 314.019), (201.261, 371.410), (313.089, 371.151))
TEMPLATES = {
    "arcface 112 v1": np.array(ARCFACE_112_V1) / 112,
    "arcface 112 v2": np.array(ARCFACE_112_V2) / 112,
    # The same places, with eight pixels more on both sides and sixteen below.
    "arcface 128": (np.array(ARCFACE_112_V2) + [8.0, 0.0]) / 128,
    "ffhq 512": np.array(FFHQ_512) / 512,
}
"""In pixels as they were published, brought to the unit square."""
FAMILIES = tuple(SIZES)
FINER = 4

Load = Callable[..., Swapper]


def portrait(who: str = "mara") -> Path:
    """A persona's portrait."""
    return BUILTIN / who / "portrait.png"


def embedding_profile(
    embedding: dict[str, object] | None = None, merge: dict[str, object] | None = None, **face: object
) -> Profile:
    """A persona whose face is a swapper's, with some settings of its own; colours are left as they are."""
    update = {
        "embedding": EmbeddingSettings.model_validate(embedding or {}),
        "merge": MergeSettings.model_validate({"colour_transfer": "none"} | (merge or {})),
    }
    return persona(engine="embedding", **face).model_copy(update=update)


@cache
def swapper_file(spec: Swap) -> ModelFile:
    """A stand-in, read."""
    return read_model(swapper(_fresh(f"{spec.family}.onnx"), spec))


@cache
def recogniser_file() -> ModelFile:
    """The recogniser, read."""
    return read_model(arcface(_fresh("w600k_r50.onnx")))


@cache
def converter_file() -> ModelFile:
    """The converter, read."""
    return read_model(converter(_fresh("converter.onnx")))


def likeness(*who: str, folder: Path | None = None) -> Likeness:
    """Who the target is; what was found out before is kept in a folder for as long as the tests run."""
    portraits = tuple(portrait(name) for name in who or ("mara",))
    kept = folder or Path(scratch().name) / "identities"
    return Likeness(portraits, models(), recogniser_file(), converter_file(), kept)


def load_swapper(runtime: Runtime, spec: Swap, known: Likeness | None = None) -> Swapper:
    """A stand-in, loaded."""
    return Swapper(runtime, swapper_file(spec), known or likeness(), embedding_profile())


def five(landmarks: Points) -> Array:
    """The five points of a mesh, (5, 2)."""
    places = landmarks[:, :2].astype(np.float64)
    return np.array([(places[33] + places[133]) / 2, (places[362] + places[263]) / 2, *places[[4, 61, 291]]])


def fitted(points: Array, wanted: Array) -> Array:
    """The similarity that takes points nearest to others, (2, 3), by least squares."""
    rows = [row for x, y in points for row in ([x, -y, 1.0, 0.0], [y, x, 0.0, 1.0])]
    a, b, right, down = np.linalg.lstsq(np.array(rows), wanted.ravel(), rcond=None)[0]
    return np.array([[a, -b, right], [b, a, down]])


def laid_out(pixels: Pixels, landmarks: Points, template: str, size: int) -> Array:
    """The square of a face, (size, size, 3) BGR in 0..1: cut four times as fine, and averaged."""
    matrix = FINER * fitted(five(landmarks), TEMPLATES[template] * size)
    matrix[:, 2] += (FINER - 1) / 2
    large = cv2.warpAffine(pixels, matrix, (FINER * size,) * 2, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(large, (size, size), interpolation=cv2.INTER_AREA), np.float64) / 255


@cache
def portrait_face(who: str, template: str, size: int) -> NDArray[np.float32]:
    """The face on a persona's portrait, float32 (size, size, 3) BGR in 0..1."""
    read = read_likeness(portrait(who), models())
    return laid_out(read.pixels, read.landmarks, template, size).astype(np.float32)


def _fresh(name: str) -> Path:
    """A place for a file that no other file has."""
    folder = Path(scratch().name)
    return folder / str(len(list(folder.iterdir()))) / name


@cache
def showing(family: str, who: str = "tomas") -> Swap:
    """A swapper that shows a persona's face with a little of the actor in it."""
    template = {"inswapper": "arcface 128", "hyperswap": "arcface 128", "uniface": "ffhq 512", "blendswap": "ffhq 512"}
    face = portrait_face(who, template.get(family, "arcface 112 v1"), SIZES[family])
    return Swap(family, tint=0.1, picture=np.ascontiguousarray(face[..., ::-1].transpose(2, 0, 1)))
