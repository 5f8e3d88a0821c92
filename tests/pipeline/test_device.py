"""The device that is asked for: it is had, or nothing is opened and the missing library is named."""

from pathlib import Path

import pytest

from pipeline import rig
from pipeline.errors import ModelError
from pipeline.inference.onnx.runtime import Preference, Runtime
from pipeline.render import RenderJob, film, open_rendering, sound
from pipeline.session import Session, SessionSettings
from pipeline.video.devices.settings import SourceSettings
from tests.chains import FakeAssembly, make_profile
from tests.fakes import FakeSource
from tests.footage import models, persona
from tests.pipeline.inference.fake_device import FakeDevice
from tests.pipeline.inference.runtime_desk import NO_GPU

LIBRARY = "libcublasLt.so.13"


@pytest.fixture
def without_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer on which CUDA lacks a library."""
    for module in (rig, film, sound):
        monkeypatch.setattr(
            module, "Runtime", lambda device: Runtime(device, backing=FakeDevice(problems=NO_GPU).backing)
        )


def never(*_: object, **__: object) -> None:
    raise AssertionError("something was opened")


@pytest.mark.usefixtures("without_gpu")
def test_a_session_opens_nothing_when_its_device_can_not_be_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rig, "open_source", never)
    monkeypatch.setattr(rig, "open_sinks", never)
    record = tmp_path / "out.mp4"
    settings = SessionSettings(SourceSettings(), record=record, device=Preference.CUDA)
    session = Session(settings, persona(), models())
    with pytest.raises(ModelError, match=LIBRARY):
        session.start()
    assert not record.exists()


@pytest.mark.usefixtures("without_gpu")
@pytest.mark.parametrize("ending", ["mp4", "wav"])
def test_a_render_leaves_its_target_alone_when_its_device_can_not_be_had(tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"out.{ending}"
    target.write_bytes(b"kept")
    job = RenderJob(tmp_path / "in.mp4", target, persona(), Preference.CUDA)
    with pytest.raises(ModelError, match=LIBRARY):
        open_rendering(job, models())
    assert target.read_bytes() == b"kept"


def test_the_device_that_is_asked_for_reaches_what_builds_the_chains() -> None:
    asked: list[Preference] = []

    class Preferring(FakeAssembly):
        """Remembers what it was asked for before it built anything."""

        def __init__(self, *_: object) -> None:
            super().__init__((64, 64))

        def prefer(self, device: Preference, report: object, halt: object = None) -> None:
            assert not self.built
            asked.append(device)

    settings = SessionSettings(FakeSource.of(1), assemble=Preferring, device=Preference.CPU)
    session = Session(settings, make_profile(), models())
    session.start()
    session.stop()
    assert asked == [Preference.CPU]
