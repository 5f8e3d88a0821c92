"""Enrolled people from their pictures to what goes out: the face goes to whom it belongs, and to nobody else."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.assembly import Assembly, Chain, same_but_live
from pipeline.circumstances import Circumstances
from pipeline.errors import MediaError, ModelError, PortraitError, StageError
from pipeline.media import Frame, Pixels
from pipeline.video.cast.casting import Casting
from pipeline.video.cast.people import EVERY_NS
from pipeline.video.cast.recogniser import Direction, face_on
from pipeline.video.neural.identity import as_shown
from profiles.engines.cast import CastEntry
from profiles.engines.face import TrackingSettings
from profiles.model_files import sha256_of
from profiles.profile import Profile
from tests.compositions import beside, likeness
from tests.footage import DEMO, clip, make_frame, models, persona
from tests.models.dfm import Tinting, tinting_dfm
from tests.models.swappers import arcface, pooled
from tests.pipeline.video.cast.people import picture, shows, three
from tests.rigging import SOON_S

NAMES = ("ines", "demo", "tomas")
"""Who is in the picture, from left to right."""
STEP_NS = EVERY_NS


@cache
def usual() -> np.ndarray:  # type: ignore[type-arg]
    """The colours that all three have."""
    frame = three(DEMO)[-1]
    seen = [pooled(as_shown(face_on(frame, face)).transpose(1, 2, 0)).ravel() for face in frame.faces]
    return np.asarray(np.mean(seen, axis=0), np.float32)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A profile's folder with pictures of all three and a recogniser that tells them apart."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    arcface(tmp_path / "arcface.onnx", usual=usual())
    for name, pixels in zip(NAMES, (likeness("ines", 600), clip(DEMO)[5].pixels, likeness("tomas", 600)), strict=True):
        cv2.imwrite(str(tmp_path / f"{name}.png"), pixels)
    cv2.imwrite(str(tmp_path / "two.png"), beside(likeness("ines", 600), likeness("tomas", 600)))
    cv2.imwrite(str(tmp_path / "none.png"), np.full((400, 400, 3), 90, np.uint8))
    return tmp_path


def enrolling(folder: Path, actor: str = "", *cast: str, **face: object) -> Profile:
    """Anselm, worn by an actor and by others who are known by pictures."""
    entries = tuple(CastEntry(enrolled=(folder / f"{name}.png",), profile="anselm") for name in cast)
    tracking = TrackingSettings(actor=(folder / f"{actor}.png",) * bool(actor), recogniser=folder / "arcface.onnx")
    others = (persona("anselm"),) * len(entries)
    update = {"tracking": tracking, "cast": entries, "cast_profiles": others}
    return persona("anselm", **face).with_background(kind="none").model_copy(update=update)


@pytest.fixture
def assembly() -> Iterator[Assembly]:
    """An assembly with the real networks, whose recogniser the lane waits for."""
    assembly = Assembly(models(), persona(), three(DEMO)[0].size, Circumstances(waits=True))
    yield assembly
    assembly.close()


def out_of(chain: Chain, *pictures: np.ndarray) -> tuple[Frame, Frame | None]:  # type: ignore[type-arg]
    """The last frame with its faces' roles, and what the chain made of it; None where that fails."""
    place = [stage.name for stage in chain.stages].index("segment") + 1
    for number, pixels in enumerate(pictures):
        frame, made = make_frame(pixels.copy(), number * STEP_NS), None
        for stage in chain.stages[:place]:
            frame = stage.process(frame)
        given = frame
        with suppress(StageError):
            for stage in chain.stages[place:]:
                frame = stage.process(frame)
            made = replace(frame, pixels=frame.pixels.copy())
    return given, made


def roles(frame: Frame) -> dict[str, str | int]:
    """Who has which role, by name; "own" is the profile's."""
    faces = sorted((face for face in frame.faces if face.score > 0), key=lambda face: face.box[0])
    named = zip(NAMES, faces, strict=True)
    return {
        name: "own" if face.chosen else face.role or 0 for name, face in named if face.chosen or face.role is not None
    }


def test_the_face_goes_to_the_enrolled_actor_and_to_the_enrolled_others(assembly: Assembly, folder: Path) -> None:
    chain = assembly.build(enrolling(folder, "tomas", "demo", "ines"))
    given, made = out_of(chain, *[picture(DEMO)] * 6)
    assert roles(given) == {"ines": 1, "demo": 0, "tomas": "own"}
    assert made is not None
    assert not any(shows(face, made, given) for face in given.faces)
    chain.close()


@pytest.mark.parametrize("actor", NAMES)
def test_an_enrolled_actor_need_not_be_the_largest(assembly: Assembly, folder: Path, actor: str) -> None:
    chain = assembly.build(enrolling(folder, actor, bystanders="show"))
    given, made = out_of(chain, *[picture(DEMO)] * 4)
    assert roles(given) == {actor: "own"}
    assert made is not None
    assert not any(shows(face, made, given) for face in given.faces)
    chain.close()


def test_without_the_actor_nobody_wears_the_face(assembly: Assembly, folder: Path) -> None:
    chain = assembly.build(enrolling(folder, "tomas"))
    alone = beside(likeness("ines", 300), clip(DEMO)[0].pixels)
    given, made = out_of(chain, *[alone] * 6)
    assert (given.chosen_face, made) == (None, None)
    chain.close()


