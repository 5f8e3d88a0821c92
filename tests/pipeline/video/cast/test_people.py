"""Who of the followed faces is whom, by looks that are seldom and may fail."""

from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest

from pipeline.errors import StageError
from pipeline.media import Face, Frame, Pixels, Pose
from pipeline.video.cast.people import ACTOR, AGAIN_NS, ALIKE, DOUBTS, EVERY_NS, GONE_NS, STILL_ALIKE, People
from pipeline.video.cast.recogniser import Direction
from tests.footage import moved
from tests.neural_faces import mean_face

STEP_NS = 33_333_333
ANNA, BEN = 0, 1


def toward(**shares: float) -> Direction:
    """A direction that is so much like enrolled people's, and otherwise like nobody's."""
    values = np.zeros(512, np.float32)
    values[0], values[1], values[2] = (shares.get(name, 0.0) for name in ("actor", "anna", "ben"))
    values[9] = np.sqrt(1.0 - float(values @ values))
    return values


ENROLLED = {ACTOR: toward(actor=1.0), ANNA: toward(anna=1.0), BEN: toward(ben=1.0)}


@dataclass
class Looker:
    """A recogniser that knows faces by the grey they are painted in."""

    greys: dict[int, Direction] = field(default_factory=dict)
    looks: list[int] = field(default_factory=list)
    fails: bool = False
    closes: int = 0

    def direction(self, picture: Pixels) -> Direction | None:
        grey = int(picture[56, 56, 0])
        self.looks.append(grey)
        if self.fails:
            raise StageError("Torn.")
        return self.greys[grey]

    def close(self) -> None:
        self.closes += 1


