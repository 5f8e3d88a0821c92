"""One face from frame to frame."""

from pipeline.media import Face, Pixels, Points
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
MIN_CUTOFF_HZ = 1.2
SPEED_GAIN_HZ = 24.0


class Track:
    """Follows one face: looks where it was last, judges whether it is still there, smooths what it sees."""

    def __init__(self, track_id: int, region: Region) -> None:
        """A track that will look in `region` first."""
        self.track_id = track_id
        self.region = region
        self.lost_since_ns: int | None = None
        """When the face was last not believed, or None while it is."""
        self.face: Face | None = None
        """The face on the newest frame, or None when it is not believed there."""
        self._confirmed = False
        self._smoothing = OneEuro(MIN_CUTOFF_HZ, SPEED_GAIN_HZ)

    def follow(self, pixels: Pixels, at_ns: int, network: FaceLandmarks, poses: HeadPose) -> None:
        """Looks for the face on a new frame; `face` tells what came of it."""
        for _ in range(1 if self._confirmed else FIRST_LOOKS):
            landmarks, score = network.locate(pixels, self.region)
            if score >= KEEP_SCORE:
                self.region = Region.of_landmarks(landmarks)
        believed = score >= (KEEP_SCORE if self._confirmed else ENTER_SCORE) and _plausible(landmarks, pixels)
        if not believed:
            self.face = None
            if self.lost_since_ns is None:
                self.lost_since_ns = at_ns
            return
        self._confirmed, self.lost_since_ns = True, None
        smooth = self._smoothing.smooth(landmarks, eye_distance_px(landmarks), at_ns)
        low, high = smooth[:, :2].min(axis=0), smooth[:, :2].max(axis=0)
        box = (float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1]))
        self.face = Face(self.track_id, box, smooth, poses.of(smooth), score)


def _plausible(landmarks: Points, pixels: Pixels) -> bool:
    """Whether the face has a size and its middle lies on the picture."""
    low, high = landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)
    x, y = (low + high) / 2
    height, width = pixels.shape[:2]
    return bool(0 <= x < width and 0 <= y < height and 8 <= max(high - low) <= 2.0 * max(height, width))
