"""When the worn face is lost: the likeness waits for the actor, and nobody who stood beside him gets it."""

from collections.abc import Iterator

import pytest

from pipeline.media import Face, Frame
from pipeline.video.tracking.choice import PROOF_NS, RIVAL_NS, UNSEEN_SCORE, VEIL_NS
from pipeline.video.tracking.tracker import LOST_AFTER_NS, Tracker
from profiles.profile import FaceChoice
from tests.chains import make_profile
from tests.fakes import FRAME_NS
from tests.scene import Person, Scene, looking_at

SECOND = 30
"""Frames."""
LOST = LOST_AFTER_NS // FRAME_NS + 3
PROOF = PROOF_NS // FRAME_NS + 3


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """An empty picture."""
    with looking_at(Scene(), monkeypatch) as scene:
        yield scene


@pytest.fixture
def actor(scene: Scene) -> Person:
    """The largest face, at the left."""
    scene.people.append(Person(150, height=140))
    return scene.people[0]


def watch(tracker: Tracker, scene: Scene, frames: int) -> list[Frame]:
    return [tracker.process(scene.frame()) for _ in range(frames)]


def turn_away(person: Person) -> None:
    """Neither network finds the face any more, and the person is still there."""
    person.hidden, person.score = True, 0.0


def come_back(person: Person) -> None:
    person.hidden, person.score = False, 0.99


def wearers(frames: list[Frame]) -> set[int | None]:
    """Where the likeness was, from left to right, and None for nowhere."""
    return {None if frame.chosen_face is None else _x(frame.chosen_face) for frame in frames}


def veils(frame: Frame) -> list[int]:
    """Where something is blurred that is not seen."""
    return [_x(face) for face in frame.faces if face.score == UNSEEN_SCORE]


def _x(face: Face) -> int:
    return round(face.box[0] + face.box[2] / 2)


@pytest.mark.parametrize("choice", [FaceChoice.LARGEST, FaceChoice.CENTRAL])
def test_whoever_stands_beside_the_lost_actor_never_gets_the_likeness(scene: Scene, choice: FaceChoice) -> None:
    scene.people += [Person(250, height=140), Person(480, height=110)]
    tracker = scene.tracker(make_profile().with_face(choice=choice))
    assert wearers(watch(tracker, scene, 5)) == {250}
    turn_away(scene.people[0])
    frames = watch(tracker, scene, 20 * SECOND)
    assert wearers(frames) == {None}
    assert all(veils(frame) == [250] for frame in frames)
    assert all(480 in [_x(face) for face in frame.faces] for frame in frames)


def test_nor_does_somebody_whose_own_face_was_lost_in_between(scene: Scene, actor: Person) -> None:
    scene.people.append(Person(480, height=110))
    tracker = scene.tracker()
    watch(tracker, scene, 5)
    turn_away(actor)
    watch(tracker, scene, LOST)
    turn_away(scene.people[1])
    watch(tracker, scene, 2 * LOST)
    come_back(scene.people[1])
    assert wearers(watch(tracker, scene, 5 * SECOND)) == {None}


def test_the_actor_gets_it_back_at_once_where_he_was_lost(scene: Scene, actor: Person) -> None:
    scene.people.append(Person(480, height=110))
    tracker = scene.tracker()
    watch(tracker, scene, 5)
    turn_away(actor)
    watch(tracker, scene, 60 * SECOND)
    come_back(actor)
    actor.x += 40
    frames = watch(tracker, scene, 5)
    assert wearers(frames[1:]) == {190}
    assert veils(frames[-1]) == []
    assert frames[-1].chosen_face is not None
    assert frames[-1].chosen_face.track_id == 0