class AtOnce(Executor):
    """Does its work while whoever brings it waits."""

    def submit(self, work: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(work())
        except StageError as error:
            done.set_exception(error)
        return done


class Later(Executor):
    """Does its work when it is told to."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Any, Future[Any]]] = []

    def submit(self, work: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.waiting.append((work, Future()))
        return self.waiting[-1][1]

    def work(self) -> None:
        for work, future in self.waiting:
            if future.set_running_or_notify_cancel():
                future.set_result(work())
        self.waiting.clear()


class Scene:
    """People before a camera, each with a grey of an own: ten times the face's id, and 10 more."""

    def __init__(self, executor: Executor | None = None, /, **enrolled: int) -> None:
        self.looker, self.at_ns = Looker(), 0
        wanted = {number: ENROLLED[number] for number in enrolled.values()} or ENROLLED
        self.people = People(self.looker, wanted, executor or AtOnce())

    def seen(self, *faces: Face) -> dict[int, int]:
        """Who is known on the next frame."""
        pixels = np.zeros((400, 1600, 3), np.uint8)
        for face in faces:
            left, top, width, height = (round(value) for value in face.box)
            pixels[max(0, top) : top + height, max(0, left) : left + width] = grey(face.track_id)
        self.at_ns += STEP_NS
        frame = Frame(pixels, self.at_ns, self.at_ns, faces)
        return dict(self.people.seen(frame, {face.track_id: face for face in faces}))

    def after(self, ns: int, *faces: Face) -> dict[int, int]:
        """The same after a while in which nothing changes."""
        for _ in range(ns // STEP_NS + 1):
            known = self.seen(*faces)
        return known

    def look_like(self, track_id: int, **shares: float) -> None:
        self.looker.greys[grey(track_id)] = toward(**shares)


def grey(track_id: int) -> int:
    return 10 * track_id + 10


def face(track_id: int) -> Face:
    return replace(moved(mean_face(200.0), (300.0 * track_id - 400.0, 0.0)), track_id=track_id)


ONE, TWO, THREE = face(1), face(2), face(3)


def test_each_is_known_wherever_and_nobody_else_is() -> None:
    scene = Scene()
    scene.look_like(1, ben=0.8)
    scene.look_like(2, actor=0.7, anna=0.2)
    scene.look_like(3, anna=ALIKE - 0.01)
    assert scene.after(4 * EVERY_NS, ONE, TWO, THREE) == {BEN: 1, ACTOR: 2}


def test_the_first_look_is_at_once_and_then_they_are_seldom() -> None:
    scene = Scene(ben=BEN)
    scene.look_like(1, ben=0.8)
    assert scene.seen(ONE) == {BEN: 1}
    scene.after(10 * AGAIN_NS, ONE)
    assert len(scene.looker.looks) == pytest.approx(11, abs=1)


def test_however_many_come_and_go_no_two_looks_are_near_each_other() -> None:
    scene, looks = Scene(), []
    for number in range(20):
        scene.look_like(number)
    for number in range(200):
        scene.seen(face(number // 3 % 20), face((number // 5 + 7) % 20))
        looks.append(len(scene.looker.looks))
    assert looks[-1] <= 1 + 200 * STEP_NS / EVERY_NS
    assert max(np.diff(looks)) == 1


def test_who_was_known_stays_until_it_is_sure_that_it_is_somebody_else() -> None:
    scene = Scene(ben=BEN)
    scene.look_like(1, ben=0.8)
    scene.seen(ONE)
    scene.look_like(1, ben=STILL_ALIKE + 0.01)
    assert scene.after(3 * AGAIN_NS, ONE) == {BEN: 1}
    scene.look_like(1, ben=STILL_ALIKE - 0.05)
    seen = [scene.seen(ONE) for _ in range(4 * AGAIN_NS // STEP_NS)]
    spoken = len(scene.looker.looks)
    assert seen[0] == {BEN: 1}
    assert seen[-1] == {}
    scene.look_like(1, ben=STILL_ALIKE + 0.05)
    assert scene.after(AGAIN_NS, ONE) == {}
    assert len(scene.looker.looks) > spoken >= DOUBTS


def test_a_face_that_comes_back_after_a_while_is_known_anew_and_not_by_its_number() -> None:
    scene = Scene(ben=BEN)
    scene.look_like(1, ben=0.8)
    scene.seen(ONE)
    assert scene.after(GONE_NS // 2) == {BEN: 1}
    assert scene.seen(ONE) == {BEN: 1}
    scene.after(GONE_NS + EVERY_NS)
    scene.look_like(1)
    assert scene.after(AGAIN_NS, ONE) == {}


def test_of_two_alike_the_first_has_it_unless_the_other_is_much_more_alike() -> None:
    scene = Scene(ben=BEN)
    scene.look_like(1, ben=0.6)
    scene.look_like(2, ben=0.65)
    assert scene.after(AGAIN_NS, ONE, TWO) == {BEN: 1}
    scene.look_like(2, ben=0.9)
    assert scene.after(2 * AGAIN_NS, ONE, TWO) == {BEN: 2}


def test_the_largest_new_face_is_looked_at_first() -> None:
    scene = Scene()
    smaller = [replace(each, box=(*each.box[:3], 0.9 * each.box[3])) for each in (ONE, TWO)]
    for track_id in (1, 2, 3):
        scene.look_like(track_id)
    scene.seen(*smaller, THREE)
    assert scene.looker.looks == [grey(3)]


def test_where_the_lane_can_wait_every_new_face_is_known_on_its_first_frame() -> None:
    scene = Scene()
    scene.people = People(scene.looker, ENROLLED)
    scene.look_like(1, ben=0.8)
    scene.look_like(2, actor=0.7)
    scene.look_like(3, anna=0.6)
    assert scene.seen(ONE, TWO, THREE) == {BEN: 1, ACTOR: 2, ANNA: 3}
    scene.after(AGAIN_NS, ONE, TWO, THREE)
    assert len(scene.looker.looks) == 6
    scene.looker.fails = True
    scene.after(AGAIN_NS, ONE, TWO, THREE)


def test_a_face_that_is_turned_away_or_tiny_is_not_looked_at() -> None:
    scene = Scene()
    scene.after(AGAIN_NS, replace(ONE, pose=Pose(60.0, 0.0, 0.0)), replace(TWO, box=(0, 0, 20, 20)))
    assert scene.looker.looks == []


def test_nobody_waits_for_a_look_and_what_it_tells_counts_when_it_is_there() -> None:
    later = Later()
    scene = Scene(later, ben=BEN)
    scene.look_like(1, ben=0.8)
    assert scene.after(AGAIN_NS, ONE) == {}
    assert len(later.waiting) == 1
    later.work()
    assert scene.seen(ONE) == {BEN: 1}
    scene.after(2 * AGAIN_NS, ONE)
    later.work()
    assert scene.after(2 * GONE_NS) == {}
    scene.people.close()
    assert scene.looker.closes == 1


def test_what_a_look_tells_of_a_face_that_has_gone_is_nothing() -> None:
    later = Later()
    scene = Scene(later, ben=BEN)
    scene.look_like(1, ben=0.8)
    scene.look_like(2)
    scene.seen(ONE)
    later.work()
    assert scene.seen(TWO) == {}


def test_a_network_that_fails_knows_nobody_and_is_asked_again() -> None:
    scene = Scene(ben=BEN)
    scene.look_like(1, ben=0.8)
    scene.looker.fails = True
    assert scene.after(AGAIN_NS, ONE) == {}
    scene.looker.fails = False
    assert scene.after(AGAIN_NS, ONE) == {BEN: 1}


def test_what_one_chain_saw_the_next_one_knows_at_once() -> None:
    scene, known = Scene(), {}
    scene.people = People(scene.looker, {BEN: ENROLLED[BEN]}, Later(), known)
    scene.seen(ONE)
    first = People(scene.looker, {BEN: ENROLLED[BEN]}, None, known)
    scene.people = first
    scene.look_like(1, ben=0.8)
    scene.seen(ONE)
    scene.people = People(scene.looker, {ANNA: ENROLLED[BEN]}, Later(), known)
    assert scene.seen(ONE) == {ANNA: 1}
    scene.people.reset()
    assert scene.seen(ONE) == {ANNA: 1}
