"""Who is on the target's portraits, as an ArcFace network sees it: numbers that are alike for one person's pictures."""

import hashlib
import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

import cv2
import numpy as np
import platformdirs
from numpy.typing import NDArray

from pipeline.errors import ModelError, StageError
from pipeline.inference.onnx.model_file import ModelFile
from pipeline.inference.onnx.network import Layout
from pipeline.inference.onnx.outputs import require_shape
from pipeline.inference.onnx.ports import FLOATS, Port, match
from pipeline.inference.onnx.runtime import Demand, Runtime
from pipeline.inference.store import ModelStore
from pipeline.media import Pixels
from pipeline.video.neural.merge import cut
from pipeline.video.neural.templates import ARCFACE_112_V2, Template, template_matrix
from pipeline.video.swap.portrait import read_likeness

SIZE, LENGTH = 112, 512
RECOGNISER_IN = (Port("picture", (None, 3, SIZE, SIZE), dtypes=FLOATS),)
CONVERTER_IN = (Port("given", (None, LENGTH), dtypes=FLOATS),)
IDENTITY_OUT = (Port("identity", (None, LENGTH), dtypes=FLOATS),)
"""Told apart by their places: names differ from export to export."""
MIDDLE = 127.5
RED, GREEN, BLUE = 2, 1, 0
MARK = b"understudy identity 1\n"
"""The number is of the way that portraits are cut and shown to the network."""
LEAST_LENGTH = 1e-6

Values = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Identity:
    """Who somebody is.

    Attributes:
        direction: float32 (512,) of length 1.
        length: how long the network's own numbers are.
    """

    direction: Values
    length: float

    @property
    def raw(self) -> Values:
        """float32 (512,): the numbers as the network gives them."""
        return self.direction * np.float32(self.length)


@dataclass(frozen=True, slots=True)
class Likeness:
    """The target's portraits, and what looks at them.

    Attributes:
        portraits: pictures of one person, the best first.
        models: the networks that find faces.
        recogniser: the ArcFace network; None where no identity is asked for.
        converter: the network that turns an identity into what some swappers take.
        folder: where identities are kept; by default in the user's cache.
        what: what the pictures are to the user, for the errors.
    """

    portraits: tuple[Path, ...]
    models: ModelStore
    recogniser: ModelFile | None = None
    converter: ModelFile | None = None
    folder: Path | None = None
    what: str = "portrait"


def identity_of(likeness: Likeness, runtime: Runtime) -> Identity:
    """The identity on all portraits together; what was found out before is not asked again.

    Raises:
        MediaError: a portrait is no picture.
        PortraitError: a portrait shows no face, or several.
        ModelError: there is no recogniser, or it is of another format, or can't be run.
    """
    if likeness.recogniser is None:
        raise ModelError(
            "The identity on the portraits can't be read without an ArcFace network; "
            "set `recogniser` in [embedding] of the profile."
        )
    recogniser = likeness.recogniser
    match(recogniser, RECOGNISER_IN, IDENTITY_OUT)
    places = {path: _kept_at(likeness, path) for path in likeness.portraits}
    found = {path: None if place is None else _recalled(place) for path, place in places.items()}
    unknown = [path for path, values in found.items() if values is None]
    for path, values in zip(unknown, _recognised(unknown, likeness, recogniser, runtime), strict=True):
        found[path] = values
        _keep(places[path], values)
    known = [found[path] for path in likeness.portraits]
    return averaged([_identity(values, recogniser) for values in known if values is not None], recogniser)


def averaged(found: Sequence[Identity], recogniser: ModelFile) -> Identity:
    """The middle of several identities, each counted alike however long it is.

    Raises:
        ModelError: they have nothing in common.
    """
    middle = _identity(np.mean([each.direction for each in found], axis=0), recogniser)
    return Identity(middle.direction, float(np.mean([each.length for each in found])))


def converted(identity: Identity, converter: ModelFile, runtime: Runtime) -> Values:
    """What a converter makes of an identity, float32 (512,).

    Raises:
        ModelError: it is of another format, or can't be run.
    """
    [values] = _ran(converter, (CONVERTER_IN, IDENTITY_OUT), [identity.raw], runtime)
    return values


