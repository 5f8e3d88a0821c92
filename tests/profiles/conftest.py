"""A profile folder to read, break and move."""

from collections.abc import Callable
from pathlib import Path

import pytest

GOOD = """\
title = "Mara"
kind = "persona"

[face]
portrait = "portrait.png"
size = 1.1

[background]
path = "room.jpg"

[consent]
declaration = "Mara is synthetic."
"""

MakeProfile = Callable[..., Path]


@pytest.fixture
def make_profile(tmp_path: Path) -> MakeProfile:
    """Makes a profile's folder with its two files; `toml` replaces what is in `profile.toml`."""

    def make(name: str = "mara", toml: str | bytes = GOOD, place: str = "user") -> Path:
        folder = tmp_path / place / name
        folder.mkdir(parents=True)
        (folder / "profile.toml").write_bytes(toml if isinstance(toml, bytes) else toml.encode())
        (folder / "portrait.png").write_bytes(b"portrait")
        (folder / "room.jpg").write_bytes(b"room")
        return folder

    return make
