"""The conventions of the embedding swappers, and that breaking any one of them is noticed.

What is expected is worked out here from what was published, without the program's own alignment and normalisation.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.inference.onnx.runtime import Runtime
from pipeline.media import Pixels
from pipeline.video.neural import identity, swapper, swapper_families, templates
from pipeline.video.neural.face_model import Converted, Matrix
from pipeline.video.neural.identity import Identity
from pipeline.video.neural.merge import cut
from pipeline.video.neural.swapper import Swapper
from pipeline.video.neural.swapper_families import Family, Form
from pipeline.video.tracking.mesh import face_template
from tests.models.swappers import Swap, converted, mixing, recognised
from tests.neural_faces import face_of
from tests.pipeline.video.neural.swapper_desk import (
    FAMILIES,
    TEMPLATES,
    fitted,
    five,
    laid_out,
    likeness,
    load_swapper,
    portrait_face,
)

Values = NDArray[np.float32]
Break = Callable[[pytest.MonkeyPatch], None]

TARGET = "tomas"
SPECS = {family: Swap(family) for family in FAMILIES}
SQUARES = {
    "inswapper": "arcface 128",
    "hyperswap": "arcface 128",
    "ghost": "arcface 112 v1",
    "simswap": "arcface 112 v1",
    "uniface": "ffhq 512",
    "blendswap": "ffhq 512",
}
ROLL_DEG, FACE_SCALE, FACE_AT = 20.0, 150.0, (330.0, 260.0)
MOST_OFF_PX = 0.05
LEVELS = 3.0
"""So much may resampling change, anywhere on the face; any broken convention changes more somewhere."""


def picture() -> Pixels:
    """A picture whose channels change smoothly, each in its own way and differently along both axes."""
    x, y = np.meshgrid(np.arange(640.0), np.arange(480.0))
    channels = [
        70 + 55 * np.sin(x / 40) + 40 * np.cos(y / 70),
        110 + 45 * np.sin((x + 2 * y) / 90) + 35 * np.cos(x / 50),
        130 + 60 * np.cos((x - y) / 60),
    ]
    return np.clip(np.stack(channels, axis=-1), 0, 255).astype(np.uint8)


def tilted() -> NDArray[np.float32]:
    """The landmarks of the mean head, seen from the front and tilted."""
    angle = np.radians(ROLL_DEG)
    rotation = np.eye(3)
    rotation[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    return (face_template() @ rotation.T * FACE_SCALE + [*FACE_AT, 0.0]).astype(np.float32)


def told(family: str) -> Values:
    """What a family is told of the target: a row of numbers, or a picture."""
    if family in ("uniface", "blendswap"):
        template, size = ("ffhq 512", 256) if family == "uniface" else ("arcface 112 v2", 112)
        return portrait_face(TARGET, template, size)
    raw = recognised(portrait_face(TARGET, "arcface 112 v2", 112) * 2 - 1)
    values = {
        "inswapper": raw @ mixing("map"),
        "hyperswap": raw,
        "ghost": converted(raw),
        "simswap": converted(raw),
    }[family]
    return np.asarray(values if family == "ghost" else values / np.linalg.norm(values), np.float32)


def check(runtime: Runtime, family: str, folder: Path) -> None:
    """Holds a family's face on a tilted head against what was published."""
    spec, landmarks, pixels = SPECS[family], tilted(), picture()
    model = load_swapper(runtime, spec, likeness(TARGET, folder=folder))
    try:
        matrix = model.align(face_of(landmarks))
        places = TEMPLATES[SQUARES[family]] * spec.size
        published = fitted(five(landmarks), places)
        points = np.column_stack([five(landmarks), np.ones(5)])
        assert np.abs(points @ matrix.T - points @ published.T).max() < MOST_OFF_PX * spec.size / 128
        got = model.convert(cut(pixels, matrix, spec.size))
    finally:
        model.close()
    expected = spec.expected(laid_out(pixels, landmarks, SQUARES[family], spec.size).astype(np.float32), told(family))
    assert got.mask is None
    assert got.face.shape == (spec.size, spec.size, 3)
    assert np.abs(got.face - expected).max() * 255 < LEVELS


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_makes_of_a_tilted_head_what_was_published(runtime: Runtime, family: str, tmp_path: Path) -> None:
    check(runtime, family, tmp_path)


