"""The conventions of the .dfm format, checked on a finished frame, and that breaking any one of them is noticed.

What is expected is worked out here from what was published, without the program's own alignment, masks or paste.
"""

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.errors import StageError
from pipeline.media import Face, Pixels
from pipeline.video.neural import alignment, dfm, merge
from pipeline.video.neural.alignment import CROPS, Crop
from pipeline.video.neural.dfm import Dfm
from pipeline.video.neural.face_model import Converted, Matrix
from pipeline.video.neural.swap import NeuralSwap
from pipeline.video.tracking.mesh import face_template
from profiles.engines.face import DfmSettings, FaceType
from tests.footage import make_frame
from tests.models.dfm import Ellipse, Tinting
from tests.neural_faces import dfm_profile, face_of

SIZE, COVERAGE, MIDDLE_Y = 128, 2.131, -0.07
DRIVER: Ellipse = (0.46, 0.50, 0.30, 0.36)
TARGET: Ellipse = (0.54, 0.52, 0.30, 0.36)
SPEC = Tinting(
    SIZE, gain=(0.6, 0.1, 0.75), offset=(0.3, 0.4, 0.1), shift=(5, -7), driver=DRIVER, target=TARGET, morph=True
)
ROLL_DEG, FACE_SCALE, FACE_AT = 20.0, 150.0, (330.0, 260.0)
OFFSET_X, OFFSET_Y = 0.06, -0.11
"""Not what the face type asks for, so that a wrong sign shows."""
MORPH = 0.6
LEVELS = 2.5
"""So much may resampling change; any broken convention changes more."""

Stage = Callable[..., NeuralSwap]
Array = NDArray[np.float64]


def picture() -> Pixels:
    """A picture whose channels change smoothly, each in its own way and differently along both axes."""
    x, y = np.meshgrid(np.arange(640.0), np.arange(480.0))
    channels = [
        70 + 55 * np.sin(x / 40) + 40 * np.cos(y / 70),
        110 + 45 * np.sin((x + 2 * y) / 90) + 35 * np.cos(x / 50),
        130 + 60 * np.cos((x - y) / 60),
    ]
    return np.clip(np.stack(channels, axis=-1), 0, 255).astype(np.uint8)


def turn() -> Array:
    """The face's own axes on the picture, as columns."""
    angle = np.radians(ROLL_DEG)
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def tilted_face() -> Face:
    """The mean head, seen from the front and tilted."""
    rotation = np.eye(3)
    rotation[:2, :2] = turn()
    return face_of((face_template() @ rotation.T * FACE_SCALE + [*FACE_AT, 0.0]).astype(np.float32))


class Published:
    """Where on the picture the square lies, from its definition: brows one wide, its middle below the unit square's."""

    def __init__(self) -> None:
        template = face_template()[:, :2].astype(np.float64)
        brows = template[[70, 63, 105, 66, 107, 336, 296, 334, 293, 300]]
        unit = float(np.ptp(brows[:, 0])) / 0.96
        self.side_px = COVERAGE * unit * FACE_SCALE
        corner = np.array([brows[:, 0].min() - 0.02 * unit, brows[:, 1].min() - 0.01 * unit])
        middle = corner + unit * np.array([0.5 + OFFSET_X, 0.5 + OFFSET_Y])
        self.middle = turn() @ (middle * FACE_SCALE) + FACE_AT

    def on_picture(self, shares: Array) -> Array:
        """Places in shares of the square (n, 2) as places on the picture."""
        return np.asarray((shares - 0.5) * self.side_px @ turn().T + self.middle)


