"""Who a face on air is, as the network sees it that saw the enrolled pictures."""

import math

import numpy as np
from numpy.typing import NDArray

from pipeline.inference.onnx.model_file import ModelFile
from pipeline.inference.onnx.network import Layout
from pipeline.inference.onnx.outputs import require_shape
from pipeline.inference.onnx.ports import match
from pipeline.inference.onnx.runtime import Demand, Runtime
from pipeline.media import Face, Frame, Pixels
from pipeline.video.neural.identity import IDENTITY_OUT, LENGTH, RECOGNISER_IN, SIZE, as_shown
from pipeline.video.neural.merge import cut
from pipeline.video.neural.templates import ARCFACE_112_V2, template_matrix

SHARE = 0.5
"""Of the cores: nobody waits for the answer."""

Direction = NDArray[np.float32]
"""float32 (512,) of length 1."""


class Recogniser:
    """An open ArcFace network. Called by one thread at a time."""

    def __init__(self, runtime: Runtime, file: ModelFile) -> None:
        """Opens it.

        Raises:
            ModelError: it is of another format, or can't be run.
        """
        match(file, RECOGNISER_IN, IDENTITY_OUT)
        self._given, self._made = file.graph.inputs[0].name, file.graph.outputs[0].name
        layout = Layout({self._given: (1, 3, SIZE, SIZE)})
        self._network = runtime.open(file, Demand(layout, math.inf, SHARE))
        require_shape(self._network, self._made, (1, LENGTH))

    def direction(self, picture: Pixels) -> Direction | None:
        """Who is on a face's picture; None where the network tells nothing.

        Args:
            picture: uint8 (112, 112, 3) BGR, as `face_on` cuts it.

        Raises:
            StageError: the network failed.
        """
        self._network.inputs[self._given][0] = as_shown(picture)
        self._network.run()
        values = np.array(self._network.outputs[self._made][0], np.float32)
        length = float(np.linalg.norm(values))
        return np.asarray(values / length, np.float32) if 0.0 < length < math.inf else None

    def close(self) -> None:
        """Frees the network; may be called twice."""
        self._network.close()


def face_on(frame: Frame, face: Face) -> Pixels:
    """The picture of a face that a recogniser looks at, in memory of its own.

    Raises:
        StageError: the face is too distorted, or outside of the frame.
    """
    return cut(frame.pixels, template_matrix(face.landmarks, ARCFACE_112_V2, SIZE), SIZE)
