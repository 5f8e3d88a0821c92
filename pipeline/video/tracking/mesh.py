"""Which of the 468 points are what. Right and left are the person's own."""

from importlib.resources import files

import numpy as np

from pipeline.media import Points

# fmt: off
FACE_OVAL = (10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176,
             149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109)
"""The outline of the face, clockwise as the picture shows it, from the top of the forehead."""
RIGHT_EYE = (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7)
LEFT_EYE = (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249)
INNER_LIPS = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95)
OUTER_LIPS = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146)
RIGID = (33, 133, 362, 263, 168, 6, 197, 195, 5, 4, 1, 98, 327, 10, 67, 297, 109, 338, 127, 356, 234, 454, 93, 323,
         8, 9, 151, 54, 284, 21, 251, 162, 389)
"""Points that speech and expression move little: eye corners, nose, forehead, temples, cheekbones."""
# fmt: on
FOREHEAD_TOP, CHIN = 10, 152
RIGHT_CHEEK, LEFT_CHEEK = 234, 454
RIGHT_EYE_OUTER, LEFT_EYE_OUTER = 33, 263
RIGHT_EYE_INNER, LEFT_EYE_INNER = 133, 362


def inner_face(landmarks: Points, share: float) -> Points:
    """float32 (36, 2): the face oval drawn together about its centre; at 0.85 it is surely face from any side."""
    oval = landmarks[list(FACE_OVAL), :2]
    return np.asarray(oval + np.float32(share - 1.0) * (oval - oval.mean(axis=0)), np.float32)


def face_template() -> Points:
    """float32 (468, 3): the mean head, eye distance 1, x right, y down, z away from the camera, facing it."""
    with files("pipeline.video.assets").joinpath("face-template.npy").open("rb") as file:
        template: Points = np.load(file)
    return template


def eye_distance_px(landmarks: Points) -> float:
    """The distance of the outer eye corners in the landmarks' own unit, depth included."""
    return float(np.linalg.norm(landmarks[LEFT_EYE_OUTER] - landmarks[RIGHT_EYE_OUTER]))
