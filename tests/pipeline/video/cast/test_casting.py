"""Who on a frame has which role of a profile's cast."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.media import Face, Frame
from pipeline.video.cast.casting import Casting
from pipeline.video.cast.part import VACANT_AFTER_NS
from pipeline.video.tracking.choice import UNSEEN_SCORE, VEIL_NS
from profiles.engines.cast import CastEntry
from tests.fakes import FRAME_NS
from tests.footage import moved, persona
from tests.neural_faces import mean_face

PIXELS = np.zeros((72, 128, 3), np.uint8)
STEP_NS = 100_000_000


class Scene:
    """A casting, and frames for it at the pace of a slow camera."""

    def __init__(self, *faces: int | str) -> None:
        entries = tuple(CastEntry(face=face, profile="ines") for face in faces)  # type: ignore[arg-type]
        self.casting = Casting(persona().model_copy(update={"cast": entries}))
        self.at_ns = 0

    def roles(self, *faces: Face) -> dict[int, int | str]:
        """The role of each face that is seen, "own" for the chosen one; those without any are left out."""
        named: dict[int, int | str] = {face.track_id: "own" for face in self.after(*faces).faces if face.chosen}
        seen = (face for face in self.frame.faces if face.score > UNSEEN_SCORE)
        return named | {face.track_id: face.role for face in seen if face.role is not None}

    def after(self, *faces: Face) -> Frame:
        """The next frame."""
        self.at_ns += STEP_NS
        self.frame = self.casting.process(Frame(PIXELS, self.at_ns, self.at_ns, faces))
        return self.frame

    def wait(self, ns: int, *faces: Face) -> None:
        """So long nothing changes."""
        for _ in range(ns // STEP_NS + 1):
            self.after(*faces)


def face(track_id: int, x: float, chosen: bool = False, scale: float = 1.0) -> Face:
    """A face in a wide picture, about 200 px high."""
    return replace(moved(mean_face(200.0 * scale), (x, 0.0)), track_id=track_id, chosen=chosen)


LEFT, OWN, RIGHT = face(0, 0), face(1, 400, chosen=True), face(2, 800)


def test_without_a_cast_nothing_changes() -> None:
    assert Scene().roles(LEFT, OWN, RIGHT) == {1: "own"}


def test_ids_and_sides_have_the_roles_in_the_order_of_the_entries() -> None:
    assert Scene(2, 0).roles(LEFT, OWN, RIGHT) == {1: "own", 2: 0, 0: 1}
    assert Scene("right", "left").roles(LEFT, OWN, RIGHT) == {1: "own", 2: 0, 0: 1}


def test_a_side_is_told_from_the_chosen_face_and_the_outermost_there_has_it() -> None:
    more = face(3, 250)
    assert Scene("left").roles(LEFT, more, OWN) == {1: "own", 0: 0}
    assert Scene("left").roles(OWN, RIGHT) == {1: "own"}
    assert Scene("right").roles(LEFT, OWN) == {1: "own"}


def test_a_side_stays_with_whoever_was_there_first() -> None:
    scene = Scene("left")
    scene.after(LEFT, OWN)
    assert scene.roles(face(3, -300), face(0, 900), OWN) == {1: "own", 0: 0}


def test_a_side_is_free_again_when_whoever_had_it_has_been_gone_for_a_while() -> None:
    scene, newcomer = Scene("left"), face(7, -300)
    scene.after(LEFT, OWN)
    assert scene.roles(newcomer, OWN) == {1: "own"}
    scene.wait(VACANT_AFTER_NS, newcomer, OWN)
    assert scene.roles(newcomer, OWN) == {1: "own", 7: 0}


def test_an_id_that_is_not_seen_any_more_gives_its_role_to_nobody() -> None:
    scene = Scene(0)
    scene.after(LEFT, OWN)
    scene.wait(VACANT_AFTER_NS, replace(LEFT, track_id=9), OWN)
    assert scene.roles(replace(LEFT, track_id=9), OWN) == {1: "own"}
    assert scene.roles(LEFT, OWN) == {1: "own", 0: 0}


@pytest.mark.parametrize("entry", [0, "left"])
def test_what_is_only_glimpsed_has_no_role(entry: int | str) -> None:
    assert Scene(entry).roles(replace(LEFT, is_followed=False), OWN) == {1: "own"}


def test_a_face_on_a_poster_has_no_role() -> None:
    assert Scene("left").roles(face(0, 0, scale=0.25), OWN) == {1: "own"}


def test_where_somebody_with_a_role_is_lost_there_is_a_veil_until_somebody_is_seen_there() -> None:
    scene = Scene("left")
    scene.after(LEFT, OWN)
    (veil,) = (one for one in scene.after(OWN).faces if one.track_id == 0)
    assert (veil.score, veil.box, veil.role, veil.chosen) == (UNSEEN_SCORE, LEFT.box, 0, False)
    assert len(scene.after(OWN, replace(LEFT, track_id=8)).faces) == 2
    scene.wait(VEIL_NS, OWN)
    assert len(scene.after(OWN).faces) == 1


def test_the_actors_own_veil_has_no_role() -> None:
    scene = Scene(0)
    veil = replace(LEFT, score=UNSEEN_SCORE)
    assert [face.role for face in scene.after(veil, OWN).faces] == [None, None]


def test_nobody_has_a_side_while_nobody_is_chosen_but_whoever_has_one_keeps_it() -> None:
    unchosen, scene = replace(OWN, chosen=False), Scene("left")
    assert scene.roles(LEFT, unchosen) == {}
    scene.after(LEFT, OWN)
    assert scene.roles(LEFT, unchosen) == {0: 0}


def test_the_profiles_own_face_has_no_other_role() -> None:
    assert Scene(1).roles(LEFT, OWN) == {1: "own"}


@pytest.mark.parametrize("entry", [0, "left"])
def test_the_likeness_does_not_move_to_somebody_who_has_a_role(entry: int | str) -> None:
    scene, rival, former = Scene(entry), replace(LEFT, chosen=True), replace(OWN, chosen=False)
    scene.after(LEFT, OWN)
    assert scene.roles(rival, former) == {1: "own", 0: 0}
    assert scene.roles(rival, RIGHT) == {0: 0}
    scene.wait(VEIL_NS, rival, RIGHT)
    assert scene.roles(rival, RIGHT) == {2: "own", 0: 0}


def test_the_likeness_moves_to_somebody_who_has_no_role() -> None:
    scene = Scene("left")
    scene.after(LEFT, OWN, RIGHT)
    assert scene.roles(LEFT, replace(OWN, chosen=False), replace(RIGHT, chosen=True)) == {2: "own", 0: 0}


def test_a_film_that_begins_again_casts_anew() -> None:
    scene = Scene("left")
    scene.wait(10 * FRAME_NS, LEFT, OWN)
    scene.at_ns = 0
    assert scene.roles(face(5, 0), OWN) == {1: "own", 5: 0}


def test_after_a_reset_everybody_may_have_any_role() -> None:
    scene = Scene("left")
    scene.after(LEFT, OWN)
    scene.casting.reset()
    assert scene.roles(face(5, 0), OWN) == {1: "own", 5: 0}
