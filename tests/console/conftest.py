"""A user's home, and the command line run in it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from console import cli
from console.commands.brought import making
from console.commands.targets import checking
from tests.console.logging_state import logging_restored
from tests.profiles.conftest import GOOD

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A user without a cache, data, a config and a log; afterwards logging is as it was."""
    for name in ("XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("UNDERSTUDY_PROFILES", str(tmp_path / "profiles"))
    with logging_restored():
        yield tmp_path


@pytest.fixture
def run(home: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command line: its status, its output, its errors."""

    def command(*arguments: str | Path) -> tuple[int, str, str]:
        status = cli.main([str(argument) for argument in arguments])
        written = capsys.readouterr()
        return status, written.out, written.err

    return command


@pytest.fixture
def fit_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any picture does, and every engine that is built runs."""
    for place in (making, checking):
        monkeypatch.setattr(place, "portrait_reasons", lambda _: ())
        monkeypatch.setattr(place, "room_reasons", lambda _: ())
    monkeypatch.setattr(checking, "build_findings", lambda profile, device: checking.Findings())


def put_profile(home: Path, name: str = "own", toml: str = GOOD) -> Path:
    """A profile of the user's own, whose portrait and room are plain pictures."""
    folder = home / "profiles" / name
    folder.mkdir(parents=True)
    (folder / "profile.toml").write_text(toml)
    put_picture(folder / "portrait.png")
    put_picture(folder / "room.jpg")
    return folder


def put_picture(file: Path, grey: int = 90) -> Path:
    """A small grey picture."""
    file.write_bytes(cv2.imencode(file.suffix, np.full((9, 16, 3), grey, np.uint8))[1].tobytes())
    return file
