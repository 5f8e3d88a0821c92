"""What engines can't do without, told from a profile's files, and what building them tells beyond that."""

import struct
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from pipeline.inference.onnx.runtime import Preference
from pipeline.selftest.engines import Built, built_here, engines_built
from pipeline.selftest.needs import unmet_needs
from profiles.engines.face import EmbeddingSettings, MaskSettings, MattingSettings
from profiles.engines.voice import RvcSettings
from profiles.profile import Kind, Profile
from tests.footage import models
from tests.models.masks import xseg
from tests.models.matting import Matting, matting
from tests.models.rvc import content_encoder, rvc_voice
from tests.models.swappers import Swap, swapper
from tests.neural_cast import Part, cast

ALL = Part("tomas", "embedding", rvc=True)
SWAPPER = EmbeddingSettings(model=Path("inswapper.onnx"), recogniser=Path("arcface.onnx"))
VOICE = RvcSettings(model=Path("voice.onnx"), encoder=Path("encoder.onnx"), pitch=Path("pitch.onnx"))


@pytest.fixture(scope="module")
def good() -> Iterator[Profile]:
    """A profile whose face and voice are networks that run, beside files that do not."""
    with TemporaryDirectory() as folder:
        [profile] = cast(Path(folder), [ALL])
        swapper(profile.folder / "stripped-inswapper.onnx", Swap("inswapper", has_map=False))
        swapper(profile.folder / "any.onnx", Swap("hyperswap"))
        swapper(profile.folder / "uniface.onnx", Swap("uniface"))
        content_encoder(profile.folder / "v1.onnx", "webui", 256)
        rvc_voice(profile.folder / "spoken.onnx")
        matting(profile.folder / "m.onnx", Matting("modnet"))
        (profile.folder / "page.index").write_bytes(b"<html>")
        (profile.folder / "v1.index").write_bytes(struct.pack("<4siq", b"IxF2", 256, 1) + bytes(2048))
        yield profile


def swapping(**changes: object) -> dict[str, object]:
    return {"embedding": EmbeddingSettings.model_validate(SWAPPER.model_dump() | changes)}


def speaking(**changes: object) -> dict[str, object]:
    return {"rvc": RvcSettings.model_validate(VOICE.model_dump() | changes)}


def test_a_profile_that_has_all_needs_nothing(good: Profile) -> None:
    assert unmet_needs(good) == ()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (swapping(recogniser=None), ["(inswapper) knows the target by an ArcFace network and none is named"]),
        (swapping(model="stripped-inswapper.onnx"), ["holds no matrix of 512 x 512"]),
        (swapping(model="any.onnx"), ["does not say which swapper it is, wanted one of hyperswap, ghost, simswap"]),
        (swapping(model="any.onnx", family="hyperswap"), []),
        (swapping(model="any.onnx", family="inswapper"), ["is not what `family` in [embedding] says, inswapper: the"]),
        (
            swapping(model="any.onnx", family="simswap", recogniser=None),
            ["(simswap) knows the target", "(simswap) needs a converter"],
        ),
        (swapping(model="any.onnx", family="ghost", converter="voice.onnx"), ["voice.onnx"]),
        (swapping(recogniser="v1.onnx"), ["v1.onnx"]),
        (swapping(model="uniface.onnx", portraits=("portrait.png",)), ["takes one picture of the face"]),
        (speaking(encoder="v1.onnx"), ["gives 256 values a frame, wanted 768, which a v2 voice needs"]),
        (speaking(index="page.index"), ["is no faiss index of plain vectors"]),
        (speaking(index="v1.index"), ["holds 256 values a frame, wanted 768"]),
        ({"matting": MattingSettings(model=Path("m.onnx"), family="rvm")}, ["`family` in [matting] says, rvm"]),
        ({"matting": MattingSettings(model=Path("m.onnx"))}, []),
    ],
)
def test_what_is_missing_or_does_not_fit_is_one_sentence_each(
    good: Profile, changes: dict[str, object], told: list[str]
) -> None:
    faults = unmet_needs(good.model_copy(update=changes))
    assert len(faults) == len(told)
    assert all(part in fault for fault, part in zip(faults, told, strict=True))
    assert all(fault.endswith(".") for fault in faults)


def test_an_index_that_is_used_needs_its_library(good: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.selftest.needs.find_spec", lambda _: None)
    told = {rate: unmet_needs(good.model_copy(update=speaking(index="v1.index", index_rate=rate))) for rate in (0, 1)}
    assert [len(faults) for faults in told.values()] == [1, 2]
    assert "pip install understudy[index]" in told[1][0]


def test_the_faces_of_a_cast_are_looked_at(good: Profile) -> None:
    other = good.model_copy(update={"name": "eve", **swapping(recogniser=None)})
    [fault] = unmet_needs(good.model_copy(update={"cast_profiles": (other,)}))
    assert fault.startswith("cast.0.profile, eve: The swapper")


def test_engines_are_built_as_a_session_does_whoever_it_is(good: Profile) -> None:
    person = good.model_copy(update={"kind": Kind.PERSON})
    built = built_here(person, models(), Preference.CPU)
    assert built.problems == ()
    assert {"inswapper.onnx", "voice.onnx", "encoder.onnx"} <= set(built.runs_on)


def test_a_speaker_that_a_voice_lacks_and_a_face_that_is_none_are_told_together(good: Profile) -> None:
    faulty = good.model_copy(update=swapping(recogniser=None) | speaking(speaker=9))
    built = built_here(faulty, models(), Preference.CPU)
    assert len(built.problems) == 2
    assert "without an ArcFace network" in built.problems[0]
    assert "voice.onnx has no speaker 9; set `speaker` in [rvc] lower" in built.problems[1]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            swapping(model="spoken.onnx"),
            "is an RVC voice (WebUI's export), v2, 768 values a frame, with pitch, wanted one",
        ),
        (swapping(recogniser="m.onnx"), "is a matting network (MODNet), wanted one for embedding.recogniser"),
        ({"masks": MaskSettings(parser=Path("xseg.onnx"))}, "is an XSeg occlusion network, of 256 pixels, wanted one"),
    ],
)
def test_a_model_for_something_else_is_called_by_its_name(good: Profile, changes: dict[str, object], told: str) -> None:
    xseg(good.folder / "xseg.onnx")
    [fault] = built_here(good.model_copy(update=changes), models(), Preference.CPU).problems
    assert told in fault


def test_a_process_that_gives_no_answer_is_told(good: Profile, tmp_path: Path) -> None:
    assert engines_built(good, limit_s=0.01).problems == (
        f"The engines of {good.name} were not ready within 0 s; take smaller models.",
    )
    built = engines_built(good.model_copy(update={"folder": tmp_path / "none"}))
    assert replace(built, problems=()) == Built()
    assert "could not be tried" in built.problems[0]
