"""A device that is not there, a sound model, and a cache of the test's own."""

from pathlib import Path

import pytest

from pipeline.inference.onnx.model_file import ModelFile, read_model
from tests.models.broken import sound
from tests.pipeline.inference.fake_device import FakeDevice


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
