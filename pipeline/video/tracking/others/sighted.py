"""The tracker that a session's chains share, with the eyes of one profile's own networks."""

from contextlib import ExitStack
from dataclasses import replace

from pipeline.inference.named_model import read_named
from pipeline.inference.onnx.runtime import Runtime
from pipeline.media import Face, Frame
from pipeline.stage import VideoStage
from pipeline.video.tracking.head_pose import HeadPose
from pipeline.video.tracking.others.detectors import OtherDetector
from pipeline.video.tracking.others.landmarks import Corrector
from pipeline.video.tracking.track import box_of
from pipeline.video.tracking.tracker import SMALL_SCORE, Tracker
from profiles.profile import Profile


class Sighted:
    """Stands in for the tracker. Who is followed and who takes the likeness stays the tracker's own business."""

    latency_ns = 0

    def __init__(self, tracker: Tracker, detector: OtherDetector | None, corrector: Corrector | None) -> None:
        """Takes networks that are warm, which end with this stage; the tracker does not."""
        self.name = tracker.name
        self._tracker, self._detector, self._corrector = tracker, detector, corrector
        self._poses = HeadPose()

    def process(self, frame: Frame) -> Frame:
        """The frame with its faces; none is no error.

        Raises:
            StageError: a network failed.
        """
        tracker, detector = self._tracker, self._detector
        frame = tracker.process(frame) if detector is None else tracker.process_with(detector, frame)
        face = frame.chosen_face
        if self._corrector is None or face is None:
            return frame
        better = self._corrected(self._corrector, frame, face)
        return replace(frame, faces=tuple(better if one is face else one for one in frame.faces))

    def adjust(self, profile: Profile) -> None:
        """Takes another rule for the choice of the face."""
        self._tracker.adjust(profile)

    def reset(self) -> None:
        """Forgets the last correction; whom the tracker follows, others may be wearing by now."""
        if self._corrector is not None:
            self._corrector.reset()

    def close(self) -> None:
        """Frees the networks; may be called twice."""
        for network in (self._detector, self._corrector):
            if network is not None:
                network.close()

    def _corrected(self, corrector: Corrector, frame: Frame, face: Face) -> Face:
        landmarks = corrector.corrected(frame.pixels, face, frame.media_ns)
        return replace(face, landmarks=landmarks, box=box_of(landmarks), pose=self._poses.of(landmarks))


def sighted(tracker: Tracker, profile: Profile, runtime: Runtime) -> VideoStage | None:
    """The tracker with the networks in [tracking]; None where there are none.

    Raises:
        ModelError: a file is missing, changed or of another format, or can't be run.
    """
    settings = profile.tracking
    if settings.detector is None and settings.landmarks is None:
        return None
    detector = corrector = None
    with ExitStack() as unfinished:
        if settings.detector is not None:
            detector = OtherDetector(runtime, read_named(profile, settings.detector), SMALL_SCORE)
            unfinished.callback(detector.close)
        if settings.landmarks is not None:
            corrector = Corrector(runtime, read_named(profile, settings.landmarks))
        unfinished.pop_all()
    return Sighted(tracker, detector, corrector)
