"""Archives that are damaged or none: the archive is blamed by name, and nothing is left behind."""

import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from profiles.archive import unpack_archive
from profiles.errors import ProfileError
from profiles.store import ProfileStore
from tests.profiles.conftest import FILES, MakeProfile, Pack, refused


@pytest.mark.parametrize("data", [b"", b"plain text", b"PK\x03\x04 cut off"])
def test_what_is_no_archive_is_said_to_be_none(store: ProfileStore, tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "bad.zip"
    file.write_bytes(data)
    assert f"{file}: is not a whole zip archive" in refused(store, file)


def test_no_archive_at_all(store: ProfileStore, tmp_path: Path) -> None:
    assert "There is no archive" in refused(store, tmp_path / "nothing.zip")


def test_a_folder_is_no_archive(store: ProfileStore, tmp_path: Path) -> None:
    (tmp_path / "folder.zip").mkdir()
    assert f"{tmp_path / 'folder.zip'}: is not a file" in refused(store, tmp_path / "folder.zip")


def test_a_name_that_no_file_can_have(store: ProfileStore, tmp_path: Path) -> None:
    assert "can't be read (File name too long)" in refused(store, tmp_path / ("n" * 300))


def test_a_cut_archive_is_refused(store: ProfileStore, pack: Pack) -> None:
    file = pack(FILES)
    data = bytearray(file.read_bytes())
    data[60] ^= 0xFF
    file.write_bytes(data)
    assert f"{file}: is not a whole zip archive" in refused(store, file)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@pytest.mark.parametrize("damaged", [False, True])
def test_other_packings_than_deflate_are_refused(store: ProfileStore, pack: Pack, method: int, damaged: bool) -> None:
    file = pack(FILES, lambda archive: archive.writestr("mara/voice.wav", b"voice" * 1000, method))
    if damaged:
        with zipfile.ZipFile(file) as archive:
            start = archive.getinfo("mara/voice.wav").header_offset + 60
        data = bytearray(file.read_bytes())
        data[start : start + 20] = bytes(20)
        file.write_bytes(data)
    assert refused(store, file) == (
        f"{file}, mara/voice.wav: is packed by another method than deflate; pack it as an ordinary zip file"
    )


def test_a_name_that_is_no_text_is_refused(store: ProfileStore, pack: Pack) -> None:
    file = pack(FILES | {"mara/ä.png": b""})
    file.write_bytes(file.read_bytes().replace("ä".encode(), b"\xff\xfe"))
    assert f"{file}: is not a whole zip archive" in refused(store, file)


def test_an_archive_that_lies_about_its_sizes_is_refused(store: ProfileStore, pack: Pack) -> None:
    def lie(archive: zipfile.ZipFile) -> None:
        info = zipfile.ZipInfo("mara/grows.bin")
        info.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(info, bytes(3_000_000))
        info.file_size = 10

    assert "not a whole zip archive" in refused(store, pack(FILES, lie))


def test_what_can_not_be_written_is_not_the_archives_fault(pack: Pack, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "room.jpg").touch()
    with pytest.raises(FileExistsError):
        unpack_archive(pack(FILES), tmp_path / "in")


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=3))
def test_any_damage_is_blamed_on_the_archive(store: ProfileStore, pack: Pack, changes: list[tuple[float, int]]) -> None:
    file = pack(FILES)
    data = bytearray(file.read_bytes())
    for place, value in changes:
        data[int(place * len(data))] = value
    file.write_bytes(data)
    try:
        store.import_(file, force=True)
    except ProfileError as error:
        assert all(str(problem).startswith(str(file)) for problem in error.problems)
    assert not list(store.folder.glob(".staging*"))


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kept=st.floats(0, 1, exclude_max=True))
def test_an_archive_that_ends_early_is_refused(store: ProfileStore, pack: Pack, kept: float) -> None:
    file = pack(FILES)
    data = file.read_bytes()
    file.write_bytes(data[: int(kept * len(data))])
    assert f"{file}: is not a whole zip archive" in refused(store, file)


def test_files_from_before_1980_go_out_and_come_back(
    store: ProfileStore, make_profile: MakeProfile, tmp_path: Path
) -> None:
    folder = make_profile(place="elsewhere")
    os.utime(folder / "room.jpg", (0, 0))
    assert store.import_(store.export(folder, tmp_path / "mara.zip")).name == "mara"
    assert (store.folder / "mara" / "room.jpg").read_bytes() == b"room"
