"""Faces that are where a test puts them, for a tracker whose networks look at the test and not at pixels."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from pipeline.media import Frame, Pixels, Points
from pipeline.video.tracking.face_detector import Detection
from pipeline.video.tracking.face_landmarks import Region
from pipeline.video.tracking.mesh import face_template
from pipeline.video.tracking.search import Part
from pipeline.video.tracking.tracker import Tracker
from profiles.profile import Profile
from tests.chains import make_profile
from tests.fakes import FRAME_NS

SIZE = (640, 480)


@dataclass
class Person:
    """A face in the picture."""

    x: float
    y: float = 240.0
    height: float = 120.0
    score: float = 0.99
    """What the landmark network will think of it."""
    hidden: bool = False
    """True when the detector doesn't find it."""
    certainty: float = 0.9
    """What the detector will think of it."""

    @property
    def landmarks(self) -> Points:
        """float32 (468, 3), the mean head."""
        head = face_template()
        scale = self.height / float(np.ptp(head[:, 1]))
        middle = (head.max(axis=0) + head.min(axis=0)) / 2
        return np.asarray((head - middle) * scale + [self.x, self.y, 0], np.float32)

    @property
    def detection(self) -> Detection:
        """What the detector says: eyebrows to chin."""
        box = (self.x - 0.4 * self.height, self.y - 0.35 * self.height, 0.8 * self.height, 0.8 * self.height)
        points = self.landmarks[[33, 263, 1, 13, 234, 454], :2]
        return Detection(box, points, self.certainty)


@dataclass
class Scene:
    """Who is in the picture, and how often the detector was asked."""

    people: list[Person] = field(default_factory=list)
    searches: int = 0
    """How often the whole picture or a part of it was searched."""
    looks: int = 0
    upside_down: bool = False
    """Whether everybody stands on their head, which the detector tells only from a comparison."""
    now_ns: int = 1_000_000_000

    def tracker(self, profile: Profile | None = None) -> Tracker:
        """A tracker that looks at this scene; only within `looking_at`."""
        return Tracker(Path("detector"), Path("landmarks"), profile or make_profile())

    def frame(self, after_ns: int = FRAME_NS) -> Frame:
        """The next frame."""
        self.now_ns += after_ns
        return Frame(np.zeros((SIZE[1], SIZE[0], 3), np.uint8), self.now_ns, self.now_ns)

    def detect(self, pixels: Pixels, part: Part | None = None) -> list[Detection]:
        """As the detector: it sees faces of an eighth of what it is shown, and compares two pictures."""
        if pixels.shape[:2] != SIZE[::-1]:
            side = pixels.shape[0]
            scores = (0.8, 0.95) if self.upside_down else (0.95, 0.8)
            return [
                Detection(((index + 0.25) * side, side / 4, side / 2, side / 2), np.zeros((6, 2), np.float32), score)
                for index, score in enumerate(scores)
            ]
        self.searches += 1
        return [person.detection for person in self.people if not person.hidden and _is_seen(person, part)]

    def locate(self, pixels: Pixels, region: Region, *, mirrored: bool = False) -> tuple[Points, float]:
        """As the landmark network: the face nearest to the region's centre, if it lies in it."""
        self.looks += 1
        near = [person for person in self.people if self._distance(person, region) < region.side / 2]
        if not near:
            ghost = Person(region.centre_x, region.centre_y, region.side / 1.5)
            return ghost.landmarks, 0.01
        found = min(near, key=lambda person: self._distance(person, region))
        cut = not (0.2 * found.height < found.x < SIZE[0] - 0.2 * found.height)
        return found.landmarks, 0.01 if cut and not mirrored else found.score

    @staticmethod
    def _distance(person: Person, region: Region) -> float:
        return float(np.hypot(person.x - region.centre_x, person.y - region.centre_y))


def _is_seen(person: Person, part: Part | None) -> bool:
    """Whether a face is large enough in what is shown, and its middle in there."""
    if part is None:
        return person.height >= max(SIZE) / 8
    inside = 0 <= person.x - part.left < part.side and 0 <= person.y - part.top < part.side
    return inside and person.height >= part.side / 8


@contextmanager
def looking_at(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """Makes trackers that are built within see the scene."""
    with monkeypatch.context() as patch:
        patch.setattr("pipeline.video.tracking.tracker.FaceDetector", lambda path, threshold: scene)
        patch.setattr("pipeline.video.tracking.tracker.FaceLandmarks", lambda path: scene)
        yield scene
