"""A profile's own detector adds to what the built-in one sees, and takes nothing away."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest

from pipeline.media import Frame, Pixels
from pipeline.video.tracking.face_detector import Detection, Detector, joined, overlap
from pipeline.video.tracking.search import Part
from tests.footage import DEMO, make_frame, make_tracker
from tests.pipeline.video.cast.people import picture
from tests.scene import Person, Scene, looking_at


@dataclass
class Seeing:
    """A detector that sees the same wherever it looks."""

    found: list[Detection] = field(default_factory=list)

    def detect(self, pixels: Pixels, part: Part | None = None) -> list[Detection]:
        return list(self.found)


SAME_PLACE = 0.6
ACTOR, GUEST = Person(200, height=160.0), Person(480)
FAR_AWAY = Person(590, y=430, height=60.0)
BESIDE_THE_ACTOR = replace(ACTOR, x=ACTOR.x + 60, certainty=1.0)
BAD = {
    "nothing": [],
    "only somebody else": [GUEST.detection],
    "nothing but a wall, surely": [replace(FAR_AWAY, certainty=1.0).detection],
    "the actor at half a face's distance, surely": [BESIDE_THE_ACTOR.detection],
    "somebody else, larger than he is": [replace(GUEST, height=300.0, certainty=1.0).detection],
}


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """An empty picture."""
    with looking_at(Scene(), monkeypatch) as scene:
        yield scene


def kept(alone: Frame, joint: Frame) -> bool:
    """Whether the same face is chosen, if any, and every other one is still there to be blurred."""
    return all(
        any(one.chosen == face.chosen and overlap(one.box, face.box) > SAME_PLACE for one in joint.faces)
        for face in alone.faces
    )


def watched(scene: Scene, other: Detector | None) -> list[Frame]:
    """A while in which the actor turns away, comes back and is joined by somebody whose face can't be followed."""
    actor, guest = replace(ACTOR), replace(GUEST)
    scene.people[:] = [actor, guest]
    tracker, frames = scene.tracker(), []
    for number in range(90):
        actor.score = 0.1 if 30 <= number < 36 else 0.99
        actor.certainty = 0.6 if 30 <= number < 36 else 0.9
        guest.score = 0.99 if number < 60 else 0.1
        frames.append(tracker.process_with(other, scene.frame()))
    return frames


@pytest.mark.parametrize("what", BAD)
def test_a_poor_detector_leaves_everybody_whom_the_built_in_one_sees(scene: Scene, what: str) -> None:
    alone = watched(scene, None)
    scene.now_ns = Scene().now_ns
    joint = watched(scene, Seeing(BAD[what]))
    assert all(kept(*each) for each in zip(alone, joint, strict=True))
    assert [frame.chosen_face is None for frame in alone] == [frame.chosen_face is None for frame in joint]


def test_on_real_pictures_a_blind_detector_changes_nothing() -> None:
    frames = [make_frame(picture(DEMO), number * 33_000_000) for number in range(4)]
    alone, joint = make_tracker(), make_tracker()
    for frame in frames:
        assert kept(alone.process(frame), joint.process_with(Seeing(), frame))
    assert len(alone.process(frames[0]).faces) == 3


def test_what_only_the_other_sees_is_followed(scene: Scene) -> None:
    scene.people.append(replace(GUEST, hidden=True))
    frame = scene.tracker().process_with(Seeing([GUEST.detection]), scene.frame())
    assert [(face.track_id, face.chosen) for face in frame.faces] == [(0, True)]


def test_a_box_of_the_others_leads_to_a_face_where_the_built_in_ones_own_does_not(scene: Scene) -> None:
    scene.people.append(replace(ACTOR, hidden=True))
    coarse = replace(ACTOR, x=ACTOR.x - 50, y=ACTOR.y - 50, height=100.0)
    unseen = Scene([coarse])
    scene.detect = unseen.detect  # type: ignore[method-assign]
    tracker = scene.tracker()
    assert not [face for face in tracker.process(scene.frame()).faces if face.is_followed]
    better = replace(ACTOR, certainty=0.95, x=ACTOR.x - 20, y=ACTOR.y - 20)
    frame = tracker.process_with(Seeing([better.detection]), scene.frame())
    assert [face.is_followed for face in frame.faces] == [True]


def test_faces_that_both_see_are_one_in_the_first_ones_box_and_the_rest_is_added() -> None:
    first, close = ACTOR.detection, replace(ACTOR, x=ACTOR.x + 5, certainty=0.97).detection
    both, more = joined([first], [GUEST.detection, close])
    assert (both.box, both.score, both.other) == (first.box, 0.97, close)
    assert more.box == GUEST.detection.box
    assert joined([first], []) == [first]
    assert joined([], [close]) == [close]
