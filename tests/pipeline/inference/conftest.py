"""A device that is not there, a sound model, a server that has one, and folders of the test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.inference.onnx.model_file import ModelFile, read_model
from pipeline.inference.own_models import OwnModels
from tests.models.broken import sound
from tests.pipeline.inference.fake_device import FakeDevice
from tests.pipeline.inference.model_server import Server


@pytest.fixture
def device() -> FakeDevice:
    return FakeDevice()


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def file(tmp_path: Path) -> ModelFile:
    return read_model(sound(tmp_path / "m.onnx"))


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


@pytest.fixture
def models(tmp_path: Path) -> OwnModels:
    return OwnModels(tmp_path / "own")
