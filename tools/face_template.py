"""Makes `pipeline/video/assets/face-template.npy`: the mean head that poses and warps are measured against.

`python -m tools.face_template LANDMARKS.npz OUT.npy`, where the archive holds one float32 (frames, 468, 3) array per
recorded person. Every person's frontal frames are averaged, the people are averaged with equal weight, and the result
is made mirror-symmetric, so that it is the shape of nobody in particular.
"""

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FOREHEAD_TOP, CHIN = 10, 152
RIGHT_EYE_OUTER, LEFT_EYE_OUTER = 33, 263
LIP_PAIRS = (
    *((61, 291), (185, 409), (40, 270), (39, 269), (37, 267), (146, 375), (91, 321), (181, 405), (84, 314)),
    *((78, 308), (191, 415), (80, 310), (81, 311), (82, 312), (95, 324), (88, 318), (178, 402), (87, 317)),
    *((76, 306), (62, 292), (184, 408), (183, 407), (77, 307), (96, 325)),
)
"""Mirror partners around the mouth, where the points lie closer than a face is symmetric."""


def normalised(landmarks: NDArray[np.float32]) -> NDArray[np.float64]:
    """Landmarks (468, 3) centred on their mean, eyes level, eye distance 1."""
    points = landmarks.astype(np.float64) - landmarks.mean(axis=0)
    eyes = points[LEFT_EYE_OUTER] - points[RIGHT_EYE_OUTER]
    roll = np.arctan2(eyes[1], eyes[0])
    cosine, sine = np.cos(roll), np.sin(roll)
    rotation = np.array([[cosine, sine, 0], [-sine, cosine, 0], [0, 0, 1]])
    return np.asarray(points @ rotation.T / np.linalg.norm(eyes))


def turned_forward(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The points turned about the x axis so that forehead and chin are equally far away."""
    line = points[CHIN] - points[FOREHEAD_TOP]
    pitch = np.arctan2(line[2], line[1])
    cosine, sine = np.cos(pitch), np.sin(pitch)
    return np.asarray(points @ np.array([[1, 0, 0], [0, cosine, sine], [0, -sine, cosine]]).T)


def mirror_pairs(points: NDArray[np.float64]) -> NDArray[np.int64]:
    """int64 (468,): the mirror partner of each point, an involution, the closest pairs joined first."""
    distances = np.linalg.norm((points * [-1, 1, 1])[:, None] - points[None], axis=2)
    distances = distances + distances.T
    pairs = np.full(len(points), -1)
    for a, b in LIP_PAIRS:
        pairs[a], pairs[b] = b, a
    for flat in np.argsort(distances, axis=None, kind="stable"):
        a, b = divmod(int(flat), len(points))
        if pairs[a] < 0 and pairs[b] < 0:
            pairs[a], pairs[b] = b, a
    return pairs


def template_of(people: list[NDArray[np.float32]], frontal: float = 0.04) -> NDArray[np.float32]:
    """The mean, symmetric head of several people, eye distance 1, x right, y down, z away from the camera.

    Args:
        people: float32 (frames, 468, 3) each.
        frontal: how far the eyes' depths may differ, in eye distances, for a frame to count.
    """
    shapes = []
    for frames in people:
        heads = np.stack([normalised(frame) for frame in frames])
        turn = np.abs(heads[:, LEFT_EYE_OUTER, 2] - heads[:, RIGHT_EYE_OUTER, 2])
        shapes.append(heads[turn <= max(frontal, float(turn.min()) + 1e-6)].mean(axis=0))
    mean = turned_forward(np.mean(shapes, axis=0))
    pairs = mirror_pairs(mean)
    mean = (mean + mean[pairs] * [-1, 1, 1]) / 2
    return np.asarray(mean - mean.mean(axis=0), np.float32)


def main() -> None:
    """Reads the archive named first and writes the template named second."""
    archive, out = Path(sys.argv[1]), Path(sys.argv[2])
    with np.load(archive) as people:
        np.save(out, template_of([people[name] for name in people.files]))


if __name__ == "__main__":
    main()
