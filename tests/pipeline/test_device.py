"""The device that is asked for: it is had, or nothing is opened and the missing library is named."""

from functools import partial
from pathlib import Path

import pytest

from pipeline import rig
from pipeline.circumstances import Circumstances
from pipeline.errors import ModelError
from pipeline.inference.onnx.runtime import Preference, Runtime
from pipeline.inference.store import ModelStore
from pipeline.render import RenderJob, film, open_rendering, sound
from pipeline.session import Session, SessionSettings
from pipeline.video.devices.settings import SourceSettings
from profiles.profile import Profile
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
        monkeypatch.setattr(module, "Runtime", partial(Runtime, backing=FakeDevice(problems=NO_GPU).backing))


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
    told: list[Circumstances] = []

    class Told(FakeAssembly):
        """Remembers what it was told when it was made."""

        def __init__(
            self, store: ModelStore, profile: Profile, size: tuple[int, int], circumstances: Circumstances
        ) -> None:
            super().__init__(size, circumstances)
            told.append(circumstances)

    settings = SessionSettings(FakeSource.of(1), assemble=Told, device=Preference.CPU)
    session = Session(settings, make_profile(), models())
    session.start()
    session.stop()
    (session_told,) = told
    assert (session_told.runtime.preference, session_told.waits, session_told.heard) == (Preference.CPU, True, False)


def test_the_computer_is_asked_for_its_devices_once_in_a_session(monkeypatch: pytest.MonkeyPatch) -> None:
    device = FakeDevice()
    monkeypatch.setattr(rig, "Runtime", partial(Runtime, backing=device.backing))
    asked: list[int] = []

    class Asking(FakeAssembly):
        """Looks at the device as whoever opens a network does."""

        def __init__(
            self, store: ModelStore, profile: Profile, size: tuple[int, int], circumstances: Circumstances
        ) -> None:
            super().__init__(size, circumstances)
            self.runtime.require()
            asked.append(device.asked)

    session = Session(
        SessionSettings(FakeSource.of(1), assemble=Asking, device=Preference.CUDA), make_profile(), models()
    )
    session.start()
    session.stop()
    assert asked == [1]
