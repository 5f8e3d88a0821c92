"""The models of `understudy profiles new`, `record` and `check`: what they lack is told, and what was made of them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from console.commands.targets import checking
from pipeline.selftest.engines import Built
from tests.console.conftest import Run, put_picture, put_profile
from tests.models.dfm import Tinting, tinting_dfm
from tests.models.rvc import content_encoder, rvc_voice
from tests.models.swappers import Swap, arcface, swapper
from tests.profiles.conftest import GOOD

Told = Callable[..., tuple[int, str, str]]


pytestmark = pytest.mark.usefixtures("fit_pictures")


@pytest.fixture
def new(run: Run, tmp_path: Path) -> Told:
    """Makes a persona with a portrait."""
    portrait = put_picture(tmp_path / "p.png")
    return lambda *options: run("profiles", "new", "ada", "--kind", "persona", "--portrait", portrait, *options)


def test_new_says_what_it_took_each_file_for_and_which_engines_it_chose(new: Told, run: Run, tmp_path: Path) -> None:
    face, voice = tinting_dfm(tmp_path / "f.dfm", Tinting(size=64)), rvc_voice(tmp_path / "v.onnx")
    encoder = content_encoder(tmp_path / "e.onnx")
    status, out, err = new("--face-model", face, "--voice-model", voice, "--encoder", encoder)
    assert (status, err) == (0, "")
    told = out.splitlines()
    assert told[1] == "  f.dfm: DeepFaceLab face (dfm), of 64 pixels; dfm.model"
    assert told[2].startswith("  v.onnx: RVC voice (WebUI's export), v2, 768 values a frame, with pitch; rvc.model")
    assert told[4] == "  Face: dfm. Voice: rvc, 250 ms."
    assert told[5] == "Whether it runs here: understudy profiles check ada"
    [row] = [row for row in json.loads(run("profiles", "list", "--json")[1]) if row["name"] == "ada"]
    assert (row["engines"], row["can_go_on_air"]) == ({"face": "dfm", "voice": "rvc"}, None)
    [line] = [line for line in run("profiles", "list")[1].splitlines() if line.startswith("ada")]
    assert "dfm + rvc" in line
    assert line.endswith("not tried here: understudy profiles check ada")


def test_new_refuses_a_swapper_that_lacks_what_it_needs(new: Told, home: Path, tmp_path: Path) -> None:
    face, any_of_three = (
        swapper(tmp_path / "i.onnx", Swap("inswapper")),
        swapper(tmp_path / "x.onnx", Swap("hyperswap")),
    )
    recogniser = arcface(tmp_path / "r.onnx")
    status, _, err = new("--face-model", face)
    assert (status, len(err.splitlines())) == (1, 1)
    assert f"{face} (inswapper) knows the target by an ArcFace network and none is named" in err
    assert "or by --recogniser." in err
    status, _, err = new("--face-model", any_of_three, "--recogniser", recogniser)
    assert (status, "--face-family" in err) == (1, True)
    assert not (home / "profiles" / "ada").exists()
    assert new("--face-model", any_of_three, "--recogniser", recogniser, "--face-family", "hyperswap")[0] == 0
    assert 'family = "hyperswap"' in (home / "profiles" / "ada" / "profile.toml").read_text()


def test_new_refuses_options_that_go_with_nothing(new: Told, tmp_path: Path) -> None:
    encoder, recogniser = content_encoder(tmp_path / "e.onnx"), arcface(tmp_path / "r.onnx")
    status, _, err = new("--encoder", encoder, "--recogniser", recogniser)
    assert status == 1
    assert err.splitlines() == [
        "--recogniser: goes with --face-model, which is missing; give both or leave it out.",
        "--encoder: goes with --voice-model, which is missing; give both or leave it out.",
    ]
    status, _, err = new("--voice-model", rvc_voice(tmp_path / "v.onnx"))
    assert status == 1
    assert err == "--encoder: is missing; an RVC voice needs the content encoder that it was trained with.\n"
    face = tinting_dfm(tmp_path / "f.dfm", Tinting(size=64))
    status, _, err = new("--face-model", face, "--recogniser", recogniser)
    assert (status, err) == (1, "--recogniser: goes with a face swapper, and the face model is none; leave it out.\n")


def test_a_voice_gets_a_rate_for_its_index_and_another_index_is_refused(
    new: Told, run: Run, home: Path, tmp_path: Path
) -> None:
    faiss, numpy = pytest.importorskip("faiss"), pytest.importorskip("numpy")
    places = {}
    for values in (256, 768):
        index = faiss.IndexFlatL2(values)
        index.add(numpy.zeros((9, values), numpy.float32))
        places[values] = tmp_path / f"{values}.index"
        faiss.write_index(index, str(places[values]))
    voice = ["--voice-model", rvc_voice(tmp_path / "v.onnx"), "--encoder", content_encoder(tmp_path / "e.onnx")]
    status, _, err = new(*voice, "--voice-index", places[256])
    assert (status, "holds 256 values a frame, wanted 768" in err) == (1, True)
    assert new(*voice, "--voice-index", places[768])[0] == 0
    shown = json.loads(run("profiles", "show", "ada", "--json")[1])
    assert (shown["rvc"]["index_rate"], shown["voice"]["latency_ms"]) == (0.5, 250)
    file = home / "profiles" / "ada" / "profile.toml"
    file.write_text(file.read_text().replace("latency_ms = 250", "latency_ms = 400").replace("= 0.5", "= 0.3"))
    assert run("profiles", "record", "ada", *voice, "--voice-index", places[768])[0] == 0
    shown = json.loads(run("profiles", "show", "ada", "--json")[1])
    assert (shown["rvc"]["index_rate"], shown["voice"]["latency_ms"]) == (0.3, 400)


def test_a_changed_model_is_told_with_a_cure_that_works(new: Told, run: Run, home: Path, tmp_path: Path) -> None:
    assert new("--face-model", tinting_dfm(tmp_path / "f.dfm", Tinting(size=64)))[0] == 0
    place = home / "profiles" / "ada" / "models" / "f.dfm"
    tinting_dfm(place, Tinting(size=96))
    status, _, err = run("profiles", "check", "ada")
    assert (status, "record the new one with `understudy profiles record ada`" in err) == (1, True)
    status, _, err = run("profiles", "export", "ada", tmp_path / "ada.zip")
    assert (status, "the file has changed" in err, (tmp_path / "ada.zip").exists()) == (1, True, False)
    assert run("profiles", "record", "ada")[0] == 0
    assert run("profiles", "check", "ada")[:2] == (0, "ada: good\n")
    assert run("profiles", "export", "ada", tmp_path / "ada.zip")[0] == 0


def test_a_model_that_nothing_was_recorded_of_is_remarked_on(run: Run, home: Path) -> None:
    folder = put_profile(home, "eve", GOOD.replace("[face]", '[dfm]\nmodel = "e.dfm"\n\n[face]\nengine = "dfm"'))
    tinting_dfm(folder / "e.dfm", Tinting(size=64))
    status, out, _ = run("profiles", "check", "eve")
    assert status == 0
    assert "hashes.e.dfm: is missing" in out
    assert "`understudy profiles record eve` writes it down." in out


def test_a_hash_of_a_file_that_is_not_there_is_told(run: Run, home: Path) -> None:
    put_profile(home, "own", f'{GOOD}\n[hashes]\n"models/a.onnx" = "{"0" * 64}"\n')
    status, _, err = run("profiles", "check", "own")
    assert (status, "hashes.models/a.onnx: there is no such file; put it back, or have" in err) == (1, True)
    assert run("profiles", "record", "own")[0] == 0
    assert run("profiles", "check", "own")[0] == 0


def test_check_builds_what_looks_well_and_tells_what_came_of_it(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[str] = []

    def build(profile: object, device: str) -> checking.Findings:
        built.append(device)
        return checking.Findings(("It does not run",), ())

    monkeypatch.setattr(checking, "build_findings", build)
    put_profile(home, "ill", "title = 3")
    put_profile(home, "own")
    status, out, err = run("profiles", "check", "ill", "own", "--device", "cpu")
    assert (status, built) == (1, ["cpu"])
    assert out.splitlines() == ["ill: 2 to put right", "own: 1 to put right"]
    assert err.splitlines()[-2:] == ["Checking 2 of 2: own", "  It does not run."]


def test_a_build_is_asked_for_with_the_networks_there(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("UNDERSTUDY_PROFILES", str(tmp_path / "profiles"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(checking, "ready_models", lambda: None)
    monkeypatch.setattr("pipeline.selftest.engines.engines_built", lambda *_: Built(("no",), ("slow",)))
    put_profile(home)
    from profiles.store import ProfileStore

    assert checking.build_findings(ProfileStore().load("own"), "auto") == checking.Findings(("no",), ("slow",))


def test_remove_asks_and_takes_only_what_is_yours(run: Run, home: Path) -> None:
    folder = put_profile(home)
    assert run("profiles", "remove", "own")[0] == 1
    assert folder.is_dir()
    status, _, err = run("profiles", "remove", "mara", "--yes")
    assert (status, "ships with the program" in err) == (1, True)
    assert run("profiles", "remove", "own", "--yes")[:2] == (0, "Removed own.\n")
    assert not folder.exists()
