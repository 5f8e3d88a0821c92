"""A module run in a process of its own: its answer, or how it ended, in one sentence's rest."""

import sys
from pathlib import Path

import pytest

from pipeline.inference import providers
from pipeline.inference.apart.child import NoAnswerError, answer_of

LIMIT_S = 60.0
unless_windows = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a module that does what the first argument says."""
    (tmp_path / "told_to.py").write_text("import json, os, signal, sys, time\nexec(sys.argv[1])\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return "told_to"


def test_the_answer_is_the_object_whatever_libraries_print_around_it(module: str) -> None:
    printed = "print('loading'); print(json.dumps({'a': [1, 2]})); print(3); print('{torn'); print(); sys.exit(3)"
    assert answer_of(module, [printed], LIMIT_S) == {"a": [1, 2]}


def test_it_runs_where_the_program_runs_and_takes_no_module_from_there(
    module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "place"
    place.mkdir()
    (place / "json.py").write_text("raise SystemExit('not the one')")
    (place / "pipeline.py").write_text("raise SystemExit('not the one')")
    monkeypatch.chdir(place)
    told = "import pipeline.errors; print(json.dumps({'at': os.getcwd()}))"
    assert answer_of(module, [told], LIMIT_S) == {"at": str(place.resolve())}


@pytest.mark.parametrize(
    ("told", "ending"),
    [
        ("print('no answer')", "could not be tried: no reason given, status 0"),
        ("print('[1]'); sys.exit('one\\ntwo.')", "could not be tried: two"),
        ("raise ValueError('three')", "could not be tried: ValueError: three"),
        pytest.param(
            "os.kill(os.getpid(), signal.SIGSEGV)",
            "made the process that tried it end by SIGSEGV; it may need more memory than there is",
            marks=unless_windows,
        ),
        pytest.param(
            "os.kill(os.getpid(), signal.SIGRTMIN + 3)",
            "made the process that tried it end by signal 37; it may need more memory than there is",
            marks=pytest.mark.skipif(sys.platform != "linux", reason="signals are numbered so on Linux"),
        ),
    ],
)
def test_how_it_ended_is_told(module: str, told: str, ending: str) -> None:
    with pytest.raises(NoAnswerError) as error:
        answer_of(module, [told], LIMIT_S)
    assert (str(error.value), error.value.is_late) == (ending, False)


def test_who_takes_too_long_is_late(module: str) -> None:
    with pytest.raises(NoAnswerError, match=r"gave no answer within 0\.5 s") as error:
        answer_of(module, ["time.sleep(60)"], 0.5)
    assert error.value.is_late


def test_what_can_not_be_started_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with pytest.raises(NoAnswerError, match="could not be tried: No such file or directory"):
        answer_of("json.tool", [], LIMIT_S)


def test_a_probe_that_gives_no_answer_is_why_no_accelerator_can_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*_: object) -> dict[str, str]:
        raise NoAnswerError("gave no answer within 60 s", is_late=True)

    monkeypatch.setattr(providers, "answer_of", silent)
    problems = providers.probed_problems()
    assert problems == dict.fromkeys(providers.FILES, "ONNX Runtime gave no answer within 60 s")
