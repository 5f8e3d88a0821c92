"""Archives of profiles: what goes out comes back, and what could do harm is refused with nothing written."""

import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from profiles.archive import MAX_BYTES, MAX_FILES
from profiles.errors import ProfileError
from profiles.store import ProfileStore
from tests.profiles.conftest import GOOD, MakeProfile

FILES = {"mara/profile.toml": GOOD.encode(), "mara/portrait.png": b"portrait", "mara/room.jpg": b"room"}


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


Pack = Callable[..., Path]


def refused(store: ProfileStore, file: Path) -> str:
    """Why an archive is refused; nothing may have been written."""
    before = sorted(store.folder.parent.rglob("*"))
    with pytest.raises(ProfileError) as caught:
        store.import_(file)
    after = [path for path in sorted(store.folder.parent.rglob("*")) if path != store.folder]
    assert after == [path for path in before if path != store.folder]
    return str(caught.value)


def test_what_is_exported_is_imported_again(store: ProfileStore, make_profile: MakeProfile, tmp_path: Path) -> None:
    folder = make_profile("mara", place="shipped")
    (folder / "notes").mkdir()
    (folder / "notes" / "light.txt").write_text("soft")
    (folder / ".hidden").write_text("no")
    file = store.export("mara", tmp_path / "mara.zip")
    profile = store.import_(file)
    assert profile.folder == store.folder / "mara"
    assert (profile.folder / "notes" / "light.txt").read_text() == "soft"
    assert {path.name for path in profile.folder.iterdir()} == {"profile.toml", "portrait.png", "room.jpg", "notes"}
    assert profile.model_copy(update={"folder": folder}) == ProfileStore((folder.parent,)).load("mara")


def test_an_archive_without_a_folder_takes_the_files_name(store: ProfileStore, pack: Pack) -> None:
    flat = {name.removeprefix("mara/"): data for name, data in FILES.items()}
    assert store.import_(pack(flat)).name == "packed"


@pytest.mark.parametrize(
    "name",
    ["../evil.txt", "mara/../../evil.txt", "/evil.txt", "C:\\evil.txt", "C:evil.txt", "mara\\..\\evil.txt", "//h/s/e"],
)
def test_a_path_that_leaves_the_folder_is_refused(store: ProfileStore, pack: Pack, name: str) -> None:
    reason = refused(store, pack(FILES | {name: b"evil"}))
    assert "leaves the folder" in reason or "absolute path" in reason


def test_a_link_is_refused(store: ProfileStore, pack: Pack) -> None:
    def add_link(archive: zipfile.ZipFile) -> None:
        link = zipfile.ZipInfo("mara/voice.wav")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")

    assert "mara/voice.wav: is a link" in refused(store, pack(FILES, add_link))


def test_too_many_files_are_refused(store: ProfileStore, pack: Pack) -> None:
    many = {f"mara/{number}.txt": b"" for number in range(MAX_FILES)}
    assert f"at most {MAX_FILES}" in refused(store, pack(FILES | many))


def test_a_bomb_is_refused(store: ProfileStore, pack: Pack) -> None:
    assert "would grow from" in refused(store, pack(FILES | {"mara/zeros": bytes(5_000_000)}))


def test_too_much_is_refused_before_it_is_unpacked(store: ProfileStore, pack: Pack) -> None:
    def add_large(archive: zipfile.ZipFile) -> None:
        large = zipfile.ZipInfo("mara/large.bin")
        archive.writestr(large, b"x")
        large.file_size = large.compress_size = MAX_BYTES

    assert f"at most {MAX_BYTES}" in refused(store, pack(FILES, add_large))


def test_an_archive_that_lies_about_its_sizes_is_refused(store: ProfileStore, pack: Pack) -> None:
    def lie(archive: zipfile.ZipFile) -> None:
        info = zipfile.ZipInfo("mara/grows.bin")
        info.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(info, bytes(3_000_000))
        info.file_size = 10

    assert "not a whole zip archive" in refused(store, pack(FILES, lie))


