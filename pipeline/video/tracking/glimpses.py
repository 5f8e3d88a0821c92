"""Faces that were found and are not followed: cut by the picture's edge, turned far away, or too many."""

from dataclasses import dataclass, replace
from math import atan2, cos, sin

import numpy as np

from pipeline.media import Face
from pipeline.video.tracking.face_detector import Box, Detection, overlap
from pipeline.video.tracking.head_pose import HeadPose
from pipeline.video.tracking.mesh import face_template
from pipeline.video.tracking.search import Part
from pipeline.video.tracking.track import box_of

SAME_FACE_OVERLAP = 0.3
SAME_FACE_SHARE = 0.5
"""Faces that share more of the smaller one are one face."""
HEAD_SHARE = 1.5
"""Height of the mean head that is laid on a detection's box, brows to chin; a face has 1.15, the rest lets it move."""


@dataclass(frozen=True, slots=True, eq=False)
class Glimpse:
    """A face as it was found.

    Attributes:
        face: where to blur.
        box: where it was found.
        part: the part of the picture that was looked at, None for the whole picture.
    """

    face: Face
    box: Box
    part: Part | None


class Glimpses:
    """Keeps each face until its part of the picture is looked at again and it isn't there."""

    def __init__(self, poses: HeadPose) -> None:
        """None so far."""
        self._poses = poses
        self._kept: list[Glimpse] = []

    def id_of(self, detection: Detection) -> int | None:
        """The id that a detected face was given before; None for a new one."""
        same = (kept for kept in self._kept if overlap(kept.box, detection.box) > SAME_FACE_OVERLAP)
        return next((kept.face.track_id for kept in same), None)

    def add(self, face: Face) -> None:
        """Keeps a face that is followed no longer until the whole picture is looked at."""
        self._kept.append(Glimpse(replace(face, is_followed=False), face.box, None))

    def look(self, part: Part | None, found: dict[int, Detection]) -> list[Face]:
        """Takes what a look at a part showed in place of what the look before did; returns the faces that are gone.

        Args:
            part: what was looked at, None for the whole picture.
            found: the faces that are not followed, by their ids.
        """
        gone = [kept for kept in self._kept if kept.part == part and kept.face.track_id not in found]
        self._kept = [kept for kept in self._kept if kept.part != part and kept.face.track_id not in found]
        self._kept += [Glimpse(self._laid_on(one, track_id), one.box, part) for track_id, one in found.items()]
        return [kept.face for kept in gone]

    def faces(self, followed: list[Face]) -> list[Face]:
        """Those that are none of the faces followed."""
        return [kept.face for kept in self._kept if not any(shows(kept.box, face) for face in followed)]

    def clear(self) -> None:
        """Forgets them all."""
        self._kept.clear()

    def _laid_on(self, detection: Detection, track_id: int) -> Face:
        """The mean head where a face was detected."""
        left, top, width, height = detection.box
        right_eye, left_eye = detection.keypoints[0], detection.keypoints[1]
        angle = atan2(float(left_eye[1] - right_eye[1]), float(left_eye[0] - right_eye[0]))
        head = face_template()
        low, high = head.min(axis=0), head.max(axis=0)
        scale = HEAD_SHARE * max(width, height) / float(high[1] - low[1])
        turn = np.array([[cos(angle), sin(angle), 0], [-sin(angle), cos(angle), 0], [0, 0, 1]]) * scale
        middle = np.array([left + width / 2, top + height / 2, 0.0])
        landmarks = np.asarray((head - (low + high) / 2) @ turn + middle, np.float32)
        pose = self._poses.of(landmarks)
        return Face(track_id, box_of(landmarks), landmarks, pose, detection.score, is_followed=False)


def shows(box: Box, face: Face) -> bool:
    """Whether what was found in a box is, or is a part of, a face that is followed."""
    x, y = box[0] + box[2] / 2 - face.box[0], box[1] + box[3] / 2 - face.box[1]
    if 0 <= x < face.box[2] and 0 <= y < face.box[3]:
        return True
    width = min(box[0] + box[2], face.box[0] + face.box[2]) - max(box[0], face.box[0])
    height = min(box[1] + box[3], face.box[1] + face.box[3]) - max(box[1], face.box[1])
    smaller = min(box[2] * box[3], face.box[2] * face.box[3])
    return width > 0 and height > 0 and width * height > SAME_FACE_SHARE * smaller
