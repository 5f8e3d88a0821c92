"""`understudy bench engines`: its options reach the measurement, and its figures the screen."""

import json

import pytest

from console.cli import main
from console.commands import measuring
from pipeline.bench.engine_report import EngineReport, EnginesReport, Share
from pipeline.bench.engines import EnginesSettings
from pipeline.inference.onnx.runtime import Preference

FACE = EngineReport("dfm", {"face.dfm": "ONNX CUDA fp16"}, Share(4.0, 5.25), Share(2.5, 3.0), 60, 33.3)
VOICE = EngineReport("timbre", {}, Share(0.0, 0.0), Share(0.4, 0.6), 60, 10.0)


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[EnginesSettings]:
    """A measurement that takes no time, and what was asked of it."""
    asked: list[EnginesSettings] = []

    def bench_engines(settings: EnginesSettings, models: object) -> EnginesReport:
        asked.append(settings)
        return EnginesReport(settings.profile.name, settings.size, FACE, VOICE)

    monkeypatch.setattr(measuring, "ready_models", lambda: None)
    monkeypatch.setattr(measuring, "bench_engines", bench_engines)
    return asked


def test_the_figures_come_for_people_and_for_scripts(
    capsys: pytest.CaptureFixture[str], asked: list[EnginesSettings]
) -> None:
    assert main(["bench", "engines", "--profile", "tomas", "--size", "640x360", "--device", "cpu"]) == 0
    text = capsys.readouterr().out
    assert "dfm: face.dfm on ONNX CUDA fp16" in text
    assert "model       p50 4.0, p95 5.2 ms" in text
    assert "timbre: no networks" in text
    assert (asked[0].profile.name, asked[0].size, asked[0].device) == ("tomas", (640, 360), Preference.CPU)
    assert main(["bench", "engines", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["face"]["around"] == {"p50_ms": 2.5, "p95_ms": 3.0}
    assert asked[1].size == (1280, 720)


def test_a_profile_that_is_not_there_is_told_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "engines", "--profile", "nobody"]) == 1
    assert "nobody" in capsys.readouterr().err


@pytest.mark.parametrize("command", [("bench", "video"), ("bench", "engines"), ("selftest", "av")])
def test_the_usual_size_is_told_as_it_is_typed(capsys: pytest.CaptureFixture[str], command: tuple[str, str]) -> None:
    assert main([*command, "--help"]) == 0
    assert "1280x720" in capsys.readouterr().out
