"""The preflight without a screen: what it says, what it writes, and how it ends."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from console.commands import models as model_commands
from console.preflight import learning
from console.preflight.keeping import age_words, kept, told
from pipeline.audio.devices.opening import SPEECH
from profiles.reference.figures import read_reference
from tests.console.conftest import Run, put_profile
from tests.console.preflight.fakes import DULL, FINE, WARM, result
from tests.footage import models


@pytest.fixture(autouse=True)
def networks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The networks are there, whatever the user's cache has."""
    for place in (model_commands, learning):
        monkeypatch.setattr(place, "ready_models", models)


def test_a_recording_is_listened_to_and_the_result_written_and_kept(run: Run, home: Path) -> None:
    file, page = home / "result.json", home / "page.html"
    status, out, _ = run(
        "preflight", "--from-audio", SPEECH, "--only", "microphone", "--json", file, "--report", page
    )  # fmt: skip
    told_by_json = json.loads(file.read_text())
    assert status in (0, 3)
    assert told_by_json["verdict"] == ("PASS" if status == 0 else "WARN")
    assert "microphone: effective bandwidth" in out
    assert {finding["id"].partition(".")[0] for finding in told_by_json["findings"]} == {"microphone"}
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert kept("mara") is None, "what a recording shows says nothing of the devices"


def test_json_on_standard_output_is_nothing_but_json(run: Run) -> None:
    _, out, _ = run("preflight", "--from-audio", SPEECH, "--only", "microphone", "--json", "-")
    assert json.loads(out)["profile"] == "mara"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--profile", "nobody"), "nobody"),
        (("--seconds", "2"), "seconds"),
        (("--from-audio", "none.wav"), "none.wav"),
        (("--from-video", "none.mp4"), "none.mp4"),
        (("--json", "none/result.json"), "none/result.json"),
        (("--report", "."), "is a folder"),
        (("--only", "kitchen"), "kitchen"),
    ],
)
def test_what_can_not_be_is_one_sentence(run: Run, options: tuple[str, ...], words: str) -> None:
    status, out, err = run("preflight", "--only", "microphone", *options)
    assert words in out + err
    assert "Traceback" not in out + err
    assert status in (1, 2)


def test_what_is_live_is_kept_and_a_part_of_it_stands_beside_the_rest(run: Run) -> None:
    assert (
        run("preflight", "--camera", "none", "--microphone", "none", "--only", "microphone", "--seconds", "5")[0] == 3
    )
    first = kept("mara")
    assert first is not None
    run("preflight", "--camera", "none", "--microphone", "none", "--only", "camera", "--seconds", "5")
    both = kept("mara")
    assert both is not None
    assert [finding.id for finding in both.findings] == ["microphone.connection", "camera.connection"]


def test_a_shipped_profile_learns_nothing(run: Run) -> None:
    status, _, err = run("profiles", "learn-reference", "mara", "--audio", SPEECH)
    assert status == 1
    assert "ships with the program" in err


def test_a_reference_is_learned_from_the_targets_own_material(run: Run, home: Path) -> None:
    folder = put_profile(home)
    status, out, _ = run("profiles", "learn-reference", "own", "--audio", SPEECH)
    assert status == 0
    assert "bandwidth_hz" in out
    reference = read_reference(folder)
    assert reference is not None
    assert reference.voice.spectrum_db is not None
    assert list(reference.learned_from) == [SPEECH.name]


def test_without_material_there_is_nothing_to_learn(run: Run, home: Path) -> None:
    put_profile(home)
    status, _, err = run("profiles", "learn-reference", "own")
    assert status == 1
    assert "--audio or --video" in err


@pytest.mark.parametrize(
    ("age_s", "words"),
    [(3.0, "just now"), (59.0, "just now"), (60.0, "1 min ago"), (3_600.0 * 5, "5 h ago"), (86_400.0 * 9, "9 d ago")],
)
def test_the_age_is_told_in_the_unit_that_fits(age_s: float, words: str) -> None:
    assert age_words(age_s) == words


def test_how_it_went_is_told_in_a_line() -> None:
    now = datetime.fromisoformat("2026-11-22T05:12:30+00:00")
    assert told(None, now) == "no preflight yet"
    assert told(result(FINE), now) == "preflight 12 min ago: all passed"
    assert told(result(FINE, WARM, DULL), now) == "preflight 12 min ago: 1 failure, 1 warning"
