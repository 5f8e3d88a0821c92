"""The tracker's rules: who is followed, when the picture is searched, and who is chosen."""

from collections.abc import Iterator

import pytest

from pipeline.media import Face, Frame
from pipeline.video.tracking.choice import CHANGE_RATIO
from pipeline.video.tracking.memory import REMEMBERED_NS
from pipeline.video.tracking.search import LOOKS, ROUND_NS
from pipeline.video.tracking.track import ENTER_SCORE, KEEP_SCORE
from pipeline.video.tracking.tracker import LOST_AFTER_NS, MAX_FACES, Tracker
from profiles.profile import FaceChoice, Profile
from tests.chains import make_profile
from tests.fakes import FRAME_NS
from tests.scene import Person, Scene, looking_at

UNSURE = (ENTER_SCORE + KEEP_SCORE) / 2


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """An empty picture."""
    with looking_at(Scene(), monkeypatch) as scene:
        yield scene


def profile(choice: FaceChoice = FaceChoice.LARGEST, choice_id: int = 0) -> Profile:
    return make_profile().with_face(choice=choice, choice_id=choice_id)


def watch(tracker: Tracker, scene: Scene, frames: int = 1) -> Frame:
    """The last of some frames."""
    assert frames > 0
    for _ in range(frames):
        frame = tracker.process(scene.frame())
    return frame


def ids(frame: Frame) -> list[int]:
    """Of the faces that are seen."""
    return [face.track_id for face in frame.faces if face.score > 0]


def chosen_x(frame: Frame) -> int | None:
    face: Face | None = frame.chosen_face
    return None if face is None else round(face.box[0] + face.box[2] / 2)


def test_nobody_is_no_error_and_is_looked_for_on_every_frame(scene: Scene) -> None:
    frame = watch(scene.tracker(), scene, 5)
    assert frame.faces == ()
    assert 5 <= scene.searches <= 10


def test_while_a_face_is_followed_parts_of_the_picture_are_searched_now_and_then(scene: Scene) -> None:
    scene.people.append(Person(320))
    seconds, tracker = 4, scene.tracker()
    watch(tracker, scene, 30)
    scene.searches = scene.looks = 0
    watch(tracker, scene, 30 * seconds)
    assert scene.searches == pytest.approx(seconds * LOOKS * 1e9 / ROUND_NS, abs=3)
    assert scene.looks == 30 * seconds


def test_a_face_keeps_its_id_and_another_gets_the_next(scene: Scene) -> None:
    scene.people.append(Person(200))
    tracker = scene.tracker()
    assert ids(watch(tracker, scene, 10)) == [0]
    scene.people.append(Person(480))
    assert sorted(ids(watch(tracker, scene, 20))) == [0, 1]


def test_a_face_is_followed_wherever_it_moves(scene: Scene) -> None:
    person = Person(100)
    scene.people.append(person)
    tracker = scene.tracker()
    for _ in range(40):
        person.x += 10
        assert ids(watch(tracker, scene)) == [0]


