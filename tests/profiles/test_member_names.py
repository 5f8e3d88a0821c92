"""Names in archives: only what every system can hold comes in or goes out, and nothing leaves its folder."""

import sys
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.archive import unpack_archive
from profiles.errors import ProfileError
from profiles.member_names import MAX_PATH_BYTES, name_clashes, name_problem
from profiles.store import ProfileStore
from tests.profiles.conftest import FILES, MakeProfile, Pack, refused

LEAVING = [
    "../evil.txt",
    "mara/../../evil.txt",
    "/evil.txt",
    "//h/s/e",
    "C:\\evil.txt",
    "C:evil.txt",
    "C:/evil.txt",
    "mara\\..\\evil.txt",
    "mara/a\\b.txt",
]
UNFIT = [
    "mara/C:/Users/x.dll",
    "mara/x.png:ads",
    *(f"mara/a{character}.png" for character in '<>"|?*'),
    "mara/CON",
    "mara/nul.tar.gz",
    "mara/aux.txt",
    "aux/x.txt",
    "mara/Com1 .png",
    "mara/LPT³",
    "mara/conin$",
    "mara/x.",
    "mara/x ",
    "mara/x ./y",
    "mara/.../y",
    "mara/./y",
    "mara/\x01.png",
    "mara/a\nb.png",
    "mara/\x7f.png",
    "mara/\x9b.png",
    "mara/gnp.\u202eexe",
    "mara/" + "x" * 300,
    "mara/" + "ä" * 100,
    "mara/" + "x/" * 100 + "x",
]


@pytest.mark.parametrize("name", LEAVING, ids=ascii)
def test_a_path_that_leaves_the_folder_is_refused(store: ProfileStore, pack: Pack, name: str) -> None:
    reason = refused(store, pack(FILES | {name: b"evil"}))
    assert "leaves the folder" in reason or "absolute path" in reason


@pytest.mark.parametrize("name", UNFIT, ids=ascii)
def test_a_name_that_some_system_would_take_for_another_is_refused(store: ProfileStore, pack: Pack, name: str) -> None:
    file = pack(FILES | {name: b"evil"})
    (reason,) = refused(store, file).splitlines()
    assert reason.startswith(f"{file}, ")
    assert reason.isprintable()
    assert len(reason) < len(str(file)) + 200


def test_what_a_name_hides_behind_a_nul_is_refused(store: ProfileStore, pack: Pack) -> None:
    file = pack(FILES | {"mara/x.png%.exe": b"evil"})
    file.write_bytes(file.read_bytes().replace(b"x.png%.exe", b"x.png\0.exe"))
    assert r"mara/x.png\x00.exe: has a character" in refused(store, file)


@given(name=st.text(st.sampled_from("aé.:/\\ C~$\0\n*"), max_size=12) | st.text(max_size=60))
def test_what_is_let_through_stays_in_its_folder_on_every_system(name: str) -> None:
    if name_problem(name) is not None:
        return
    assert len(name.encode()) <= MAX_PATH_BYTES
    for flavour, home in ((PurePosixPath, "/home"), (PureWindowsPath, "C:/home")):
        inner = flavour(home, name).relative_to(home)
        assert ".." not in inner.parts
        assert inner.parts == PurePosixPath(name).parts
        assert not any(set(part) & set('<>:"|?*\\') for part in inner.parts)


@pytest.mark.parametrize(
    ("names", "clash"),
    [
        (["mara/Room.jpg", "MARA/room.JPG"], "mara/room.jpg: is in the archive twice"),
        (["a/caf\u00e9", "a/cafe\u0301"], "a/caf\u00e9: is in the archive twice"),
        (["a//b", "a/b"], "a/b: is in the archive twice"),
        (["a/x", "A/X/y"], "a/x: is a file and a folder at once"),
        (["a/x", "a/x/"], "a/x: is a file and a folder at once"),
    ],
    ids=ascii,
)
def test_names_that_are_the_same_somewhere_are_refused(
    store: ProfileStore, pack: Pack, names: list[str], clash: str
) -> None:
    assert [str(problem) for problem in name_clashes(names)] == [clash]
    assert "mara/x" in refused(store, pack(FILES | {"mara/x": b"", "mara/X/y": b""}))


def test_folders_may_come_twice() -> None:
    assert name_clashes(["a/", "A/", "a/b/", "a/b/c"]) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows lets few make links")
def test_no_file_is_written_through_a_link(pack: Pack, tmp_path: Path) -> None:
    folder, outside = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    outside.mkdir()
    (folder / "notes").symlink_to(outside)
    with pytest.raises(ProfileError, match="mara/notes/x.txt: has a path that leaves the folder"):
        unpack_archive(pack(FILES | {"mara/notes/x.txt": b"evil"}), folder)
    assert list(outside.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows holds no such names")
def test_what_could_not_be_imported_is_not_exported(
    store: ProfileStore, make_profile: MakeProfile, tmp_path: Path
) -> None:
    folder = make_profile()
    for name in ("take 1:2.wav", "light.txt", "Light.txt"):
        (folder / name).touch()
    with pytest.raises(ProfileError) as caught:
        store.export("mara", tmp_path / "mara.zip")
    assert [str(problem) for problem in caught.value.problems] == [
        "mara/take 1:2.wav: has a : in its name, which not every system takes; rename it",
        "mara/light.txt: is in the archive twice; rename it",
    ]
    assert not list(tmp_path.glob("*mara.zip*"))
