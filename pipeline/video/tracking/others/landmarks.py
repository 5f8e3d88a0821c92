"""A landmark network that a profile brings, 2DFAN4: it corrects where the mesh has brows, eyes, nose and mouth."""

from math import cos, sin

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.inference.onnx.model_file import ModelFile
from pipeline.inference.onnx.network import Layout
from pipeline.inference.onnx.outputs import require_shape
from pipeline.inference.onnx.ports import FLOATS, Port, match
from pipeline.inference.onnx.runtime import Demand, Runtime
from pipeline.media import Face, Pixels, Points
from pipeline.video.tracking.face_landmarks import Region, sample
from pipeline.video.tracking.mesh import eye_distance_px, face_template

SIZE, HEATMAP = 256, 64
FACE_PX = 195.0
"""The longer side of the face on the crop, from brow to chin."""
INPUTS = (Port("face", (None, 3, SIZE, SIZE), dtypes=FLOATS),)
"""Red, green and blue in 0..1, the channels first."""
OUTPUTS = (Port("points", (None, 68, 3), dtypes=FLOATS), Port("heatmaps", (None, 68, HEATMAP, HEATMAP), dtypes=FLOATS))
"""Places in the heatmaps' pixels, with a score; and the heatmaps."""
# fmt: off
MESH = (70, 63, 105, 66, 107, 336, 296, 334, 293, 300, 168, 197, 5, 4, 98, 97, 2, 326, 327, 33, 160, 158, 133, 153, 144,
        362, 385, 387, 263, 373, 380, 61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181, 78, 82, 13, 312, 308, 317,
        14, 87)
"""The mesh points that lie where the network's points 17 to 67 lie."""
# fmt: on
FIRST = 17
"""The points before are the jaw, where the mesh has none that moves alike."""
REACH = 0.18
"""How far a correction reaches over the face, in distances of the eyes."""
MOST = 0.15
"""A correction is no longer than this, in distances of the eyes: what is farther off was not understood."""
SETTLE_S = 0.12
STALE_NS = 500_000_000
BUDGET_MS = 40.0

Values = NDArray[np.float32]


class Corrector:
    """Corrects the landmarks of one face. Called by one thread at a time."""

    def __init__(self, runtime: Runtime, file: ModelFile) -> None:
        """Loads the network.

        Raises:
            ModelError: it is of another format, or can't be run.
        """
        found = match(file, INPUTS, OUTPUTS)
        self._given, self._made = found["face"].name, found["points"].name
        self._network = runtime.open(file, Demand(Layout({self._given: (1, 3, SIZE, SIZE)}), BUDGET_MS))
        require_shape(self._network, self._made, (1, 68, 3))
        self._crop = np.empty((SIZE, SIZE, 3), np.uint8)
        self._spread = _spread()
        self.reset()

    def reset(self) -> None:
        """Forgets the face."""
        self._shift: Values | None = None
        self._track_id: int | None = None
        self._at_ns = 0

    def close(self) -> None:
        """Frees the network; may be called twice."""
        self._network.close()

    def corrected(self, pixels: Pixels, face: Face, at_ns: int) -> Points:
        """float32 (468, 3): the face's landmarks, moved to where the network sees them.

        Args:
            pixels: uint8 (height, width, 3) BGR.
            face: as the mesh has it.
            at_ns: when.

        Raises:
            StageError: the network failed.
        """
        region = Region.of_landmarks(face.landmarks)
        seen = self._seen(pixels, face.landmarks, region)[FIRST:]
        unit = eye_distance_px(face.landmarks)
        turn = _turn(-region.angle_rad)
        shift = np.asarray((seen - face.landmarks[list(MESH), :2]) @ turn.T / unit, np.float32)
        shift *= np.minimum(1.0, MOST / np.maximum(np.linalg.norm(shift, axis=1, keepdims=True), 1e-6))
        elapsed_s = (at_ns - self._at_ns) / 1e9
        before = self._shift
        if before is not None and face.track_id == self._track_id and 0 <= elapsed_s < STALE_NS / 1e9:
            shift = before + np.float32(1.0 - np.exp(-elapsed_s / SETTLE_S)) * (shift - before)
        self._shift, self._track_id, self._at_ns = shift, face.track_id, at_ns
        landmarks = face.landmarks.copy()
        landmarks[:, :2] += self._spread @ (shift @ turn) * np.float32(unit)
        return landmarks

    def _seen(self, pixels: Pixels, landmarks: Points, region: Region) -> Points:
        """float32 (68, 2): the network's points in picture pixels."""
        level = landmarks[:, :2] @ _turn(-region.angle_rad).T
        low, high = level.min(axis=0), level.max(axis=0)
        middle = _turn(region.angle_rad) @ ((low + high) / 2)
        side = float((high - low).max()) * SIZE / FACE_PX
        matrix = Region(float(middle[0]), float(middle[1]), side, region.angle_rad).to_picture(SIZE)
        sample(pixels, matrix, self._crop)
        given = self._network.inputs[self._given][0]
        for plane, channel in enumerate(reversed(cv2.split(self._crop))):
            np.multiply(channel, np.float32(1 / 255), out=given[plane], casting="unsafe")
        self._network.run()
        # Beyond the heatmaps there is no place, and of boundless ones comes none that is a number.
        places = np.clip(self._network.outputs[self._made][0, :, :2].astype(np.float32), 0.0, HEATMAP)
        places *= np.float32(SIZE / HEATMAP)
        return np.asarray(places @ matrix[:, :2].T + matrix[:, 2], np.float32)


def _turn(angle_rad: float) -> Values:
    """float32 (2, 2): turns a place from the x axis toward the y axis."""
    return np.array([[cos(angle_rad), -sin(angle_rad)], [sin(angle_rad), cos(angle_rad)]], np.float32)


def _spread() -> Values:
    """float32 (468, 51): how far each point of the mesh goes along with each corrected one.

    Corrected points go all the way, their neighbours with them, and what is far from all of them stays.
    """
    head = face_template()[:, :2]
    near = np.exp(-(np.linalg.norm(head[:, np.newaxis] - head[list(MESH)], axis=-1) ** 2) / (2 * REACH**2))
    total = near.sum(axis=1, keepdims=True)
    nearest = near.max(axis=1, keepdims=True)
    spread = near**4 / np.maximum((near**4).sum(axis=1, keepdims=True), 1e-12) * nearest
    spread[(total < 1e-3)[:, 0]] = 0.0
    spread[list(MESH)] = np.eye(len(MESH))
    return np.asarray(spread, np.float32)
