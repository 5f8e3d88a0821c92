"""`understudy ctl` from the words of a command line to its exit status."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from console import __main__ as entry
from console import cli
from console.remote import ctl as control
from console.remote.ctl import PLAIN, run_ctl
from console.remote.requests import REQUESTS, Plain
from pipeline.telemetry import State
from tests.console.fake_session import FakeSession
from tests.console.remote.conftest import Lend

Ctl = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ctl(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ctl:
    """Runs the arguments after `ctl`: status, output, errors."""
    monkeypatch.setattr(control, "usual_folder", lambda: folder)
    monkeypatch.delenv(control.TOKEN, raising=False)

    def run(*arguments: str) -> tuple[int, str, str]:
        status = run_ctl(arguments)
        written = capsys.readouterr()
        return status, written.out, written.err

    return run


def test_without_a_session_there_is_nothing_to_steer(ctl: Ctl) -> None:
    status, out, err = ctl("panic")
    assert (status, out) == (1, "")
    assert err == "No session is running; start one with `understudy` or `understudy run --headless`.\n"
    assert ctl("sessions")[0] == 0


def test_an_act_is_done_and_told(ctl: Ctl, lend: Lend) -> None:
    lent = lend()
    assert ctl("panic") == (0, "Panic: the card is up; `understudy ctl rearm` takes it back.\n", "")
    assert lent.session.state is State.CARD
    assert ctl("rearm")[0] == 0
    assert ctl("switch", "ben") == (0, "Switching to Ben.\n", "")


def test_what_can_not_be_done_is_the_desks_sentence_and_1(ctl: Ctl, lend: Lend) -> None:
    lend()
    status, out, err = ctl("switch", "dora")
    assert (status, out) == (1, "")
    assert err.startswith("The profile dora can't be taken") and err.count("\n") == 1


@pytest.mark.parametrize("words", [(), ("jump",), ("switch",), ("panic", "now"), ("record",), ("pan",), ("--jump",)])
def test_words_that_mean_nothing_are_2_and_one_sentence(ctl: Ctl, lend: Lend, words: tuple[str, ...]) -> None:
    lent = lend()
    status, out, err = ctl(*words)
    assert (status, out) == (2, "")
    assert err.startswith("understudy ctl") and err.endswith("--help tells what can be given.\n")
    assert err.count("\n") == 1
    assert lent.session.calls == []


def test_a_wrong_token_is_refused_from_an_option_and_from_the_environment(
    ctl: Ctl, lend: Lend, monkeypatch: pytest.MonkeyPatch
) -> None:
    lent = lend()
    refused = (1, "", "The token is wrong; `understudy ctl` reads the right one from the session's own file.\n")
    assert ctl("panic", "--token", "wrong") == refused
    monkeypatch.setenv(control.TOKEN, "wrong")
    assert ctl("panic") == refused
    assert lent.session.calls == []
    monkeypatch.setenv(control.TOKEN, lent.place.token)
    assert ctl("panic")[0] == 0


def test_status_for_people_and_for_scripts(ctl: Ctl, lend: Lend) -> None:
    lend()
    told = "ON AIR · Ada · 29.9 fps, capture to sink 0 ms, 2 dropped · heard, 0 underruns"
    assert ctl("status")[1] == f"{told} · → /dev/video10 · 1280×720 I420\n"
    data = json.loads(ctl("status", "--json")[1])
    assert data["state"] == "ON AIR" and data["video"]["frames_in"] == 3000


def test_sessions_are_listed_with_what_they_do(ctl: Ctl, lend: Lend) -> None:
    lend(FakeSession(state=State.PREVIEW))
    (row,) = json.loads(ctl("sessions", "--json")[1])
    assert (row["pid"], row["state"], row["profile"]) == (os.getpid(), "PREVIEW", "ada")
    assert f"{os.getpid()}  PREVIEW" in ctl("sessions")[1]


def test_which_session_has_to_be_said_where_there_are_several(ctl: Ctl, lend: Lend, folder: Path) -> None:
    lent = lend()
    other = json.loads((folder / f"{os.getpid()}.json").read_text()) | {"pid": os.getppid()}
    (folder / f"{os.getppid()}.json").write_text(json.dumps(other))
    status, _, err = ctl("panic")
    assert status == 1 and "say which with --session" in err
    assert lent.session.calls == []
    assert ctl("panic", "--session", str(os.getpid()))[0] == 0
    assert "No session of the process 1 is running" in ctl("panic", "--session", "1")[2]


def test_files_are_meant_from_where_the_command_is_given(
    ctl: Ctl, lend: Lend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lend()
    monkeypatch.chdir(tmp_path)
    assert str(tmp_path / "film.mkv") in ctl("record", "film.mkv")[1]


def test_every_word_is_understood_at_the_other_end() -> None:
    for do in PLAIN:
        assert REQUESTS.validate_python({"do": do}) == Plain(do=do)


def test_the_command_line_knows_it_by_both_ways_in(
    ctl: Ctl, lend: Lend, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lent = lend()
    assert cli.main(["ctl", "panic"]) == 0
    assert cli.main(["ctl", "status", "--json"]) == 0
    assert cli.main(["ctl", "jump"]) == 2
    monkeypatch.setattr(sys, "argv", ["understudy", "ctl", "rearm"])
    assert entry.main() == 0
    assert (lent.session.calls[0], lent.session.calls[-1]) == ("panic", "rearm")
    capsys.readouterr()


def test_a_pedal_waits_for_nothing_that_takes_time() -> None:
    script = "import sys\nfrom console.remote.ctl import run_ctl\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert {"typer", "pydantic", "rich", "textual", "structlog", "numpy"}.isdisjoint(done.stdout.split())
