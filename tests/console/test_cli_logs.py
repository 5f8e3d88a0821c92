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

from console.logs import configure_logging, follow, last_lines, native_chatter_logged
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


def test_native_chatter_goes_to_the_file_and_python_errors_to_the_user(
    log: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with native_chatter_logged(log):
        os.write(2, b"INFO: native\n")
        print("for the user", file=sys.stderr)
    os.write(2, b"after\n")
    errors = capfd.readouterr().err
    assert "INFO: native" in log.read_text()
    assert errors == "for the user\nafter\n"


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

    assert list(follow(file, steps(add("one\ntw"), add("o\n"), add("three\n")))) == ["one", "two", "three"]


def test_following_goes_on_in_the_file_that_comes_after_a_rotation(tmp_path: Path) -> None:
    file = tmp_path / "x.log"
    file.write_text("before\n")

    def rotate() -> None:
        file.rename(tmp_path / "x.log.1")
        file.write_text("new\n")

    assert list(follow(file, steps(rotate))) == ["new"]


def test_following_waits_for_a_file_that_is_not_there_yet(tmp_path: Path) -> None:
    file = tmp_path / "x.log"
    assert list(follow(file, steps(lambda: None, lambda: file.write_text("first\n")))) == ["first"]
