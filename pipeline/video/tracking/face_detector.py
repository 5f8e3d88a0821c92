"""Faces on a whole picture, without knowing where they were before."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.inference.litert import Network
from pipeline.media import Pixels, Points
from pipeline.video.tracking.search import Part

Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, width, height in picture pixels."""

INPUT_PX = 128
SCALE = np.float32(1.0 / 127.5)
OVERLAP_LIMIT = 0.3
EDGE_SHARE = 0.1
"""A face whose middle lies farther beyond the picture's edge than this share of its width is a mirror image."""


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """A face that the detector found.

    Attributes:
        box: left, top, width, height in picture pixels.
        keypoints: float32 (6, 2) in picture pixels: right eye, left eye, nose tip, mouth, right ear, left ear.
        score: 0..1.
        other: the same face as a second detector saw it.
    """

    box: Box
    keypoints: Points
    score: float
    other: "Detection | None" = None


class Detector(Protocol):
    """Finds faces. Called by one thread at a time."""

    def detect(self, pixels: Pixels, part: Part | None = None) -> list[Detection]:
        """Every face on a picture or a part of it, best first, in picture pixels.

        Args:
            pixels: uint8 (height, width, 3) BGR.
            part: where to look; None for the whole picture.

        Raises:
            StageError: the network failed.
        """


