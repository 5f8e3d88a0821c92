"""A model tried in a process of its own: how fast it is, or one sentence, whatever it does there."""

import subprocess
from pathlib import Path

import numpy as np
import pytest
from onnx import helper

from pipeline.inference import trial
from pipeline.inference.apart.child import NoAnswerError, answer_of
from pipeline.inference.formats import recognise
from pipeline.inference.onnx.runtime import Preference
from pipeline.inference.trial import Trial, trial_layout, tried, tried_here
from tests.models.broken import sound, undefined
from tests.models.graphs import constant, port, save
from tests.pipeline.inference.test_formats import CASES, hollow


def swelling(path: Path, values: int) -> Path:
    """Takes one number and makes as many as it is told: nothing at the ends of the file shows it."""
    nodes = [
        helper.make_node("ConstantOfShape", ["shape"], ["zeros"]),
        helper.make_node("ReduceSum", ["zeros"], ["sum"], keepdims=0),
        helper.make_node("Add", ["x", "sum"], ["y"]),
    ]
    return save(path, nodes, [port("x", [1])], [port("y", [1])], [constant("shape", np.array([values], np.int64))])


def test_a_sound_model_is_timed_on_what_it_really_runs_on(tmp_path: Path) -> None:
    done = tried(sound(tmp_path / "m.onnx"), Preference.CPU)
    assert (done.problem, done.runs_on) == ("", "ONNX CPU")
    assert done.p50_ms is not None
    assert done.p95_ms is not None
    assert 0 < done.p50_ms <= done.p95_ms
    assert done.runs >= 5


def test_a_model_that_wants_more_memory_than_there_is_costs_nothing(tmp_path: Path) -> None:
    done = tried(swelling(tmp_path / "m.onnx", 1 << 38), Preference.CPU)
    assert done.runs_on == ""
    assert "its ConstantOfShape failed: Failed to allocate memory" in done.problem
    assert "\n" not in done.problem


def test_what_is_wrong_is_the_same_sentence_as_everywhere(tmp_path: Path) -> None:
    assert "no numbers on CPU" in tried_here(undefined(tmp_path / "m.onnx"), Preference.CPU).problem
    assert "is missing" in tried_here(tmp_path / "none.onnx", Preference.CPU).problem


def test_a_process_that_crashes_or_hangs_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*_: object, **__: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess([], status, "", "one\ntwo.\n")

    monkeypatch.setattr(subprocess, "run", run)
    status = -11
    assert "end by SIGSEGV; it may need more memory than there is." in tried(tmp_path / "m.onnx").problem
    status = 1
    assert tried(tmp_path / "m.onnx").problem.endswith("could not be tried: two.")

    def hang(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("", 1)

    monkeypatch.setattr(subprocess, "run", hang)
    told = "was not timed within 2 s, so that its speed is not known; a larger --limit tells it."
    assert tried(tmp_path / "m.onnx", limit_s=2) == Trial(problem=f"The model {tmp_path / 'm.onnx'} {told}", late=True)


def test_what_is_known_so_far_is_told_after_every_run(tmp_path: Path) -> None:
    told: list[Trial] = []
    done = tried_here(sound(tmp_path / "m.onnx"), Preference.CPU, told.append)
    assert [trial.runs for trial in told] == list(range(done.runs + 1))
    assert (told[0].p50_ms, told[0].p95_ms, told[-1]) == (None, None, done)
    assert told[0].opened_ms is not None


def test_a_process_that_is_late_leaves_what_it_printed_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = 'import threading\nprint(\'{"runs": 1}\\n{"runs": 2}\\nchatter\', flush=True)\nthreading.Event().wait()\n'
    (tmp_path / "endless_answer.py").write_text(lines, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(NoAnswerError) as caught:
        answer_of("endless_answer", [], 2)
    assert (caught.value.is_late, caught.value.so_far) == (True, {"runs": 2})


def test_a_network_is_fed_at_the_size_that_it_is_used_at(tmp_path: Path) -> None:
    cases = {name: (file, inputs, outputs) for name, file, inputs, outputs in CASES}
    for name, sides in {"rvm": (720, 1280), "scrfd": (320, 320)}.items():
        file, inputs, outputs = cases[name]
        model = hollow(tmp_path / file, inputs, outputs)
        picture = model.graph.inputs[0].name
        assert trial_layout(model, recognise(model)).shapes[picture][2:] == sides


@pytest.mark.parametrize(("name", "file", "inputs", "outputs"), CASES, ids=[f"{case[0]}-{case[1]}" for case in CASES])
def test_every_format_is_fed_with_numbers_for_all_sizes(
    name: str, file: str, inputs: dict[str, object], outputs: dict[str, object], tmp_path: Path
) -> None:
    model = hollow(tmp_path / file, inputs, outputs)  # type: ignore[arg-type]  # as the cases have them
    layout = trial_layout(model, recognise(model))
    assert set(layout.shapes) == set(inputs)
    for tensor in model.graph.inputs:
        shape = layout.shapes[tensor.name]
        assert len(shape) == len(tensor.shape)
        assert all(size > 0 for size in shape)
    voices = [shape[1] for key, shape in layout.shapes.items() if key in ("feats", "phone", "pitch", "pitchf")]
    assert set(voices) <= {trial.FRAMES}
