"""Faces found and followed, and the one chosen that takes the likeness."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pipeline.media import Face, Frame
from pipeline.video.tracking.face_detector import Detection, FaceDetector, overlap
from pipeline.video.tracking.face_landmarks import FaceLandmarks, Region
from pipeline.video.tracking.head_pose import HeadPose
from pipeline.video.tracking.track import Track
from profiles.profile import FaceChoice, Profile

MAX_FACES = 4
SEARCH_INTERVAL_NS = 500_000_000
"""While a face is followed, the whole picture is searched for others this often."""
LOST_AFTER_NS = 400_000_000
"""A face that was not believed for so long is forgotten."""
SAME_FACE_OVERLAP = 0.3
CHANGE_RATIO = 1.3
"""Another face is chosen only when it is this much larger, or this much closer to the middle."""


class Tracker:
    """The stage that puts faces on frames."""

    name = "track"
    latency_ns = 0

    def __init__(self, detector: Path, landmarks: Path, profile: Profile) -> None:
        """Loads both networks.

        Args:
            detector: file of the network "face-detection".
            landmarks: file of the network "face-landmarks".
            profile: says which face is chosen.

        Raises:
            ModelError: a file can't be loaded.
        """
        self._detector = FaceDetector(detector)
        self._landmarks = FaceLandmarks(landmarks)
        self._poses = HeadPose()
        self._settings = profile.face
        self._tracks: list[Track] = []
        self._next_id = 0
        self._chosen_id: int | None = None
        self._searched_ns: int | None = None

    def process(self, frame: Frame) -> Frame:
        """The frame with its faces; none is no error."""
        at_ns = frame.media_ns
        for track in self._tracks:
            track.follow(frame.pixels, at_ns, self._landmarks, self._poses)
        self._forget(at_ns)
        if self._search_is_due(at_ns):
            self._search(frame)
        faces = [track.face for track in self._tracks if track.face is not None]
        chosen = self._choose(faces, frame.size)
        return replace(frame, faces=tuple(replace(face, chosen=face.track_id == chosen) for face in faces))

    def adjust(self, profile: Profile) -> None:
        """Takes another rule for the choice of the face."""
        self._settings = profile.face

    def reset(self) -> None:
        """Forgets every face; ids go on counting."""
        self._tracks.clear()
        self._chosen_id = self._searched_ns = None

    def close(self) -> None:
        """Forgets every face."""
        self.reset()

    def _search_is_due(self, at_ns: int) -> bool:
        """Whether the whole picture should be searched on this frame."""
        if not any(track.face for track in self._tracks) or self._searched_ns is None:
            return True
        return len(self._tracks) < MAX_FACES and not 0 <= at_ns - self._searched_ns < SEARCH_INTERVAL_NS

    def _search(self, frame: Frame) -> None:
        """Starts a track for every detected face that is not followed yet."""
        self._searched_ns = frame.media_ns
        for detection in self._detector.detect(frame.pixels):
            if len(self._tracks) >= MAX_FACES or self._is_followed(detection):
                continue
            track = Track(self._next_id, Region.of_detection(detection))
            track.follow(frame.pixels, frame.media_ns, self._landmarks, self._poses)
            if track.face is not None:
                self._next_id += 1
                self._tracks.append(track)

    def _is_followed(self, detection: Detection) -> bool:
        """Whether a track already holds this face; a lost track goes on from the detection."""
        for track in self._tracks:
            if track.face is not None and overlap(track.face.box, detection.box) > SAME_FACE_OVERLAP:
                return True
            if track.face is None and _near(track.region, detection):
                track.region = Region.of_detection(detection)
                return True
        return False

    def _forget(self, at_ns: int) -> None:
        """Drops faces lost for long, and the younger of two tracks on one face."""
        kept: list[Track] = []
        for track in self._tracks:
            lost = track.lost_since_ns is not None and at_ns - track.lost_since_ns > LOST_AFTER_NS
            face = track.face
            twin = face is not None and any(
                other.face is not None and overlap(other.face.box, face.box) > SAME_FACE_OVERLAP for other in kept
            )
            if not lost and not twin:
                kept.append(track)
        self._tracks = kept

    def _choose(self, faces: list[Face], size: tuple[int, int]) -> int | None:
        """The id of the face that takes the likeness, steady while another is not clearly better."""
        if self._settings.choice is FaceChoice.ID:
            self._chosen_id = self._settings.choice_id
            return self._chosen_id
        present = {track.track_id for track in self._tracks}
        if not faces:
            return self._chosen_id
        worth = _area if self._settings.choice is FaceChoice.LARGEST else _centrality(size)
        best = max(faces, key=worth)
        current = next((face for face in faces if face.track_id == self._chosen_id), None)
        if current is None and self._chosen_id in present:
            return self._chosen_id
        if current is None or worth(best) > CHANGE_RATIO * worth(current):
            self._chosen_id = best.track_id
        return self._chosen_id


def _near(region: Region, detection: Detection) -> bool:
    """Whether a detection lies where a lost track looks."""
    left, top, width, height = detection.box
    reach = region.side / 2
    return abs(left + width / 2 - region.centre_x) < reach and abs(top + height / 2 - region.centre_y) < reach


def _area(face: Face) -> float:
    """The size of a face in the picture."""
    return face.box[2] * face.box[3]


def _centrality(size: tuple[int, int]) -> Callable[[Face], float]:
    """How close a face is to the middle of a picture of `size`: higher is closer."""

    def worth(face: Face) -> float:
        dx = face.box[0] + face.box[2] / 2 - size[0] / 2
        dy = face.box[1] + face.box[3] / 2 - size[1] / 2
        return 1.0 / (float((dx * dx + dy * dy) ** 0.5) + 0.05 * size[0])

    return worth
