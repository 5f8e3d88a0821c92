"""XSeg: the part of a face that nothing covers, as DeepFaceLab's networks tell it."""

import numpy as np
from numpy.typing import NDArray

from pipeline.inference.onnx.model_file import ModelFile
from pipeline.inference.onnx.network import Layout
from pipeline.inference.onnx.outputs import require_shape
from pipeline.inference.onnx.ports import FLOATS, Port, match
from pipeline.inference.onnx.runtime import Demand, Runtime
from pipeline.media import Face, Pixels
from pipeline.video.neural.alignment import CROPS, Alignment
from pipeline.video.neural.face_model import Matrix
from profiles.engines.face import FaceType

INPUTS = (Port("face", (None, "side", "side", 3), dtypes=FLOATS),)
"""Blue, green and red in 0..1, the channels last."""
OUTPUTS = (Port("mask", (None, "side", "side", 1), dtypes=FLOATS),)
USUAL_SIDE = 256
BUDGET_MS = 30.0


class XSeg:
    """An XSeg network. Called by one thread at a time."""

    def __init__(self, runtime: Runtime, file: ModelFile) -> None:
        """Loads the network.

        Raises:
            ModelError: the file is of another format, or can't be run.
        """
        found = match(file, INPUTS, OUTPUTS)
        self._given, self._made = found["face"].name, found["mask"].name
        side = next((size for size in found["face"].shape[1:3] if isinstance(size, int)), USUAL_SIDE)
        self._size = side
        self._alignment = Alignment()
        self._network = runtime.open(file, Demand(Layout({self._given: (1, side, side, 3)}), BUDGET_MS))
        require_shape(self._network, self._made, (1, side, side, 1))

    @property
    def name(self) -> str:
        """The model file's name."""
        return self._network.name

    @property
    def size(self) -> int:
        """Side of the square in pixels."""
        return self._size

    def align(self, face: Face) -> Matrix:
        """Where on the frame the square lies: the whole face, as the training material shows it.

        Raises:
            StageError: the face is too small or too distorted.
        """
        return self._alignment.matrix(face, CROPS[FaceType.WHOLE_FACE], self._size, steady=False)

    def seen(self, square: Pixels) -> NDArray[np.float32]:
        """float32 (size, size): 1 where the face is seen, 0 where something is before it.

        Raises:
            StageError: the network failed.
        """
        np.multiply(square, np.float32(1 / 255), out=self._network.inputs[self._given][0], casting="unsafe")
        self._network.run()
        return np.asarray(np.clip(self._network.outputs[self._made][0, ..., 0], 0.0, 1.0), np.float32)

    def close(self) -> None:
        """Frees the network; may be called twice."""
        self._network.close()
