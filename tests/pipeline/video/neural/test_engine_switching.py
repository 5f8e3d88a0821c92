"""The face engines of a session, one after the other: what a profile asks for, and no frame lost between them."""

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from pipeline.assembly import same_but_live
from pipeline.errors import ModelError, StageError
from pipeline.inference.onnx.runtime import Preference, Runtime
from pipeline.telemetry import Event, Level
from pipeline.video.neural.dfm import Dfm
from pipeline.video.neural.engines import face_stage
from pipeline.video.neural.merge import PATIENCE
from pipeline.video.neural.swap import NeuralSwap
from pipeline.video.neural.swapper import Swapper
from profiles.engines.face import DfmSettings, EmbeddingSettings, MergeSettings
from profiles.profile import FaceSettings, Profile
from tests.fakes import FakeSource
from tests.footage import (
    BIRD,
    DEMO,
    chosen,
    clip,
    clips,
    closeup,
    difference,
    inside_oval,
    models,
    persona,
    tracked_clip,
)
from tests.models.dfm import EVERYWHERE, Tinting, tinting_dfm
from tests.models.swappers import SIZES, Swap, arcface, converter, swapper
from tests.neural_faces import puppet
from tests.pipeline.video.neural.swapper_desk import portrait, showing
from tests.rigging import SOON_S, WatchedSink
from tests.studio import LONG_S, Studio

FRAMES, EACH = 48, 12
RAW_FLOOR = 4.0
one_person = pytest.mark.parametrize("name", clips(DEMO, BIRD))


