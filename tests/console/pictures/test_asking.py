"""What a terminal answers decides how pictures are drawn; one that answers nothing keeps nobody waiting."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from console.pictures.asking import Answers, ask_terminal, painting_for, painting_here
from console.pictures.painting import USUAL_CELL, Painting, Way

pytest.importorskip("termios")
SHARED_OK, DIRECT_OK = b"\x1b_Gi=31;OK\x1b\\", b"\x1b_Gi=32;OK\x1b\\"
KITTY = SHARED_OK + DIRECT_OK + b"\x1bP>|kitty(0.41.1)\x1b\\\x1b[6;18;9t\x1b[?62;c"
GHOSTTY = SHARED_OK + DIRECT_OK + b"\x1bP>|ghostty 1.2.0\x1b\\\x1b[6;40;20t\x1b[?62;22c"
OLD_KITTY = SHARED_OK + DIRECT_OK + b"\x1bP>|kitty(0.26.5)\x1b\\\x1b[?62;c"
WEZTERM = DIRECT_OK + b"\x1bP>|WezTerm 20240203-110809\x1b\\\x1b[6;20;10t\x1b[?65;4;6;18;22c"
FAR_KITTY = b"\x1b_Gi=31;EBADF:no such thing\x1b\\" + DIRECT_OK + b"\x1bP>|kitty(0.41.1)\x1b\\\x1b[?62;c"
XTERM = b"\x1bP>|XTerm(379)\x1b\\\x1b[6;13;6t\x1b[?64;1;2;6;9;15;18;21;22c"


@pytest.mark.parametrize(
    ("answers", "auto", "asked_for"),
    [
        (KITTY, Painting(Way.SHARED, (9, 18)), Painting(Way.SHARED, (9, 18))),
        (GHOSTTY, Painting(Way.SHARED, (20, 40)), Painting(Way.SHARED, (20, 40))),
        (OLD_KITTY, Painting(), Painting(Way.SHARED, USUAL_CELL)),
        (WEZTERM, Painting(), Painting(Way.DIRECT, (10, 20))),
        (FAR_KITTY, Painting(), Painting(Way.DIRECT, USUAL_CELL)),
        (XTERM, Painting(), Painting()),
        (b"\x1b[?6c", Painting(), Painting()),
        (b"", Painting(), Painting()),
        (KITTY.replace(b"6;18;9", b"6;0;9"), Painting(Way.SHARED), Painting(Way.SHARED)),
    ],
)
def test_pixels_go_only_to_those_who_show_them(answers: bytes, auto: Painting, asked_for: Painting) -> None:
    assert painting_for("auto", Answers.read(answers)) == auto
    assert painting_for("kitty", Answers.read(answers)) == asked_for
    assert painting_for("half-blocks", Answers.read(answers)) == Painting()


@contextmanager
def terminal(answer: Callable[[bytes], bytes]) -> Iterator[list[bytes]]:
    """Standard input is a terminal that answers like this once the last question has come; what it was asked."""
    import pty
    import tty

    outside, inside = pty.openpty()
    tty.setraw(outside)
    asked = [b""]

    def listen() -> None:
        while not asked[0].endswith(b"\x1b[c"):
            asked[0] += os.read(outside, 4096)
        os.write(outside, answer(asked[0]))

    saved, listener = os.dup(0), threading.Thread(target=listen)
    os.dup2(inside, 0)
    listener.start()
    try:
        yield asked
    finally:
        listener.join()
        os.dup2(saved, 0)
        for descriptor in (saved, outside, inside):
            os.close(descriptor)


def test_a_terminal_is_asked_and_keeps_its_manners() -> None:
    import termios

    with terminal(lambda _: KITTY) as asked:
        before = termios.tcgetattr(0)
        assert ask_terminal() == Answers.read(KITTY)
        assert termios.tcgetattr(0) == before
    assert b"a=q" in asked[0] and b"t=s" in asked[0]


def test_answers_that_never_come_are_not_waited_for_long() -> None:
    with terminal(lambda _: b""):
        assert ask_terminal(timeout_s=0.05) == Answers()


def never() -> Answers:
    raise AssertionError("it was asked")


@pytest.mark.parametrize(
    ("wanted", "environment"),
    [
        ("half-blocks", {}),
        ("none", {}),
        ("kitty", {"TMUX": "/tmp/tmux-0/default,1,0"}),
        ("auto", {"STY": "1.screen"}),
        ("auto", {"SSH_TTY": "/dev/pts/1"}),
    ],
)
def test_nobody_is_asked_where_it_would_not_help(
    wanted: str, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.pictures.asking.ask_terminal", never)
    assert painting_here(wanted, environment) == Painting()  # type: ignore[arg-type]


def test_over_ssh_pixels_go_as_text_where_the_user_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.pictures.asking.ask_terminal", lambda: Answers.read(FAR_KITTY))
    assert painting_here("kitty", {"SSH_TTY": "/dev/pts/1"}).way is Way.DIRECT


def test_where_there_is_no_terminal_there_are_half_blocks() -> None:
    saved = os.dup(0)
    reading, writing = os.pipe()
    try:
        os.dup2(reading, 0)
        assert painting_here("auto", {}) == Painting()
    finally:
        os.dup2(saved, 0)
        for descriptor in (saved, reading, writing):
            os.close(descriptor)
