"""The profile store: finding, listing, making."""

import sys
from pathlib import Path

import pytest

from profiles.draft import ProfileDraft
from profiles.errors import ProfileError
from profiles.profile import Kind
from profiles.reading import read_profile
from profiles.store import BUILTIN, ProfileStore, user_folder
from tests.profiles.conftest import GOOD, MakeProfile


@pytest.fixture
def pictures(tmp_path: Path) -> tuple[Path, Path]:
    portrait, room = tmp_path / "Face.PNG", tmp_path / "beach.mp4"
    portrait.write_bytes(b"face")
    room.write_bytes(b"film")
    return portrait, room


def test_the_users_profiles_come_first_and_hide_shipped_ones(store: ProfileStore, make_profile: MakeProfile) -> None:
    make_profile("zoe", GOOD.replace("Mara", "Zoe"))
    make_profile("mara", GOOD.replace('"Mara"', '"My own"'))
    make_profile("mara", place="shipped")
    make_profile("anselm", place="shipped")
    assert store.names() == ("mara", "zoe", "anselm")
    assert store.load("mara").title == "My own"


def test_a_broken_profile_is_listed_with_its_problems(store: ProfileStore, make_profile: MakeProfile) -> None:
    make_profile("good")
    make_profile("ill", toml="title = 3")
    (store.folder / "empty").mkdir()
    (store.folder / ".hidden").mkdir()
    empty, good, ill = store.list()
    assert (good.title, good.kind, good.problems) == ("Mara", Kind.PERSONA, ())
    assert (ill.title, ill.kind, len(ill.problems)) == ("ill", None, 2)
    assert "no such file" in empty.problems[0]


def test_a_summary_tells_what_keeps_a_profile_off_air(store: ProfileStore, make_profile: MakeProfile) -> None:
    make_profile("fit")
    make_profile("ill", "title = 3")
    make_profile("jo", GOOD.replace('kind = "persona"', 'kind = "person"'))
    told = {summary.name: summary.hindrance for summary in store.list()}
    assert told["fit"] == ""
    assert "profiles check ill" in told["ill"]
    assert "consent" in told["jo"]


def test_no_folder_at_all_is_an_empty_list(store: ProfileStore) -> None:
    assert store.list() == ()


def test_an_unknown_name_gets_the_nearest(store: ProfileStore, make_profile: MakeProfile) -> None:
    make_profile("mara")
    with pytest.raises(ProfileError, match="no profile called mraa; did you mean mara?"):
        store.load("mraa")
    for far in ("xyz", "march", "m"):
        with pytest.raises(ProfileError, match=f"no profile called {far}; there are mara"):
            store.load(far)
    with pytest.raises(ProfileError, match="no profile called xyz; there are mara"):
        store.load("xyz")


def test_a_path_stands_for_itself(store: ProfileStore, make_profile: MakeProfile) -> None:
    folder = make_profile("other", place="elsewhere")
    assert store.load(folder).name == "other"
    assert store.load(str(folder / "profile.toml")).name == "other"
    with pytest.raises(ProfileError, match="no such file"):
        store.load(folder.parent / "nothing")


def test_a_new_profile_carries_copies_of_its_pictures(store: ProfileStore, pictures: tuple[Path, Path]) -> None:
    portrait, room = pictures
    made = store.new(ProfileDraft("jo-ann", portrait, room))
    assert (made.title, made.kind, made.background.kind) == ("Jo Ann", Kind.PERSON, "video")
    assert made.resolve(made.face.portrait).read_bytes() == b"face"
    assert made.resolve(made.background.path).read_bytes() == b"film"
    portrait.unlink()
    assert store.load("jo-ann") == made
    assert [path.name for path in store.folder.iterdir()] == ["jo-ann"]


@pytest.mark.parametrize("title", ['A "quoted" \\ title', "Zoë 👩\u200d💻 ☃", "x" * 40])
def test_any_title_survives_the_file(store: ProfileStore, pictures: tuple[Path, Path], title: str) -> None:
    assert store.new(ProfileDraft("x", pictures[0], title=title, kind=Kind.PERSONA)).title == title


def test_a_new_profile_without_a_room_blurs_the_actors_own(store: ProfileStore, pictures: tuple[Path, Path]) -> None:
    assert store.new(ProfileDraft("x", pictures[0])).background.kind == "blur"


def test_missing_pictures_are_told_together(store: ProfileStore, tmp_path: Path) -> None:
    with pytest.raises(ProfileError) as caught:
        store.new(ProfileDraft("x", tmp_path / "a.png", tmp_path / "b.png"))
    assert [problem.key for problem in caught.value.problems] == ["--portrait", "--background"]
    assert list(store.folder.iterdir()) == []


