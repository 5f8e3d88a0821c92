"""One face from frame to frame."""

from math import hypot

from pipeline.media import Face, Pixels, Points
from pipeline.video.tracking.face_detector import Box
from pipeline.video.tracking.face_landmarks import FaceLandmarks, Region
from pipeline.video.tracking.head_pose import HeadPose
from pipeline.video.tracking.mesh import eye_distance_px
from pipeline.video.tracking.smoothing import OneEuro

ENTER_SCORE = 0.7
"""A new face is believed from here on."""
KEEP_SCORE = 0.4
"""A followed face is believed down to here."""
FIRST_LOOKS = 3
"""A detection is coarse; the first landmarks come from a few looks, each from where the last one saw the face."""
SAME_PLACE = 0.75
"""Farther than this share of its larger side from where it was seen it is another face: two heads that touch are more
than their width apart."""
MIN_CUTOFF_HZ = 1.2
SPEED_GAIN_HZ = 24.0


class Track:
    """Follows one face: looks where it was last, judges whether it is still there, smooths what it sees."""

    def __init__(self, track_id: int, region: Region, enter_score: float = ENTER_SCORE) -> None:
        """A track that will look in `region` first, and believe a face from `enter_score` on."""
        self.track_id = track_id
        self.region = region
        self._enter_score = enter_score
        self.lost_since_ns: int | None = None
        """When the face was last not believed, or None while it is."""
        self.face: Face | None = None
        """The face on the newest frame, or None when it is not believed there."""
        self.seen: Face | None = None
        """The face where it was last believed."""
        self._confirmed = False
        self._smoothing = OneEuro(MIN_CUTOFF_HZ, SPEED_GAIN_HZ)

    def follow(self, pixels: Pixels, at_ns: int, network: FaceLandmarks, poses: HeadPose) -> None:
        """Looks for the face on a new frame; `face` tells what came of it."""
        for _ in range(1 if self._confirmed else FIRST_LOOKS):
            landmarks, score = network.locate(pixels, self.region)
            seen = score >= KEEP_SCORE and not self._has_jumped(landmarks)
            if not seen:
                break
            self.region = Region.of_landmarks(landmarks)
        if not seen or not (self._confirmed or score >= self._enter_score) or not _plausible(landmarks, pixels):
            self.lose(at_ns)
            return
        self._confirmed, self.lost_since_ns = True, None
        smooth = self._smoothing.smooth(landmarks, eye_distance_px(landmarks), at_ns)
        self.face = self.seen = Face(self.track_id, box_of(smooth), smooth, poses.of(smooth), score)

    def lose(self, at_ns: int) -> None:
        """Takes note that the face is not believed on a frame."""
        self.face = None
        if self.lost_since_ns is None:
            self.lost_since_ns = at_ns

    def _has_jumped(self, landmarks: Points) -> bool:
        """Whether the network fell for another face, near the one that was followed."""
        return self.seen is not None and not is_near(box_of(landmarks), self.seen.box)


def box_of(landmarks: Points) -> Box:
    """Left, top, width and height of landmarks (n, 2 or 3)."""
    low, high = landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)
    return float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1])


def is_near(box: Box, place: Box) -> bool:
    """Whether a face may be the one that was seen at a place."""
    dx = box[0] + box[2] / 2 - place[0] - place[2] / 2
    dy = box[1] + box[3] / 2 - place[1] - place[3] / 2
    return hypot(dx, dy) <= SAME_PLACE * max(place[2], place[3])


def _plausible(landmarks: Points, pixels: Pixels) -> bool:
    """Whether the face has a size and its middle lies on the picture."""
    low, high = landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)
    x, y = (low + high) / 2
    height, width = pixels.shape[:2]
    return bool(0 <= x < width and 0 <= y < height and 8 <= max(high - low) <= 2.0 * max(height, width))
