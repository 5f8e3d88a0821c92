"""Files, disk and memory."""

import shutil
from collections import namedtuple
from pathlib import Path

import psutil
import pytest

from pipeline.inference.store import ModelStore
from pipeline.preflight.finding import Verdict
from pipeline.preflight.system.holdings import disk_finding, memory_finding, models_finding, needed_networks
from pipeline.preflight.system.plan import SystemPlan
from profiles.model_files import sha256_of
from profiles.profile import Profile
from tests.footage import models, persona

Usage = namedtuple("Usage", "total used free")
Memory = namedtuple("Memory", "total available")
AN_HOUR_AT_HD = 1280 * 720 * 30 * 0.3 / 8 * 3600


def brought(tmp_path: Path, recorded: str | None = None) -> Profile:
    """A persona that brings a face model of its own, with the SHA-256 that is recorded of it."""
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "face.dfm").write_bytes(b"a model")
    mara = persona()
    dfm = mara.dfm.model_copy(update={"model": Path("models/face.dfm")})
    hashes = {} if recorded is None else {"models/face.dfm": recorded}
    return mara.model_copy(update={"folder": tmp_path, "dfm": dfm, "hashes": hashes})


def test_the_networks_of_the_program_are_there() -> None:
    finding = models_finding(SystemPlan(persona(), models()))
    assert (finding.verdict, finding.measured) == (Verdict.PASS, "3 files are there and unchanged")


def test_a_missing_and_a_damaged_network_fail_with_the_cure(tmp_path: Path) -> None:
    missing = models_finding(SystemPlan(persona(), ModelStore(tmp_path)))
    assert missing.verdict is Verdict.FAIL
    assert "face-detection is missing" in missing.measured
    assert "(and 2 more)" in missing.measured
    assert missing.remedy == "Run `understudy models pull`."
    for entry in models().entries():
        shutil.copyfile(models().folder / entry.file, tmp_path / entry.file)
    (tmp_path / "face_landmark.tflite").write_bytes(b"no network")
    damaged = models_finding(SystemPlan(persona(), ModelStore(tmp_path)))
    assert damaged.verdict is Verdict.FAIL
    assert "damaged: SHA-256 wanted 1055cb9d" in damaged.measured


def test_files_of_a_profile_are_held_against_what_was_recorded(tmp_path: Path) -> None:
    unknown = brought(tmp_path)
    finding = models_finding(SystemPlan(unknown, models()))
    assert finding.verdict is Verdict.WARN
    assert "understudy profiles record mara" in finding.remedy
    right = unknown.model_copy(update={"hashes": {"models/face.dfm": sha256_of(tmp_path / "models/face.dfm")}})
    assert models_finding(SystemPlan(right, models())).measured == "4 files are there and unchanged"
    (tmp_path / "models" / "face.dfm").write_bytes(b"another model")
    finding = models_finding(SystemPlan(right, models()))
    assert finding.verdict is Verdict.FAIL
    assert "the file has changed" in finding.measured
    (tmp_path / "models" / "face.dfm").unlink()
    for profile in (right, unknown):
        finding = models_finding(SystemPlan(profile, models()))
        assert finding.verdict is Verdict.FAIL
        assert "there is no such file" in finding.measured


def test_a_voice_that_is_a_network_needs_the_one_that_finds_its_pitch() -> None:
    mara = persona()
    voice = mara.voice.model_copy(update={"engine": "rvc"})
    assert "pitch" not in needed_networks(SystemPlan(mara, models()))
    assert "pitch" in needed_networks(SystemPlan(mara.model_copy(update={"voice": voice}), models()))


@pytest.mark.parametrize(("hours", "verdict"), [(20.0, "PASS"), (1.01, "PASS"), (0.99, "WARN"), (0.01, "FAIL")])
def test_the_disk_is_told_in_hours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hours: float, verdict: str) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**12, 0, round(hours * AN_HOUR_AT_HD)))
    finding = disk_finding(SystemPlan(persona(), models(), folder=tmp_path / "not" / "yet"))
    assert finding.verdict == verdict
    assert finding.gauge is not None
    assert finding.gauge.value == pytest.approx(hours)
    assert f"{hours * 60:.0f} min" in finding.measured or f"{hours:.0f} h" in finding.measured


def test_larger_pictures_need_more_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**12, 0, round(1.5 * AN_HOUR_AT_HD)))
    assert disk_finding(SystemPlan(persona(), models(), folder=tmp_path)).verdict is Verdict.PASS
    assert disk_finding(SystemPlan(persona(), models(), (1920, 1080), folder=tmp_path)).verdict is Verdict.WARN


def test_a_folder_that_takes_nothing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    below_a_file = disk_finding(SystemPlan(persona(), models(), folder=tmp_path / "file" / "films"))
    assert below_a_file.verdict is Verdict.FAIL
    monkeypatch.setattr("os.access", lambda path, mode: False)
    finding = disk_finding(SystemPlan(persona(), models(), folder=tmp_path))
    assert finding.verdict is Verdict.FAIL
    assert "can't be written to" in finding.measured
    assert str(tmp_path) in finding.remedy


@pytest.mark.parametrize(("free_mb", "verdict"), [(8000, "PASS"), (1000, "WARN"), (200, "FAIL")])
def test_memory(monkeypatch: pytest.MonkeyPatch, free_mb: int, verdict: str) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: Memory(16_000 << 20, free_mb << 20))
    finding = memory_finding()
    assert finding.verdict == verdict
    assert finding.measured == f"{free_mb} of 16000 MB are free"