def test_a_face_that_was_gone_for_a_moment_keeps_its_id(scene: Scene) -> None:
    scene.people.append(Person(320))
    tracker = scene.tracker()
    watch(tracker, scene, 3)
    person = scene.people.pop()
    assert ids(watch(tracker, scene, LOST_AFTER_NS // FRAME_NS - 2)) == []
    scene.people.append(person)
    person.x += 30
    assert ids(watch(tracker, scene, 3)) == [0]


def test_a_face_that_comes_back_to_its_place_gets_its_id_back(scene: Scene) -> None:
    scene.people += [Person(150, height=140), Person(480)]
    tracker = scene.tracker()
    assert ids(watch(tracker, scene, 3)) == [0, 1]
    person = scene.people.pop()
    assert ids(watch(tracker, scene, 3 * LOST_AFTER_NS // FRAME_NS)) == [0]
    person.x += 30
    scene.people.append(person)
    assert ids(watch(tracker, scene, 20)) == [0, 1]


@pytest.mark.parametrize("change", ["time", "place", "size"])
def test_a_face_that_is_too_late_or_elsewhere_or_of_another_size_is_new(scene: Scene, change: str) -> None:
    scene.people += [Person(150, height=140), Person(440)]
    tracker = scene.tracker()
    watch(tracker, scene, 3)
    person = scene.people.pop()
    watch(tracker, scene, 2 * LOST_AFTER_NS // FRAME_NS)
    match change:
        case "time":
            tracker.process(scene.frame(REMEMBERED_NS))
        case "place":
            person.x += 110
        case _:
            person.height *= 1.9
    scene.people.append(person)
    assert 2 in ids(watch(tracker, scene, 20))


def test_presence_has_a_hysteresis(scene: Scene) -> None:
    person = Person(320, score=UNSURE)
    scene.people.append(person)
    tracker = scene.tracker()
    assert watch(tracker, scene, 3).chosen_face is None
    person.score = ENTER_SCORE
    assert chosen_x(watch(tracker, scene)) == 320
    person.score = UNSURE
    assert chosen_x(watch(tracker, scene, 10)) == 320
    person.score = KEEP_SCORE - 0.05
    assert watch(tracker, scene).chosen_face is None


def test_two_tracks_on_one_face_become_one_and_the_older_stays(scene: Scene) -> None:
    scene.people += [Person(200), Person(480)]
    tracker = scene.tracker()
    assert len(watch(tracker, scene, 3).faces) == 2
    scene.people[1].x = 215
    scene.people[1].hidden = True
    frame = watch(tracker, scene, 10)
    assert ids(frame) == [0]


def test_no_more_faces_are_followed_than_the_limit_and_the_rest_is_not_lost_sight_of(scene: Scene) -> None:
    scene.people += [Person(60 + 100 * index, height=80) for index in range(MAX_FACES + 2)]
    tracker = scene.tracker()
    watch(tracker, scene, 3)
    before = scene.looks
    frame = watch(tracker, scene)
    assert scene.looks - before >= MAX_FACES
    assert sorted(round(face.box[0] + face.box[2] / 2) for face in frame.faces) == [60, 160, 260, 360, 460, 560]
    assert sorted(ids(frame)) == list(range(MAX_FACES + 2))


def test_a_face_that_is_much_larger_than_those_followed_is_followed_instead(scene: Scene) -> None:
    scene.people += [Person(60 + 100 * index, height=80) for index in range(MAX_FACES)]
    tracker = scene.tracker()
    watch(tracker, scene, 3)
    scene.people.append(Person(520, height=160))
    frame = watch(tracker, scene, 40)
    assert chosen_x(frame) == 520
    assert len(frame.faces) == MAX_FACES + 1


@pytest.mark.parametrize("large_x", [150, 480])
def test_the_largest_face_is_chosen_on_either_side(scene: Scene, large_x: int) -> None:
    scene.people += [Person(150, height=90), Person(480, height=90)]
    scene.people[large_x == 480].height = 140
    assert chosen_x(watch(scene.tracker(), scene, 3)) == large_x


@pytest.mark.parametrize("central_x", [290, 350])
def test_the_most_central_face_is_chosen_on_either_side_and_however_small(scene: Scene, central_x: int) -> None:
    other_x = 530 if central_x == 290 else 110
    scene.people += [Person(central_x, height=82), Person(other_x, height=160)]
    assert chosen_x(watch(scene.tracker(profile(FaceChoice.CENTRAL)), scene, 3)) == central_x


@pytest.mark.parametrize("track_id", [0, 1])
def test_the_face_with_the_wanted_id_is_chosen(scene: Scene, track_id: int) -> None:
    scene.people += [Person(480), Person(150)]
    frame = watch(scene.tracker(profile(FaceChoice.ID, track_id)), scene, 3)
    assert [face.track_id for face in frame.faces if face.chosen] == [track_id]


def test_a_wanted_id_that_is_not_there_means_nobody(scene: Scene) -> None:
    scene.people.append(Person(320))
    frame = watch(scene.tracker(profile(FaceChoice.ID, 7)), scene, 3)
    assert len(frame.faces) == 1
    assert frame.chosen_face is None


def test_another_face_is_chosen_only_when_it_is_clearly_larger(scene: Scene) -> None:
    scene.people += [Person(150, height=100), Person(480, height=95)]
    tracker = scene.tracker()
    assert chosen_x(watch(tracker, scene, 3)) == 150
    scene.people[1].height = 100 * (0.97 * CHANGE_RATIO) ** 0.5
    assert chosen_x(watch(tracker, scene, 30)) == 150
    scene.people[1].height = 100 * (1.1 * CHANGE_RATIO) ** 0.5
    assert chosen_x(watch(tracker, scene, 30)) == 480


def test_at_most_one_face_is_chosen(scene: Scene) -> None:
    scene.people += [Person(100, height=80), Person(320, height=80), Person(540, height=80)]
    for choice in FaceChoice:
        frame = watch(scene.tracker(profile(choice)), scene, 3)
        assert sum(face.chosen for face in frame.faces) == 1


def test_another_rule_holds_from_the_next_frame_on(scene: Scene) -> None:
    scene.people += [Person(120, height=140), Person(330, height=80)]
    tracker = scene.tracker()
    assert chosen_x(watch(tracker, scene, 3)) == 120
    tracker.adjust(profile(FaceChoice.CENTRAL))
    assert chosen_x(watch(tracker, scene)) == 330


def test_after_a_cut_everybody_is_new(scene: Scene) -> None:
    scene.people.append(Person(320))
    tracker = scene.tracker()
    watch(tracker, scene, 3)
    tracker.reset()
    assert ids(watch(tracker, scene)) == [1]


def test_a_face_far_larger_than_the_picture_or_tiny_is_not_believed(scene: Scene) -> None:
    for height in (2000, 6):
        scene.people[:] = [Person(320, height=height)]
        assert watch(scene.tracker(), scene, 3).chosen_face is None


def test_how_fast_a_file_is_read_does_not_change_what_is_seen(scene: Scene) -> None:
    """A file's frames come as fast as they can be worked on; its own time says how long something lasted."""
    results = []
    for pace in (1, 50):
        scene.people[:] = [Person(320)]
        tracker, row = scene.tracker(), list[list[int]]()
        for index in range(60):
            scene.people[0].score = 0.0 if 10 <= index < 30 else 0.99
            frame = scene.frame()
            frame = Frame(frame.pixels, frame.captured_ns // pace, frame.media_ns)
            row.append(ids(tracker.process(frame)))
        results.append(row)
    assert results[0] == results[1]
