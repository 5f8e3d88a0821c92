"""Networks that a profile brings for what is around the face: in its own chain, and gone with it."""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.assembly import Assembly, Chain
from pipeline.errors import ModelError
from pipeline.inference.formats import recognise
from pipeline.inference.onnx.model_file import read_model
from pipeline.inference.onnx.network import OnnxNetwork
from pipeline.machine import STEPS_BACK
from pipeline.media import Frame
from pipeline.video.background.person_matte import PersonMatte
from profiles.engines.face import MattingSettings, RestoreSettings, TrackingSettings
from tests.footage import DEMO, DEMO_SIZE, chosen, clip, difference, inside_oval, models, persona
from tests.models.masks import bisenet, xseg
from tests.models.matting import Matting, matting, rvm
from tests.models.restore import restorer
from tests.models.trackers import fan, scrfd, yunet
from tests.neural_cast import Part, cast


@pytest.fixture
def assembly() -> Iterator[Assembly]:
    """An assembly for the demo actor's clip."""
    made = Assembly(models(), persona(), DEMO_SIZE)
    yield made
    made.close()


def shown(chain: Chain, frame: Frame) -> Frame:
    """What a chain makes of a frame."""
    for stage in chain.stages:
        frame = stage.process(frame)
    return frame


@pytest.mark.parametrize("kind", ["modnet", "rvm"])
def test_a_matting_network_of_the_profile_works_in_its_chain_alone(
    assembly: Assembly, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The built-in one would stand in for such mattes.
    for limit, value in (("MOST", 0.0), ("SOME", 1.0)):
        monkeypatch.setattr(f"pipeline.video.background.matte_guard.{limit}", value)
    wall = np.zeros((512, 512), np.float32)
    file = rvm(tmp_path / "rvm.onnx") if kind == "rvm" else matting(tmp_path / "m.onnx", Matting(matte=wall))
    own = persona().model_copy(update={"matting": MattingSettings(model=file)})
    chain, usual = assembly.build(own), assembly.build(persona())
    assert [stage.name for stage in chain.stages] == [stage.name for stage in usual.stages]
    assert assembly.providers[file.name] == "ONNX CPU"
    matte, small = shown(chain, clip(DEMO)[0]).matte, shown(usual, clip(DEMO)[0]).matte
    assert matte is not None
    assert small is not None
    assert matte.shape != small.shape == (144, 256)
    assert isinstance(next(stage for stage in chain.owned if stage.name == "segment"), PersonMatte)
    assert "segment" not in [stage.name for stage in usual.owned]
    chain.close()
    assert file.name not in assembly.providers
    assert shown(usual, replace(clip(DEMO)[1])).matte is not None
    usual.close()


def test_a_matte_that_would_show_the_actors_room_is_replaced_in_its_chain(assembly: Assembly, tmp_path: Path) -> None:
    file = matting(tmp_path / "m.onnx", Matting(matte=np.ones((512, 512), np.float32)))
    chain = assembly.build(persona().model_copy(update={"matting": MattingSettings(model=file)}))
    usual = assembly.build(persona())
    matte, small = shown(chain, clip(DEMO)[0]).matte, shown(usual, clip(DEMO)[0]).matte
    np.testing.assert_array_equal(matte, small)
    chain.close()
    usual.close()


def test_a_changed_file_is_refused(assembly: Assembly, tmp_path: Path) -> None:
    file = matting(tmp_path / "m.onnx", Matting())
    changed = {"matting": MattingSettings(model=file), "hashes": {file.as_posix(): "0" * 64}}
    with pytest.raises(ModelError, match="has changed"):
        assembly.build(persona().model_copy(update=changed))


def test_a_restorer_of_the_profile_adds_to_what_is_worn(assembly: Assembly, tmp_path: Path) -> None:
    settings = RestoreSettings(model=restorer(tmp_path / "restorer.onnx"), strength=1.0)
    chain, usual = assembly.build(persona().model_copy(update={"restore": settings})), assembly.build(persona())
    assert [stage.name for stage in chain.stages] == [stage.name for stage in usual.stages]
    frame = shown(usual, clip(DEMO)[0])
    pixels, again = frame.pixels.copy(), shown(chain, clip(DEMO)[0]).pixels
    inner = inside_oval(chosen(frame), frame.size, 0.6)
    assert difference(pixels, again, inner) > 2.0
    assert np.array_equal(pixels[:, :40], again[:, :40])
    chain.close()
    assert "restorer.onnx" not in assembly.providers
    usual.close()


def test_a_profiles_own_trackers_see_for_the_sessions_tracker(assembly: Assembly, tmp_path: Path) -> None:
    points = np.full((68, 2), 128.0, np.float32)
    settings = TrackingSettings(
        detector=yunet(tmp_path / "yunet.onnx", 320), landmarks=fan(tmp_path / "fan.onnx", points)
    )
    chain, usual = assembly.build(persona().model_copy(update={"tracking": settings})), assembly.build(persona())
    assert [stage.name for stage in chain.stages] == [stage.name for stage in usual.stages]
    before = chosen(shown(usual, clip(DEMO)[0]))
    after = chosen(shown(chain, clip(DEMO)[1]))
    assert after.track_id == before.track_id
    assert {"yunet.onnx", "fan.onnx"} <= set(assembly.providers)
    for stage in chain.owned:
        stage.reset()
    chain.close()
    assert not {"yunet.onnx", "fan.onnx"} & set(assembly.providers)
    assert chosen(shown(usual, clip(DEMO)[2])).track_id == before.track_id
    usual.close()


STAND_INS: dict[str, tuple[str, Callable[[Path], Path]]] = {
    "modnet": ("matting.model", lambda path: matting(path, Matting())),
    "modnet of any size": ("matting.model", lambda path: matting(path, Matting(side=None))),
    "birefnet": ("matting.model", lambda path: matting(path, Matting("birefnet", 1024))),
    "isnet": ("matting.model", lambda path: matting(path, Matting("isnet", 1024))),
    "rvm": ("matting.model", rvm),
    "xseg": ("masks.occluder", xseg),
    "bisenet": ("masks.parser", bisenet),
    "restorer": ("restore.model", restorer),
    "restorer with a weight": ("restore.model", lambda path: restorer(path, weight=True)),
    "yunet": ("tracking.detector", yunet),
    "scrfd": ("tracking.detector", scrfd),
    "scrfd with a leading 1": ("tracking.detector", lambda path: scrfd(path, batched=True)),
    "2dfan4": ("tracking.landmarks", lambda path: fan(path, np.zeros((68, 2), np.float32))),
}


@pytest.mark.parametrize("kind", STAND_INS)
def test_such_a_network_is_recognised_for_what_it_is(tmp_path: Path, kind: str) -> None:
    key, write = STAND_INS[kind]
    found = recognise(read_model(write(tmp_path / "any.onnx")))
    assert found is not None
    assert found.format.key == key


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has threads of different niceness")
def test_networks_are_opened_where_they_take_nothing_from_the_lanes(
    assembly: Assembly, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.machine.os.cpu_count", lambda: 2)
    opened, seen = OnnxNetwork.__init__, list[int]()

    def noted(network: OnnxNetwork, *given: Any) -> None:
        seen.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        opened(network, *given)

    monkeypatch.setattr(OnnxNetwork, "__init__", noted)
    part = Part("tomas", "dfm", rvc=True, matte="modnet", masked=True)
    (profile,) = cast(tmp_path, (part,))
    assembly.build(profile).close()
    assert len(seen) >= part.networks
    assert min(seen) >= STEPS_BACK
