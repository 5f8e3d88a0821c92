"""The looks that are read from a picture are the ones that were painted, and those that anybody sees."""

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest

from pipeline.media import Frame, Pixels
from pipeline.preflight.actor.difference import delta_e_2000
from pipeline.preflight.actor.looks import looks_of
from pipeline.video.background.person_matte import PersonMatte
from pipeline.video.tracking.head_pose import HeadPose
from profiles.reference.figures import LooksReference
from tests.footage import BIRD, DEMO, PERSONAS, SMILING, SORRY, TURNING, make_frame, models, needs_media, tracked_clip
from tests.guises import (
    RIMS,
    Rims,
    matted,
    painted_beard,
    painted_hair,
    painted_skin,
    pictured,
    portrait_frame,
    wearing,
)
from tools.persona import personas
from tools.persona.pose import Pose
from tools.persona.studio import RELAXED, portrait

BROW = 105
every_persona = pytest.mark.parametrize("name", PERSONAS)


@cache
def persona_frame(name: str) -> Frame:
    return portrait_frame(name)


@cache
def film_looks(name: str) -> LooksReference:
    """The looks of the person on every third frame of a clip."""
    matte = PersonMatte(models().path("selfie-segmentation-landscape"))
    looks = looks_of([matte.process(frame) for frame in tracked_clip(name)[::3]])
    matte.close()
    return looks


def difference(one: LooksReference, other: LooksReference) -> float:
    """The larger of the differences of skin and hair."""
    assert one.skin and other.skin and one.hair and other.hair
    return max(delta_e_2000(one.skin, other.skin), delta_e_2000(one.hair, other.hair))


@every_persona
def test_a_personas_looks_are_read_as_they_were_painted(name: str) -> None:
    who, looks = personas.PERSONAS[name], looks_of([persona_frame(name)])
    assert (looks.hair_length, looks.facial_hair, looks.glasses) == ("short", painted_beard(who), False)
    assert looks.skin is not None
    assert delta_e_2000(looks.skin, painted_skin(who)) < 6.0
    assert looks.hair is not None
    assert delta_e_2000(looks.hair, painted_hair(who)) < 10.0


def test_a_head_in_another_guise_reads_like_those_whom_it_was_painted_after() -> None:
    who, ines, tomas = personas.ACTOR, personas.INES, personas.TOMAS
    changed = replace(
        who,
        hair=replace(who.hair, colour=ines.hair.colour, beard_cm=0.6),
        skin=replace(who.skin, base=tomas.skin.base, redness=tomas.skin.redness),
    )
    looks = looks_of([pictured(portrait(changed, Pose(expression=RELAXED), 512, 1))])
    dark, tan = looks_of([persona_frame("ines")]), looks_of([persona_frame("tomas")])
    assert looks.facial_hair == "beard"
    assert looks.hair and dark.hair and looks.skin and tan.skin
    assert delta_e_2000(looks.hair, dark.hair) < 4.0
    assert delta_e_2000(looks.skin, tan.skin) < 3.0


def test_the_demo_actor_reads_on_a_video_as_he_was_painted() -> None:
    looks = film_looks(DEMO)
    assert (looks.hair_length, looks.facial_hair, looks.glasses) == ("short", "none", False)
    assert looks.skin is not None
    assert delta_e_2000(looks.skin, painted_skin(personas.ACTOR)) < 5.0


@needs_media
@pytest.mark.parametrize(
    ("name", "length", "beard", "lightness"),
    [
        (TURNING, "long", "none", (20, 55)),
        (SMILING, "short", "stubble", (20, 55)),
        (BIRD, "short", "none", (55, 80)),
        (SORRY, "short", "none", (55, 80)),
    ],
)
def test_real_people_read_as_anybody_sees_them(
    name: str, length: str, beard: str, lightness: tuple[float, float]
) -> None:
    looks = film_looks(name)
    assert (looks.hair_length, looks.facial_hair, looks.glasses) == (length, beard, False)
    assert looks.hair is not None
    assert lightness[0] < looks.hair[0] < lightness[1]


@needs_media
def test_one_person_reads_alike_on_two_clips() -> None:
    one, other = film_looks(BIRD), film_looks(SORRY)
    assert difference(one, other) < 3.0
    for name in ("eye_spacing", "jaw_width", "face_length"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=0.02)


@every_persona
@pytest.mark.parametrize("rims", RIMS, ids=lambda rims: rims.name)
def test_glasses_are_seen_on_every_face(name: str, rims: Rims) -> None:
    assert looks_of([wearing(persona_frame(name), rims)]).glasses is True


