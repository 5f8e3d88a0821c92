"""Options that can't go together are told before anything is opened."""

from pathlib import Path

import pytest

from console.commands.options import SessionOptions
from console.commands.session import session_settings
from pipeline.errors import UnderstudyError


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A file that would be opened in vain."""
    file = tmp_path / "film.mkv"
    file.touch()
    return file


def test_a_film_that_takes_no_time_has_no_device_for_a_microphone(film: Path) -> None:
    with pytest.raises(UnderstudyError, match=r"Headset can't be heard beside .*film\.mkv at --pace max"):
        session_settings(SessionOptions(camera=str(film), pace="max", microphone="Headset"))


@pytest.mark.parametrize("microphone", [None, "auto", "none", "demo", "speech.flac"])
def test_everything_else_goes_together(film: Path, microphone: str | None) -> None:
    assert session_settings(SessionOptions(camera=str(film), pace="max", microphone=microphone))


def test_in_real_time_and_beside_a_camera_a_device_is_right(film: Path) -> None:
    assert session_settings(SessionOptions(camera=str(film), microphone="Headset"))
    assert session_settings(SessionOptions(camera="0", pace="max", microphone="Headset"))


def test_the_demo_actor_is_a_film_as_well() -> None:
    with pytest.raises(UnderstudyError, match="demo"):
        session_settings(SessionOptions(camera="demo", pace="max", microphone="1"))