def test_the_actor_gets_it_back_elsewhere_when_he_is_the_only_one_for_a_while(scene: Scene, actor: Person) -> None:
    tracker = scene.tracker()
    watch(tracker, scene, 5)
    turn_away(actor)
    assert wearers(watch(tracker, scene, LOST)) == {None}
    come_back(actor)
    actor.x = 450
    assert wearers(watch(tracker, scene, PROOF_NS // FRAME_NS - 1)) == {None}
    assert wearers(watch(tracker, scene, 10)) == {None, 450}
    assert wearers(watch(tracker, scene, 10)) == {450}


def test_the_actor_gets_it_back_beside_others_when_he_returns_to_his_place(scene: Scene, actor: Person) -> None:
    scene.people.append(Person(480, height=110))
    tracker = scene.tracker()
    watch(tracker, scene, 5)
    turn_away(actor)
    watch(tracker, scene, LOST)
    come_back(actor)
    actor.x = 320
    assert wearers(watch(tracker, scene, 3 * SECOND)) == {None}
    while actor.x > 160:
        actor.x -= 10
        watch(tracker, scene, 1)
    assert wearers(watch(tracker, scene, PROOF)[-1:]) == {160}


def test_a_newcomer_beside_others_does_not_get_it(scene: Scene, actor: Person) -> None:
    scene.people.append(Person(560, height=110))
    tracker = scene.tracker()
    watch(tracker, scene, 5)
    turn_away(actor)
    watch(tracker, scene, LOST)
    scene.people.append(Person(360, height=140))
    assert wearers(watch(tracker, scene, 5 * SECOND)) == {None}


def test_when_a_newcomer_gets_it_the_place_of_the_actor_stays_veiled_for_a_while(scene: Scene, actor: Person) -> None:
    tracker = scene.tracker()
    watch(tracker, scene, 5)
    turn_away(actor)
    watch(tracker, scene, LOST)
    scene.people.append(Person(450, height=110))
    frames = watch(tracker, scene, 2 * SECOND)
    assert wearers(frames[-1:]) == {450}
    assert all(veils(frame) == [150] for frame in frames)
    frames = watch(tracker, scene, VEIL_NS // FRAME_NS)
    assert wearers(frames) == {450}
    assert veils(frames[-1]) == []


def test_the_veil_ends_where_the_newcomer_stands_himself(scene: Scene, actor: Person) -> None:
    tracker = scene.tracker()
    watch(tracker, scene, 5)
    scene.people[:] = []
    watch(tracker, scene, LOST)
    scene.people.append(Person(450, height=140))
    assert veils(watch(tracker, scene, 2 * SECOND)[-1]) == [150]
    for step in (-10, 10):
        for _ in range(30):
            scene.people[0].x += step
            frames = watch(tracker, scene, 1)
    assert wearers(frames) == {450}
    assert veils(frames[-1]) == []


@pytest.mark.parametrize("rule", [{"choice": FaceChoice.CENTRAL}, {"choice": FaceChoice.ID, "choice_id": 1}])
def test_the_operator_can_give_it_to_another(scene: Scene, actor: Person, rule: dict[str, object]) -> None:
    scene.people.append(Person(480, height=110))
    tracker = scene.tracker()
    watch(tracker, scene, 5)
    turn_away(actor)
    watch(tracker, scene, LOST)
    tracker.adjust(make_profile().with_face(**rule))
    assert wearers(watch(tracker, scene, 2)) == {480}


def test_another_setting_gives_it_to_nobody(scene: Scene, actor: Person) -> None:
    scene.people.append(Person(480, height=110))
    tracker = scene.tracker()
    watch(tracker, scene, 5)
    turn_away(actor)
    watch(tracker, scene, LOST)
    tracker.adjust(make_profile().with_face(size=1.1))
    assert wearers(watch(tracker, scene, SECOND)) == {None}


def test_a_face_that_is_better_for_a_moment_does_not_take_it(scene: Scene, actor: Person) -> None:
    tracker = scene.tracker()
    watch(tracker, scene, 5)
    scene.people.append(Person(450, height=200))
    frames = watch(tracker, scene, SECOND)
    found = next(index for index, frame in enumerate(frames) if len(frame.faces) == 2)
    taken = next(index for index, frame in enumerate(frames) if wearers([frame]) == {450})
    assert (taken - found) * FRAME_NS == pytest.approx(RIVAL_NS, abs=2 * FRAME_NS)


def test_a_picture_on_the_wall_never_gets_it_however_central(scene: Scene) -> None:
    scene.people += [Person(320, y=100, height=60), Person(200, height=220)]
    tracker = scene.tracker(make_profile().with_face(choice=FaceChoice.CENTRAL))
    frames = watch(tracker, scene, 2 * SECOND)
    assert len(frames[-1].faces) == 2
    assert wearers(frames) == {200}


def test_the_likeness_does_not_slip_to_a_face_close_by(monkeypatch: pytest.MonkeyPatch, scene: Scene) -> None:
    """The landmark network finds a neighbour's face in the region where the actor's was."""
    scene.people += [Person(250, height=140), Person(385, height=135)]
    tracker = scene.tracker()
    assert wearers(watch(tracker, scene, 5)) == {250}
    turn_away(scene.people[0])
    neighbour = scene.people[1]
    monkeypatch.setattr(scene, "locate", lambda pixels, region, mirrored=False: (neighbour.landmarks, neighbour.score))
    assert wearers(watch(tracker, scene, 3 * SECOND)) == {None}


def test_a_face_that_took_the_likeness_and_is_lost_gives_it_back_under_a_veil(scene: Scene, actor: Person) -> None:
    """A thing that looked like a large face for a while must not keep the likeness from the actor for good."""
    tracker = scene.tracker()
    watch(tracker, scene, 5)
    scene.people.append(Person(450, height=200))
    assert wearers(watch(tracker, scene, 2 * SECOND)[-1:]) == {450}
    scene.people.pop()
    frames = watch(tracker, scene, LOST + PROOF)
    assert wearers(frames) == {None, 150}
    assert veils(frames[-1]) == [450]


def test_the_actor_who_is_found_again_takes_it_from_the_newcomer(scene: Scene, actor: Person) -> None:
    tracker = scene.tracker()
    watch(tracker, scene, 5)
    turn_away(actor)
    watch(tracker, scene, LOST)
    scene.people.append(Person(450, height=140))
    assert wearers(watch(tracker, scene, 2 * SECOND)[-1:]) == {450}
    come_back(actor)
    frames = watch(tracker, scene, SECOND)
    assert wearers(frames[-1:]) == {150}
    assert veils(frames[-1]) == []
