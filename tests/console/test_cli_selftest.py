"""`understudy selftest av` on the command line; what it measures is tested with the pipeline."""

import json
from math import ceil

import pytest

from console.cli import main
from console.commands import measuring
from console.commands.options import LEAST_AV_S
from pipeline.selftest.av import LEAST_S, AvReport, Spread, WayReport

SPREAD = Spread(12.0, 0.5, 14)
WAY = WayReport("no engines", SPREAD, SPREAD, Spread(-0.5, 0.25, 14), ((0.0, -0.5),), told_ms=0.4)


@pytest.fixture(autouse=True)
def measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """A measurement that takes no time."""
    monkeypatch.setattr(measuring, "ready_models", lambda: None)
    monkeypatch.setattr(measuring, "measure_av", lambda settings, models: AvReport(WAY, WAY))


def test_the_figures_come_for_people_and_for_scripts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["selftest", "av"]) == 0
    text = capsys.readouterr().out
    assert text.count("sound early by") == 2
    assert "-0.5 ± 0.2 ms (median ± MAD of 14)" in text
    assert main(["selftest", "av", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["engines"]["offset"] == {"median_ms": -0.5, "mad_ms": 0.25, "count": 14}


def test_a_device_without_a_loop_back_and_too_short_a_time_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["selftest", "av", "--microphone", "Headset"]) == 1
    assert "can't flash or beep at Headset" in capsys.readouterr().err
    assert main(["selftest", "av", "--seconds", "11"]) == 2
    assert "--seconds" in capsys.readouterr().err
    assert ceil(LEAST_S) == LEAST_AV_S
    assert main(["selftest", "av", "--help"]) == 0
    assert "at least 12" in " ".join(capsys.readouterr().out.replace("│", " ").split())