@every_persona
def test_the_size_and_the_tilt_of_the_picture_change_nothing(name: str) -> None:
    upright, pixels = looks_of([persona_frame(name)]), persona_frame(name).pixels
    height, width = pixels.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 15.0, 0.8)
    tilted = np.asarray(cv2.warpAffine(pixels, turn, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8)
    small = np.asarray(cv2.resize(pixels, None, fx=0.3, fy=0.3, interpolation=cv2.INTER_AREA), np.uint8)
    for changed in (tilted, small, flipped(pixels)):
        looks = looks_of([pictured(changed)])
        assert difference(looks, upright) < 4.0
        same = ("hair_length", "facial_hair", "glasses")
        assert [getattr(looks, part) for part in same] == [getattr(upright, part) for part in same]


def flipped(pixels: Pixels) -> Pixels:
    """The picture as a mirror shows it."""
    return np.ascontiguousarray(pixels[:, ::-1])


def test_a_highlight_on_the_cheek_does_not_change_the_skin() -> None:
    frame = persona_frame("ines")
    face, pixels = frame.chosen_face, frame.pixels.copy()
    assert face is not None
    for cheek in (50, 280):
        x, y = (round(float(place)) for place in face.landmarks[cheek, :2])
        cv2.circle(pixels, (x, y), round(face.box[2] * 0.03), (245, 245, 245), -1)
    plain, shiny = looks_of([frame]).skin, looks_of([replace(frame, pixels=pixels)]).skin
    assert plain and shiny
    assert delta_e_2000(plain, shiny) < 1.5


def test_one_bad_frame_among_several_does_not_count() -> None:
    good = persona_frame("mara")
    dark = replace(good, pixels=(good.pixels // 5).astype(np.uint8))
    assert difference(looks_of([good, dark, good, good]), looks_of([good])) < 0.5


def test_the_larger_pictures_are_looked_at() -> None:
    good = persona_frame("mara")
    pixels = cv2.resize(good.pixels // 4, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    face = good.chosen_face
    assert face is not None
    faces = (replace(face, landmarks=face.landmarks / 4),)
    small = replace(good, pixels=np.asarray(pixels, np.uint8), faces=faces)
    assert looks_of([small, small, good]).skin == looks_of([good]).skin


def test_a_face_that_was_turned_measures_as_from_the_front() -> None:
    frame = persona_frame("tomas")
    face, front = frame.chosen_face, looks_of([frame])
    assert face is not None
    angle = np.radians(20.0)
    turn = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]], np.float32)
    middle = face.landmarks.mean(axis=0)
    landmarks = ((face.landmarks - middle) @ turn.T + middle).astype(np.float32)
    turned = replace(face, landmarks=landmarks, pose=HeadPose().of(landmarks))
    assert abs(turned.pose.yaw_deg) > 15.0
    looks = looks_of([replace(frame, faces=(turned,))])
    for name in ("eye_spacing", "jaw_width", "face_length"):
        assert getattr(looks, name) == pytest.approx(getattr(front, name), rel=0.01)


def test_without_a_face_nothing_is_known() -> None:
    frame = persona_frame("mara")
    face = frame.chosen_face
    assert face is not None
    lost = replace(face, landmarks=np.full_like(face.landmarks, np.nan))
    doubtful = replace(face, score=0.3)
    nobody = [(), (lost,), (doubtful,), (replace(face, is_followed=False),)]
    assert [looks_of([replace(frame, faces=faces)]) for faces in nobody] == [LooksReference()] * 4
    assert looks_of([]) == LooksReference()


def test_without_a_matte_only_the_hair_is_unknown() -> None:
    frame = persona_frame("mara")
    looks = looks_of([replace(frame, matte=None)])
    assert (looks.hair, looks.hair_length) == (None, None)
    assert looks.skin is not None
    assert looks.facial_hair == "none"


def test_a_head_that_is_cut_off_at_the_brows_has_unknown_hair() -> None:
    frame = persona_frame("mara")
    face = frame.chosen_face
    assert face is not None
    top = round(float(face.landmarks[BROW, 1]))
    cut = np.ascontiguousarray(frame.pixels[top:])
    low = (face.landmarks - [0, top, 0]).astype(np.float32)
    looks = looks_of([matted(replace(make_frame(cut), faces=(replace(face, landmarks=low),)))])
    assert (looks.hair, looks.hair_length) == (None, None)


def test_stubble_and_glasses_are_not_told_of_a_small_face() -> None:
    pixels = persona_frame("tomas").pixels
    small = np.asarray(cv2.resize(pixels, None, fx=0.07, fy=0.07, interpolation=cv2.INTER_AREA), np.uint8)
    looks = looks_of([pictured(small)])
    assert (looks.facial_hair, looks.glasses) == (None, None)
    assert looks.skin is not None
