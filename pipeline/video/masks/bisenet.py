"""BiSeNet: which part of a face is where, and so what of it is covered by hair, a hand or clothes."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.inference.onnx.model_file import ModelFile
from pipeline.inference.onnx.network import Layout
from pipeline.inference.onnx.outputs import require_shape
from pipeline.inference.onnx.ports import FLOATS, Port, match
from pipeline.inference.onnx.runtime import Demand, Runtime
from pipeline.media import Face, Pixels
from pipeline.video.neural.face_model import Matrix
from pipeline.video.neural.templates import FFHQ_512, template_matrix

SIZE, CLASSES = 512, 19
INPUTS = (Port("face", (None, 3, SIZE, SIZE), dtypes=FLOATS),)
OUTPUTS = (Port("parts", (None, CLASSES, SIZE, SIZE), dtypes=FLOATS),)
MEAN, SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""For red, green and blue; the channels first."""
PARTS: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        "skin": (1,), "brows": (2, 3), "eyes": (4, 5), "glasses": (6,), "nose": (10,), "mouth": (11,),
        "lips": (12, 13), "ears": (7, 8), "hair": (17,),
    }
)  # fmt: skip
"""The classes of what belongs to a face. 0 is the room, hands included; 9 are earrings, 14 the neck, 15 a necklace, 16
clothes, 18 a hat.

Source: CelebAMask-HQ, Lee et al. 2020, arXiv:1907.11922.
"""
STEP = 4
"""The network's own picture of the parts is eight times smaller than what it puts out."""
BUDGET_MS = 40.0


class BiSeNet:
    """A BiSeNet network. Called by one thread at a time."""

    def __init__(self, runtime: Runtime, file: ModelFile, parts: Sequence[str]) -> None:
        """Loads the network.

        Args:
            runtime: where it is to run.
            file: its file, read.
            parts: what of the face takes the likeness.

        Raises:
            ModelError: the file is of another format, or can't be run.
        """
        found = match(file, INPUTS, OUTPUTS)
        self._given, self._made = found["face"].name, found["parts"].name
        values = np.arange(256, dtype=np.float64) / 255.0
        pairs = zip(MEAN, SPREAD, strict=True)
        self._tables = np.array([[(values - mean) / spread] for mean, spread in pairs], np.float32)
        self._is_face = np.zeros(CLASSES, np.float32)
        self._is_face[[number for part in parts for number in PARTS[part]]] = 1.0
        self._network = runtime.open(file, Demand(Layout({self._given: (1, 3, SIZE, SIZE)}), BUDGET_MS))
        require_shape(self._network, self._made, (1, CLASSES, SIZE, SIZE))

    @property
    def name(self) -> str:
        """The model file's name."""
        return self._network.name

    @property
    def size(self) -> int:
        """Side of the square in pixels."""
        return SIZE

    def align(self, face: Face) -> Matrix:
        """Where on the frame the square lies.

        Raises:
            StageError: the face is too small or too distorted.
        """
        return template_matrix(face.landmarks, FFHQ_512, SIZE)

    def seen(self, square: Pixels) -> NDArray[np.float32]:
        """float32 (128, 128): 1 where the chosen parts of the face are seen.

        Raises:
            StageError: the network failed.
        """
        given = self._network.inputs[self._given][0]
        for plane, channel in enumerate(reversed(cv2.split(square))):
            given[plane] = cv2.LUT(channel, self._tables[plane])
        self._network.run()
        parts = self._network.outputs[self._made][0, :, STEP // 2 :: STEP, STEP // 2 :: STEP]
        return np.asarray(self._is_face[np.argmax(parts, axis=0)], np.float32)

    def close(self) -> None:
        """Frees the network; may be called twice."""
        self._network.close()
