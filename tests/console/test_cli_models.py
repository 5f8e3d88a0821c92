"""`understudy models inspect`, and the models of `understudy profiles new` and `check`."""

import hashlib
import json
import subprocess
from pathlib import Path

import pytest

from console.commands import session
from console.commands.brought import making
from console.commands.brought.inspection import speed_row
from console.commands.options import SessionOptions
from console.commands.targets import checking
from console.config.schema import Config
from pipeline.errors import ModelError
from pipeline.inference.formats import recognise
from pipeline.inference.onnx.model_file import read_model
from pipeline.inference.onnx.runtime import Preference, Runtime
from pipeline.inference.own_models import OwnModels
from pipeline.inference.trial import Trial
from pipeline.selftest.engines import Built
from tests.console.conftest import Run, put_picture, put_profile
from tests.models.broken import sound, undefined
from tests.models.dfm import Tinting, tinting_dfm
from tests.models.rvc import content_encoder, rvc_voice
from tests.pipeline.inference.fake_device import FakeDevice
from tests.pipeline.inference.runtime_desk import NO_GPU
from tests.profiles.conftest import GOOD


@pytest.fixture(autouse=True)
def fit_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any picture does as a portrait and as a room."""
    for place in (making, checking):
        monkeypatch.setattr(place, "portrait_reasons", lambda _: ())
        monkeypatch.setattr(place, "room_reasons", lambda _: ())
    monkeypatch.setattr(checking, "ready_models", lambda: None)
    monkeypatch.setattr("pipeline.selftest.engines.engines_built", lambda profile, device: Built())


def test_inspect_tells_what_a_file_is_and_how_fast_it_runs(run: Run, tmp_path: Path) -> None:
    file = rvc_voice(tmp_path / "ada.onnx")
    status, out, _ = run("models", "inspect", file, "--device", "cpu")
    assert status == 0
    rows = dict(line.split(maxsplit=1) for line in out.splitlines() if not line.startswith(("Input", "Output")))
    assert rows["Format"].startswith("RVC voice (WebUI's export), v2, 768 values a frame, with pitch; goes under rvc")
    assert rows["Made"].endswith("opset 17")
    assert "Runs on    ONNX CPU: p50 " in out
    assert "phone float32 [1, frames, 768]" in out


def test_inspect_for_scripts(run: Run, tmp_path: Path) -> None:
    status, out, _ = run("models", "inspect", sound(tmp_path / "m.onnx"), "--device", "cpu", "--json")
    facts = json.loads(out)
    assert status == 0
    assert (facts["format"], facts["opset"], facts["parameters"], facts["precision"]) == (None, 17, 5, "float32")
    assert facts["inputs"] == [{"name": "x", "dtype": "float32", "shape": ["N", 4]}]
    assert facts["trial"]["runs_on"] == "ONNX CPU"


def test_inspect_of_what_does_not_run_is_one_sentence(run: Run, tmp_path: Path) -> None:
    status, out, _ = run("models", "inspect", undefined(tmp_path / "m.onnx"), "--device", "cpu")
    assert status == 1
    assert out.splitlines()[-1].startswith("Runs       not here: The model m.onnx put out values that are no numbers")
    status, out, err = run("models", "inspect", tmp_path / "none.onnx")
    assert (status, out, len(err.splitlines())) == (1, "", 1)


def test_inspect_tells_what_a_file_is_before_it_is_run_and_runs_it_for_so_long_only(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told: list[str] = []

    def endless(*_: object, timeout: float, **__: object) -> None:
        told.append(capsys.readouterr().out)
        raise subprocess.TimeoutExpired("", timeout)

    monkeypatch.setattr(subprocess, "run", endless)
    file = tinting_dfm(tmp_path / "ada.dfm", Tinting(size=64))
    status, out, _ = run("models", "inspect", file, "--limit", "7")
    assert status == 1
    assert told[0].startswith(f"File       {file}")
    assert "Format     DeepFaceLab face" in told[0]
    assert "SHA-256 " in told[0]
    assert "Input      in_face:0 float32" in told[0]
    assert out.startswith("Runs       not known: The model ")
    assert "was not timed within 7 s, so that its speed is not known; a larger --limit tells it." in out


def test_inspect_says_whether_the_speed_is_enough(run: Run, tmp_path: Path) -> None:
    assert "\nSpeed      " in run("models", "inspect", tinting_dfm(tmp_path / "a.dfm"), "--device", "cpu")[1]
    voice = recognise(read_model(rvc_voice(tmp_path / "v.onnx")))
    assert speed_row(voice, Trial("CPU", p50_ms=1100, p95_ms=1200)) == (
        "too slow for real time: 1200 ms for 1 s of sound; the voice will stutter"
    )
    face = recognise(read_model(tmp_path / "a.dfm"))
    assert speed_row(face, Trial("CPU", p50_ms=19, p95_ms=20)).startswith("enough for 30 fps")
    assert speed_row(face, Trial("CPU", p50_ms=400, p95_ms=900)) == (
        "too slow for 30 fps: a frame has 33.3 ms; about 2.5 fps"
    )
    assert speed_row(face, Trial("CPU", p50_ms=30, p95_ms=40)).startswith("mostly enough for 30 fps")
    assert speed_row(None, Trial("CPU", p50_ms=1, p95_ms=1)) == ""
    assert speed_row(face, Trial("CPU")) == ""


def test_inspect_takes_what_was_added_and_no_address(run: Run, home: Path, tmp_path: Path) -> None:
    face = tinting_dfm(tmp_path / "ada.dfm", Tinting(size=64))
    digest = hashlib.sha256(face.read_bytes()).hexdigest()
    assert run("models", "add", face.as_uri(), "--sha256", digest)[0] == 0
    status, out, _ = run("models", "inspect", "store:ada.dfm", "--device", "cpu")
    assert (status, "DeepFaceLab face" in out) == (0, True)
    status, out, err = run("models", "inspect", "https://example.com/ada.dfm?key=secret")
    assert (status, out, len(err.splitlines())) == (1, "", 1)
    assert "fetch it with `understudy models add https://example.com/ada.dfm --sha256 HEX`" in err
    assert "secret" not in err


def test_new_takes_models_and_needs_no_portrait_for_a_trained_face(run: Run, home: Path, tmp_path: Path) -> None:
    face = tinting_dfm(tmp_path / "ada.dfm", Tinting(size=64))
    voice, encoder = rvc_voice(tmp_path / "v.onnx"), content_encoder(tmp_path / "e.onnx")
    models = ["--face-model", face, "--voice-model", voice, "--encoder", encoder]
    status, out, err = run("profiles", "new", "ada", "--kind", "persona", *models)
    assert status == 0, err
    status, out, _ = run("profiles", "show", "ada", "--json")
    shown = json.loads(out)
    assert (shown["face"]["engine"], shown["voice"]["engine"]) == ("dfm", "rvc")
    assert shown["dfm"]["model"] == "models/ada.dfm"
    assert set(shown["hashes"]) == {"models/ada.dfm", "models/v.onnx", "models/e.onnx"}
    assert run("profiles", "check", "ada")[0] == 0


def test_new_tells_every_model_that_does_not_fit(run: Run, home: Path, tmp_path: Path) -> None:
    portrait = put_picture(tmp_path / "p.png")
    voice = rvc_voice(tmp_path / "v.onnx")
    broken = tmp_path / "b.onnx"
    broken.write_bytes(b"PK\x03\x04")
    models = ["--face-model", voice, "--encoder", voice, "--matting", broken, "--pitch", tmp_path / "none.onnx"]
    status, _, err = run("profiles", "new", "ada", "--portrait", portrait, *models)
    assert status == 1
    told = err.splitlines()
    assert len(told) == 4
    assert told[0].startswith("--face-model: got ")
    assert "which is an RVC voice" in told[0]
    assert "wanted one for dfm.model or embedding.model" in told[0]
    assert "wanted one for rvc.encoder" in told[1]
    assert "--pitch" in told[2]
    assert "there is no file" in told[2]
    assert "zip archive or a PyTorch checkpoint" in told[3]
    assert not (home / "profiles" / "ada").exists()


def test_a_person_stays_off_air_with_models_of_their_own(run: Run, home: Path, tmp_path: Path) -> None:
    face = tinting_dfm(tmp_path / "ada.dfm", Tinting(size=64))
    status, _, err = run("profiles", "new", "ada", "--face-model", face)
    assert status == 0
    assert "only with a consent record" in err
    status, _, err = run("run", "--headless", "--profile", "ada", "--seconds", "1")
    assert status == 1
    assert "has no verified consent record" in err


def test_check_notices_changed_models_and_such_as_do_not_run(run: Run, home: Path, tmp_path: Path) -> None:
    face = tinting_dfm(tmp_path / "ada.dfm", Tinting(size=64))
    assert run("profiles", "new", "ada", "--kind", "persona", "--face-model", face)[0] == 0
    place = home / "profiles" / "ada" / "models" / "ada.dfm"
    place.write_bytes(place.read_bytes() + b"\x92\x3f\x00")
    status, _, err = run("profiles", "check", "ada")
    assert status == 1
    assert "the file has changed: SHA-256 wanted" in err
    folder = put_profile(home, "eve", GOOD.replace("[face]", '[dfm]\nmodel = "e.dfm"\n\n[face]\nengine = "dfm"'))
    (folder / "e.dfm").write_bytes(b"<html>")
    status, _, err = run("profiles", "check", "eve")
    assert status == 1
    assert "it looks like a web page" in err
    rvc_voice(folder / "e.dfm")
    status, _, err = run("profiles", "check", "eve")
    assert status == 1
    assert "e.dfm is an RVC voice" in err
    assert "wanted one for dfm.model" in err


def test_a_model_that_was_added_is_listed_and_goes_into_a_profile(run: Run, home: Path, tmp_path: Path) -> None:
    face = tinting_dfm(tmp_path / "ada.dfm", Tinting(size=64))
    digest = hashlib.sha256(face.read_bytes()).hexdigest()
    status, out, _ = run("models", "add", face.as_uri(), "--sha256", digest, "--name", "star.dfm")
    assert status == 0
    assert "store:star.dfm" in out
    status, out, _ = run("models", "list", "--json")
    [row] = [row for row in json.loads(out) if row["name"] == "star.dfm"]
    assert (row["sha256"], row["problem"], row["origin"]) == (digest, None, face.as_uri())
    status, out, _ = run("models", "list")
    assert "star.dfm" in out
    assert run("profiles", "new", "ada", "--kind", "persona", "--face-model", "store:star.dfm")[0] == 0
    assert (home / "profiles" / "ada" / "models" / "star.dfm").read_bytes() == face.read_bytes()
    assert run("models", "remove", "star.dfm")[0] == 0
    status, _, err = run("profiles", "new", "eve", "--face-model", "store:star.dfm")
    assert status == 1
    assert "There is no model called star.dfm" in err


def added(run: Run, file: Path, *more: str) -> tuple[int, str, str]:
    """What adding a file of this computer says."""
    return run("models", "add", file.as_uri(), "--sha256", hashlib.sha256(file.read_bytes()).hexdigest(), *more)


def test_what_is_added_is_told_and_told_apart_from_what_is_there(run: Run, home: Path, tmp_path: Path) -> None:
    face, other = tinting_dfm(tmp_path / "ada.dfm", Tinting(size=64)), sound(tmp_path / "m.onnx")
    assert added(run, face)[1].startswith("Added ada.dfm (")
    assert "DeepFaceLab face (dfm), of 64 pixels; name it as store:ada.dfm" in added(run, face)[1]
    assert added(run, face)[1].startswith("ada.dfm is there already")
    status, _, err = added(run, other, "--name", "ada.dfm")
    assert (status, "replace that one with --force" in err) == (1, True)
    assert added(run, other, "--name", "ada.dfm", "--force")[0] == 0


def test_a_model_that_a_profile_links_to_goes_only_by_force(run: Run, home: Path, tmp_path: Path) -> None:
    face, other = tinting_dfm(tmp_path / "ada.dfm", Tinting(size=64)), sound(tmp_path / "m.onnx")
    assert added(run, face)[0] == 0
    linked = ("profiles", "new", "ada", "--kind", "persona", "--face-model", "store:ada.dfm", "--link")
    assert run(*linked)[0] == 0
    status, out, err = run("models", "remove", "store:ada.dfm")
    assert (status, out) == (1, "")
    assert "can't be removed: ada links to it" in err
    status, _, err = added(run, other, "--name", "ada.dfm")
    assert status == 1
    status, out, _ = run("models", "remove", "ada.dfm", "--force")
    assert status == 0
    assert out.startswith("Removed ada.dfm (")


def test_the_list_tells_formats_damage_and_what_came_half_way(run: Run, home: Path, tmp_path: Path) -> None:
    face = tinting_dfm(tmp_path / "ada.dfm", Tinting(size=64))
    assert added(run, face)[0] == 0
    folder = OwnModels().folder
    (folder / f"{'a' * 64}.part").write_bytes(bytes(200_000))
    (folder / f"{'a' * 64}.half").write_text('{"name": "big.onnx", "origin": "https://x/big.onnx", "size": 800000}')
    status, out, _ = run("models", "list")
    assert status == 0
    assert "DeepFaceLab face (dfm), of 64 pixels; SHA-256 " in out
    assert "0.2 of 0.8 MB; run the same `models add` again" in out
    assert out.splitlines()[-1].startswith(f"In {folder}: ")
    rows = {row["name"]: row for row in json.loads(run("models", "list", "--json")[1])}
    assert rows["ada.dfm"]["format"] == "DeepFaceLab face (dfm), of 64 pixels"
    assert (rows["big.onnx"]["there"], rows["big.onnx"]["size"]) == (200_000, 800_000)
    assert run("models", "remove", "big.onnx")[0] == 0
    note = folder / "ada.dfm.json"
    note.write_text(json.dumps({**json.loads(note.read_text()), "format": ""}))
    assert "DeepFaceLab face (dfm), of 64 pixels; SHA-256 " in run("models", "list")[1]
    (folder / "ada.dfm").write_bytes(b"spoilt")
    status, out, _ = run("models", "list")
    assert (status, "damaged" in out, "big.onnx" in out) == (1, True, False)


def test_an_interrupted_download_says_that_it_can_go_on(
    run: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(address: str, part: Path, report: object) -> bool:
        part.write_bytes(bytes(300_000))
        raise KeyboardInterrupt

    monkeypatch.setattr("pipeline.inference.own_models.fetch", interrupted)
    status, _, err = added(run, sound(tmp_path / "m.onnx"))
    assert status == 1
    assert err == "Interrupted: 0.3 MB are kept; run the same command again, and it goes on there.\n"
    assert "m.onnx                         half" in run("models", "list")[1]


def test_adding_what_can_not_be_had_is_one_sentence(run: Run, home: Path, tmp_path: Path) -> None:
    status, out, err = run("models", "add", (tmp_path / "none.dfm").as_uri(), "--sha256", "0" * 64)
    assert (status, out, len(err.splitlines())) == (1, "", 1)
    status, _, err = run("models", "add", "http://example.com/a.dfm", "--sha256", "0" * 64)
    assert status == 1
    assert "begins with https://" in err


def test_the_console_does_not_open_when_its_device_can_not_be_had(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def without_gpu(device: Preference) -> Runtime:
        return Runtime(device, backing=FakeDevice(problems=NO_GPU).backing)

    monkeypatch.setattr(session, "Runtime", without_gpu)
    monkeypatch.setattr(session, "ready_models", lambda: pytest.fail("networks were looked for"))
    with pytest.raises(ModelError, match=r"libcublasLt\.so\.13"):
        session.open_console(SessionOptions(device="cuda"), Config())
