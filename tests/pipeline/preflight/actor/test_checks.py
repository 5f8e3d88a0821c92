"""What is said about an actor's looks."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.preflight.actor.checks import actor_findings
from pipeline.preflight.actor.difference import delta_e_2000
from pipeline.preflight.finding import Area, Finding, Verdict
from profiles.profile import FaceSettings
from profiles.reference.figures import Colour, LooksReference

ENGINES = get_args(FaceSettings.model_fields["engine"].annotation)
LOOKS = LooksReference(
    eye_spacing=0.27,
    jaw_width=0.9,
    face_length=1.28,
    hair=(22.0, 5.0, 8.0),
    hair_length="short",
    skin=(66.0, 10.0, 18.0),
    facial_hair="none",
    glasses=False,
)
CHECKS = (
    "actor.eye_spacing",
    "actor.jaw_width",
    "actor.face_length",
    "actor.hair_colour",
    "actor.hair_length",
    "actor.facial_hair",
    "actor.glasses",
    "actor.skin",
)


def finding(check: str, actor: dict[str, object], target: dict[str, object], engine: str = "photo") -> Finding:
    """What a check says of an actor and a target who look alike but for this."""
    pair = (LooksReference.model_validate(LOOKS.model_dump() | changes) for changes in (actor, target))
    return next(each for each in actor_findings(*pair, engine) if each.id == f"actor.{check}")


def test_every_check_passes_for_the_same_looks() -> None:
    found = actor_findings(LOOKS, LOOKS, "photo")
    assert tuple(each.id for each in found) == CHECKS
    assert {each.verdict for each in found} == {Verdict.PASS}
    assert {each.remedy for each in found} == {""}


@pytest.mark.parametrize(
    ("check", "actor", "target", "verdict", "remedy"),
    [
        ("hair_colour", {"hair": (45.0, 5.0, 8.0)}, {}, "WARN", "reads lighter (L* 45 against 22): wear a darker wig"),
        ("hair_colour", {}, {"hair": (70.0, 4.0, 25.0)}, "FAIL", "reads darker (L* 22 against 70)"),
        ("hair_colour", {"hair": (40.0, 1.0, 3.0)}, {"hair": (40.0, 20.0, 27.0)}, "WARN", "reads greyer"),
        ("hair_colour", {"hair": (40.0, 25.0, 20.0)}, {"hair": (40.0, 3.0, 4.0)}, "WARN", "reads more coloured"),
        ("hair_length", {"hair_length": "long"}, {}, "WARN", "Tie your hair back"),
        ("hair_length", {}, {"hair_length": "long"}, "WARN", "Wear a long wig"),
        ("hair_length", {}, {"hair_length": "none"}, "FAIL", "Wear a bald cap"),
        ("facial_hair", {"facial_hair": "beard"}, {}, "FAIL", "Shave"),
        ("facial_hair", {"facial_hair": "stubble"}, {}, "WARN", "Shave closely"),
        ("facial_hair", {}, {"facial_hair": "beard"}, "WARN", "Wear a false beard"),
        ("glasses", {"glasses": True}, {}, "WARN", "Take your glasses off"),
        ("glasses", {}, {"glasses": True}, "WARN", "Put on a frame"),
        ("skin", {"skin": (50.0, 10.0, 18.0)}, {}, "WARN", "reads darker (L* 50 against 66)"),
        ("skin", {"skin": (66.0, 22.0, 18.0)}, {}, "WARN", "reads redder"),
        ("jaw_width", {"jaw_width": 0.95}, {}, "WARN", "Your jaw reads wider: shade it"),
        ("jaw_width", {"jaw_width": 0.8}, {}, "FAIL", "Your jaw reads narrower: lighten it"),
        ("eye_spacing", {"eye_spacing": 0.29}, {}, "WARN", "farther apart"),
        ("face_length", {"face_length": 1.2}, {}, "WARN", "reads shorter"),
    ],
)
def test_each_difference_has_its_remedy(
    check: str, actor: dict[str, object], target: dict[str, object], verdict: str, remedy: str
) -> None:
    found = finding(check, actor, target)
    assert found.verdict == verdict
    assert remedy in found.remedy
    assert found.remedy.endswith(".")


def test_an_engine_that_brings_the_face_alone_needs_the_beard_of_the_actor() -> None:
    looks = {engine: finding("facial_hair", {}, {"facial_hair": "beard"}, engine).verdict for engine in ENGINES}
    assert looks == {"photo": "WARN", "dfm": "WARN", "embedding": "FAIL"}


def test_only_a_trained_face_shows_a_seam_to_another_skin() -> None:
    dark = {"skin": (35.0, 10.0, 13.0)}
    looks = {engine: finding("skin", dark, {}, engine).verdict for engine in ENGINES}
    assert looks == {"photo": "WARN", "dfm": "FAIL", "embedding": "WARN"}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("known", [True, False])
def test_what_is_unknown_is_skipped_with_the_reason(engine: str, known: bool) -> None:
    pair = (LOOKS, LooksReference()) if known else (LooksReference(), LOOKS)
    found = actor_findings(*pair, engine)
    assert tuple(each.id for each in found) == CHECKS
    assert {each.verdict for each in found} == {Verdict.SKIP}
    assert all(("target" if known else "actor") in each.measured and each.remedy for each in found)


def test_a_bald_head_has_no_colour_of_hair() -> None:
    found = finding("hair_colour", {}, {"hair_length": "none", "hair": None})
    assert (found.verdict, found.measured) == (Verdict.SKIP, "the target has no hair")


@given(
    st.builds(
        LooksReference,
        eye_spacing=st.none() | st.floats(-1, 2),
        jaw_width=st.none() | st.floats(-1, 2),
        face_length=st.none() | st.floats(-1, 9),
        hair=st.none() | st.tuples(*[st.floats(-200, 200)] * 3),
        hair_length=st.sampled_from([None, "none", "short", "long"]),
        skin=st.none() | st.tuples(*[st.floats(-200, 200)] * 3),
        facial_hair=st.sampled_from([None, "none", "stubble", "beard"]),
        glasses=st.sampled_from([None, True, False]),
    ),
    st.sampled_from(ENGINES),
)
def test_any_looks_get_a_verdict_both_ways(looks: LooksReference, engine: str) -> None:
    for pair in ((looks, LOOKS), (LOOKS, looks)):
        for each in actor_findings(*pair, engine):
            assert each.area is Area.ACTOR
            assert bool(each.remedy) == (each.verdict in (Verdict.WARN, Verdict.FAIL)) or each.verdict is Verdict.SKIP
            assert each.measured


@pytest.mark.parametrize(
    ("one", "other", "difference"),
    [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, -1.3802, -84.2814), (50.0, 0.0, -82.7485), 1.0),
        ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
        ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0009), 7.1792),
        ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0011), 7.2195),
        ((50.0, 2.5, 0.0), (50.0, 0.0, -2.5), 4.3065),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((22.7233, 20.0904, -46.694), (23.0331, 14.973, -42.5619), 2.0373),
        ((6.7747, -0.2908, -2.4247), (5.8714, -0.0985, -2.2286), 0.6377),
        ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_colour_difference_is_that_of_the_published_table(one: Colour, other: Colour, difference: float) -> None:
    """Sharma, Wu, Dalal 2005, table 1."""
    assert delta_e_2000(one, other) == pytest.approx(difference, abs=5e-5)
    assert delta_e_2000(other, one) == pytest.approx(difference, abs=5e-5)
