"""Faces found and followed, and the one chosen that takes the likeness."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.media import Face, Frame, Pixels
from pipeline.video.tracking.choice import Choice, Sight
from pipeline.video.tracking.face_detector import Box, Detection, Detector, FaceDetector, joined, overlap
from pipeline.video.tracking.face_landmarks import FaceLandmarks, Region
from pipeline.video.tracking.glimpses import SAME_FACE_OVERLAP, Glimpses, shows
from pipeline.video.tracking.head_pose import HeadPose
from pipeline.video.tracking.memory import Memory, may_be
from pipeline.video.tracking.search import Part, Search
from pipeline.video.tracking.track import ENTER_SCORE, Track, box_of
from pipeline.video.tracking.way_up import is_upside_down
from profiles.profile import Profile

MAX_FACES = 4
"""More are found and blurred, but not followed from frame to frame."""
LOST_AFTER_NS = 400_000_000
"""A face that was not believed for so long is given up."""
FACE_SCORE = 0.5
"""A detection is looked at from here on, and tells where a lost face is to be looked for."""
SMALL_SHARE, SMALL_SCORE = 0.2, 0.3
"""Faces that fill less of what the detector is shown are at the limit of what it can see, and never score high."""
SURE_SCORE = 0.75
"""A detection is believed from here on even where the landmark network sees no face."""
DOUBT_SCORE = 0.98
"""Below that the landmark network has to be as sure as this."""
AGREEING_OVERLAP = 0.35
"""Landmarks that cover less of what was detected are of another face nearby, or of nothing."""
CHECK_INTERVAL_NS = 2_000_000_000
"""How often the face that takes the likeness is checked for standing on its head."""
LARGER = 1.3
"""A new face takes the place of a followed one that is so much smaller."""


class Tracker:
    """The stage that puts faces on frames.

    A frame's faces are those followed, of which at most one is chosen; glimpses, found at the last look at their part
    of the picture; and veils over where the actor was lost, whose score is 0. Who takes the likeness is the business
    of `Choice`.
    """

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
        self._detector = FaceDetector(detector, SMALL_SCORE)
        self._landmarks = FaceLandmarks(landmarks)
        self._poses = HeadPose()
        self._choice = Choice(profile.face)
        self._search = Search()
        self._memory = Memory()
        self._glimpses = Glimpses(self._poses)
        self._tracks: list[Track] = []
        self._aimed: set[int] = set()
        self._next_id = 0
        self._checked_ns = 0

    def process(self, frame: Frame) -> Frame:
        """The frame with its faces; none is no error."""
        return self.process_with(None, frame)

    def process_with(self, other: Detector | None, frame: Frame) -> Frame:
        """The same, with new faces found by another detector as well.

        It adds to what the built-in one sees and takes nothing away: nobody goes out as he is because of a poor
        network. The built-in one's look takes 2 ms of one core, on the frames on which faces are looked for at all: ten
        or so a second, and each one while nobody wears the likeness.

        Raises:
            StageError: the other detector failed.
        """
        at_ns = frame.media_ns
        for track in self._tracks:
            track.follow(frame.pixels, at_ns, self._landmarks, self._poses)
        self._give_up(at_ns)
        worn = self._worn()
        looks = self._search.due(frame.size, at_ns, urgent=worn is None)
        for part in looks:
            self._look(frame, part, self._found(frame.pixels, part, other))
        if worn is not None and self._check_is_due(at_ns, busy=bool(looks)):
            self._check(worn, frame)
        followed = [track.face for track in self._tracks if track.face is not None]
        sight = Sight(followed, self._glimpses.faces(followed), self._next_id, frame.size, at_ns)
        chosen = self._choice.choose(sight)
        faces = [replace(face, chosen=face.track_id == chosen) for face in followed]
        return replace(frame, faces=(*faces, *sight.glimpsed, *self._choice.veils(sight)))

    def adjust(self, profile: Profile) -> None:
        """Takes another rule for the choice of the face."""
        self._choice.adjust(profile.face)

    def reset(self) -> None:
        """Forgets every face; ids go on counting."""
        self._tracks.clear()
        self._glimpses.clear()
        self._memory.clear()
        self._choice.reset()
        self._search.reset()

    def close(self) -> None:
        """Forgets every face."""
        self.reset()

    def _worn(self) -> Track | None:
        """The face that takes the likeness, where it is believed."""
        chosen_id = self._choice.chosen_id
        return next((track for track in self._tracks if track.face and track.track_id == chosen_id), None)

    def _give_up(self, at_ns: int) -> None:
        """Drops faces lost for long, and one of two tracks on one face: the younger, but never the chosen one."""
        kept: list[Track] = []
        for track in sorted(self._tracks, key=lambda track: track.track_id != self._choice.chosen_id):
            if track.lost_since_ns is not None and at_ns - track.lost_since_ns > LOST_AFTER_NS:
                self._remember(track, at_ns)
            elif not any(_on_one_face(track, other) for other in kept):
                kept.append(track)
        self._tracks = [track for track in self._tracks if track in kept]

    def _remember(self, track: Track, at_ns: int) -> None:
        """Keeps in mind where a face was that is followed no longer."""
        if track.seen is not None:
            self._memory.keep(track.track_id, track.seen.box, at_ns)

    def _is_followed(self, box: Box) -> bool:
        """Whether what was found in a box is a face that is followed."""
        return any(track.face and shows(box, track.face) for track in self._tracks)

    def _look(self, frame: Frame, part: Part | None, found: Sequence[Detection]) -> None:
        """Starts a track for every face that was found in a part and is not followed yet, or keeps it in sight."""
        glimpsed: dict[int, Detection] = {}
        side = max(frame.size) if part is None else part.side
        self._aimed.clear()
        for detection in found:
            wanted = SMALL_SCORE if detection.box[2] < SMALL_SHARE * side else FACE_SCORE
            if detection.score < wanted or self._is_followed(detection.box):
                continue
            track = self._first_sight(frame, detection, set(glimpsed))
            if track.face is not None and self._is_followed(track.face.box):
                continue
            if track.face is not None and self._has_room(track.face):
                self._tracks.append(track)
            elif self._is_face(frame.pixels, detection, track):
                glimpsed[track.track_id] = detection
            else:
                continue
            self._next_id = max(self._next_id, track.track_id + 1)
            self._memory.forget(track.track_id)
        followed = {track.track_id for track in self._tracks}
        for face in self._glimpses.look(part, glimpsed):
            if face.track_id not in followed:
                self._memory.keep(face.track_id, face.box, frame.media_ns)

    def _found(self, pixels: Pixels, part: Part | None, other: Detector | None) -> list[Detection]:
        """What the detectors see in a part of the picture."""
        found = self._detector.detect(pixels, part)
        return found if other is None else joined(found, other.detect(pixels, part))

    def _first_sight(self, frame: Frame, detection: Detection, taken: set[int]) -> Track:
        """What becomes of a detected face when it is followed; a lost track near it goes on from there.

        Args:
            frame: where it was detected.
            detection: the face.
            taken: ids of other faces on this frame.
        """
        region = Region.of_detection(detection)
        for track in self._tracks:
            if track.seen and not track.face and track.track_id not in taken and may_be(detection.box, track.seen.box):
                if detection.score >= FACE_SCORE and track.track_id not in self._aimed:
                    track.region = region
                    self._aimed.add(track.track_id)
                return Track(track.track_id, region)
        track_id = self._glimpses.id_of(detection)
        if track_id is None:
            track_id = self._memory.recall(detection.box, frame.media_ns, self._choice.chosen_id)
        if track_id is None or track_id in taken or any(track.track_id == track_id for track in self._tracks):
            track_id = self._next_id
        others = () if detection.other is None else (Region.of_detection(detection.other),)
        for tried in (region, region.turned(), *others):
            track = Track(track_id, tried, _enter_score(detection))
            track.follow(frame.pixels, frame.media_ns, self._landmarks, self._poses)
            if track.face is not None and self._is_sound(track.face, detection, frame.pixels):
                break
            track.lose(frame.media_ns)
        return track

    def _is_sound(self, face: Face, detection: Detection, pixels: Pixels) -> bool:
        """Whether landmarks lie where a face was detected, and the right way up."""
        agrees = overlap(face.box, detection.box) >= AGREEING_OVERLAP
        return agrees and not is_upside_down(self._detector, pixels, face.landmarks)

    def _has_room(self, face: Face) -> bool:
        """Whether another face can be followed; a much smaller one makes room for it."""
        if len(self._tracks) < MAX_FACES:
            return True
        others = [track for track in self._tracks if track.track_id != self._choice.chosen_id]
        smallest = min(others, key=_area)
        if face.box[2] * face.box[3] < LARGER * _area(smallest):
            return False
        self._tracks.remove(smallest)
        if smallest.seen is not None:
            self._glimpses.add(smallest.seen)
        return True

    def _is_face(self, pixels: Pixels, detection: Detection, track: Track) -> bool:
        """Whether a detection that is not followed is believed, so that whoever it is gets blurred."""
        if track.face is not None or detection.score >= SURE_SCORE or self._glimpses.id_of(detection) is not None:
            return True
        landmarks, score = self._landmarks.locate(pixels, Region.of_detection(detection), mirrored=True)
        box = box_of(landmarks)
        agrees = overlap(box, detection.box) >= AGREEING_OVERLAP and not self._is_followed(box)
        return score >= _enter_score(detection) and agrees

    def _check_is_due(self, at_ns: int, *, busy: bool) -> bool:
        """Whether it is time to check the face that takes the likeness; it can wait a little on a busy frame."""
        return not 0 <= at_ns - self._checked_ns < CHECK_INTERVAL_NS * (2 if busy else 1)

    def _check(self, worn: Track, frame: Frame) -> None:
        """Gives up the face that takes the likeness when it stands on its head."""
        self._checked_ns = frame.media_ns
        if worn.face is not None and is_upside_down(self._detector, frame.pixels, worn.face.landmarks):
            self._tracks.remove(worn)


def _on_one_face(one: Track, other: Track) -> bool:
    """Whether two tracks hold the same face."""
    return bool(one.face and other.face and overlap(one.face.box, other.face.box) > SAME_FACE_OVERLAP)


def _enter_score(detection: Detection) -> float:
    """How sure the landmark network has to be of what the detector found."""
    return ENTER_SCORE if detection.score >= SURE_SCORE else DOUBT_SCORE


def _area(track: Track) -> float:
    """The size of a face where it was last believed."""
    return 0.0 if track.seen is None else track.seen.box[2] * track.seen.box[3]