@pytest.mark.parametrize("files", [{"mara/readme.txt": b""}, {"a/b/profile.toml": GOOD.encode()}, {}])
def test_an_archive_without_a_profile_is_refused(store: ProfileStore, pack: Pack, files: dict[str, bytes]) -> None:
    assert "holds no profile.toml" in refused(store, pack(files))


def test_two_profiles_in_one_archive_are_refused(store: ProfileStore, pack: Pack) -> None:
    assert "more than one" in refused(store, pack(FILES | {"ines/profile.toml": b""}))


def test_a_name_that_comes_twice_is_refused(store: ProfileStore, pack: Pack) -> None:
    assert "twice" in refused(store, pack(FILES | {"MARA/Room.jpg": b"other"}))


def test_every_reason_is_told_at_once(store: ProfileStore, pack: Pack) -> None:
    reason = refused(store, pack(FILES | {"../a": b"", "/b": b"", "mara/zeros": bytes(5_000_000)}))
    assert len(reason.splitlines()) == 3


@pytest.mark.parametrize("data", [b"", b"plain text", b"PK\x03\x04 cut off"])
def test_what_is_no_archive_is_said_to_be_none(store: ProfileStore, tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "bad.zip"
    file.write_bytes(data)
    assert "not a whole zip archive" in refused(store, file)


def test_a_cut_archive_is_refused(store: ProfileStore, pack: Pack) -> None:
    file = pack(FILES)
    data = bytearray(file.read_bytes())
    data[60] ^= 0xFF
    file.write_bytes(data)
    refused(store, file)


def test_no_archive_at_all(store: ProfileStore, tmp_path: Path) -> None:
    assert "There is no archive" in refused(store, tmp_path / "nothing.zip")


def test_a_broken_profile_inside_is_refused_by_its_place(store: ProfileStore, pack: Pack, tmp_path: Path) -> None:
    reason = refused(store, pack(FILES | {"mara/profile.toml": GOOD.replace("1.1", "9.0").encode()}))
    assert str(tmp_path / "packed.zip" / "mara" / "profile.toml") in reason
    assert "face.size: got 9.0" in reason


def test_a_profile_that_points_outside_is_refused(store: ProfileStore, pack: Pack, tmp_path: Path) -> None:
    (tmp_path / "secret.png").touch()
    toml = GOOD.replace("portrait.png", str(tmp_path / "secret.png"))
    assert "lies outside" in refused(store, pack(FILES | {"mara/profile.toml": toml.encode()}))


def test_a_taken_name_needs_force(store: ProfileStore, make_profile: MakeProfile, pack: Pack) -> None:
    folder = make_profile("mara", GOOD.replace('"Mara"', '"Old"'))
    assert "called mara is there already" in refused(store, pack(FILES))
    assert store.load("mara").title == "Old"
    (folder / "leftover.txt").touch()
    assert store.import_(pack(FILES), force=True).title == "Mara"
    assert not (folder / "leftover.txt").exists()
    assert [path.name for path in store.folder.iterdir()] == ["mara"]


def test_an_export_does_not_overwrite_unasked(store: ProfileStore, make_profile: MakeProfile, tmp_path: Path) -> None:
    make_profile("mara")
    file = tmp_path / "out.zip"
    file.write_text("precious")
    with pytest.raises(ProfileError, match="--force"):
        store.export("mara", file)
    assert file.read_text() == "precious"
    assert zipfile.is_zipfile(store.export("mara", file, force=True))


def test_a_profile_with_files_elsewhere_is_not_exported(
    store: ProfileStore, make_profile: MakeProfile, tmp_path: Path
) -> None:
    (tmp_path / "far.png").touch()
    make_profile("mara", GOOD.replace("portrait.png", str(tmp_path / "far.png")))
    with pytest.raises(ProfileError, match="lies outside the profile's folder"):
        store.export("mara", tmp_path / "out.zip")
    assert not list(tmp_path.glob("*out.zip*"))


def test_an_export_into_nowhere_is_told(store: ProfileStore, make_profile: MakeProfile, tmp_path: Path) -> None:
    make_profile("mara")
    with pytest.raises(ProfileError, match="can't be written"):
        store.export("mara", tmp_path / "no" / "such" / "out.zip")
