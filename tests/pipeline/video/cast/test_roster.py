"""What the operator is told of a cast: who wears what, and whose face can't be put on anybody."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.media import Face
from pipeline.telemetry import Level
from pipeline.video.cast.member import CastMember, telling
from pipeline.video.cast.roster import roster
from pipeline.video.neural.merge import PATIENCE
from pipeline.video.tracking.choice import UNSEEN_SCORE
from profiles.engines.cast import CastEntry
from tests.fakes import FakeStage
from tests.footage import DEMO, persona
from tests.neural_faces import mean_face
from tests.pipeline.video.cast.people import casting, three

PAIR = casting(("left", persona("mara")), (7, persona("anselm")))


def faces(*given: tuple[int, dict[str, object]]) -> Sequence[Face]:
    return [replace(mean_face(100.0), track_id=track_id, **{"chosen": False} | kept) for track_id, kept in given]  # type: ignore[arg-type]


def told(*given: tuple[int, dict[str, object]]) -> str:
    return ", ".join(map(str, roster(faces(*given), PAIR)))


def test_each_face_is_told_with_its_number_and_what_it_wears_the_actors_first() -> None:
    given = (9, {}), (7, {"role": 1}), (3, {"chosen": True}), (12, {"role": 0})
    assert told(*given) == "#3 actor, #7→anselm, #12 left→mara, #9"
    assert told() == ""


def test_who_is_enrolled_is_told_by_the_name_of_the_picture() -> None:
    profile = casting(("left", persona("mara")))
    entry = CastEntry(enrolled=(Path("faces/anna.png"), Path("faces/2.png")), profile="mara")
    (reading,) = roster(faces((4, {"role": 0})), profile.model_copy(update={"cast": (entry,)}))
    assert str(reading) == "#4 anna→mara"


def test_places_where_nobody_is_seen_and_faces_that_are_not_followed_have_no_number_to_name() -> None:
    assert told((1, {"score": UNSEEN_SCORE, "role": 0}), (2, {"is_followed": False})) == ""


@pytest.mark.parametrize(("role", "who"), [(0, "left"), (1, "#7")])
def test_a_face_that_can_not_be_worn_for_long_is_told_once_with_whom_and_why(role: int, who: str) -> None:
    heard: list[tuple[Level, str]] = []
    worn = FakeStage(fails_on=frozenset(range(3 * PATIENCE)) - {PATIENCE - 1})
    member = CastMember(role, worn, telling(PAIR, role, lambda *event: heard.append(event)))
    frame = three(DEMO)[0]
    frame = replace(frame, faces=(replace(frame.faces[0], role=role),))
    for _ in range(2 * PATIENCE - 1):
        member.process(frame)
    assert heard == []
    for _ in range(PATIENCE):
        member.process(frame)
    ((level, text),) = heard
    title = PAIR.cast_profiles[role].title
    assert level is Level.WARNING
    assert text.startswith(f"The face of {title} can't be put on {who}, who is blurred: ")
    assert text.endswith(".")