def face_picture(path: Path, models: ModelStore, template: Template, size: int, what: str = "portrait") -> Pixels:
    """The face on a portrait, cut out, uint8 (size, size, 3) BGR.

    Raises:
        MediaError: the portrait is no picture.
        PortraitError: it shows no clear face, or several.
        StageError: its face is too distorted.
    """
    portrait = read_likeness(path, models, what)
    return cut(portrait.pixels, template_matrix(portrait.landmarks, template, size), size)


def as_shown(picture: Pixels) -> Values:
    """A face's picture as a recogniser sees it, float32 (3, 112, 112), red, green and blue in -1..1."""
    planes = cv2.split(picture)
    face = np.stack([planes[channel] for channel in (RED, GREEN, BLUE)]).astype(np.float32)
    return np.asarray((face - np.float32(MIDDLE)) / np.float32(MIDDLE), np.float32)


def _recognised(
    portraits: Sequence[Path], likeness: Likeness, recogniser: ModelFile, runtime: Runtime
) -> Sequence[Values]:
    """What the network says of portraits, each float32 (512,); it is opened only if there are any."""
    shown_faces = [
        as_shown(face_picture(path, likeness.models, ARCFACE_112_V2, SIZE, likeness.what)) for path in portraits
    ]
    return _ran(recogniser, (RECOGNISER_IN, IDENTITY_OUT), shown_faces, runtime) if shown_faces else ()


def _ran(
    file: ModelFile, ports: tuple[Sequence[Port], Sequence[Port]], given: Sequence[Values], runtime: Runtime
) -> Sequence[Values]:
    """What a network with one input and one output of identities makes of some things, one after the other."""
    match(file, *ports)
    source, result = file.graph.inputs[0].name, file.graph.outputs[0].name
    network = runtime.open(file, Demand(Layout({source: (1, *given[0].shape)}), math.inf))
    try:
        require_shape(network, result, (1, LENGTH))
        made = []
        for values in given:
            network.inputs[source][0] = values
            network.run()
            made.append(np.array(network.outputs[result][0], np.float32))
        return made
    except StageError as error:
        raise ModelError(str(error)) from error
    finally:
        network.close()


def _identity(values: Values, recogniser: ModelFile) -> Identity:
    """Numbers as direction and length."""
    length = float(np.linalg.norm(values))
    if not math.isfinite(length) or length < LEAST_LENGTH:
        raise ModelError(
            f"The model {recogniser.path} finds no identity on the portraits: its numbers have the length {length:g}; "
            "use another portrait, or copy the model again."
        )
    return Identity(np.asarray(values / length, np.float32), length)


def _kept_at(likeness: Likeness, portrait: Path) -> Path | None:
    """Where the identity on a portrait is kept; None where the portrait can't be read."""
    try:
        digest = hashlib.sha256(portrait.read_bytes()).hexdigest()
    except OSError:
        return None
    seen_by = likeness.recogniser.sha256 if likeness.recogniser is not None else ""
    folder = likeness.folder or platformdirs.user_cache_path("understudy") / "identities"
    return folder / hashlib.sha256(f"{digest} {seen_by}".encode()).hexdigest()


def _recalled(place: Path) -> Values | None:
    """An identity that was kept; None where there is none, or it is damaged."""
    try:
        data = place.read_bytes()
    except OSError:
        return None
    kept, digest = data[len(MARK) + 32 :], data[len(MARK) : len(MARK) + 32]
    whole = data.startswith(MARK) and hashlib.sha256(kept).digest() == digest and len(kept) == 4 * LENGTH
    values = np.frombuffer(kept, "<f4").astype(np.float32) if whole else None
    return values if values is not None and bool(np.isfinite(values).all()) else None


def _keep(place: Path | None, values: Values) -> None:
    """Keeps an identity, for nobody else to read; where that can't be done it is found out again next time."""
    if place is None:
        return
    kept = values.astype("<f4").tobytes()
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=place.parent, prefix=place.name, delete=False) as staged:
            staged.write(MARK + hashlib.sha256(kept).digest() + kept)
        try:
            Path(staged.name).replace(place)
        finally:
            Path(staged.name).unlink(missing_ok=True)
