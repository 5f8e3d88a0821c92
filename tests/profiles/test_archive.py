"""Archives of profiles: what goes out comes back, and what could do harm is refused with nothing written."""

import stat
import zipfile
from pathlib import Path

import pytest

from profiles.archive import MAX_BYTES, MAX_FILES
from profiles.errors import ProfileError
from profiles.store import ProfileStore
from tests.profiles.conftest import FILES, GOOD, MakeProfile, Pack, refused


def test_what_is_exported_is_imported_again(store: ProfileStore, make_profile: MakeProfile, tmp_path: Path) -> None:
    folder = make_profile("mara", place="elsewhere")
    (folder / "notes").mkdir()
    (folder / "notes" / "light.txt").write_text("soft")
    (folder / ".hidden").write_text("no")
    file = store.export(folder, tmp_path / "mara.zip")
    profile = store.import_(file)
    assert profile.folder == store.folder / "mara"
    assert (profile.folder / "notes" / "light.txt").read_text() == "soft"
    assert {path.name for path in profile.folder.iterdir()} == {"profile.toml", "portrait.png", "room.jpg", "notes"}
    assert profile.model_copy(update={"folder": folder}) == ProfileStore((folder.parent,)).load("mara")


def test_an_archive_without_a_folder_takes_the_files_name(store: ProfileStore, pack: Pack) -> None:
    flat = {name.removeprefix("mara/"): data for name, data in FILES.items()}
    assert store.import_(pack(flat)).name == "packed"


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


@pytest.mark.parametrize("files", [{"mara/readme.txt": b""}, {"a/b/profile.toml": GOOD.encode()}, {}])
def test_an_archive_without_a_profile_is_refused(store: ProfileStore, pack: Pack, files: dict[str, bytes]) -> None:
    assert "holds no profile.toml" in refused(store, pack(files))


def test_two_profiles_in_one_archive_are_refused(store: ProfileStore, pack: Pack) -> None:
    assert "more than one" in refused(store, pack(FILES | {"ines/profile.toml": b""}))


def test_every_reason_is_told_at_once(store: ProfileStore, pack: Pack) -> None:
    reason = refused(store, pack(FILES | {"../a": b"", "/b": b"", "mara/zeros": bytes(5_000_000)}))
    assert len(reason.splitlines()) == 3


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


def test_a_shipped_name_needs_force(store: ProfileStore, make_profile: MakeProfile, pack: Pack) -> None:
    make_profile("mara", GOOD.replace('"Mara"', '"Shipped"'), place="shipped")
    assert "called mara ships with the program" in refused(store, pack(FILES))
    assert store.load("mara").title == "Shipped"
    assert store.import_(pack(FILES), force=True).title == "Mara"
    assert store.load("mara").title == "Mara"


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


@pytest.mark.parametrize("name", ["no/such/out.zip", "n" * 254, "n" * 300])
def test_an_export_into_nowhere_is_told(
    store: ProfileStore, make_profile: MakeProfile, tmp_path: Path, name: str
) -> None:
    make_profile("mara")
    with pytest.raises(ProfileError, match="can't be written"):
        store.export("mara", tmp_path / name)


def test_an_export_onto_a_folder_is_told(store: ProfileStore, make_profile: MakeProfile, tmp_path: Path) -> None:
    make_profile("mara")
    with pytest.raises(ProfileError, match="which is a folder"):
        store.export("mara", tmp_path, force=True)