def _seen(change: Callable[[Pixels], Pixels]) -> Break:
    convert = Swapper.convert
    return lambda patch: patch.setattr(
        Swapper, "convert", lambda model, square: convert(model, np.ascontiguousarray(change(square)))
    )


def _answered(change: Callable[[Values], Values]) -> Break:
    convert = Swapper.convert
    return lambda patch: patch.setattr(
        Swapper, "convert", lambda model, square: Converted(change(convert(model, square).face), None)
    )


def _family(change: Callable[[Family], Family]) -> Break:
    family_of = swapper_families.family_of
    return lambda patch: patch.setattr(swapper, "family_of", lambda file, wanted: change(family_of(file, wanted)))


def _form(form: Form) -> Break:
    return _family(lambda family: replace(family, source=replace(family.source, form=form)))


def _known_as(change: Callable[[Identity], Identity]) -> Break:
    identity_of = identity.identity_of
    return lambda patch: patch.setattr(
        swapper, "identity_of", lambda known, runtime: change(identity_of(known, runtime))
    )


def _asked_with(change: Callable[[Values], Values]) -> Break:
    """Shows other values to the networks that are run once: to the recogniser or to the converter."""
    ran = identity._ran
    return lambda patch: patch.setattr(
        identity,
        "_ran",
        lambda file, ports, given, runtime: ran(file, ports, [change(each) for each in given], runtime),
    )


def _set(module: object, name: str, value: object) -> Break:
    return lambda patch: patch.setattr(module, name, value)


def _map(change: Callable[[Values], Values]) -> Break:
    read = swapper.identity_map
    return lambda patch: patch.setattr(swapper, "identity_map", lambda file: change(read(file)))


def _picture_of(change: Callable[[Values], Values]) -> Break:
    cut_out = swapper._picture
    return lambda patch: patch.setattr(
        swapper, "_picture", lambda file, family, known: change(cut_out(file, family, known))
    )


