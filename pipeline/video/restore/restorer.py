"""Detail for the finished face, from a network of the GFPGAN type; between its runs the last one is carried along."""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.inference.onnx.model_file import ModelFile
from pipeline.inference.onnx.network import Layout
from pipeline.inference.onnx.outputs import require_shape
from pipeline.inference.onnx.ports import FLOATS, Port, match
from pipeline.inference.onnx.runtime import Demand, Runtime
from pipeline.media import Face, Pixels
from pipeline.video.neural import merge_mask
from pipeline.video.neural.face_model import Matrix
from pipeline.video.neural.merge import cut
from pipeline.video.neural.merge_mask import SIDE
from pipeline.video.neural.templates import FFHQ_512, template_matrix
from profiles.engines.face import MergeSettings, RestoreSettings

SIZE = 512
INPUTS = (
    Port("seen", (None, 3, SIZE, SIZE), dtypes=FLOATS),
    Port("weight", (None,), ("weight",), ("float32", "float64"), optional=True),
)
"""Red, green and blue in -1..1, the channels first; how true to what it is shown it stays, 0..1."""
OUTPUTS = (Port("made", (None, 3, SIZE, SIZE), dtypes=FLOATS),)
FAITHFUL = 0.7
BUDGET_MS = 60.0
COARSE = 16
"""What shows on a thumbnail of so many points a side is the face's colour and light, not its detail."""
GREY = 128
"""Stands for no change."""
STALE_NS = 1_000_000_000
EDGE = MergeSettings(erode=0.03, blur=0.1)
"""Where in the face's oval the detail ends."""


class Restorer:
    """Adds detail to one face. Called by one thread at a time."""

    def __init__(self, runtime: Runtime, file: ModelFile, settings: RestoreSettings) -> None:
        """Loads the network.

        Raises:
            ModelError: the file is of another format, or can't be run.
        """
        found = match(file, INPUTS, OUTPUTS)
        self._given, self._made = found["seen"].name, found["made"].name
        shapes: dict[str, tuple[int, ...]] = {self._given: (1, 3, SIZE, SIZE)}
        values: dict[str, float] = {}
        if "weight" in found:
            shapes[found["weight"].name], values[found["weight"].name] = (1,), FAITHFUL
        self._network = runtime.open(file, Demand(Layout(shapes, values=values), BUDGET_MS))
        require_shape(self._network, self._made, (1, 3, SIZE, SIZE))
        self._table = (np.arange(256, dtype=np.float32) / np.float32(127.5) - np.float32(1.0))[np.newaxis]
        self._planes = np.empty((3, SIZE, SIZE), np.float32)
        self._face, self._coarse = np.empty((SIZE, SIZE, 3), np.float32), np.empty((SIZE, SIZE, 3), np.float32)
        self._change: Pixels = np.empty((SIZE, SIZE, 3), np.uint8)
        self.adjust(settings)
        self.reset()

    def adjust(self, settings: RestoreSettings) -> None:
        """Takes how often and how strongly it works."""
        self._settings = settings

    def reset(self) -> None:
        """Forgets the face."""
        self._detail: Pixels | None = None
        self._track_id: int | None = None
        self._left, self._at_ns = 0, 0

    def close(self) -> None:
        """Frees the network; may be called twice."""
        self._network.close()
        self.reset()

    def add(self, pixels: Pixels, face: Face, at_ns: int, share: float = 1.0) -> None:
        """Adds detail to a face on a picture.

        Args:
            pixels: uint8 (height, width, 3) BGR, written to.
            face: where it is.
            at_ns: when.
            share: how much of the detail is added, beside the profile's strength.

        Raises:
            StageError: the network failed, or the face is too small or too distorted.
        """
        matrix = template_matrix(face.landmarks, FFHQ_512, SIZE)
        if face.track_id != self._track_id or not 0 <= at_ns - self._at_ns < STALE_NS:
            self.reset()
        self._track_id, self._at_ns = face.track_id, at_ns
        if self._detail is None or self._left <= 0:
            self._detail = self._found(cut(pixels, matrix, SIZE))
            self._left = self._settings.every
        self._left -= 1
        landmarks = (face.landmarks[:, :2] @ matrix[:, :2].T + matrix[:, 2] + 0.5) * np.float32(SIDE / SIZE) - 0.5
        mask = merge_mask.softened(merge_mask.outline(np.asarray(landmarks, np.float32)), EDGE)
        mask = np.asarray(cv2.convertScaleAbs(mask, alpha=self._settings.strength * share), np.uint8)
        _lay_on(pixels, self._detail, mask, matrix)

    def _found(self, square: Pixels) -> Pixels:
        """What the network would change in a face's detail, around 128."""
        given = self._network.inputs[self._given][0]
        for plane, channel in enumerate(reversed(cv2.split(square))):
            given[plane] = cv2.LUT(channel, self._table)
        self._network.run()
        # All of this lies in memory of its own: taking 3 MB anew takes longer than working on them.
        made, coarse = self._face, self._coarse
        np.clip(self._network.outputs[self._made][0], -1.0, 1.0, out=self._planes, casting="unsafe")
        cv2.merge([self._planes[2], self._planes[1], self._planes[0]], made)
        np.copyto(coarse, square)
        cv2.addWeighted(made, 127.5, coarse, -1.0, 127.5, dst=made)
        small = cv2.resize(made, (COARSE, COARSE), interpolation=cv2.INTER_AREA)
        cv2.resize(small, (SIZE, SIZE), dst=coarse)
        cv2.addWeighted(made, 1.0, coarse, -1.0, GREY, dst=self._change, dtype=cv2.CV_8U)
        return self._change


def _lay_on(pixels: Pixels, detail: Pixels, mask: NDArray[np.uint8], matrix: Matrix) -> None:
    """Adds detail to a picture.

    Args:
        pixels: uint8 (height, width, 3), written to.
        detail: uint8 (size, size, 3), around 128.
        mask: uint8 (128, 128) over the same square, how much of it is added.
        matrix: from the picture to the square.
    """
    side = detail.shape[0]
    layers = cv2.merge([*cv2.split(detail), cv2.resize(mask, (side, side), interpolation=cv2.INTER_LINEAR)])
    matrix = matrix.astype(np.float64)
    while np.hypot(matrix[0, 0], matrix[1, 0]) >= 2.0:
        side //= 2
        layers = cv2.resize(layers, (side, side), interpolation=cv2.INTER_AREA)
        matrix *= 0.5
        matrix[:, 2] -= 0.25
    inverse = cv2.invertAffineTransform(matrix)
    corners = np.array([[x, y] for x in (0, side) for y in (0, side)]) @ inverse[:, :2].T + inverse[:, 2]
    height, width = pixels.shape[:2]
    left, top = (max(0, int(value)) for value in corners.min(axis=0))
    right, bottom = min(width, int(corners[:, 0].max()) + 2), min(height, int(corners[:, 1].max()) + 2)
    if right - left < 2 or bottom - top < 2:
        return
    matrix[:, 2] += matrix[:, :2] @ np.array([left, top])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    moved = cv2.warpAffine(layers, matrix, (right - left, bottom - top), flags=flags)
    share = cv2.extractChannel(moved, 3)
    change = cv2.cvtColor(moved, cv2.COLOR_BGRA2BGR).astype(np.int16) - np.int16(GREY)
    some = cv2.multiply(change, cv2.merge([share] * 3), scale=1 / 255, dtype=cv2.CV_16S)
    part = pixels[top:bottom, left:right]
    part[:] = cv2.add(part, some, dtype=cv2.CV_8U)