class FaceDetector:
    """The short-range face detector: it sees faces larger than about an eighth of the side of what it is shown.

    Source: BlazeFace, Bazarevsky et al. 2019, arXiv:1907.05047; two anchors on each cell of a 16x16 grid, six on each
    cell of an 8x8 grid.
    """

    def __init__(self, model: Path, threshold: float = 0.5) -> None:
        """Loads the network.

        Raises:
            ModelError: the file can't be loaded.
        """
        self._network = Network(model, (INPUT_PX, INPUT_PX, 3))
        self._threshold = threshold
        self._anchors = np.concatenate([_grid(16, 2), _grid(8, 6)])
        self._canvas = np.zeros((INPUT_PX, INPUT_PX, 3), np.uint8)
        self._rgb = np.zeros_like(self._canvas)

    def detect(self, pixels: Pixels, part: Part | None = None) -> list[Detection]:
        """Every face on a picture or a part of it, best first, in picture pixels.

        Args:
            pixels: uint8 (height, width, 3) BGR.
            part: where to look; None for the whole picture.
        """
        scale, origin = self._letterbox(pixels) if part is None else self._cut_out(pixels, part)
        cv2.cvtColor(self._canvas, cv2.COLOR_BGR2RGB, dst=self._rgb)
        np.multiply(self._rgb, SCALE, out=self._network.input)
        self._network.input -= 1.0
        found = self._run(scale, origin)
        height, width = pixels.shape[:2]
        return found if part is None else [detection for detection in found if _inside(detection, width, height)]

    def _run(self, scale: float, origin: NDArray[np.float32]) -> list[Detection]:
        """The faces on what stands in the network's input."""
        regressors, logits = self._network.run()
        scores = 1.0 / (1.0 + np.exp(-np.clip(logits[:, 0], -50.0, 50.0)))
        kept = np.argsort(-scores)[: np.count_nonzero(scores >= self._threshold)]
        values = regressors[kept].reshape(-1, 8, 2)
        anchors = self._anchors[kept] * INPUT_PX - origin
        centres = (values[:, 0] + anchors) / scale
        extents = values[:, 1] / scale
        keypoints = (values[:, 2:] + anchors[:, np.newaxis]) / scale
        boxes = np.concatenate([centres - extents / 2, extents], axis=1)
        found = [
            Detection((float(box[0]), float(box[1]), float(box[2]), float(box[3])), points, float(score))
            for box, points, score in zip(boxes, keypoints.astype(np.float32), scores[kept], strict=True)
        ]
        return merged(found)

    def _letterbox(self, pixels: Pixels) -> tuple[float, NDArray[np.float32]]:
        """Puts the whole picture on the canvas; the scale and the offset that lead back to it."""
        height, width = pixels.shape[:2]
        scale = INPUT_PX / max(height, width)
        inner_width, inner_height = max(1, round(width * scale)), max(1, round(height * scale))
        left, top = (INPUT_PX - inner_width) // 2, (INPUT_PX - inner_height) // 2
        self._canvas[:] = 0
        inner = self._canvas[top : top + inner_height, left : left + inner_width]
        cv2.resize(pixels, (inner_width, inner_height), dst=inner, interpolation=cv2.INTER_AREA)
        return scale, np.array([left, top], np.float32)

    def _cut_out(self, pixels: Pixels, part: Part) -> tuple[float, NDArray[np.float32]]:
        """Puts a part of the picture on the canvas; the scale and the offset that lead back to the picture."""
        height, width = pixels.shape[:2]
        x0, y0 = max(0, part.left), max(0, part.top)
        inside = pixels[y0 : min(height, part.top + part.side), x0 : min(width, part.left + part.side)]
        scale = INPUT_PX / part.side
        left, top = round((x0 - part.left) * scale), round((y0 - part.top) * scale)
        small_width = min(INPUT_PX - left, max(1, round(inside.shape[1] * scale)))
        small_height = min(INPUT_PX - top, max(1, round(inside.shape[0] * scale)))
        # Halving first is a tenth of the work of averaging at an odd factor, and as free of jaggies.
        while min(inside.shape[:2]) >= 4 and inside.shape[1] >= 2 * small_width:
            half = (inside.shape[1] // 2, inside.shape[0] // 2)
            inside = np.asarray(cv2.resize(inside, half, interpolation=cv2.INTER_LINEAR), np.uint8)
        small = cv2.resize(inside, (small_width, small_height), interpolation=cv2.INTER_LINEAR)
        right, bottom = INPUT_PX - left - small_width, INPUT_PX - top - small_height
        cv2.copyMakeBorder(small, top, bottom, left, right, cv2.BORDER_REFLECT_101, dst=self._canvas)
        return scale, np.array([left - x0 * scale, top - y0 * scale], np.float32)


def _inside(detection: Detection, width: int, height: int) -> bool:
    """Whether a face's middle lies on a picture, or hardly beyond its edge."""
    left, top, box_width, box_height = detection.box
    x, y, slack = left + box_width / 2, top + box_height / 2, EDGE_SHARE * box_width
    return -slack <= x <= width + slack and -slack <= y <= height + slack


def overlap(a: Box, b: Box) -> float:
    """Intersection over union of two boxes (left, top, width, height), 0..1."""
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / (a[2] * a[3] + b[2] * b[3] - shared)


def _grid(cells: int, anchors_per_cell: int) -> NDArray[np.float32]:
    """float32 (cells * cells * anchors_per_cell, 2): the cells' centres in the unit square, row by row."""
    line = (np.arange(cells, dtype=np.float32) + 0.5) / cells
    x, y = np.meshgrid(line, line)
    return np.repeat(np.stack([x.ravel(), y.ravel()], axis=1), anchors_per_cell, axis=0)


def merged(found: list[Detection]) -> list[Detection]:
    """One detection for each group that overlaps its best, best first: their mean, weighted by score."""
    kept: list[Detection] = []
    while found:
        # A box without an extent overlaps nothing, not even itself.
        group = found[:1] + [other for other in found[1:] if overlap(other.box, found[0].box) >= OVERLAP_LIMIT]
        scores = np.array([detection.score for detection in group], np.float32)
        boxes = np.array([detection.box for detection in group], np.float32)
        left, top, width, height = (float(value) for value in np.average(boxes, axis=0, weights=scores))
        keypoints = np.average([detection.keypoints for detection in group], axis=0, weights=scores)
        kept.append(Detection((left, top, width, height), keypoints.astype(np.float32), found[0].score))
        found = [other for other in found if all(other is not member for member in group)]
    return kept


def joined(found: list[Detection], others: list[Detection]) -> list[Detection]:
    """What two detectors saw: every face of the first's in its own box, then what only the second saw.

    A face that both saw has the better score of the two, and the second's box beside its own: which of them leads to
    the face is told by the landmarks.
    """
    left, both = list(others), []
    for detection in found:
        other = max(left, key=lambda one: overlap(one.box, detection.box), default=None)
        if other is None or overlap(other.box, detection.box) < OVERLAP_LIMIT:
            both.append(detection)
            continue
        left = [one for one in left if one is not other]
        both.append(replace(detection, score=max(detection.score, other.score), other=other))
    return both + left
