"""A face that may be another person's now, because it jumped or met one, is nobody's until it has been looked at."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.media import Face
from pipeline.video.cast.people import AGAIN_NS, COVERED_OVERLAP, EVERY_NS, JUMP, SWELL, People
from pipeline.video.tracking.face_detector import overlap
from tests.footage import moved
from tests.neural_faces import mean_face
from tests.pipeline.video.cast.test_people import ANNA, BEN, ENROLLED, STEP_NS, Later, Scene

FACE = moved(mean_face(100.0), (-640.0, -360.0))
WIDTH = FACE.box[2]


def at(track_id: int, widths: float, scale: float = 1.0) -> Face:
    """A face under a number, so many of its widths to the right of where Ben is at first."""
    return replace(moved(FACE, (400.0 + widths * WIDTH, 200.0), scale), track_id=track_id)


@pytest.fixture
def scene() -> Scene:
    """Ben is known under the number 1."""
    scene = Scene(None, ben=BEN, anna=ANNA)
    scene.look_like(1, ben=0.8)
    assert scene.after(AGAIN_NS, at(1, 0.0)) == {BEN: 1}
    return scene


@pytest.mark.parametrize("there", [at(1, JUMP + 0.1), at(1, 0.0, SWELL + 0.1), at(1, 0.0, 1 / (SWELL + 0.1))])
def test_a_face_that_jumps_to_somebody_else_is_nobodys_at_once(scene: Scene, there: Face) -> None:
    scene.look_like(1, anna=0.8)
    seen = [scene.seen(there) for _ in range(EVERY_NS // STEP_NS + 2)]
    assert all(BEN not in each for each in seen)
    assert seen[-1] == {ANNA: 1}


def test_a_face_that_jumps_and_is_the_same_is_known_again_within_a_look(scene: Scene) -> None:
    seen = [scene.seen(at(1, 1.0)) for _ in range(EVERY_NS // STEP_NS + 2)]
    assert seen[-1] == {BEN: 1}


def test_a_face_that_comes_back_elsewhere_under_its_number_is_nobodys(scene: Scene) -> None:
    scene.seen()
    scene.seen()
    scene.look_like(1, anna=0.8)
    assert BEN not in scene.seen(at(1, JUMP + 0.1))


def test_quick_gestures_are_no_jumps(scene: Scene) -> None:
    looks = len(scene.looker.looks)
    for number in range(60):
        widths, size = 0.4 * np.sin(number), 1 + 0.05 * np.sin(2 * number)
        assert scene.seen(at(1, float(widths), float(size))) == {BEN: 1}
    assert len(scene.looker.looks) <= looks + 60 * STEP_NS // EVERY_NS


def test_two_who_cross_never_wear_each_others_faces(scene: Scene) -> None:
    scene.look_like(2, anna=0.8)
    assert scene.after(AGAIN_NS, at(1, 0.0), at(2, 2.0)) == {BEN: 1, ANNA: 2}
    way = np.linspace(0.0, 2.0, 41)
    before = True
    for widths in way:
        one, two = at(1, float(widths)), at(2, float(2.0 - widths))
        if overlap(one.box, two.box) > COVERED_OVERLAP and before:
            # The tracks stay where they are, the people do not.
            before = False
            scene.look_like(1, anna=0.8)
            scene.look_like(2, ben=0.8)
        seen = scene.seen(one, two)
        assert before or seen.get(BEN) != 1
        assert before or seen.get(ANNA) != 2
    assert scene.after(2 * EVERY_NS, one, two) == {BEN: 2, ANNA: 1}


def test_who_is_left_of_two_that_met_is_looked_at_anew(scene: Scene) -> None:
    scene.look_like(2, anna=0.8)
    assert scene.after(AGAIN_NS, at(1, 0.0), at(2, 0.9)) == {BEN: 1, ANNA: 2}
    scene.look_like(1, anna=0.8)
    assert scene.seen(at(1, 0.3)) == {}
    assert scene.after(EVERY_NS, at(1, 0.3)) == {ANNA: 1}


def test_people_side_by_side_keep_their_faces(scene: Scene) -> None:
    scene.look_like(2, anna=0.8)
    scene.after(AGAIN_NS, at(1, 0.0), at(2, 0.85))
    for _ in range(60):
        assert scene.seen(at(1, 0.0), at(2, 0.85)) == {BEN: 1, ANNA: 2}


def test_what_a_look_from_before_a_jump_tells_does_not_count() -> None:
    later = Later()
    scene = Scene(later, ben=BEN)
    scene.look_like(1, ben=0.8)
    scene.seen(at(1, 0.0))
    assert len(later.waiting) == 1
    scene.look_like(1)
    scene.seen(at(1, 1.0))
    scene.look_like(1, ben=0.8)
    later.work()
    scene.look_like(1)
    assert scene.seen(at(1, 1.0)) == {}


def test_what_one_chain_knew_of_a_face_the_next_one_does_not_where_it_has_jumped() -> None:
    scene, known = Scene(), {}
    scene.look_like(1, ben=0.8)
    for widths, seen in ((0.0, {BEN: 1}), (0.1, {BEN: 1}), (1.0, {})):
        scene.people = People(scene.looker, {BEN: ENROLLED[BEN]}, None if not known else Later(), known)
        assert scene.seen(at(1, widths)) == seen


def test_a_film_waits_for_the_look_at_a_face_that_jumped(scene: Scene) -> None:
    scene.people = People(scene.looker, ENROLLED)
    assert scene.seen(at(1, 0.0)) == {BEN: 1}
    scene.look_like(1, anna=0.8)
    assert scene.seen(at(1, 1.0)) == {ANNA: 1}