@pytest.fixture
def studio(monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    """A maker of sessions."""
    studio = Studio(monkeypatch)
    yield studio
    studio.close()


@pytest.fixture(autouse=True)
def own_identities(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing is left in the user's own cache."""
    own = SimpleNamespace(user_cache_path=lambda _: tmp_path / "cache")
    monkeypatch.setattr("pipeline.video.neural.identity.platformdirs", own)


def with_engine(engine: str, folder: Path, name: str, **sections: object) -> Profile:
    """A persona of a name of its own, whose face is a network's in its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(portrait("tomas"), folder / "portrait.png")
    face = FaceSettings.model_validate({"engine": engine})
    return persona().model_copy(update={"name": name, "folder": folder, "face": face, **sections})


def waiting(gates: dict[int, threading.Event]) -> Callable[[int], None]:
    """What a sink does with each picture: at some of them it waits."""

    def wait(number: int) -> None:
        if number in gates:
            gates[number].wait(SOON_S)

    return wait


def dfm_one(folder: Path) -> Profile:
    """A persona worn with a dfm."""
    tinting_dfm(folder / "models" / "face.dfm", puppet("tomas"))
    return with_engine("dfm", folder, "with-dfm", dfm=DfmSettings(model=Path("models/face.dfm")))


def swapped_one(folder: Path, family: str = "ghost") -> Profile:
    """A persona worn with a swapper."""
    swapper(folder / "models" / f"{family}.onnx", showing(family))
    arcface(folder / "models" / "arcface.onnx")
    converter(folder / "models" / "converter.onnx")
    named = {
        "model": f"models/{family}.onnx",
        "recogniser": "models/arcface.onnx",
        "converter": "models/converter.onnx",
    }
    return with_engine("embedding", folder, f"with-{family}", embedding=EmbeddingSettings.model_validate(named))


def test_a_profile_gets_the_stage_that_it_asks_for(runtime: Runtime, tmp_path: Path) -> None:
    for profile, kind in ((dfm_one(tmp_path / "dfm"), Dfm), (swapped_one(tmp_path / "swapper"), Swapper)):
        stage = face_stage(profile, runtime, models())
        assert isinstance(stage, NeuralSwap)
        assert isinstance(stage._model, kind)
        stage.close()


@pytest.mark.parametrize("family", SIZES)
def test_the_portraits_of_a_profile_are_the_target(runtime: Runtime, tmp_path: Path, family: str) -> None:
    profile = swapped_one(tmp_path, family)
    swapper(tmp_path / "models" / f"{family}.onnx", Swap(family))
    square, faces = np.full((SIZES[family],) * 2 + (3,), 128, np.uint8), []
    for who in ("tomas", "mara"):
        shutil.copy(portrait(who), tmp_path / "portrait.png")
        stage = face_stage(profile, runtime, models())
        assert isinstance(stage, NeuralSwap)
        faces.append(stage._model.convert(square).face.copy())
        stage.close()
    assert np.abs(faces[0] - faces[1]).max() > 0.02


@pytest.mark.parametrize("engine", ["dfm", "embedding"])
def test_a_profile_that_names_no_network_is_refused(runtime: Runtime, tmp_path: Path, engine: str) -> None:
    with pytest.raises(ModelError, match=rf"face engine {engine} and no network for it; set `model` in \[{engine}\]"):
        face_stage(with_engine(engine, tmp_path, "empty"), runtime, models())


@pytest.mark.parametrize("changed", ["ghost.onnx", "arcface.onnx", "converter.onnx"])
def test_a_network_that_has_changed_since_it_was_brought_in_is_refused(
    runtime: Runtime, tmp_path: Path, changed: str
) -> None:
    profile = swapped_one(tmp_path).model_copy(update={"hashes": {f"models/{changed}": "0" * 64}})
    with pytest.raises(ModelError, match=rf"{changed} has changed: SHA-256 wanted 0000"):
        face_stage(profile, runtime, models())


@one_person
def test_the_session_goes_from_engine_to_engine_without_a_lost_frame(studio: Studio, tmp_path: Path, name: str) -> None:
    cast = [dfm_one(tmp_path / "dfm"), swapped_one(tmp_path / "swapper"), persona("ines")]
    goes_on = [threading.Event() for _ in cast]
    studio.sink = WatchedSink(on_picture=waiting({EACH * (at + 1) - 1: event for at, event in enumerate(goes_on)}))
    frames = clip(name)[:FRAMES]
    session = studio.session(FakeSource(frames, size=frames[0].size))
    session.start()
    for profile in cast:
        session.prepare(profile)
    while not {profile.name for profile in cast} <= set(session.readings().ready):
        assert not session.wait(0.01)
    for profile, event in zip(cast, goes_on, strict=True):
        session.switch(profile)
        event.set()
        while session.readings().profile != profile.name:
            assert not session.wait(0.01)
    assert session.wait(LONG_S)
    session.stop(SOON_S)
    pictures = studio.sink.pictures
    assert [picture.media_ns for picture in pictures] == [frame.media_ns for frame in frames]
    assert not any(picture.by_policy for picture in pictures)
    assert [(each.source, each.target, each.dropped) for each in session.readings().switches] == [
        ("mara", "with-dfm", 0), ("with-dfm", "with-ghost", 0), ("with-ghost", "ines", 0),
    ]  # fmt: skip
    for frame, picture in zip(tracked_clip(name)[:FRAMES], pictures, strict=True):
        shown = np.asarray(cv2.cvtColor(picture.planes, cv2.COLOR_YUV2BGR_I420), np.uint8)
        assert difference(shown, frame.pixels, inside_oval(chosen(frame), frame.size)) > RAW_FLOOR


@one_person
def test_a_network_that_can_not_be_had_leaves_the_session_as_it_is(studio: Studio, tmp_path: Path, name: str) -> None:
    broken = swapped_one(tmp_path)
    (tmp_path / "models" / "ghost.onnx").write_bytes(b"\x80\x04 no model")
    gate = threading.Event()
    studio.sink = WatchedSink(on_picture=waiting({3: gate}))
    session = studio.session(FakeSource(clip(name)[:20], size=clip(name)[0].size))
    session.start()
    session.switch(broken)
    while not any("ghost.onnx" in event.text for event in studio.events):
        assert not session.wait(0.01)
    gate.set()
    assert session.wait(LONG_S)
    session.stop(SOON_S)
    assert session.profile.name == "mara"
    assert len(studio.sink.pictures) == 20


def test_settings_of_the_merge_and_of_a_dfm_are_live_but_no_network_is(tmp_path: Path) -> None:
    worn = dfm_one(tmp_path)
    live = {"merge": MergeSettings(mouth=1.0), "dfm": worn.dfm.model_copy(update={"morph": 0.2, "coverage": 1.8})}
    assert same_but_live(worn, worn.model_copy(update=live))
    assert not same_but_live(worn, worn.model_copy(update={"dfm": DfmSettings(model=Path("models/other.dfm"))}))
    for change in ({"model": "m.onnx"}, {"portraits": ["p.png"]}, {"recogniser": "r.onnx"}, {"family": "ghost"}):
        other = EmbeddingSettings.model_validate(change)
        assert not same_but_live(worn, worn.model_copy(update={"embedding": other}))


@pytest.mark.parametrize("kind", [dfm_one, swapped_one], ids=["dfm", "embedding"])
def test_the_running_stage_takes_the_settings_of_the_merge(
    runtime: Runtime, tmp_path: Path, kind: Callable[[Path], Profile]
) -> None:
    profile, frame = kind(tmp_path), closeup(DEMO)
    stage = face_stage(profile, runtime, models())
    plain = stage.process(frame).pixels.copy()
    stage.adjust(profile.model_copy(update={"merge": MergeSettings(colour_transfer="none", sharpen=2.0)}))
    assert difference(stage.process(frame).pixels, plain, inside_oval(chosen(frame), frame.size, 0.5)) > 2
    stage.close()


def test_a_session_is_told_of_a_model_that_gives_back_the_actor(tmp_path: Path) -> None:
    events: list[Event] = []
    runtime = Runtime(Preference.CPU, report=events.append)
    profile = dfm_one(tmp_path)
    tinting_dfm(tmp_path / "models" / "face.dfm", Tinting(64, driver=EVERYWHERE, target=EVERYWHERE))
    stage = face_stage(profile, runtime, models())
    for _ in range(PATIENCE + 5):
        with pytest.raises(StageError):
            stage.process(closeup(DEMO))
    stage.close()
    runtime.close()
    assert [event.level for event in events] == [Level.WARNING]
    assert "gives back the face" in events[0].text


def test_a_closed_session_leaves_no_network_open(tmp_path: Path) -> None:
    runtime = Runtime(Preference.CPU)
    stage = face_stage(swapped_one(tmp_path), runtime, models())
    assert set(runtime.providers) == {"ghost.onnx"}
    stage.close()
    assert runtime.providers == {}
    runtime.close()
