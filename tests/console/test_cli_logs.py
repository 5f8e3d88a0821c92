"""The log: what goes into it, and reading it from its end while it grows and rotates."""

import logging
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from console.logs import (
    FILE_BYTES,
    configure_logging,
    follow,
    headed,
    last_lines,
    log_file,
    native_chatter_logged,
    native_log,
    open_native_log,
)
from pipeline.errors import UnderstudyError
from tests.console.conftest import Run
from tests.console.logging_state import logging_restored


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """A configured log; afterwards logging is as it was."""
    with logging_restored():
        yield configure_logging(tmp_path / "deep" / "understudy.log")


def test_structured_and_plain_words_go_to_the_file(log: Path) -> None:
    structlog.get_logger("lane").info("started", profile="mara")
    logging.getLogger("library").warning("odd %s", "thing")
    try:
        raise ValueError("why")
    except ValueError:
        structlog.get_logger("lane").exception("failed")
    text = log.read_text()
    for part in ("started", "profile=mara", "lane", "odd thing", "ValueError: why", "Traceback"):
        assert part in text


def test_native_chatter_goes_to_a_file_of_its_own_and_python_errors_to_the_user(
    log: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with native_chatter_logged(log):
        os.write(2, b"INFO: native\n")
        print("for the user", file=sys.stderr)
    os.write(2, b"after\n")
    errors = capfd.readouterr().err
    assert native_log(log).read_text() == "INFO: native\n"
    assert "native" not in log.read_text()
    assert errors == "for the user\nafter\n"


def test_the_log_that_is_renamed_when_it_is_full_is_held_by_no_other_descriptor(log: Path) -> None:
    """Windows could not rename it."""
    with native_chatter_logged(log):
        assert os.fstat(2).st_ino == native_log(log).stat().st_ino != log.stat().st_ino


def test_a_long_native_log_is_begun_anew_and_the_old_one_stays(tmp_path: Path) -> None:
    log = tmp_path / "deep" / "understudy.log"
    for text in (b"old" * FILE_BYTES, b"new", b"er"):
        descriptor = open_native_log(log)
        os.write(descriptor, text)
        os.close(descriptor)
    assert native_log(log).read_bytes() == b"newer"
    assert native_log(log).with_name("native.log.1").stat().st_size == 3 * FILE_BYTES


def test_a_native_log_that_cannot_be_written_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("a file")
    with pytest.raises(UnderstudyError, match=r"native\.log can't be written"):
        open_native_log(tmp_path / "folder" / "understudy.log")


@given(lines=st.lists(st.text("abcäö", max_size=200), max_size=60), count=st.integers(0, 70))
def test_the_last_lines_are_the_last_lines(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], count: int
) -> None:
    file = tmp_path_factory.mktemp("log") / "x.log"
    file.write_text("".join(f"{line}\n" for line in lines))
    assert last_lines(file, count) == (lines[-count:] if count else [])


def test_a_long_file_is_read_from_its_end(tmp_path: Path) -> None:
    file = tmp_path / "x.log"
    file.write_text("".join(f"{number:080}\n" for number in range(5000)))
    assert last_lines(file, 3000) == [f"{number:080}" for number in range(2000, 5000)]


def test_no_file_has_no_lines(tmp_path: Path) -> None:
    assert last_lines(tmp_path / "x.log", 5) == []


def steps(*actions: Callable[[], object]) -> Callable[[], bool]:
    """A pause that does the next thing each time and ends when there is none left."""
    left = list(actions)

    def wait() -> bool:
        if not left:
            return True
        left.pop(0)()
        return False

    return wait


def test_following_gives_what_is_added_and_only_whole_lines(tmp_path: Path) -> None:
    file = tmp_path / "x.log"
    file.write_text("before\n")

    def add(text: str) -> Callable[[], object]:
        def write() -> None:
            with file.open("a") as sink:
                sink.write(text)

        return write

    found = follow([file], steps(add("one\ntw"), add("o\n"), add("three\n")))
    assert list(found) == [(file, "one"), (file, "two"), (file, "three")]


def test_following_goes_on_in_the_file_that_comes_after_a_rotation(tmp_path: Path) -> None:
    file = tmp_path / "x.log"
    file.write_text("before\n")

    def rotate() -> None:
        file.rename(tmp_path / "x.log.1")
        file.write_text("new\n")

    assert list(follow([file], steps(rotate))) == [(file, "new")]


def test_following_waits_for_a_file_that_is_not_there_yet(tmp_path: Path) -> None:
    file = tmp_path / "x.log"
    found = follow([file], steps(lambda: None, lambda: file.write_text("first\n")))
    assert list(found) == [(file, "first")]


def test_two_files_are_followed_and_named_where_they_change(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    writes = (lambda: one.write_text("1\n2\n"), lambda: two.write_text("3\n"), lambda: one.write_text("1\n2\n4\n"))
    found = headed(follow([one, two], steps(*writes)), one)
    assert list(found) == ["1", "2", f"==> {two} <==", "3", f"==> {one} <==", "4"]


def test_both_logs_are_printed_the_programs_own_last(run: Run) -> None:
    log_file().parent.mkdir(parents=True)
    log_file().write_text("ours\n")
    assert run("logs") == (0, "ours\n", "")
    native_log(log_file()).write_text("theirs\n")
    assert run("logs")[1].splitlines() == [
        *(f"==> {native_log(log_file())} <==", "theirs"),
        *(f"==> {log_file()} <==", "ours"),
    ]