def _first_map(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(swapper, "reversed", list, raising=False)


def _turned_back(patch: pytest.MonkeyPatch) -> None:
    place = templates.template_matrix

    def inverted(landmarks: Values, template: templates.Template, size: int) -> Matrix:
        matrix = place(landmarks, template, size)
        matrix[:, :2] = matrix[:, :2].T
        return matrix

    patch.setattr(swapper, "template_matrix", inverted)


def _eyes_swapped(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(templates, "CORNERS_OF_RIGHT_EYE", (362, 263))
    patch.setattr(templates, "CORNERS_OF_LEFT_EYE", (33, 133))


def _recogniser_sees_blue_first(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(identity, "RED", 0)
    patch.setattr(identity, "BLUE", 2)


IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
IDENTITIES, ALL = ("inswapper", "hyperswap", "ghost", "simswap"), FAMILIES
MUTATIONS: dict[str, tuple[Break, tuple[str, ...]]] = {
    "the model sees blue, green, red": (_seen(lambda square: square[..., ::-1]), ALL),
    "the model sees rows as columns": (_seen(lambda square: square.transpose(1, 0, 2)), ALL),
    "the model sees a mirrored face": (_seen(lambda square: square[:, ::-1]), ALL),
    "the answer is blue, green, red": (_answered(lambda face: face[..., ::-1]), ALL),
    "the answer has rows as columns": (_answered(lambda face: face.transpose(1, 0, 2)), ALL),
    "the range of the answer is another": (_family(lambda family: replace(family, signed=not family.signed)), ALL),
    "the model sees 0 to 1": (
        _family(lambda family: replace(family, mean=(0.0,) * 3, spread=(1.0,) * 3)),
        ("hyperswap", "ghost", "simswap", "uniface"),
    ),
    "the model sees -1 to 1": (
        _family(lambda family: replace(family, mean=(0.5,) * 3, spread=(0.5,) * 3)),
        ("inswapper", "simswap", "blendswap"),
    ),
    "the model sees levels": (_family(lambda family: replace(family, mean=(0.0,) * 3, spread=(1 / 255,) * 3)), ALL),
    "means and spreads are for blue, green, red": (
        _family(lambda family: replace(family, mean=IMAGENET[0][::-1], spread=IMAGENET[1][::-1])),  # type: ignore[arg-type]
        ("simswap",),
    ),
    "the alignment turns the other way": (_turned_back, ALL),
    "the eyes are swapped": (_eyes_swapped, ALL),
    "the recogniser sees blue, green, red": (_recogniser_sees_blue_first, IDENTITIES),
    "the recogniser sees 0 to 1": (
        _asked_with(lambda given: (given + 1) / 2 if given.ndim == 3 else given),
        IDENTITIES,
    ),
    "the recogniser sees levels": (_set(identity, "MIDDLE", 1.0), IDENTITIES),
    "the recogniser's face lies by another template": (
        _set(identity, "ARCFACE_112_V2", templates.ARCFACE_112_V1),
        IDENTITIES,
    ),
    "the identity has its own length": (_known_as(lambda known: Identity(known.raw, 1.0)), ("hyperswap",)),
    "the converter is given a length of 1": (
        _known_as(lambda known: Identity(known.direction, 1.0)),
        ("ghost", "simswap"),
    ),
    "there is no converter": (_form(Form.DIRECTION), ("ghost", "simswap")),
    "what was converted is made of length 1": (_form(Form.CONVERTED_DIRECTION), ("ghost",)),
    "what was converted is left as it is": (_form(Form.CONVERTED), ("simswap",)),
    "the map is left out": (_form(Form.DIRECTION), ("inswapper",)),
    "the map is transposed": (_map(lambda values: values.T), ("inswapper",)),
    "the map is the first matrix": (_first_map, ("inswapper",)),
    "what was mapped is left as it is": (_set(swapper, "_of_length_1", lambda values, _: values), ("inswapper",)),
    "the target's picture is blue, green, red": (
        _picture_of(lambda values: values[:, ::-1]),
        ("uniface", "blendswap"),
    ),
    "the target's picture is -1 to 1": (_picture_of(lambda values: values * 2 - 1), ("uniface", "blendswap")),
    "the target's picture lies by another template": (
        _family(lambda family: replace(family, source=replace(family.source, template=templates.ARCFACE_128))),
        ("uniface", "blendswap"),
    ),
} | {
    f"the face lies by {template.name}": (
        _family(lambda family, template=template: replace(family, template=template)),  # type: ignore[misc]
        tuple(family for family in FAMILIES if SQUARES[family] != template.name),
    )
    for template in (templates.ARCFACE_112_V1, templates.ARCFACE_112_V2, templates.ARCFACE_128, templates.FFHQ_512)
}
CASES = [pytest.param(name, family, id=f"{name}-{family}") for name, (_, ones) in MUTATIONS.items() for family in ones]


@contextmanager
def broken(name: str) -> Iterator[None]:
    """The program with one convention broken."""
    with pytest.MonkeyPatch.context() as patch:
        MUTATIONS[name][0](patch)
        yield


@pytest.mark.parametrize(("name", "family"), CASES)
def test_every_broken_convention_is_noticed(runtime: Runtime, tmp_path: Path, name: str, family: str) -> None:
    with broken(name), pytest.raises(AssertionError):
        check(runtime, family, tmp_path)