def test_a_taken_name_is_kept_as_it_was(
    store: ProfileStore, make_profile: MakeProfile, pictures: tuple[Path, Path]
) -> None:
    folder = make_profile("mara")
    with pytest.raises(ProfileError, match="called mara is there already"):
        store.new(ProfileDraft("mara", *pictures))
    assert read_profile(folder).title == "Mara"


def test_a_shipped_name_is_taken_by_force_only(
    store: ProfileStore, make_profile: MakeProfile, pictures: tuple[Path, Path]
) -> None:
    make_profile("mara", place="shipped")
    draft = ProfileDraft("mara", *pictures, title="Mine")
    with pytest.raises(ProfileError, match="called mara ships with the program"):
        store.new(draft)
    assert store.load("mara").title == "Mara"
    assert store.new(draft, force=True).title == "Mine"
    with pytest.raises(ProfileError, match="called mara is there already"):
        store.new(draft, force=True)


@pytest.mark.parametrize("name", ["../out", "My Name", "", "a" * 41, "-x", "a\udcff"])
def test_a_name_that_is_none_makes_nothing(store: ProfileStore, pictures: tuple[Path, Path], name: str) -> None:
    with pytest.raises(ProfileError):
        store.new(ProfileDraft(name, *pictures))
    assert list(store.folder.iterdir()) == []
    assert not (store.folder.parent / "out").exists()


def test_a_title_that_is_too_long_makes_nothing(store: ProfileStore, pictures: tuple[Path, Path]) -> None:
    with pytest.raises(ProfileError, match="x/profile.toml, title: got the text .* wanted a text of 1 to 40"):
        store.new(ProfileDraft("x", *pictures, title="long" * 20))
    assert list(store.folder.iterdir()) == []


@pytest.mark.parametrize("title", ["a\x1b[2Jb", "a\u202eb", "a\udcffb"], ids=ascii)
def test_a_title_that_cannot_be_shown_makes_nothing(
    store: ProfileStore, pictures: tuple[Path, Path], title: str
) -> None:
    with pytest.raises(ProfileError, match="--title: got the text .* wanted printable characters") as caught:
        store.new(ProfileDraft("x", *pictures, title=title))
    assert str(caught.value).isprintable()
    assert list(store.folder.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows lets few make links")
def test_a_link_to_a_profile_is_one_by_the_name_it_is_listed_under(
    store: ProfileStore, make_profile: MakeProfile, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_profile("mara", place="elsewhere")
    store.folder.mkdir()
    (store.folder / "vera").symlink_to(folder)
    assert store.names() == ("vera",)
    assert (store.list()[0].name, store.load("vera").name) == ("vera", "vera")
    monkeypatch.chdir(folder)
    assert store.load(Path("profile.toml")).name == "mara"
    (folder / "in").mkdir()
    monkeypatch.chdir(folder / "in")
    assert store.load(Path("..") / "profile.toml").name == "mara"


@pytest.mark.parametrize("name", ["n" * 300, "~nobody-by-that-name", "a\x1b[2J"])
def test_a_name_that_no_profile_can_have_is_not_found(store: ProfileStore, name: str) -> None:
    with pytest.raises(ProfileError, match="There is no profile called") as caught:
        store.load(name)
    assert str(caught.value).isprintable()


def test_a_folder_of_profiles_that_cannot_be_looked_into_is_told(
    store: ProfileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(folder: Path) -> list[Path]:
        raise PermissionError(13, "Permission denied")

    store.folder.mkdir()
    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(ProfileError, match="user can't be looked at: Permission denied; check the rights there"):
        store.list()


def test_the_users_folder_can_be_moved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("UNDERSTUDY_PROFILES", str(tmp_path / "mine"))
    assert user_folder() == tmp_path / "mine"
    monkeypatch.delenv("UNDERSTUDY_PROFILES")
    assert user_folder().name == "profiles"


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, pictures: tuple[Path, Path]) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ProfileError, match="check the rights"):
        ProfileStore((tmp_path / "file" / "profiles",)).new(ProfileDraft("x", *pictures))


def test_every_shipped_profile_is_a_persona_that_can_be_used() -> None:
    shipped = ProfileStore((BUILTIN,)).list()
    assert {"mara", "anselm", "ines", "tomas"} <= {summary.name for summary in shipped}
    assert {summary.kind for summary in shipped} == {Kind.PERSONA}
    assert {summary.name: summary.problems for summary in shipped if summary.problems} == {}
