"""Errors of the command line: on the error output, each a whole sentence on a line of its own."""

from pathlib import Path

import pytest

from pipeline.errors import LaneError
from pipeline.inference.store import ModelStore
from profiles.errors import Problem, ProfileError
from tests.console.conftest import Run


@pytest.mark.parametrize("group", ["bench", "models", "profiles"])
def test_a_group_without_a_command_is_wrong_use_in_one_sentence(run: Run, group: str) -> None:
    assert run(group) == (2, "", "Missing command; --help tells what can be given.\n")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--policy", "x"], "'--policy': got 'x', wanted one of 'hold', 'blur', 'card'"),
        (["--fps", "0"], "'--fps': got '0', wanted at least 1"),
        (["--fps", "500"], "'--fps': got '500', wanted at most 240"),
        (["--fps", "abc"], "'--fps': got 'abc', wanted a number"),
        (["--size", "big"], "'--size': got 'big', wanted WIDTHxHEIGHT such as 1280x720"),
    ],
)
def test_a_wrong_value_is_told_as_got_against_wanted(run: Run, arguments: list[str], told: str) -> None:
    status, output, errors = run("run", "--headless", *arguments)
    assert (status, output) == (2, "")
    assert errors == f"Invalid value for {told}; --help tells what can be given.\n"


@pytest.mark.parametrize("option", ["--virtual-microphone", "--monitor"])
def test_sound_that_comes_from_nowhere_can_go_nowhere(run: Run, option: str, tmp_path: Path) -> None:
    status, output, errors = run("run", "--headless", option, str(tmp_path / "out.wav"))
    assert (status, output) == (2, "")
    assert f"{option} {tmp_path / 'out.wav'} needs --microphone" in errors
    assert errors.count("\n") == 1


def test_a_wrong_count_of_lines_is_told_so_too(run: Run) -> None:
    assert "got 'x', wanted a whole number;" in run("logs", "--lines", "x")[2]


def test_line_breaks_of_a_library_are_not_passed_on(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(store: object) -> None:
        raise LaneError("The lane ended with\n   an error\n")

    monkeypatch.setattr("profiles.store.ProfileStore.list", fail)
    assert run("profiles", "list") == (1, "", "The lane ended with an error.\n")


def test_what_nobody_foresaw_is_on_one_line_too(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def explode(store: object) -> None:
        raise ZeroDivisionError("a\nbug")

    monkeypatch.setattr("profiles.store.ProfileStore.list", explode)
    status, _, errors = run("profiles", "list")
    assert (status, len(errors.splitlines())) == (1, 1)
    assert "ZeroDivisionError: a bug" in errors


def test_every_problem_of_a_profile_has_a_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(store: object) -> None:
        raise ProfileError([Problem("got 9, wanted at most 1.25", key="face.size"), Problem("got 3", key="title")])

    monkeypatch.setattr("profiles.store.ProfileStore.list", fail)
    assert run("profiles", "list")[2].splitlines() == ["face.size: got 9, wanted at most 1.25.", "title: got 3."]


def test_every_network_that_is_not_right_has_a_sentence(run: Run) -> None:
    models = ModelStore()
    models.folder.mkdir(parents=True)
    required = [entry for entry in models.entries() if entry.required]
    (models.folder / required[0].file).write_bytes(b"not a network")
    status, output, errors = run("models", "verify")
    assert (status, output) == (1, "")
    assert len(errors.splitlines()) == len(required)
    for entry, line in zip(required, errors.splitlines(), strict=True):
        assert line.startswith("The network ") and line.endswith("understudy models pull`.")
        assert Path(entry.file).name in line