def looked_up(pixels: Pixels, places: Array) -> Array:
    """A picture's colours at places, float64 (n, 3)."""
    at = places.astype(np.float32).reshape(1, -1, 2)
    found = cv2.remap(pixels.astype(np.float32), at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[call-overload]
    return np.asarray(found[0], np.float64)


def inside(shares: Array, shape: Ellipse, scale: float) -> NDArray[np.bool_]:
    """Which places lie in an ellipse, made larger or smaller."""
    x, y, half_width, half_height = shape
    away = ((shares[:, 0] - x) / (half_width * scale)) ** 2 + ((shares[:, 1] - y) / (half_height * scale)) ** 2
    return np.asarray(away <= 1.0)


def check(stage: Stage, masks: tuple[bool, bool]) -> None:
    """Wears the stand-in and holds the frame against what the format says."""
    settings = {
        "x_offset": OFFSET_X, "y_offset": OFFSET_Y, "morph": MORPH,
        "mask_driver": masks[0], "mask_target": masks[1],
    }  # fmt: skip
    profile = dfm_profile(settings, {"erode": 0.0, "blur": 0.0})
    given = picture()
    frame = replace(make_frame(given.copy()), faces=(tilted_face(),))
    shown = stage(SPEC, profile).process(frame).pixels
    published = Published()
    shares = np.stack(np.meshgrid(*[np.linspace(0.1, 0.9, 60)] * 2), axis=-1).reshape(-1, 2)
    here = published.on_picture(shares)
    seen = looked_up(given, here)
    moved = looked_up(given, published.on_picture(shares - np.array(SPEC.shift) / SIZE))
    made = np.clip(moved * SPEC.gain + 255.0 * np.array(SPEC.offset), 0, 255)
    worn = seen + MORPH * (made - seen)
    chosen = [shape for shape, wanted in zip((DRIVER, TARGET), masks, strict=True) if wanted]
    surely = np.all([inside(shares, shape, 0.95) for shape in chosen], axis=0)
    surely_not = np.any([~inside(shares, shape, 1.05) for shape in chosen], axis=0)
    found = looked_up(shown, here)
    assert surely.sum() > 300
    assert np.abs(found - worn)[surely].max() < 4 * LEVELS
    assert np.abs(found - worn)[surely].mean() < LEVELS
    assert np.abs(found - seen)[surely_not].max() < 2.0
    assert np.abs(found - seen)[surely].mean() > 4 * LEVELS


every_mask = pytest.mark.parametrize(
    "masks", [(True, True), (True, False), (False, True)], ids=["both masks", "driver's mask", "target's mask"]
)


@every_mask
def test_a_dfm_is_worn_as_the_format_says(stage: Stage, masks: tuple[bool, bool]) -> None:
    check(stage, masks)


def _converted_from(change: Callable[[Pixels], Pixels]) -> Callable[[pytest.MonkeyPatch], None]:
    """Shows the model something else than the square."""
    convert = Dfm.convert

    def broken(model: Dfm, square: Pixels) -> Converted:
        return convert(model, np.ascontiguousarray(change(square)))

    return lambda patch: patch.setattr(Dfm, "convert", broken)


def _converted_to(change: Callable[[Converted], Converted]) -> Callable[[pytest.MonkeyPatch], None]:
    """Takes the model's answer for something else."""
    convert = Dfm.convert

    def broken(model: Dfm, square: Pixels) -> Converted:
        return change(convert(model, square))

    return lambda patch: patch.setattr(Dfm, "convert", broken)


def _levels_without_range(gamma: Array) -> NDArray[np.float32]:
    return np.repeat(np.arange(256, dtype=np.float32)[np.newaxis, :, np.newaxis], 3, axis=2)


def _signed_levels(gamma: Array) -> NDArray[np.float32]:
    return _levels_without_range(gamma) / np.float32(127.5) - np.float32(1.0)


def _aligned_backward(patch: pytest.MonkeyPatch) -> None:
    similarity = alignment.similarity
    patch.setattr(alignment, "similarity", lambda points, template: similarity(template, points))


def _pasted_backward(patch: pytest.MonkeyPatch) -> None:
    invert = cv2.invertAffineTransform
    patch.setattr(merge, "_resized", lambda matrix, face, size: invert(matrix).astype(np.float32))


def _pasted_four_pixels_off(patch: pytest.MonkeyPatch) -> None:
    def away(matrix: Matrix, face: Face, size: float) -> Matrix:
        return matrix + np.array([[0, 0, 4], [0, 0, 0]], np.float32)

    patch.setattr(merge, "_resized", away)


def _crop(change: Callable[[Crop], Crop]) -> Callable[[pytest.MonkeyPatch], None]:
    crop_for = alignment.crop_for
    return lambda patch: patch.setattr(dfm, "crop_for", lambda settings: change(crop_for(settings)))


def _outputs_in(order: tuple[int, int, int]) -> Callable[[pytest.MonkeyPatch], None]:
    """Takes the outputs for each other where their shapes allow it."""
    built = Dfm.__init__

    def broken(model: Dfm, *given: object) -> None:
        built(model, *given)  # type: ignore[arg-type]
        model._results = [model._results[place] for place in order]

    return lambda patch: patch.setattr(Dfm, "__init__", broken)


def _without_second_mask(patch: pytest.MonkeyPatch) -> None:
    product = Dfm._product
    patch.setattr(Dfm, "_product", lambda model, driver, target: product(model, driver, np.ones_like(target)))


def _adjusting(adjust: Callable[..., None], settings: dict[str, object]) -> Callable[..., None]:
    def broken(model: Dfm, profile: object) -> None:
        adjust(model, profile)
        model._settings = model._settings.model_copy(update=settings)

    return broken


MUTATIONS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "the model sees red, green, blue": _converted_from(lambda square: square[..., ::-1]),
    "the model sees levels 0 to 255": lambda patch: patch.setattr(dfm, "_table", _levels_without_range),
    "the model sees -1 to 1": lambda patch: patch.setattr(dfm, "_table", _signed_levels),
    "the model sees channels first": _converted_from(
        lambda square: np.ascontiguousarray(square.transpose(2, 0, 1)).reshape(square.shape)
    ),
    "the model sees rows as columns": _converted_from(lambda square: square.transpose(1, 0, 2)),
    "the model sees the face upside down": _converted_from(lambda square: square[::-1]),
    "the model sees a mirrored face": _converted_from(lambda square: square[:, ::-1]),
    "the answer is red, green, blue": _converted_to(lambda made: Converted(made.face[..., ::-1], made.mask)),
    "the answer is -1 to 1": _converted_to(lambda made: Converted((made.face + 1.0) / 2.0, made.mask)),
    "the alignment leads to the picture": _aligned_backward,
    "the paste leads to the square": _pasted_backward,
    "the paste is four pixels off": _pasted_four_pixels_off,
    "the offset to the right has the other sign": _crop(lambda crop: replace(crop, x=-crop.x)),
    "the offset down has the other sign": _crop(lambda crop: replace(crop, y=-crop.y)),
    "the offsets are swapped": _crop(lambda crop: replace(crop, x=crop.y, y=crop.x)),
    "the coverage is another program's": _crop(lambda crop: replace(crop, coverage=1.98)),
    "the masks are swapped": _outputs_in((2, 1, 0)),
    "the driver's mask is all there is": _without_second_mask,
    "the morph is left at its default": lambda patch: patch.setattr(
        Dfm, "adjust", _adjusting(Dfm.adjust, {"morph": 0.75})
    ),
}
UNSEEN_BY_ONE_MASK = {"the driver's mask is all there is": (True, True), "the masks are swapped": (True, False)}


@pytest.mark.parametrize("broken", MUTATIONS)
def test_every_broken_convention_is_noticed(stage: Stage, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    MUTATIONS[broken](monkeypatch)
    with pytest.raises((AssertionError, StageError)):
        check(stage, UNSEEN_BY_ONE_MASK.get(broken, (True, True)))


def test_the_default_square_is_the_whole_face_of_what_was_published() -> None:
    """The offsets above hide this one."""
    crop = alignment.crop_for(DfmSettings())
    assert (crop.coverage, crop.x, crop.y) == (COVERAGE, 0.0, MIDDLE_Y)
    assert CROPS[FaceType.WHOLE_FACE] == crop
