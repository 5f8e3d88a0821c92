"""Where things are among the 468 landmarks. All lists start at the image's left corner unless said otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np
import numpy.typing as npt

FACE_POINTS = 468
OVAL = (
    (10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377)
    + (152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109)
)  # fmt: skip
"""The face's edge, from the top of the forehead clockwise as x grows first."""
LIPS_LOWER = (
    (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291),
    (76, 77, 90, 180, 85, 16, 315, 404, 320, 307, 306),
    (62, 96, 89, 179, 86, 15, 316, 403, 319, 325, 292),
    (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308),
)
"""Lower lip, from the outer line to the inner one."""
LIPS_UPPER = (
    (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291),
    (76, 184, 74, 73, 72, 11, 302, 303, 304, 408, 306),
    (62, 183, 42, 41, 38, 12, 268, 271, 272, 407, 292),
    (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308),
)
"""Upper lip, from the outer line to the inner one."""
MOUTH_RING = LIPS_LOWER[3] + LIPS_UPPER[3][-2:0:-1]
EYE_RING = (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246)
"""The lid edge of the eye at the image's left: outer corner, lower lid, inner corner, upper lid."""
EYE_RING_RIGHT = (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466)
"""The same on the other side, in matching order."""
LID_UPPER = (246, 161, 160, 159, 158, 157, 173)
LID_LOWER = (7, 163, 144, 145, 153, 154, 155)
FOLD_UPPER = (247, 30, 29, 27, 28, 56, 190)
"""One ring outside the upper lid, outer to inner."""
FOLD_LOWER = (25, 110, 24, 23, 22, 26, 112)
BROW_UPPER = (70, 63, 105, 66, 107)
"""The brow's upper edge at the image's left, outer to inner."""
BROW_LOWER = (46, 53, 52, 65, 55)
NOSE_TIP = 4
CHIN = 152
FOREHEAD = 10


@dataclass(frozen=True, slots=True)
class MeanFace:
    """The symmetrised mean of several people's landmarks."""

    points: npt.NDArray[np.float64]
    """(468, 3), centimetres, pupils 6.3 apart."""
    mirror: npt.NDArray[np.int64]
    """(468,): the landmark on the other side."""
    triangles: npt.NDArray[np.int64]
    """(n, 3), counter-clockwise from outside, open at the eyes and the mouth."""


@lru_cache(maxsize=1)
def mean_face() -> MeanFace:
    """The mean face that ships with the renderer."""
    with resources.files(__package__).joinpath("mean_face.npz").open("rb") as file, np.load(file) as data:
        return MeanFace(
            data["points"].astype(np.float64), data["mirror"].astype(np.int64), data["triangles"].astype(np.int64)
        )
