"""What `understudy models inspect` says beside a file's format."""

import json
import subprocess
from dataclasses import asdict
from pathlib import Path

import numpy as np
import onnx
import pytest

from pipeline.inference.trial import Trial
from tests.console.conftest import Run
from tests.models.broken import changed
from tests.models.dfm import Tinting, tinting_dfm
from tests.models.graphs import constant
from tests.models.rvc import Voice, rvc_voice
from tests.models.swappers import Swap, swapper


def renamed(path: Path, old: str, new: str) -> Path:
    """A file with another name for one of its inputs or outputs."""

    def change(model: onnx.ModelProto) -> None:
        for value in (*model.graph.input, *model.graph.output):
            value.name = new if value.name == old else value.name
        for node in model.graph.node:
            node.input[:] = [new if name == old else name for name in node.input]
            node.output[:] = [new if name == old else name for name in node.output]

    return changed(path, change)


def row(out: str, name: str) -> str:
    return next(line for line in out.splitlines() if line.startswith(name))


def test_what_is_nearly_a_format_is_told_with_what_keeps_it_from_being_that(run: Run, tmp_path: Path) -> None:
    swap = renamed(swapper(tmp_path / "s.onnx", Swap("inswapper")), "source", "latent_id")
    out = run("models", "inspect", swap, "--device", "cpu")[1]
    assert "nearly face swapper (inswapper): its input is called latent_id, wanted source" in row(out, "Format")
    face = renamed(tinting_dfm(tmp_path / "a.dfm", Tinting(size=64)), "out_celeb_face:0", "celeb")
    out = run("models", "inspect", face, "--device", "cpu")[1]
    assert "called otherwise: celeb, usually out_celeb_face" in row(out, "Remark")


def test_a_voice_tells_its_rate_and_its_speakers(run: Run, tmp_path: Path) -> None:
    voice = rvc_voice(tmp_path / "v.onnx", Voice(rate_hz=48_000))
    assert row(run("models", "inspect", voice, "--device", "cpu")[1], "Voice").split(maxsplit=1)[1] == (
        "48 kHz; the file does not say how many speakers it has"
    )
    table = constant("emb_g.weight", np.zeros((5, 2), np.float32))
    changed(voice, lambda model: model.graph.initializer.append(table))
    assert "48 kHz, 5 speakers: speaker in [rvc] is 0 to 4" in run("models", "inspect", voice, "--device", "cpu")[1]
    told = json.loads(run("models", "inspect", voice, "--device", "cpu", "--json")[1])
    assert (told["sample_rate_hz"], told["speakers"]) == (48_000, 5)


@pytest.mark.parametrize(("name", "said"), [("mine", "set family in [embedding] to"), ("ghost", "name decided")])
def test_families_that_are_alike_from_outside_are_told(name: str, said: str, run: Run, tmp_path: Path) -> None:
    file = swapper(tmp_path / f"{name}.onnx", Swap("ghost"))
    assert said in row(run("models", "inspect", file, "--device", "cpu")[1], "Remark")


def test_inspect_tells_what_a_file_is_when_its_trial_is_interrupted(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken_off(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess, "run", broken_off)
    file = tinting_dfm(tmp_path / "ada.dfm", Tinting(size=64))
    status, out, _ = run("models", "inspect", file, "--json")
    facts = json.loads(out)
    assert (status, facts["format"], facts["bytes"]) == (1, "dfm", file.stat().st_size)
    assert facts["trial"]["problem"] == f"The trial of {file} was interrupted, so that its speed is not known."
    status, out, _ = run("models", "inspect", file)
    assert (status, out.splitlines()[-1]) == (1, "Runs       not known: the trial was interrupted")


def test_inspect_tells_scripts_what_a_file_is_when_its_trial_takes_too_long(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(*_: object, timeout: float, **__: object) -> None:
        raise subprocess.TimeoutExpired("", timeout)

    monkeypatch.setattr(subprocess, "run", endless)
    status, out, _ = run("models", "inspect", tinting_dfm(tmp_path / "a.dfm", Tinting(size=64)), "--json")
    facts = json.loads(out)
    assert (status, facts["format"], len(facts["sha256"])) == (1, "dfm", 64)
    assert "was not timed within 60 s" in facts["trial"]["problem"]
    assert facts["trial"]["late"]
    assert [facts["trial"][name] for name in ("opened_ms", "p50_ms", "p95_ms")] == [None] * 3


def test_inspect_tells_the_speed_from_the_runs_that_the_limit_left_time_for(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    so_far = asdict(Trial("ONNX CPU", 900.0, 61.0, 70.0, runs=12))

    def cut_off(*_: object, timeout: float, **__: object) -> None:
        raise subprocess.TimeoutExpired("", timeout, json.dumps(so_far).encode())

    monkeypatch.setattr(subprocess, "run", cut_off)
    status, out, _ = run("models", "inspect", tinting_dfm(tmp_path / "a.dfm", Tinting(size=64)), "--limit", "2")
    told = "ONNX CPU: p50 61.0 ms, p95 70.0 ms over 12 runs; opened in 0.9 s"
    assert (status, row(out, "Runs on").split(maxsplit=2)[2]) == (0, told)
    so_far |= asdict(Trial("ONNX CPU", 900.0))
    status, out, _ = run("models", "inspect", tmp_path / "a.dfm", "--limit", "2")
    assert (status, "not known: The model " in row(out, "Runs")) == (1, True)