def test_where_the_actor_is_lost_the_face_goes_to_nobody_else(assembly: Assembly, folder: Path) -> None:
    chain = assembly.build(enrolling(folder, "demo"))
    gone = picture(DEMO).copy()
    left, top, width, height = (round(value) for value in three(DEMO)[-1].faces[1].box)
    gone[top - 40 : top + height + 40, left - 40 : left + width + 40] = 128
    given, made = out_of(chain, *[picture(DEMO)] * 3, *[gone] * 15)
    assert (given.chosen_face, made) == (None, None)
    chain.close()


def test_others_are_known_beside_an_actor_who_is_chosen_by_size(assembly: Assembly, folder: Path) -> None:
    chain = assembly.build(enrolling(folder, "", "demo"))
    given, _ = out_of(chain, *[picture(DEMO)] * 6)
    found = roles(given)
    assert found["demo"] == 0
    assert sorted(map(str, found.values())) == ["0", "own"]
    chain.close()


@pytest.mark.parametrize(("name", "told"), [("none", "No face was found"), ("two", "shows 2 faces")])
@pytest.mark.parametrize("in_cast", [False, True])
def test_a_picture_with_another_number_of_faces_is_refused(
    assembly: Assembly, folder: Path, name: str, told: str, in_cast: bool
) -> None:
    key = "cast.0.enrolled" if in_cast else "tracking.actor"
    with pytest.raises(PortraitError, match=f"^The {key} picture {name}.png.*{told}"):
        assembly.build(enrolling(folder, "", name) if in_cast else enrolling(folder, name))
    assert [name for name in assembly.providers if "arcface" in name] == []


def test_without_a_recogniser_and_with_something_else_it_is_refused(assembly: Assembly, folder: Path) -> None:
    profile = enrolling(folder, "demo")
    bare = profile.model_copy(update={"tracking": TrackingSettings(actor=profile.tracking.actor)})
    with pytest.raises(ModelError, match=r"anselm knows people by their pictures .* set `recogniser` in \[tracking\]"):
        assembly.build(bare)
    file = tinting_dfm(folder / "face.dfm", Tinting(64))
    other = profile.tracking.model_copy(update={"recogniser": file})
    with pytest.raises(ModelError, match=r"is a DeepFaceLab face .*, wanted one for tracking\.recogniser"):
        assembly.build(profile.model_copy(update={"tracking": other}))


@pytest.mark.parametrize("in_cast", [False, True])
def test_a_picture_that_was_changed_since_it_was_recorded_is_refused(
    assembly: Assembly, folder: Path, in_cast: bool
) -> None:
    cast = (CastEntry(enrolled=(Path("ines.png"),), profile="anselm"),) if in_cast else ()
    actor = () if in_cast else (Path("ines.png"),)
    tracking = TrackingSettings(actor=actor, recogniser=folder / "arcface.onnx")
    others = (persona("anselm"),) * len(cast)
    update = {"folder": folder, "tracking": tracking, "cast": cast, "cast_profiles": others}
    portrait = {"portrait": persona().folder / persona().face.portrait}
    profile = persona(**portrait).with_background(kind="none").model_copy(update=update)
    recorded = profile.model_copy(update={"hashes": {"ines.png": sha256_of(folder / "ines.png")}})
    assembly.build(recorded).close()
    shutil.copyfile(folder / "tomas.png", folder / "ines.png")
    with pytest.raises(MediaError, match="picture that is another one now: .*hashes.ines.png: the file has changed"):
        assembly.build(recorded)


def test_one_picture_can_not_be_two_peoples(assembly: Assembly, folder: Path) -> None:
    shutil.copyfile(folder / "ines.png", folder / "again.png")
    cast = (CastEntry(enrolled=(Path("again.png"),), profile="anselm"),)
    tracking = TrackingSettings(actor=(Path("ines.png"),), recogniser=folder / "arcface.onnx")
    update = {"folder": folder, "tracking": tracking, "cast": cast, "cast_profiles": (persona("anselm"),)}
    portrait = {"portrait": persona().folder / persona().face.portrait}
    profile = persona(**portrait).with_background(kind="none").model_copy(update=update)
    with pytest.raises(
        MediaError, match=r"again\.png is the same picture as .*ines\.png under tracking\.actor already"
    ):
        assembly.build(profile)


def test_the_recogniser_ends_with_its_chain_and_others_take_another_chain(assembly: Assembly, folder: Path) -> None:
    profile = enrolling(folder, "demo")
    chain = assembly.build(profile)
    assert "arcface.onnx" in assembly.providers
    chain.close()
    assert "arcface.onnx" not in assembly.providers
    assert same_but_live(profile, enrolling(folder, "demo", opacity=0.9))
    assert not same_but_live(profile, enrolling(folder, "tomas"))
    assert not same_but_live(profile, enrolling(folder, "demo", "ines"))


def test_on_air_nobody_waits_for_the_recogniser(folder: Path) -> None:
    assembly = Assembly(models(), persona(), three(DEMO)[0].size)
    told, let_go = threading.Event(), threading.Event()
    chain = assembly.build(enrolling(folder, "demo"))
    (casting,) = (stage for stage in chain.stages if isinstance(stage, Casting))
    people = casting._people
    assert people is not None
    look = people._recogniser.direction

    def slow(pixels: Pixels) -> Direction | None:
        told.set()
        assert let_go.wait(SOON_S)
        return look(pixels)

    people._recogniser.direction = slow  # type: ignore[method-assign]
    given, _ = out_of(chain, *[picture(DEMO)] * 3)
    assert told.wait(SOON_S)
    assert given.chosen_face is None
    let_go.set()
    chain.close()
    assembly.close()
