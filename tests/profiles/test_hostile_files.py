"""Files that are broken or meant to break: a profile's problems stay its own, and every other profile is there."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from profiles.errors import ProfileError
from profiles.reading import read_profile
from profiles.schema import all_keys
from profiles.store import ProfileStore
from profiles.toml_file import MAX_BYTES, MAX_DEPTH
from tests.profiles.conftest import GOOD, MakeProfile

SCALARS = st.one_of(
    st.integers(-(10**25), 10**25),
    st.sampled_from(
        ["nan", "-inf", "1e999", "2026-11-20", "12:30:00", "true", '""', '"\\u0000"', '"image"', '"persona"']
    ),
    st.characters(codec="utf-8", categories=("L", "Z", "S")).map(lambda letter: f"'{letter * 300}'"),
).map(str)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | inner.map(lambda item: f"{{ x = {item} }}")
    ),
    max_leaves=6,
)
LINES = st.tuples(st.sampled_from([*all_keys(), "name", "folder", "face", "x.y", '"\\u001b"']), VALUES)


def nested(opening: str, closing: str, depth: int) -> str:
    return f"{GOOD}\nx = {opening * depth}{closing * depth}\n"


def with_portrait(name: str) -> str:
    return GOOD.replace('"portrait.png"', name)


@pytest.mark.parametrize(
    ("toml", "key", "reason"),
    [
        (with_portrait(f'"{"p" * 300}"'), "face.portrait", "can't be looked at"),
        (with_portrait('"portrait.png/x"'), "face.portrait", "there is no file"),
        (with_portrait(r'"p\u0000"'), "face.portrait", r'the file "p\x00" can'),
        (with_portrait('"/dev/null"'), "face.portrait", "got a pipe or a device"),
        (nested("[", "]", 3000), "", "inside each other"),
        (nested("[", "]", 250), "consent", "inside each other"),
        (nested("{x=", "}", 100).replace("{x=}", "{}"), "consent", "inside each other"),
        (GOOD + ".".join("x" * 400) + " = 1\n", "consent", f"more than {MAX_DEPTH} deep"),
        (f"{GOOD}x = {'9' * 5000}\n", "", "a number that is too long"),
        (f"{GOOD}x = 0x{'f' * 5000}\n", "consent", "a number that is too long"),
        (f"{GOOD}x = [[{2**63}]]\n", "consent", "at most 64 bits"),
        ("#" * MAX_BYTES + "\n", "", "too many"),
        (b"\xff\xfe" + GOOD.encode("utf-16-le"), "line 1", "not UTF-8"),
    ],
    ids=lambda value: str(value)[:12] if isinstance(value, str) else None,
)
def test_a_hostile_file_has_one_problem_and_the_others_are_listed(
    make_profile: MakeProfile, toml: str | bytes, key: str, reason: str
) -> None:
    folder = make_profile("ill", toml)
    make_profile("well")
    ill, well = ProfileStore((folder.parent,)).list()
    assert well.problems == ()
    (problem,) = ill.problems
    assert problem.startswith(f"{folder / 'profile.toml'}{', ' if key else ''}{key}")
    assert reason in problem
    assert len(problem) < len(str(folder)) + 200


def make_folder(file: Path) -> None:
    file.mkdir()


def make_loop(file: Path) -> None:
    file.symlink_to(file)


def make_pipe(file: Path) -> None:
    os.mkfifo(file)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes in folders, and links for few")
@pytest.mark.parametrize(
    ("make", "reason"),
    [(make_folder, "is a folder, wanted a file"), (make_loop, "can't be read"), (make_pipe, "is a pipe or a device")],
)
def test_what_is_no_file_to_read_is_a_problem(
    make_profile: MakeProfile, make: Callable[[Path], None], reason: str
) -> None:
    folder = make_profile("ill")
    (folder / "profile.toml").unlink()
    make(folder / "profile.toml")
    make_profile("well")
    ill, well = ProfileStore((folder.parent,)).list()
    assert well.problems == ()
    assert reason in ill.problems[0]


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="nothing is barred to this user")
def test_a_file_without_rights_is_a_problem(make_profile: MakeProfile) -> None:
    folder = make_profile()
    (folder / "profile.toml").chmod(0)
    assert "can't be read (Permission denied)" in ProfileStore((folder.parent,)).list()[0].problems[0]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems hold names to text")
def test_a_folder_whose_path_is_no_text_holds_a_good_profile(make_profile: MakeProfile) -> None:
    folder = make_profile("mara", place=os.fsdecode(b"caf\xe9"))
    profile = read_profile(folder)
    assert profile.folder == folder
    bad = make_profile(os.fsdecode(b"mar\xe9"), place="other")
    with pytest.raises(ProfileError, match=r'the name "mar\\udce9" can\'t be'):
        read_profile(bad)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(LINES, max_size=4), table=st.sampled_from(["", "[face]", "[background]", "[a.b]"]))
def test_whatever_a_file_says_it_is_read_or_refused(tmp_path: Path, lines: list[tuple[str, str]], table: str) -> None:
    text = "\n".join(["title = 'M'", "kind = 'person'", table, *(f"{key} = {value}" for key, value in lines)])
    (tmp_path / "profile.toml").write_text(text, encoding="utf-8")
    try:
        read_profile(tmp_path, "mara")
    except ProfileError as error:
        assert all(str(problem).isprintable() or "\u00ad" in str(problem) for problem in error.problems)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200))
def test_whatever_a_file_holds_it_is_read_or_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "profile.toml").write_bytes(data)
    with pytest.raises(ProfileError):
        read_profile(tmp_path, "mara")
