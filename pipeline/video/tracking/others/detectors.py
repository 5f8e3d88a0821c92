"""Face detectors that a profile brings: YuNet and SCRFD."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ModelError
from pipeline.inference.onnx.model_file import ModelFile
from pipeline.inference.onnx.network import Layout
from pipeline.inference.onnx.ports import FLOATS, Port, match
from pipeline.inference.onnx.runtime import Demand, Runtime
from pipeline.media import Pixels
from pipeline.video.tracking.face_detector import Detection, merged
from pipeline.video.tracking.face_landmarks import sample
from pipeline.video.tracking.search import Part

STRIDES = (8, 16, 32)
OPEN_SIDE = 320
"""What a network is shown that takes pictures of any size; parts of the picture are searched as well."""
BUDGET_MS = 25.0
ANCHORS = 2
"""Of SCRFD, on each cell."""
MOST_FOUND = 200
"""The best of more; a face is found by some dozen cells."""
PICTURE = (Port("picture", (None, 3, "side", "side"), dtypes=FLOATS),)
PARTS: Mapping[str, int] = MappingProxyType({"cls": 1, "obj": 1, "bbox": 4, "kps": 10})
YUNET = tuple(
    Port(f"{part} {stride}", (None, None, size), (f"{part}_{stride}",), FLOATS)
    for part, size in PARTS.items()
    for stride in STRIDES
)

Values = NDArray[np.float32]


class OtherDetector:
    """One of them, which looks beside the built-in detector. Called by one thread at a time."""

    def __init__(self, runtime: Runtime, file: ModelFile, threshold: float) -> None:
        """Loads the network.

        Args:
            runtime: where it is to run.
            file: its file, read.
            threshold: what scores less is not taken for a face.

        Raises:
            ModelError: it is of another format, or can't be run.
        """
        self._is_yunet = any(tensor.name == "cls_8" for tensor in file.graph.outputs)
        found = match(file, PICTURE, YUNET if self._is_yunet else _scrfd(file))
        self._ports = {name: tensor.name for name, tensor in found.items()}
        sides = [size for size in found["picture"].shape[2:] if isinstance(size, int)]
        self._side = side = sides[0] if sides else OPEN_SIDE
        if side % STRIDES[-1]:
            raise ModelError(
                f"The model {file.path} takes pictures of {side} pixels, wanted a multiple of {STRIDES[-1]}; "
                "it is of another format."
            )
        self._threshold = threshold
        self._canvas = np.zeros((side, side, 3), np.uint8)
        self._cells = {stride: _cells(side // stride, 1 if self._is_yunet else ANCHORS) for stride in STRIDES}
        layout = Layout({self._ports["picture"]: (1, 3, side, side)})
        self._network = runtime.open(file, Demand(layout, BUDGET_MS))
        try:
            self._check_outputs(file)
        except ModelError:
            self._network.close()
            raise

    def detect(self, pixels: Pixels, part: Part | None = None) -> list[Detection]:
        """Every face on a picture or a part of it, best first, in picture pixels.

        Raises:
            StageError: the network failed.
        """
        height, width = pixels.shape[:2]
        side = max(height, width) if part is None else part.side
        corner = ((width - side) / 2, (height - side) / 2) if part is None else (part.left, part.top)
        scale = side / self._side
        # Pictures are sampled at the middles of pixels; boxes are told by their edges.
        x, y = (place + 0.5 * scale - 0.5 for place in corner)
        leads = np.array([[scale, 0.0, x], [0.0, scale, y]], np.float64)
        sample(pixels, leads, self._canvas, cv2.BORDER_CONSTANT if part is None else cv2.BORDER_REFLECT_101)
        given = self._network.inputs[self._ports["picture"]][0]
        planes = cv2.split(self._canvas)
        for plane, channel in enumerate(planes if self._is_yunet else reversed(planes)):
            given[plane] = channel
        if not self._is_yunet:
            given -= 127.5
            given *= 1 / 128
        self._network.run()
        found = [one for stride in STRIDES for one in self._found(stride, scale, corner)]
        found.sort(key=lambda one: -one.score)
        inside = (one for one in merged(found[:MOST_FOUND]) if _is_inside(one, width, height))
        return list(inside)

    def close(self) -> None:
        """Frees the network; may be called twice."""
        self._network.close()

    def _check_outputs(self, file: ModelFile) -> None:
        """Holds how much the network really puts out against its cells; a file may leave that open.

        Raises:
            ModelError: it is more or less.
        """
        for place, name in self._ports.items():
            part, _, stride = place.partition(" ")
            if part not in PARTS:
                continue
            got, wanted = self._network.outputs[name].size, PARTS[part] * len(self._cells[int(stride)])
            if got != wanted:
                raise ModelError(
                    f"The output {name} of the model {file.path} has {got} values, wanted {wanted}; "
                    "it is of another format."
                )

    def _found(self, stride: int, scale: float, corner: tuple[float, float]) -> list[Detection]:
        """The faces of the cells of one size, in picture pixels."""
        scores = self._scores(stride)
        kept = np.flatnonzero(scores >= self._threshold)
        if kept.size == 0:
            return []
        boxes, points = (self._values(part, stride)[kept] for part in ("bbox", "kps"))
        cells = self._cells[stride][kept]
        origin, px = np.array(corner, np.float32), np.float32(stride * scale)
        if self._is_yunet:
            middles, extents = cells + boxes[:, :2], np.exp(np.minimum(boxes[:, 2:], 8.0))
            sides = np.hstack([middles - extents / 2, middles + extents / 2])
        else:
            sides = np.hstack([cells - boxes[:, :2], cells + boxes[:, 2:]])
        places = sides.reshape(-1, 2, 2) * px + origin
        five = (cells[:, np.newaxis] + points.reshape(-1, 5, 2)) * px + origin
        return [_detection(*each) for each in zip(places, five, scores[kept], strict=True)]

    def _scores(self, stride: int) -> Values:
        """How sure each cell of a size is, 0..1."""
        scores = self._values("cls", stride)[:, 0]
        if self._is_yunet:
            there = self._values("obj", stride)[:, 0]
            scores = np.sqrt(np.clip(scores, 0.0, 1.0) * np.clip(there, 0.0, 1.0))
        return scores

    def _values(self, part: str, stride: int) -> Values:
        """float32 (cells, n)."""
        made: NDArray[Any] = self._network.outputs[self._ports[f"{part} {stride}"]]
        return np.asarray(made.reshape(-1, PARTS[part]), np.float32)


def _scrfd(file: ModelFile) -> tuple[Port, ...]:
    """SCRFD's outputs, by their places; some exports have a leading 1."""
    batched = bool(file.graph.outputs) and len(file.graph.outputs[0].shape) == 3
    lead: tuple[None, ...] = (None, None) if batched else (None,)
    return tuple(
        Port(f"{part} {stride}", (*lead, PARTS[part]), dtypes=FLOATS)
        for part in ("cls", "bbox", "kps")
        for stride in STRIDES
    )


def _cells(count: int, anchors: int) -> Values:
    """float32 (count * count * anchors, 2): the cells' corners, row by row, in cells."""
    x, y = np.meshgrid(np.arange(count, dtype=np.float32), np.arange(count, dtype=np.float32))
    return np.repeat(np.stack([x.ravel(), y.ravel()], axis=1), anchors, axis=0)


def _detection(corners: Values, five: Values, score: np.float32) -> Detection:
    """A face from two corners of its box and five points: eyes, nose, the mouth's corners, from left to right."""
    left, top, right, bottom = (float(value) for value in corners.ravel())
    ears = [[left, five[0][1]], [right, five[1][1]]]
    points = np.asarray([five[0], five[1], five[2], (five[3] + five[4]) / 2, *ears], np.float32)
    return Detection((left, top, right - left, bottom - top), points, float(score))


def _is_inside(detection: Detection, width: int, height: int) -> bool:
    """Whether a face's middle lies on the picture."""
    left, top, box_width, box_height = detection.box
    return 0 <= left + box_width / 2 <= width and 0 <= top + box_height / 2 <= height
