"""Why a provider can't be used: for want of a GPU first, then for want of a library."""

import ctypes
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipeline.inference import providers
from pipeline.inference.providers import NO_DRIVER, driver_problem

LOST = "libcublasLt.so.13: cannot open shared object file"
CUDA = "CUDAExecutionProvider"


@pytest.fixture(autouse=True)
def without_a_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(providers, "_missing_library", lambda *_: LOST)


def put_driver(monkeypatch: pytest.MonkeyPatch, code: int | None) -> None:
    """A driver that starts with a code, or none."""

    def load(name: str) -> SimpleNamespace:
        if code is None:
            raise OSError(f"{name}: cannot open shared object file")
        return SimpleNamespace(cuInit=lambda _: code)

    monkeypatch.setattr(ctypes, "CDLL", load)


@pytest.mark.parametrize(
    ("code", "said"),
    [(None, NO_DRIVER), (100, "the NVIDIA driver finds no GPU that it can use (error 100)"), (0, LOST)],
)
def test_the_gpu_comes_before_the_library(code: int | None, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    put_driver(monkeypatch, code)
    monkeypatch.setattr(providers, "DRIVER_PLACES", ())
    assert providers._problem(SimpleNamespace(), CUDA, b"") == said  # type: ignore[arg-type]  # it is not asked


def test_a_driver_whose_library_does_not_load_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_driver(monkeypatch, None)
    monkeypatch.setattr(providers, "DRIVER_PLACES", (tmp_path,))
    assert "driver's own library does not load: " in driver_problem()
