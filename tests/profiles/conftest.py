"""A profile folder to read, break and move."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from profiles.errors import ProfileError
from profiles.store import ProfileStore

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

FILES = {"mara/profile.toml": GOOD.encode(), "mara/portrait.png": b"portrait", "mara/room.jpg": b"room"}

MakeProfile = Callable[..., Path]
Pack = Callable[..., Path]


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


@pytest.fixture
def store(tmp_path: Path) -> ProfileStore:
    return ProfileStore((tmp_path / "user", tmp_path / "shipped"))


@pytest.fixture
def pack(tmp_path: Path) -> Callable[..., Path]:
    """Writes a zip archive of `files`, then lets `more` add to it."""

    def write(files: dict[str, bytes], more: Callable[[zipfile.ZipFile], None] = lambda _: None) -> Path:
        file = tmp_path / "packed.zip"
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in files.items():
                archive.writestr(name, data)
            more(archive)
        return file

    return write


def refused(store: ProfileStore, file: Path) -> str:
    """Why an archive is refused; nothing may have been written."""
    before = sorted(store.folder.parent.rglob("*"))
    with pytest.raises(ProfileError) as caught:
        store.import_(file)
    after = [path for path in sorted(store.folder.parent.rglob("*")) if path != store.folder]
    assert after == [path for path in before if path != store.folder]
    return str(caught.value)
