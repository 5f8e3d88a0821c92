"""A face from a network that knows no one in particular and is told by an identity or a picture whom to make."""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ModelError, StageError
from pipeline.inference.onnx.constants import values_of
from pipeline.inference.onnx.model_file import ModelFile
from pipeline.inference.onnx.network import Layout
from pipeline.inference.onnx.outputs import require_shape
from pipeline.inference.onnx.ports import match
from pipeline.inference.onnx.runtime import Demand, Network, Runtime
from pipeline.media import Face, Pixels
from pipeline.video.neural.face_model import Converted, Matrix
from pipeline.video.neural.identity import LENGTH, Likeness, converted, face_picture, identity_of
from pipeline.video.neural.swapper_families import Family, Form, family_of
from pipeline.video.neural.templates import template_matrix
from profiles.profile import Profile

BUDGET_MS = 60.0
"""On a CPU a face that takes longer than this stutters."""
CHANNELS = (2, 1, 0)
"""Red, green and blue: where the program has them."""

Values = NDArray[np.float32]


class Swapper:
    """A face model that is an embedding swapper. Called by one thread at a time."""

    def __init__(self, runtime: Runtime, file: ModelFile, likeness: Likeness, profile: Profile) -> None:
        """Checks the file against its family, finds out who the target is, and loads the network.

        Args:
            runtime: where it is to run.
            file: the swapper's file, read.
            likeness: the target.
            profile: its settings in [embedding].

        Raises:
            MediaError: a portrait is no picture.
            PortraitError: a portrait shows no face, or several.
            ModelError: a file is missing or of another format, or can't be run.
        """
        self._family = family = family_of(file, profile.embedding.family)
        found = match(file, family.inputs, family.outputs)
        self._target, self._source, self._result = (found[name].name for name in ("target", "source", "face"))
        self._known_by = _known_by(runtime, file, family, likeness)
        mean, spread = np.array(family.mean), np.array(family.spread)
        self._scale, self._offset = (1 / (255 * spread)).astype(np.float32), (mean / spread).astype(np.float32)
        shapes: dict[str, tuple[int, ...]] = {
            self._target: (1, 3, family.size, family.size),
            self._source: self._known_by.shape,
        }
        self._network: Network = runtime.open(file, Demand(Layout(shapes), BUDGET_MS, graphs=True))
        require_shape(self._network, self._result, (1, 3, family.size, family.size))
        self._face = np.empty((family.size, family.size, 3), np.float32)

    @property
    def name(self) -> str:
        """The model file's name."""
        return self._network.name

    @property
    def family(self) -> str:
        """Which family it is of."""
        return self._family.name

    @property
    def size(self) -> int:
        """Side of the square in pixels."""
        return self._family.size

    def align(self, face: Face) -> Matrix:
        """Where on the frame the square lies.

        Raises:
            StageError: the face is too small or too distorted.
        """
        return template_matrix(face.landmarks, self._family.template, self._family.size)

    def convert(self, square: Pixels) -> Converted:
        """The target's face in place of the actor's; there is no mask.

        Raises:
            StageError: the network failed.
        """
        network = self._network
        given, planes = network.inputs[self._target][0], cv2.split(square)
        for plane, channel, scale, offset in zip(given, CHANNELS, self._scale, self._offset, strict=True):
            np.multiply(planes[channel], scale, out=plane, casting="same_kind")
            np.subtract(plane, offset, out=plane)
        # Written each time: a network that was opened elsewhere meanwhile has seen made-up values.
        network.inputs[self._source][...] = self._known_by
        network.run()
        made = np.asarray(network.outputs[self._result][0], np.float32)
        cv2.merge([made[CHANNELS.index(channel)] for channel in range(3)], self._face)
        if self._family.signed:
            np.multiply(self._face, np.float32(0.5), out=self._face)
            np.add(self._face, np.float32(0.5), out=self._face)
        return Converted(self._face, None)

    def adjust(self, profile: Profile) -> None:
        """Takes the live settings, of which there are none in [embedding]."""

    def close(self) -> None:
        """Frees the network; may be called twice."""
        self._network.close()


def _known_by(runtime: Runtime, file: ModelFile, family: Family, likeness: Likeness) -> Values:
    """What the network is told of the target, float32 with a leading 1.

    Raises:
        MediaError: a portrait is no picture.
        PortraitError: a portrait shows no face, or several.
        ModelError: a network that this needs is missing, of another format, or can't be run.
    """
    form = family.source.form
    if form is Form.PICTURE:
        return _picture(file, family, likeness)
    identity = identity_of(likeness, runtime)
    values = identity.direction
    if form is Form.MAPPED:
        values = _of_length_1(values @ identity_map(file), file)
    elif form is not Form.DIRECTION:
        if likeness.converter is None:
            raise without_converter(file, family)
        values = converted(identity, likeness.converter, runtime)
        if form is Form.CONVERTED_DIRECTION:
            values = _of_length_1(values, likeness.converter)
    return np.asarray(values[np.newaxis], np.float32)


def without_converter(file: ModelFile, family: Family) -> ModelError:
    """Why a swapper that needs a converter can't run where none is named."""
    return ModelError(
        f"The swapper {file.path} ({family.name}) needs a converter between the recogniser and itself, and none is "
        "named; name its file as `converter` in [embedding] of the profile, or by --converter."
    )


def of_several_pictures(file: ModelFile, count: int) -> ModelError:
    """Why a swapper that is shown a picture can't have several."""
    return ModelError(
        f"The swapper {file.path} takes one picture of the face, not {count}; "
        "take `portraits` out of [embedding] of the profile."
    )


def _picture(file: ModelFile, family: Family, likeness: Likeness) -> Values:
    """The target's face as a picture, red, green and blue in 0..1."""
    first, *others = likeness.portraits
    if others:
        raise of_several_pictures(file, len(likeness.portraits))
    source = family.source
    try:
        planes = cv2.split(face_picture(first, likeness.models, source.template, source.size))
    except StageError as error:
        raise ModelError(str(error)) from error
    values = np.stack([planes[channel] for channel in CHANNELS]).astype(np.float32) / np.float32(255)
    return values[np.newaxis]


def identity_map(file: ModelFile) -> Values:
    """The matrix that takes an identity to what the swapper knows it by: its file's last constant, float32 (512, 512).

    Raises:
        ModelError: the file holds none.
    """
    last = next((weights for weights in reversed(file.graph.weights) if weights.shape == (LENGTH, LENGTH)), None)
    if last is None:
        raise ModelError(
            f"The swapper {file.path} holds no matrix of {LENGTH} x {LENGTH} for identities; "
            "it was stripped of it, so get the file as it was published."
        )
    return values_of(file, last)


def _of_length_1(values: Values, file: ModelFile) -> Values:
    """The values divided by their length.

    Raises:
        ModelError: they have none.
    """
    length = float(np.linalg.norm(values))
    if not 0.0 < length < float("inf"):
        raise ModelError(f"The model {file.path} makes nothing of the target's identity; copy the file again.")
    return np.asarray(values / length, np.float32)
